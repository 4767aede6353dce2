package mapview

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// Map says what a map shows and where its data comes from. Coordinates are
// WGS-84 degrees, longitude first where both stand together.
type Map struct {
	ID    string // of the element, unique in the page
	Label string // what the map shows, for people who cannot see it
	// Base is the address of the base layer as GeoJSON: every feature has the
	// property layer (block, water, green, road-arterial, road-secondary,
	// road-minor or outline) and may have a name; the layers of a pack (road and
	// ground with a kind, name_zh, name_en) are understood, too. Tiles is the template of a
	// tile service behind our own proxy, "/map/tile/{z}/{x}/{y}"; where both
	// are given the tiles lie below.
	Base, Tiles string
	// Points is the address of a Points document; Areas of GeoJSON whose
	// features have kind (ban, limit, zone or site), label, and for a point
	// feature radius in metres, drawn as a dashed circle.
	Points, Areas string
	// Extent is west, south, east, north of what "show all" shows. The zero
	// Extent shows the base layer.
	Extent [4]float64
	// Center and Zoom place the first view; Zoom 0 begins with the Extent.
	Center [2]float64
	Zoom   float64
	// Selected is the ID of the point drawn larger.
	Selected string
	// Pick is the name of a place field in the same form, whose inputs
	// Pick.lat, Pick.lng and Pick.accuracy the pin sets.
	Pick   string
	Legend []Key
	Credit string // where the data comes from
}

// Key is one line of a legend.
type Key struct {
	Label string
	Shape Shape
	Tone  ui.Tone
}

// Shape is how a thing is drawn.
type Shape string

// The shapes.
const (
	Dot    Shape = "dot"
	Site   Shape = "site"
	Area   Shape = "area"
	Circle Shape = "circle"
)

// Points is the document that a map loads.
type Points struct {
	Points []Point `json:"points"`
}

// Point is one dot. ID is the ID of its row in the list beside the map: a click
// on the dot opens that row's link.
type Point struct {
	ID    string  `json:"id"`
	Lng   float64 `json:"lng"`
	Lat   float64 `json:"lat"`
	Tone  ui.Tone `json:"tone,omitempty"`
	Label string  `json:"label,omitempty"`
	Href  string  `json:"href,omitempty"` // opened where the list has no such row
}

func (m Map) extent() string {
	if m.Extent == [4]float64{} {
		return ""
	}
	s := make([]string, 4)
	for i, v := range m.Extent {
		s[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.Join(s, ",")
}

func (m Map) view() string {
	if m.Zoom == 0 {
		return ""
	}
	return fmt.Sprintf("%g,%g,%g", m.Center[0], m.Center[1], m.Zoom)
}

func (m Map) hint() string {
	if m.Pick != "" {
		return "mapview.pick.hint"
	}
	return "mapview.hint"
}

func label(ctx context.Context, m Map) string {
	if m.Label == "" {
		return i18n.T(ctx, "mapview.label")
	}
	return m.Label
}
