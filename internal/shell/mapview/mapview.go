package mapview

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"xiucheng/internal/platform/geo"
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
	// ground with a kind, name_zh, name_en) are understood, too. It is drawn over
	// the tiles of the Ground.
	Base string
	// Points is the address of a Points document, asked for with the view as in
	// (west, south, east, north) and zoom; Areas is the address of GeoJSON whose
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

// Ground is the base map of the installation, the same for every map of it.
type Ground struct {
	Tiles    string // template of our own addresses, "/map/tile/…/{z}/{x}/{y}"; "" for none
	MaxZoom  int    // the finest zoom that has tiles; nearer they are drawn larger
	Credit   string // whose map it is
	Approval string // 审图号 of the map
}

type groundKey struct{}

// With puts the base map under every map of the request's page.
func With(ctx context.Context, g Ground) context.Context {
	return context.WithValue(ctx, groundKey{}, g)
}

func groundOf(ctx context.Context) Ground {
	g, _ := ctx.Value(groundKey{}).(Ground)
	return g
}

// tileZoom is the attribute beside the tiles.
func (g Ground) tileZoom() string {
	if g.Tiles == "" {
		return ""
	}
	return strconv.Itoa(g.MaxZoom)
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
	Many   Shape = "many" // a group of dots, with their number
)

// Points is the document that a map loads: points, or groups where there would
// be too many. Href is where a point leads that has no row in the list beside
// the map, with {id} for what follows the prefix of its ID.
type Points struct {
	Points []Point `json:"points"`
	Groups []Group `json:"groups,omitempty"`
	Href   string  `json:"href,omitempty"`
}

// Point is one dot. ID is the ID of its row in the list beside the map: a click
// on the dot opens that row's link.
type Point struct {
	ID    string  `json:"id"`
	Lng   float64 `json:"lng"`
	Lat   float64 `json:"lat"`
	Tone  ui.Tone `json:"tone,omitempty"`
	Label string  `json:"label,omitempty"`
}

// Group is so many points that lie together, of which Late are overdue; a click
// goes nearer.
type Group struct {
	Lng  float64 `json:"lng"`
	Lat  float64 `json:"lat"`
	N    int     `json:"n"`
	Late int     `json:"late,omitempty"`
}

// Asked is the view that a map's request names: the whole world where it names
// none, which a map that is not drawn yet does.
func Asked(q url.Values) (in geo.Box, zoom int) {
	in, zoom = geo.Box{W: -180, S: -90, E: 180, N: 90}, 12
	if z, err := strconv.Atoi(q.Get("zoom")); err == nil {
		zoom = z
	}
	edges := strings.Split(q.Get("in"), ",")
	if len(edges) != 4 {
		return in, zoom
	}
	var side [4]float64
	for i, e := range edges {
		v, err := strconv.ParseFloat(e, 64)
		if err != nil || math.IsNaN(v) {
			return in, zoom
		}
		side[i] = v
	}
	return geo.Box{W: max(side[0], in.W), S: max(side[1], in.S), E: min(side[2], in.E), N: min(side[3], in.N)}, zoom
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

// View is the first view as the element carries it.
func (m Map) View() string {
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
