// Package geo is plane and spherical geometry for one city: distances and
// bearings, points in polygons, indexable S2 cells, and strict GeoJSON. All
// coordinates are WGS-84 degrees. It knows nothing of what a shape means.
package geo

import (
	"math"
	"slices"
)

// Point is a place on the earth.
type Point struct{ Lat, Lng float64 }

// Valid reports whether the point can exist; 0,0 counts as a missing value.
func (p Point) Valid() bool {
	return p != Point{} && math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180
}

const earth = 6371008.8 // mean radius in metres (IUGG)

// Distance is the great-circle distance in metres.
func Distance(a, b Point) float64 {
	la, lb := rad(a.Lat), rad(b.Lat)
	s := math.Pow(math.Sin((lb-la)/2), 2) + math.Cos(la)*math.Cos(lb)*math.Pow(math.Sin(rad(b.Lng-a.Lng)/2), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(s)))
}

// Bearing is the direction from a to b in degrees, north 0, east 90.
func Bearing(a, b Point) float64 {
	la, lb, d := rad(a.Lat), rad(b.Lat), rad(b.Lng-a.Lng)
	y := math.Sin(d) * math.Cos(lb)
	x := math.Cos(la)*math.Sin(lb) - math.Sin(la)*math.Cos(lb)*math.Cos(d)
	return math.Mod(math.Atan2(y, x)*180/math.Pi+360, 360)
}

// Wind is the eighth of the compass from a to b: 0 north, 1 north-east … 7.
func Wind(a, b Point) int { return int(math.Mod(Bearing(a, b)+22.5, 360) / 45) }

// Offset is the point so many metres east and north.
func Offset(p Point, east, north float64) Point {
	return Point{p.Lat + north/earth*180/math.Pi, p.Lng + east/(earth*math.Cos(rad(p.Lat)))*180/math.Pi}
}

func rad(d float64) float64 { return d * math.Pi / 180 }

// Line is a polyline of at least two points.
type Line []Point

// Ring is a closed line; the last point need not repeat the first.
type Ring []Point

// Polygon is an outer ring and its holes.
type Polygon []Ring

// Shape is any number of polygons.
type Shape []Polygon

// Contains reports whether the point lies inside. Of two shapes that share a
// border exactly one contains a point on it. A shape may lie across the 180°
// meridian, but not hold a pole.
func (s Shape) Contains(p Point) bool {
	for _, poly := range s {
		in := false
		for _, r := range poly {
			if r.contains(p) {
				in = !in
			}
		}
		if in {
			return true
		}
	}
	return false
}

func (r Ring) contains(p Point) bool {
	in, turned := r.winds(p.Lat, p.Lng)
	if turned && !in { // the ring's longitudes may run on beyond ±180
		in, _ = r.winds(p.Lat, p.Lng+360)
		if !in {
			in, _ = r.winds(p.Lat, p.Lng-360)
		}
	}
	return in
}

// winds counts the edges east of the point. Longitudes are unrolled from the
// first corner on; turned reports that the ring crosses the 180° meridian.
func (r Ring) winds(lat, lng float64) (in, turned bool) {
	turn := 0.0
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		ax := a.Lng + turn
		if d := b.Lng - a.Lng; math.Abs(d) > 180 {
			turn -= math.Copysign(360, d)
			turned = true
		}
		bx := b.Lng + turn
		if a.Lat > b.Lat { // one direction, so that neighbours compute the same
			a, b, ax, bx = b, a, bx, ax
		}
		if a.Lat <= lat && lat < b.Lat && lng < ax+(bx-ax)*(lat-a.Lat)/(b.Lat-a.Lat) {
			in = !in
		}
	}
	return in, turned
}

// BorderDistance is how far the point is from the nearest border, in metres,
// inside or out; infinite for an empty shape.
func (s Shape) BorderDistance(p Point) float64 {
	_, d := s.border(p)
	return d
}

// Border is the point of the shape's borders nearest to p; p itself for an
// empty shape.
func (s Shape) Border(p Point) Point {
	q, _ := s.border(p)
	return q
}

