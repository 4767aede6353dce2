package place

import (
	"cmp"
	"math"
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// Map answers where something is. It is immutable and safe for concurrent use.
type Map struct {
	features  []Feature
	periods   []period
	areas     map[Layer]*index // polygons of the tree and zones
	roads     []int
	stops     map[int][]stop // of each named road, in its own direction
	reaches   map[int]geo.Box
	sites     []int
	crossings []crossing
	byCode    map[string][]int // tree and zones, all periods
	bounds    geo.Box
}

// NewMap builds the map of features of all periods.
func NewMap(list []Feature) *Map {
	m := &Map{features: list, periods: periods(list), areas: map[Layer]*index{}, byCode: map[string][]int{},
		bounds: geo.Box{W: math.Inf(1), S: math.Inf(1), E: math.Inf(-1), N: math.Inf(-1)}}
	for i, f := range list {
		switch f.Layer {
		case Division, Street, Community, Grid, Zone:
			if m.areas[f.Layer] == nil {
				m.areas[f.Layer] = &index{cells: map[[2]int][]int{}}
			}
			b := f.Geometry.Shape.Bounds()
			m.areas[f.Layer].add(i, b)
			m.byCode[f.Code] = append(m.byCode[f.Code], i)
			if f.Layer == Division {
				m.bounds = m.bounds.Add(geo.Point{Lat: b.S, Lng: b.W}).Add(geo.Point{Lat: b.N, Lng: b.E})
			}
		case Road:
			m.roads = append(m.roads, i)
		case Site:
			m.sites = append(m.sites, i)
		}
	}
	m.crossings = m.cross()
	m.lay()
	return m
}

// Empty reports whether the division has no map yet.
func (m *Map) Empty() bool { return len(m.features) == 0 }

// Bounds is the box around the division.
func (m *Map) Bounds() geo.Box { return m.bounds }

// Features lists everything on the map that holds at the instant; with layers,
// only theirs.
func (m *Map) Features(at time.Time, layers ...Layer) []Feature {
	var out []Feature
	day := dayOf(at)
	for i, f := range m.features {
		if m.periods[i].holds(day) && (len(layers) == 0 || slices.Contains(layers, f.Layer)) {
			out = append(out, f)
		}
	}
	return out
}

// Code returns a feature of the tree or a zone by its code at the instant.
func (m *Map) Code(code string, at time.Time) (Feature, bool) {
	return m.code(code, dayOf(at))
}

func (m *Map) code(code string, day calendar.Date) (Feature, bool) {
	for _, i := range m.byCode[code] {
		if m.periods[i].holds(day) {
			return m.features[i], true
		}
	}
	return Feature{}, false
}

// Slack is how many metres outside the border a report is still taken: phones
// are no better on a street, and a border may run along its middle.
const Slack = 50.0

// Located is where a point lies in the tree. Codes are "" where unknown. A
// point outside by no more than Slack, or in a gap, has the nearest grid.
type Located struct {
	Inside    bool
	Outside   float64 // metres from the border when not inside; infinite without a map
	Street    string
	Community string
	Grid      string
}

// Near reports whether the point is inside the service area or at most so many
// metres outside.
func (l Located) Near(metres float64) bool { return l.Inside || l.Outside <= metres }

// Locate finds the point's place in the tree as it was at the instant.
func (m *Map) Locate(p geo.Point, at time.Time) Located {
	day := dayOf(at)
	l := Located{Outside: math.Inf(1)}
	if _, ok := m.one(Division, p, day); ok {
		l.Inside, l.Outside = true, 0
	} else if _, d, ok := m.nearest(Division, p, day, math.Inf(1), nil); ok {
		l.Outside = d
	}
	if !l.Near(Slack) {
		return l
	}
	for _, level := range []Layer{Grid, Community, Street} {
		f, ok := m.one(level, p, day)
		if !ok {
			f, _, ok = m.nearest(level, p, day, Slack, nil)
		}
		if ok {
			l.fill(m, f, day)
			break
		}
	}
	return l
}

// fill walks up the tree from the feature.
func (l *Located) fill(m *Map, f Feature, day calendar.Date) {
	for ok := true; ok; f, ok = m.code(f.Parent, day) {
		switch f.Layer {
		case Grid:
			l.Grid = f.Code
		case Community:
			l.Community = f.Code
		case Street:
			l.Street = f.Code
		default:
			return
		}
	}
}

func (m *Map) one(layer Layer, p geo.Point, day calendar.Date) (Feature, bool) {
	for _, i := range m.areas[layer].at(p) {
		if m.periods[i].holds(day) && m.features[i].Geometry.Shape.Contains(p) {
			return m.features[i], true
		}
	}
	return Feature{}, false
}

// nearest is the shape of a layer whose border is nearest and at most so many
// metres away; want may refuse features.
func (m *Map) nearest(layer Layer, p geo.Point, day calendar.Date, metres float64, want func(Feature) bool) (best Feature, _ float64, ok bool) {
	for _, i := range m.areas[layer].around(p, metres) {
		f := m.features[i]
		if !m.periods[i].holds(day) || want != nil && !want(f) {
			continue
		}
		if d := f.Geometry.Shape.BorderDistance(p); d <= metres {
			best, metres, ok = f, d, true
		}
	}
	return best, metres, ok
}

// ZonesAt lists the responsibility zones of the kind that hold the point, the
// smallest first: a special plot lies inside a general section.
func (m *Map) ZonesAt(p geo.Point, kind string, at time.Time) []Feature {
	var out []Feature
	day := dayOf(at)
	for _, i := range m.areas[Zone].at(p) {
		if f := m.features[i]; f.Kind == kind && m.periods[i].holds(day) && f.Geometry.Shape.Contains(p) {
			out = append(out, f)
		}
	}
	if len(out) > 1 {
		slices.SortStableFunc(out, func(a, b Feature) int { return cmp.Compare(a.Geometry.Shape.Area(), b.Geometry.Shape.Area()) })
	}
	return out
}

// ZoneAt is the responsibility zone of the kind at the point, the first of
// ZonesAt.
func (m *Map) ZoneAt(p geo.Point, kind string, at time.Time) (Feature, bool) {
	if z := m.ZonesAt(p, kind, at); len(z) > 0 {
		return z[0], true
	}
	return Feature{}, false
}

// BorderWidth is how near a border of zones must be to be told of, in metres;
// a less accurate point widens it.
const BorderWidth = 15.0

// Neighbour is the nearest other zone of the kind whose department differs and
// whose border is at most so many metres away (at least BorderWidth): the place
// is near a border.
func (m *Map) Neighbour(p geo.Point, kind string, metres float64, at time.Time) (Feature, float64, bool) {
	own, _ := m.ZoneAt(p, kind, at)
	return m.nearest(Zone, p, dayOf(at), max(metres, BorderWidth), func(f Feature) bool {
		return f.Kind == kind && f.Department != own.Department
	})
}

// Side is the side of the zone's border on which the point lies, in words for
// "边界附近：在{side}侧由…负责"; empty for a point on the border.
func (f Feature) Side(p geo.Point) i18n.Text {
	foot := f.Geometry.Shape.Border(p)
	if foot == p {
		return i18n.Text{}
	}
	return winds()[geo.Wind(foot, p)]
}

// SiteNear is a site at a distance: 0 inside it.
type SiteNear struct {
	Feature
	Metres float64
}

// Sites lists the sites of the kinds within so many metres, nearest first; no
// kinds means all.
func (m *Map) Sites(p geo.Point, metres float64, at time.Time, kinds ...string) []SiteNear {
	var out []SiteNear
	day := dayOf(at)
	for _, i := range m.sites {
		f := m.features[i]
		if len(kinds) > 0 && !slices.Contains(kinds, f.Kind) || !m.periods[i].holds(day) {
			continue
		}
		if d := f.distance(p, metres); d <= metres {
			out = append(out, SiteNear{f, d})
		}
	}
	slices.SortFunc(out, func(a, b SiteNear) int { return cmp.Compare(a.Metres, b.Metres) })
	return out
}

// distance of a site; beyond the limit it may be anything larger.
func (f Feature) distance(p geo.Point, limit float64) float64 {
	s := f.Geometry.Shape
	if f.Geometry.Point != nil {
		return geo.Distance(p, *f.Geometry.Point)
	}
	if !s.Bounds().Grow(limit).Contains(p) {
		return math.Inf(1)
	}
	if s.Contains(p) {
		return 0
	}
	return s.BorderDistance(p)
}

// Point is the feature's place: its point, or the middle of its shape or line.
func (f Feature) Point() geo.Point {
	switch g := f.Geometry; {
	case g.Point != nil:
		return *g.Point
	case len(g.Line) > 1:
		return g.Line.At(len(g.Line)/2-1, 1)
	}
	return f.Geometry.Shape.Center()
}
