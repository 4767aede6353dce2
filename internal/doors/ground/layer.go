package ground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"xiucheng/internal/ground/basemap"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// layers holds base layers as they are sent: one of a town is half a megabyte, and
// every map asks for it.
type layers struct {
	mu   sync.Mutex
	held map[version]*layer
}

// version tells base layers apart: a map never changes, but shows what is on it on
// a day.
type version struct {
	of   *place.Map
	day  calendar.Date
	lang i18n.Lang
}

type layer struct {
	plain, zipped []byte
	tag           string
}

// mostLayers is how many are held: those of a few divisions in their languages.
const mostLayers = 16

func (d *Door) layer(m *place.Map, lang i18n.Lang) (*layer, error) {
	now := d.clk.Now()
	v := version{m, calendar.DateOf(now), lang}
	d.layers.mu.Lock()
	defer d.layers.mu.Unlock()
	if l := d.layers.held[v]; l != nil {
		return l, nil
	}
	draw := m.Outline
	if d.under.Kind() == basemap.Vectors {
		draw = m.Base
	}
	l, err := pack(draw(now, lang))
	if err != nil {
		return nil, err
	}
	if d.layers.held == nil || len(d.layers.held) >= mostLayers {
		d.layers.held = map[version]*layer{}
	}
	d.layers.held[v] = l
	return l, nil
}

func pack(plain []byte) (_ *layer, err error) {
	defer fault.Trace(&err, "ground.pack")
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	return &layer{plain: plain, zipped: b.Bytes(), tag: hex.EncodeToString(sum[:8])}, nil
}

// send answers with the layer, or that the visitor has it.
func (l *layer) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/geo+json")
	h.Set("Cache-Control", maxAge)
	h.Add("Vary", "Accept-Encoding")
	body, tag := l.plain, l.tag
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body, tag = l.zipped, l.tag+"-z"
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
