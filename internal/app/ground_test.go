package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
)

// mapService is a map service on this machine: it wants the key and counts.
type mapService struct {
	mu    sync.Mutex
	asked int
	down  bool
	tile  []byte
}

const mapKey = "k-7f3a91c2"

func (s *mapService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.down || r.URL.Query().Get("tk") != mapKey {
		http.Error(w, "not with the key "+r.URL.Query().Get("tk"), http.StatusForbidden)
		return
	}
	_, _ = w.Write(s.tile)
}

func (s *mapService) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *mapService) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// over is the demonstration with that base map, its clock and what it logs.
func (s *mapService) over(t *testing.T) (*App, *clock.Manual, *bytes.Buffer) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	img.Set(1, 1, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	s.tile = b.Bytes()
	upstream := httptest.NewServer(s)
	t.Cleanup(upstream.Close)
	log, clk := &bytes.Buffer{}, clock.At(time.Now())
	cfg := &config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour,
		Basemap: config.Basemap{Kind: "wmts", Source: upstream.URL + "/{z}/{x}/{y}?tk={key}", Key: mapKey, MaxZoom: 18, CacheMB: 10, Rate: 1000,
			Credit: "© 天地图", Approval: "GS（2024）0650号"}}
	a, err := New(context.Background(), cfg, clk, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	fill, err := a.Demo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(context.Background()); err != nil {
		t.Fatal(err)
	}
	return a, clk, log
}

// keyless is an answer, looked through for the key.
func keyless(t *testing.T, a *App, path string, as *http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	w := get(a, "GET", path, as)
	if strings.Contains(w.Body.String(), mapKey) || strings.Contains(fmt.Sprint(w.Header()), mapKey) {
		t.Errorf("%s shows the key", path)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'self' data: blob:;") || !strings.Contains(csp, "connect-src 'self';") {
		t.Errorf("%s may send the browser elsewhere: %s", path, csp)
	}
	return w
}

// TestABaseMapOfAService goes from the pages of a visitor and of the desk to
// the tiles, while the service answers and while it does not.
func TestABaseMapOfAService(t *testing.T) {
	t.Parallel()
	s := &mapService{}
	a, clk, log := s.over(t)
	desk := signIn(t, a, "paiqian1")
	template := ""
	choices, err := goquery.NewDocumentFromReader(get(a, "GET", "/report", nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	report := choices.Find(`a[href^="/report/"]`).First().AttrOr("href", "")
	for path, as := range map[string]*http.Cookie{report: nil, "/desk": desk} {
		doc, err := goquery.NewDocumentFromReader(keyless(t, a, path, as).Body)
		if err != nil {
			t.Fatal(err)
		}
		m := doc.Find("[data-map]").First()
		template = m.AttrOr("data-tiles", "")
		if !strings.HasPrefix(template, "/map/tile/") || m.AttrOr("data-tilezoom", "") != "18" {
			t.Errorf("%s: tiles %q", path, template)
		}
		if text := m.Text(); !strings.Contains(text, "© 天地图") || !strings.Contains(text, "GS（2024）0650号") || m.Find(".unreachable[hidden]").Length() != 1 {
			t.Errorf("%s: the map says %q", path, text)
		}
	}
	for _, path := range []string{"/map/base.json", "/admin", "/", "/login"} {
		keyless(t, a, path, signIn(t, a, "admin"))
	}
	if base := get(a, "GET", "/map/base.json", nil).Body.String(); !strings.Contains(base, `"outline"`) || strings.Contains(base, `"road-minor"`) {
		t.Error("the pack's own roads lie over the base map")
	} else {
		zippedBase(t, a, base)
	}
	at := func(z, x, y int) string {
		return strings.NewReplacer("{z}", fmt.Sprint(z), "{x}", fmt.Sprint(x), "{y}", fmt.Sprint(y)).Replace(template)
	}
	here := at(14, 13611, 6378) // in the demonstration zone
	for range 2 {
		w := keyless(t, a, here, nil)
		if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), s.tile) || w.Header().Get("Content-Type") != "image/png" || !strings.Contains(w.Header().Get("Cache-Control"), "max-age=604800") {
			t.Fatalf("%s: %d %s", here, w.Code, w.Header())
		}
	}
	if s.count() != 1 {
		t.Errorf("%d requests for one tile", s.count())
	}
	s.set(true)
	for x := range 3 {
		w := keyless(t, a, at(14, 13612+x, 6378), nil)
		img, err := png.Decode(w.Body)
		if w.Code != http.StatusOK || err != nil || img.Bounds().Dx() != 1 || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("while the service is down: %d %s %v", w.Code, w.Header(), err)
		}
	}
	if s.count() != 2 {
		t.Errorf("a service that is down was asked %d times", s.count()-1)
	}
	s.set(false)
	clk.Set(clk.Now().Add(time.Minute))
	if w := keyless(t, a, at(14, 13612, 6378), nil); !bytes.Equal(w.Body.Bytes(), s.tile) {
		t.Error("the service is back, the map is not")
	}
	for _, path := range []string{at(14, 1<<14, 0), at(19, 0, 0), "/map/tile/other/14/13611/6378", "/map/tile/x/y/z/w"} {
		if w := keyless(t, a, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if keyless(t, a, at(14, 100, 100), nil); s.count() != 3 {
		t.Errorf("the service was asked for the other side of the world")
	}
	if strings.Contains(log.String(), mapKey) {
		t.Error("the log shows the key")
	}
}

// zippedBase asks for the base layer as browsers do: compressed, in two languages,
// and again.
func zippedBase(t *testing.T, a *App, plain string) {
	t.Helper()
	tags := map[string]string{}
	for _, lang := range []string{"en", "zh-CN"} {
		r := httptest.NewRequest("GET", "/map/base.json", nil)
		r.Header.Set("Accept-Language", lang)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		a.router.ServeHTTP(w, r)
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil || (string(body) == plain) != (lang == "en") {
			t.Errorf("%s: %d bytes, %v", lang, len(body), err)
		}
		tags[w.Header().Get("ETag")] = lang
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		if a.router.ServeHTTP(again, r); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s again: %d, %d bytes", lang, again.Code, again.Body.Len())
		}
	}
	if len(tags) != 2 {
		t.Errorf("tags %v", tags)
	}
}
