package shop

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"xiucheng/internal/platform/geo"
)

// Line is a stretch along the kerb: two points or a few more, in their order.
type Line []geo.Point

// mostPoints of a stretch: a frontage goes round a corner or two.
const mostPoints = 20

var errLine = errors.New("shop: not a line of points")

// ParseLine reads "lng,lat;lng,lat …". Less than two points, more than twenty, or
// what is no place is an error.
func ParseLine(s string) (Line, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' || r == ' ' })
	if len(parts) < 2 || len(parts) > mostPoints {
		return nil, errLine
	}
	out := make(Line, 0, len(parts))
	for _, p := range parts {
		lng, lat, _ := strings.Cut(p, ",")
		x, errX := strconv.ParseFloat(lng, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		if at := (geo.Point{Lat: y, Lng: x}); errX == nil && errY == nil && at.Valid() {
			out = append(out, at)
			continue
		}
		return nil, errLine
	}
	return out, nil
}

func (l Line) String() string {
	parts := make([]string, len(l))
	for i, p := range l {
		parts[i] = fmt.Sprintf("%.6f,%.6f", p.Lng, p.Lat)
	}
	return strings.Join(parts, ";")
}

// Metres is how long the stretch is.
func (l Line) Metres() (sum float64) {
	for i := 1; i < len(l); i++ {
		sum += geo.Distance(l[i-1], l[i])
	}
	return sum
}

// Middle is the point half way along its ends, the zero point of none.
func (l Line) Middle() geo.Point {
	if len(l) == 0 {
		return geo.Point{}
	}
	a, b := l[0], l[len(l)-1]
	return geo.Point{Lat: (a.Lat + b.Lat) / 2, Lng: (a.Lng + b.Lng) / 2}
}

// What still counts as the same kerb: lines drawn by hand lie a little apart and
// askew; the other side of an alley does not.
const (
	sameKerb  = 3.0  // metres
	sameAngle = 0.94 // cosine, some 20 degrees
)

// Overlap is how many metres two stretches share.
func Overlap(a, b Line) (sum float64) {
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	flat := plane(a[0])
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			sum += shared(flat(a[i-1]), flat(a[i]), flat(b[j-1]), flat(b[j]))
		}
	}
	return sum
}

type spot struct{ x, y float64 } // metres

// plane makes metres around a point: a street's length is flat.
func plane(o geo.Point) func(geo.Point) spot {
	const metre = math.Pi / 180 * 6371008.8
	shrink := math.Cos(o.Lat * math.Pi / 180)
	return func(p geo.Point) spot { return spot{(p.Lng - o.Lng) * metre * shrink, (p.Lat - o.Lat) * metre} }
}

// shared is what the second segment covers of the first, where they lie along
// the same kerb.
func shared(a, b, c, d spot) float64 {
	long, other := math.Hypot(b.x-a.x, b.y-a.y), math.Hypot(d.x-c.x, d.y-c.y)
	if long == 0 || other == 0 {
		return 0
	}
	ux, uy := (b.x-a.x)/long, (b.y-a.y)/long
	if math.Abs(ux*(d.x-c.x)+uy*(d.y-c.y)) < sameAngle*other {
		return 0
	}
	along := func(p spot) float64 { return (p.x-a.x)*ux + (p.y-a.y)*uy }
	aside := func(p spot) float64 { return (p.y-a.y)*ux - (p.x-a.x)*uy }
	s, e := along(c), along(d)
	from, to := max(0, min(s, e)), min(long, max(s, e))
	if to <= from {
		return 0
	}
	half := ((from+to)/2 - s) / (e - s) // where the middle of what they share lies on the second
	if math.Abs(aside(c)+half*(aside(d)-aside(c))) > sameKerb {
		return 0
	}
	return to - from
}

// Along proposes a stretch so many metres wide before a door, on the kerb that
// another stretch lies on; nil where the door is not beside that kerb.
func Along(door geo.Point, kerb Line, width float64) Line {
	if len(kerb) < 2 {
		return nil
	}
	o := kerb[0]
	flat := plane(o)
	end, at := flat(kerb[len(kerb)-1]), flat(door)
	long := math.Hypot(end.x, end.y)
	if long == 0 {
		return nil
	}
	ux, uy := end.x/long, end.y/long
	if math.Abs(at.y*ux-at.x*uy) > farKerb {
		return nil
	}
	mid := at.x*ux + at.y*uy
	point := func(s float64) geo.Point { return geo.Offset(o, s*ux, s*uy) }
	return Line{point(mid - width/2), point(mid + width/2)}
}

// farKerb is how far from the kerb a shop's door may lie, in metres.
const farKerb = 20
