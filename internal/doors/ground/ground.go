// Package ground serves what every map of the program is drawn on: the
// division's own base layer and its sites. It is compressed once for each
// version of the map.
package ground

import (
	"bytes"
	"net/http"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// Door serves the layers.
type Door struct {
	places *place.Service
	clk    clock.Clock
}

// New returns the door.
func New(p *place.Service, clk clock.Clock) *Door { return &Door{p, clk} }

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	return []httpx.Route{
		{Method: "GET", Pattern: "/map/base.json", Access: httpx.Public(), Handler: d.base, Name: "ground.base"},
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
	return send(w, m.Base(d.clk.Now(), i18n.LangOf(r.Context())))
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
