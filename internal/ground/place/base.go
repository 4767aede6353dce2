package place

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// Base is the map's own base layer as GeoJSON for a browser: every feature has
// a layer (block, water, green, road-arterial, road-secondary, road-minor,
// outline) and, where it has one, its name in the language. It is the same for
// as long as the Map is; send it compressed and cached.
func (m *Map) Base(at time.Time, lang i18n.Lang) []byte {
	return m.draw(at, lang, Ground, Site, Road, Division)
}

// Outline is the part of Base that is drawn over another base map: the border.
func (m *Map) Outline(at time.Time, lang i18n.Lang) []byte { return m.draw(at, lang, Division) }

func (m *Map) draw(at time.Time, lang i18n.Lang, layers ...Layer) []byte {
	var list []geo.Feature
	for _, f := range m.Features(at, layers...) {
		layer := f.drawn()
		if layer == "" {
			continue
		}
		g := f.Geometry
		g.Properties = map[string]any{"layer": layer}
		if name := f.Name.In(lang); name != "" {
			g.Properties["name"] = name
		}
		list = append(list, g)
	}
	var b bytes.Buffer
	if err := geo.Write(&b, list); err != nil {
		panic(err) // a buffer takes everything and numbers always marshal
	}
	return b.Bytes()
}

// drawn is the layer of the base map that shows the feature; "" for none.
func (f Feature) drawn() string {
	switch f.Layer {
	case Ground:
		return f.Kind
	case Division:
		return "outline"
	case Road:
		if slices.Contains([]string{"arterial", "secondary"}, f.Kind) {
			return "road-" + f.Kind
		}
		return "road-minor"
	case Site:
		if f.Geometry.Point == nil && strings.HasSuffix(f.Kind, "park") {
			return "green"
		}
	}
	return ""
}