func (s Shape) border(p Point) (Point, float64) {
	best, at := math.Inf(1), p
	for _, poly := range s {
		for _, r := range poly {
			for i := range r {
				a, b := r[i], r[(i+1)%len(r)]
				if d, share := segment(p, a, b); d < best {
					best, at = d, Line{a, b}.At(0, share)
				}
			}
		}
	}
	return at, best
}

// Near is the point of the line nearest to p: its distance in metres, the
// index of the segment and the share of the way along it.
func (l Line) Near(p Point) (metres float64, at int, share float64) {
	metres = math.Inf(1)
	for i := 0; i+1 < len(l); i++ {
		if d, t := segment(p, l[i], l[i+1]); d < metres {
			metres, at, share = d, i, t
		}
	}
	return metres, at, share
}

// Length is the line's length in metres.
func (l Line) Length() (sum float64) {
	for i := 0; i+1 < len(l); i++ {
		sum += Distance(l[i], l[i+1])
	}
	return sum
}

// Along is how many metres from the line's start the place lies that Near found.
func (l Line) Along(at int, share float64) float64 {
	return l[:at+1].Length() + share*Distance(l[at], l[at+1])
}

// At is the point of a segment of the line.
func (l Line) At(i int, share float64) Point {
	a, b := l[i], l[i+1]
	return Point{a.Lat + (b.Lat-a.Lat)*share, a.Lng + (b.Lng-a.Lng)*share}
}

// segment is the distance in metres from p to a–b on a local plane, and the
// share of the way at which the nearest point lies.
func segment(p, a, b Point) (metres, share float64) {
	ax, ay := local(p, a)
	bx, by := local(p, b)
	dx, dy := bx-ax, by-ay
	if n := dx*dx + dy*dy; n > 0 {
		share = math.Max(0, math.Min(1, -(ax*dx+ay*dy)/n))
	}
	return math.Hypot(ax+share*dx, ay+share*dy), share
}

// local is q in metres east and north of the origin; good within a city.
func local(origin, q Point) (x, y float64) {
	return rad(math.Remainder(q.Lng-origin.Lng, 360)) * earth * math.Cos(rad(origin.Lat)), rad(q.Lat-origin.Lat) * earth
}

// Crossings lists where two lines meet, in the order of the first. A line that
// ends at most reach metres before the other meets it there.
func Crossings(a, b Line, reach float64) []Point {
	var out []Point
	if !a.Bounds().Grow(reach).Meets(b.Bounds()) {
		return nil
	}
	for i := 0; i+1 < len(a); i++ {
		for j := 0; j+1 < len(b); j++ {
			if p, ok := meet(a[i], a[i+1], b[j], b[j+1]); ok {
				out = append(out, p)
			}
		}
	}
	for _, l := range [2][2]Line{{a, b}, {b, a}} {
		for _, end := range []Point{l[0][0], l[0][len(l[0])-1]} {
			if d, i, share := l[1].Near(end); d <= reach {
				out = append(out, l[1].At(i, share))
			}
		}
	}
	merged := out[:0]
	for _, p := range out { // one crossing may be found by several segments and ends
		if !slices.ContainsFunc(merged, func(q Point) bool { return Distance(p, q) <= max(reach, 1) }) {
			merged = append(merged, p)
		}
	}
	return merged
}

func meet(a, b, c, d Point) (Point, bool) {
	rx, ry, sx, sy := b.Lng-a.Lng, b.Lat-a.Lat, d.Lng-c.Lng, d.Lat-c.Lat
	n := rx*sy - ry*sx
	if n == 0 {
		return Point{}, false
	}
	t := ((c.Lng-a.Lng)*sy - (c.Lat-a.Lat)*sx) / n
	u := ((c.Lng-a.Lng)*ry - (c.Lat-a.Lat)*rx) / n
	if t < 0 || t > 1 || u < 0 || u > 1 {
		return Point{}, false
	}
	return Point{a.Lat + t*ry, a.Lng + t*rx}, true
}

