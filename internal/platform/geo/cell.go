package geo

import (
	"cmp"
	"slices"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Cell is the point's S2 leaf cell as a signed integer, for an index. Cells
// near each other are near in number within one face only: compare inside one
// Range.
func Cell(p Point) int64 {
	return int64(s2.CellIDFromLatLng(s2.LatLngFromDegrees(p.Lat, p.Lng)))
}

// Range is a span of cells, both ends included.
type Range struct{ From, To int64 }

// ranges bounds a covering: an index looks up this many spans at most.
const ranges = 24

// Around covers a circle of so many metres. The covering is a little larger:
// filter what it finds by distance.
func Around(p Point, metres float64) []Range {
	c := s2.CapFromCenterAngle(s2.PointFromLatLng(s2.LatLngFromDegrees(p.Lat, p.Lng)), s1.Angle(metres/earth))
	return cover(c)
}

// Covering covers a box; filter what it finds.
func (b Box) Covering() []Range {
	r := s2.RectFromLatLng(s2.LatLngFromDegrees(b.S, b.W)).AddPoint(s2.LatLngFromDegrees(b.N, b.E))
	return cover(r)
}

func cover(region s2.Region) []Range {
	cells := (&s2.RegionCoverer{MinLevel: 4, MaxLevel: 22, MaxCells: ranges}).Covering(region)
	out := make([]Range, 0, len(cells))
	for _, c := range cells {
		out = append(out, Range{int64(c.RangeMin()), int64(c.RangeMax())})
	}
	slices.SortFunc(out, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	return out
}
