package place

import (
	"cmp"
	"math"
	"slices"
	"time"

	"xiucheng/internal/platform/geo"
)

// Map answers where something is. It is immutable and safe for concurrent use.
type Map struct {
	features  []Feature
	areas     map[Layer]*index // polygons of the tree and zones
	roads     []Feature
	crossings []crossing
	sites     []Feature
	byCode    map[string][]int // tree features of all periods
	bounds    geo.Box
}

// NewMap builds the map of features of all periods.
func NewMap(list []Feature) *Map {
	m := &Map{features: list, areas: map[Layer]*index{}, byCode: map[string][]int{},
		bounds: geo.Box{W: math.Inf(1), S: math.Inf(1), E: math.Inf(-1), N: math.Inf(-1)}}
	for i, f := range list {
		switch f.Layer {
		case Division, Street, Community, Grid, Zone:
			if m.areas[f.Layer] == nil {
				m.areas[f.Layer] = &index{cells: map[[2]int][]int{}}
			}
			m.areas[f.Layer].add(i, f.Geometry.Shape.Bounds())
			m.byCode[f.Code] = append(m.byCode[f.Code], i)
			if f.Layer == Division {
				b := f.Geometry.Shape.Bounds()
				m.bounds = m.bounds.Add(geo.Point{Lat: b.S, Lng: b.W}).Add(geo.Point{Lat: b.N, Lng: b.E})
			}
		case Road:
			m.roads = append(m.roads, f)
		case Site:
			m.sites = append(m.sites, f)
		}
	}
	m.crossings = cross(m.roads)
	return m
}

// Empty reports whether the division has no map yet.
func (m *Map) Empty() bool { return len(m.features) == 0 }

// Bounds is the box around the division.
func (m *Map) Bounds() geo.Box { return m.bounds }

// Features lists everything on the map that holds at the instant.
func (m *Map) Features(at time.Time) []Feature {
	return slices.DeleteFunc(slices.Clone(m.features), func(f Feature) bool { return !f.Holds(at) })
}

// Code returns a feature of the tree or a zone by its code at the instant.
func (m *Map) Code(code string, at time.Time) (Feature, bool) {
	for _, i := range m.byCode[code] {
		if m.features[i].Holds(at) {
			return m.features[i], true
		}
	}
	return Feature{}, false
}

// Located is where a point lies in the tree. Codes are "" where unknown.
type Located struct {
	Inside    bool
	Outside   float64 // metres from the border when not inside
	Street    string
	Community string
	Grid      string
}

// Near reports whether the point is inside the service area or at most so many
// metres outside.
func (l Located) Near(metres float64) bool { return l.Inside || l.Outside <= metres }

// Locate finds the point's place in the tree as it was at the instant.
func (m *Map) Locate(p geo.Point, at time.Time) Located {
	l := Located{Outside: math.Inf(1)}
	if _, ok := m.one(Division, p, at); ok {
		l.Inside, l.Outside = true, 0
	} else {
		for _, i := range m.all(Division) {
			if f := m.features[i]; f.Holds(at) {
				l.Outside = math.Min(l.Outside, f.Geometry.Shape.BorderDistance(p))
			}
		}
	}
	if f, ok := m.one(Grid, p, at); ok {
		l.Grid, l.Community, l.Street = f.Code, f.Code[:12], f.Code[:9]
		return l
	}
	if f, ok := m.one(Community, p, at); ok {
		l.Community, l.Street = f.Code, f.Code[:9]
	} else if f, ok := m.one(Street, p, at); ok {
		l.Street = f.Code
	}
	return l
}

func (m *Map) one(layer Layer, p geo.Point, at time.Time) (Feature, bool) {
	ix := m.areas[layer]
	if ix == nil {
		return Feature{}, false
	}
	for _, i := range ix.at(p) {
		if f := m.features[i]; f.Holds(at) && f.Geometry.Shape.Contains(p) {
			return f, true
		}
	}
	return Feature{}, false
}

func (m *Map) all(layer Layer) []int {
	if m.areas[layer] == nil {
		return nil
	}
	return m.areas[layer].list
}

// ZoneAt is the responsibility zone of the kind at the point.
func (m *Map) ZoneAt(p geo.Point, kind string, at time.Time) (Feature, bool) {
	ix := m.areas[Zone]
	if ix == nil {
		return Feature{}, false
	}
	for _, i := range ix.at(p) {
		if f := m.features[i]; f.Kind == kind && f.Holds(at) && f.Geometry.Shape.Contains(p) {
			return f, true
		}
	}
	return Feature{}, false
}

// Neighbour is the nearest other zone of the kind whose department differs and
// whose border is at most so many metres away: the place is near a border.
func (m *Map) Neighbour(p geo.Point, kind string, metres float64, at time.Time) (Feature, float64, bool) {
	own, _ := m.ZoneAt(p, kind, at)
	best, found := metres, Feature{}
	for _, i := range m.all(Zone) {
		f := m.features[i]
		if f.Kind != kind || !f.Holds(at) || f.Department == own.Department {
			continue
		}
		if d := f.Geometry.Shape.BorderDistance(p); d <= best {
			best, found = d, f
		}
	}
	return found, best, found.Code != ""
}

// SiteNear is a site at a distance.
type SiteNear struct {
	Feature
	Metres float64
}

// Sites lists the sites of the kinds within so many metres, nearest first; no
// kinds means all.
func (m *Map) Sites(p geo.Point, metres float64, at time.Time, kinds ...string) []SiteNear {
	var out []SiteNear
	for _, f := range m.sites {
		if len(kinds) > 0 && !slices.Contains(kinds, f.Kind) || !f.Holds(at) {
			continue
		}
		if d := geo.Distance(p, f.Point()); d <= metres {
			out = append(out, SiteNear{f, d})
		}
	}
	slices.SortFunc(out, func(a, b SiteNear) int { return cmp.Compare(a.Metres, b.Metres) })
	return out
}

// Point is the feature's place: its point, or the middle of its shape.
func (f Feature) Point() geo.Point {
	if f.Geometry.Point != nil {
		return *f.Geometry.Point
	}
	return f.Geometry.Shape.Center()
}

// index finds polygons by a coarse lattice of boxes.
type index struct {
	cells map[[2]int][]int
	list  []int
}

// cellSize in degrees: about 300 m, a few polygons each.
const cellSize = 0.003

func (ix *index) add(i int, b geo.Box) {
	ix.list = append(ix.list, i)
	for x := cell(b.W); x <= cell(b.E); x++ {
		for y := cell(b.S); y <= cell(b.N); y++ {
			ix.cells[[2]int{x, y}] = append(ix.cells[[2]int{x, y}], i)
		}
	}
}

func (ix *index) at(p geo.Point) []int { return ix.cells[[2]int{cell(p.Lng), cell(p.Lat)}] }

func cell(deg float64) int { return int(math.Floor(deg / cellSize)) }