// Area is the shape's area in square metres.
func (s Shape) Area() (sum float64) {
	for _, poly := range s {
		for i, r := range poly {
			if a := math.Abs(r.signed()); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum
}

func (r Ring) signed() (sum float64) {
	for i := range r {
		ax, ay := local(r[0], r[i])
		bx, by := local(r[0], r[(i+1)%len(r)])
		sum += ax*by - bx*ay
	}
	return sum / 2
}

// Center is a point for a label: the centroid of the largest polygon, or, where
// that lies outside (a bent shape, a hole), the middle of its widest part at
// that height. The zero Point for an empty shape.
func (s Shape) Center() Point {
	var best Polygon
	size := -1.0
	for _, poly := range s {
		if len(poly) > 0 && len(poly[0]) > 0 {
			if a := math.Abs(poly[0].signed()); a > size {
				best, size = poly, a
			}
		}
	}
	if size < 0 {
		return Point{}
	}
	c := best[0].centroid()
	if (Shape{best}).Contains(c) {
		return c
	}
	return best.widest(c)
}

func (r Ring) centroid() Point {
	var x, y, n float64
	for i := range r {
		ax, ay := local(r[0], r[i])
		bx, by := local(r[0], r[(i+1)%len(r)])
		c := ax*by - bx*ay
		x, y, n = x+(ax+bx)*c, y+(ay+by)*c, n+c
	}
	if n == 0 {
		return r[0]
	}
	return Offset(r[0], x/(3*n), y/(3*n))
}

// widest is the middle of the longest stretch inside the polygon at c's
// latitude; c itself when there is none.
func (p Polygon) widest(c Point) Point {
	var xs []float64
	for _, r := range p {
		for i := range r {
			ax, ay := local(c, r[i])
			bx, by := local(c, r[(i+1)%len(r)])
			if (ay <= 0) != (by <= 0) {
				xs = append(xs, ax-ay*(bx-ax)/(by-ay))
			}
		}
	}
	slices.Sort(xs)
	mid, wide := 0.0, 0.0
	for i := 0; i+1 < len(xs); i += 2 {
		if w := xs[i+1] - xs[i]; w > wide {
			mid, wide = (xs[i]+xs[i+1])/2, w
		}
	}
	return Offset(c, mid, 0)
}

// Box is a rectangle of degrees.
type Box struct{ W, S, E, N float64 }

// none is a box around nothing.
func none() Box {
	return Box{W: math.Inf(1), S: math.Inf(1), E: math.Inf(-1), N: math.Inf(-1)}
}

// Bounds is the smallest box around the line.
func (l Line) Bounds() Box {
	b := none()
	for _, p := range l {
		b = b.Add(p)
	}
	return b
}

// Grow is the box with so many metres more on each side.
func (b Box) Grow(metres float64) Box {
	sw := Offset(Point{b.S, b.W}, -metres, -metres)
	ne := Offset(Point{b.N, b.E}, metres, metres)
	return Box{W: sw.Lng, S: sw.Lat, E: ne.Lng, N: ne.Lat}
}

// Bounds is the smallest box around the shape.
func (s Shape) Bounds() Box {
	b := none()
	for _, poly := range s {
		for _, p := range poly[0] {
			b = b.Add(p)
		}
	}
	return b
}

// Add is the box grown to hold the point.
func (b Box) Add(p Point) Box {
	return Box{math.Min(b.W, p.Lng), math.Min(b.S, p.Lat), math.Max(b.E, p.Lng), math.Max(b.N, p.Lat)}
}

// Contains reports whether the box holds the point.
func (b Box) Contains(p Point) bool {
	return p.Lng >= b.W && p.Lng <= b.E && p.Lat >= b.S && p.Lat <= b.N
}

// Meets reports whether the boxes share a point.
func (b Box) Meets(o Box) bool { return b.W <= o.E && o.W <= b.E && b.S <= o.N && o.S <= b.N }
