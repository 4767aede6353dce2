package basemap

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Kind is what lies under the cases.
type Kind string

// The kinds. With Vectors the pack's own drawing is the base map; with all
// others only the border of the division is drawn from it.
const (
	Vectors Kind = "vectors"
	Tiles   Kind = "tiles" // a folder Z/X/Y.png, .jpg or .webp, or an MBTiles file
	WMTS    Kind = "wmts"  // addresses of a map service
	None    Kind = "none"
)

// Options say which base map it is.
type Options struct {
	Kind     Kind
	Source   string  // Tiles: the folder or file; WMTS: addresses with {z}, {x}, {y}, {key} and {s}, the lowest layer first, apart by spaces
	Key      string  // of the map service; it never leaves this program except towards the service
	CRS      string  // of the tiles: EPSG:3857 (when empty), GCJ-02, EPSG:4326 or EPSG:4490
	MaxZoom  int     // the finest zoom there are tiles for
	Cache    string  // folder for tiles of a service
	CacheMax int64   // bytes kept in it; 0 keeps none
	Rate     float64 // requests a second to a service
	Clock    clock.Clock
	Log      *slog.Logger
	// Area is what maps show; a service is not asked for tiles elsewhere. nil
	// and an empty box are everywhere.
	Area func(context.Context) (geo.Box, error)
}

// What becomes of a tile that is not given.
var (
	ErrNoTile      = errors.New("there is no tile of that address")
	ErrUnreachable = errors.New("the base map is not reachable")
)

// source gives the tile of an address as it is kept, nil where there is none.
type source interface {
	tile(ctx context.Context, at address) ([]byte, error)
	io.Closer
}

// address is a tile of a grid, y from the north.
type address struct{ z, x, y int }

// Map is the base map of an installation.
type Map struct {
	o      Options
	grid   grid
	layers []source
	tag    string
	blank  []byte // a tile without anything
}

// Open makes the base map ready; nothing is asked of a service yet. Close it
// when done. Errors are one sentence for whoever configured it.
func Open(o Options) (_ *Map, err error) {
	defer fault.Trace(&err, "basemap.Open(%s)", o.Kind)
	m := &Map{o: o}
	if o.Kind == "" {
		m.o.Kind = Vectors
	}
	if !m.Tiled() {
		return m, nil
	}
	if m.grid, err = parseGrid(o.CRS); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{string(o.Kind), o.Source, o.CRS}, "\n")))
	m.tag = hex.EncodeToString(sum[:4])
	if m.blank, err = picture(image.NewNRGBA(image.Rect(0, 0, size, size))); err != nil {
		return nil, err
	}
	if o.Kind == Tiles {
		one, err := openLocal(o.Source)
		m.layers = []source{one}
		return m, err
	}
	kept, err := openStore(filepath.Join(o.Cache, m.tag), o.CacheMax)
	if err != nil {
		return nil, err
	}
	line := newLine(o)
	for i, template := range strings.Fields(o.Source) {
		m.layers = append(m.layers, &remote{template: template, key: o.Key, layer: fmt.Sprint(i), grid: m.grid, kept: kept, line: line, area: o.Area})
	}
	return m, nil
}

// Close lets go of files.
func (m *Map) Close() error {
	var bad []error
	for _, l := range m.layers {
		bad = append(bad, l.Close())
	}
	return errors.Join(bad...)
}

// Kind is the kind it was opened with.
func (m *Map) Kind() Kind { return m.o.Kind }

// Tiled reports whether there are tiles at all.
func (m *Map) Tiled() bool { return m.o.Kind == Tiles || m.o.Kind == WMTS }

// Tag stands in the address of every tile and changes with the base map, so
// that browsers may keep tiles for long. The key is no part of it.
func (m *Map) Tag() string { return m.tag }

// MaxZoom is the finest zoom there are tiles for.
func (m *Map) MaxZoom() int { return m.o.MaxZoom }

// Tile returns the picture of a tile of web mercator and its media type; one
// without anything on it where the base map has none. ErrNoTile where no such
// tile can be, ErrUnreachable where the service does not answer.
func (m *Map) Tile(ctx context.Context, z, x, y int) (body []byte, kind string, err error) {
	if !m.Tiled() || z < 0 || z > m.o.MaxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, "", ErrNoTile
	}
	at := address{z, x, y}
	if len(m.layers) == 1 && m.grid == mercator {
		body, err = m.layers[0].tile(ctx, at)
	} else {
		body, err = m.bend(ctx, at)
	}
	if err != nil {
		return nil, "", err
	}
	if body == nil {
		body = m.blank
	}
	return body, http.DetectContentType(body), nil
}

// pictured reports whether bytes are a picture a browser may be given.
func pictured(b []byte) bool {
	switch http.DetectContentType(b) {
	case "image/png", "image/jpeg", "image/webp", "image/gif":
		return true
	}
	return false
}

func picture(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return b.Bytes(), err
}
