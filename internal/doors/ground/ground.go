// Package ground serves what every map of the program is drawn on: the
// division's own base layer and its sites, compressed once for each version of
// the map, and the tiles of another base map where one is configured. Browsers
// ask nobody but us.
package ground

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"net/http"
	"strconv"

	"xiucheng/internal/ground/basemap"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/visit"
)

// Door serves the layers.
type Door struct {
	places *place.Service
	under  *basemap.Map
	clk    clock.Clock
	layers layers
}

// New returns the door.
func New(p *place.Service, under *basemap.Map, clk clock.Clock) *Door {
	return &Door{places: p, under: under, clk: clk}
}

// Ground is what maps are told of the base map; credit and approval are
// written on them as they are.
func (d *Door) Ground(credit, approval string) mapview.Ground {
	g := mapview.Ground{Credit: credit, Approval: approval}
	if d.under.Tiled() {
		g.Tiles, g.MaxZoom = "/map/tile/"+d.under.Tag()+"/{z}/{x}/{y}", d.under.MaxZoom()
	}
	return g
}

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	return []httpx.Route{
		{Method: "GET", Pattern: "/map/base.json", Access: httpx.Public(), Handler: d.base, Name: "ground.base"},
		{Method: "GET", Pattern: "/map/tile/{tag}/{z}/{x}/{y}", Access: httpx.Public(), Handler: d.tile, Name: "ground.tile", Bare: true, Plain: true},
		{Method: "GET", Pattern: "/map/areas.json", Access: httpx.SignedIn(), Handler: d.areas, Name: "ground.areas"},
	}
}

// maxAge is how long a browser may keep a layer.
const maxAge = "private, max-age=600"

func send(w http.ResponseWriter, b []byte) error {
	w.Header().Set("Content-Type", "application/geo+json")
	w.Header().Set("Cache-Control", maxAge)
	_, _ = w.Write(b) // the visitor may have left
	return nil
}

func (d *Door) base(w http.ResponseWriter, r *http.Request) error {
	m, err := d.places.Map(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	l, err := d.layer(m, i18n.LangOf(r.Context()))
	if err != nil {
		return err
	}
	l.send(w, r)
	return nil
}

// tileAge is how long a browser may keep a tile; its address changes with the
// base map.
const tileAge = "public, max-age=604800"

// unreachable is a picture of one transparent pixel. A tile has 256, so the map
// knows it and says what is the matter; whoever else asks sees nothing.
func unreachable() ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 1, 1)))
	return b.Bytes(), err
}

// tile answers with a picture, whatever the base map does: a map with holes is
// still a map.
func (d *Door) tile(w http.ResponseWriter, r *http.Request) error {
	var at [3]int
	for i, name := range []string{"z", "x", "y"} {
		n, err := strconv.Atoi(r.PathValue(name))
		if err != nil {
			return fault.Missing("tile")
		}
		at[i] = n
	}
	if r.PathValue("tag") != d.under.Tag() {
		return fault.Missing("tile")
	}
	body, kind, err := d.under.Tile(r.Context(), at[0], at[1], at[2])
	switch {
	case errors.Is(err, basemap.ErrNoTile):
		return fault.Missing("tile")
	case errors.Is(err, basemap.ErrUnreachable):
		if body, err = unreachable(); err != nil {
			return err
		}
		kind = "image/png"
		w.Header().Set("Cache-Control", "no-store")
	case err != nil:
		return err
	default:
		w.Header().Set("Cache-Control", tileAge)
		w.Header().Del("Vary") // the same for everybody
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the visitor may have left
	return nil
}

// watch is how far around a stall cluster order is watched, in metres.
const watch = 1000

func (d *Door) areas(w http.ResponseWriter, r *http.Request) error {
	m, err := d.places.Map(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	var list []geo.Feature
	for _, f := range m.Features(d.clk.Now(), place.Site) {
		if f.Kind != "cluster" {
			continue
		}
		p := f.Point()
		list = append(list, geo.Feature{Point: &p, Properties: map[string]any{"kind": "site", "label": f.Name.In(i18n.LangOf(r.Context())), "radius": watch}})
	}
	var b bytes.Buffer
	if err := geo.Write(&b, list); err != nil {
		return err
	}
	return send(w, b.Bytes())
}
