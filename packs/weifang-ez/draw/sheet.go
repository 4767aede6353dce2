package main

import (
	"math"

	"xiucheng/internal/platform/geo"
)

// The sheet is a plan in metres: u runs roughly east, v roughly north, 0,0 is
// the middle. Everything is laid out on it with straight lines; at then bends
// it, the same way everywhere, so that neighbours stay neighbours and nothing
// looks like squared paper.
type spot struct{ u, v float64 }

const (
	midLng, midLat = 119.14, 36.77
	metresPerLng   = 89170.0
	metresPerLat   = 110950.0
	tilt           = 6 * math.Pi / 180 // roads lean to the north-east
	eastEnd        = 4420.0            // u of the eastern border
	eastLine       = 4446.0            // metres east of the middle where the sheet ends (119.19° E)
	bendFrom       = 2300.0            // u from which the sheet is fitted to that line
)

// river is a stream that winds about the line u = mid, at most reach to each
// side, where nothing else may be bent.
type river struct {
	mid, reach    float64
	swing, ripple float64
	half          float64 // of its width
}

var (
	yuRiver      = river{mid: -3300, reach: 1000, swing: 390, ripple: 95, half: 46}
	bailangRiver = river{mid: -8300, reach: 1050, swing: 330, ripple: 110, half: 62}
)

// shift is how far the river pulls a place to the side.
func (r river) shift(p spot) float64 {
	d := math.Abs(p.u-r.mid) / r.reach
	if d >= 1 {
		return 0
	}
	c := math.Cos(d * math.Pi / 2)
	return c * c * (r.swing*math.Sin(p.v/1150+0.5) + r.ripple*math.Sin(p.v/430+r.mid))
}

// whirl turns the streets around a place, most in its middle.
type whirl struct {
	mid         spot
	size, angle float64
}

var whirls = []whirl{
	{spot{2500, -1250}, 900, 0.42},
	{spot{-1350, 2450}, 800, -0.36},
	{spot{300, 250}, 700, 0.16},
}

func (w whirl) turn(p spot) spot {
	du, dv := p.u-w.mid.u, p.v-w.mid.v
	q := (du*du + dv*dv) / (w.size * w.size)
	if q > 16 {
		return p
	}
	sin, cos := math.Sincos(w.angle * math.Exp(-q))
	return spot{w.mid.u + du*cos - dv*sin, w.mid.v + du*sin + dv*cos}
}

// at is the place on the earth.
func at(p spot) geo.Point {
	x, y := bend(p)
	if s := (p.u - bendFrom) / (eastEnd - bendFrom); s > 0 {
		edge, _ := bend(spot{eastEnd, p.v})
		s = min(s, 1)
		x += (eastLine + 8*math.Sin(p.v/600) - edge) * s * s * (3 - 2*s)
	}
	return geo.Point{Lat: midLat + y/metresPerLat, Lng: midLng + x/metresPerLng}
}

// bend is the place in metres east and north of the middle, before the eastern
// end is fitted.
func bend(p spot) (x, y float64) {
	q := spot{p.u + yuRiver.shift(p) + bailangRiver.shift(p), p.v}
	for _, w := range whirls {
		q = w.turn(q)
	}
	u := q.u + 75*math.Sin(q.v/1900+0.6) + 38*math.Sin(q.u/1300+q.v/2300)
	v := q.v + 105*math.Sin(q.u/2500+0.4) + 40*math.Sin(q.v/1200+q.u/1700)
	sin, cos := math.Sincos(tilt)
	return u*cos + v*sin, v*cos - u*sin
}

// arc is the bent way from a to b without b, in as many pieces as it needs to
// lie within a metre and a half of the truth. It is the same both ways.
func arc(a, b spot) []geo.Point {
	turned := a.u > b.u || a.u == b.u && a.v > b.v
	if turned {
		a, b = b, a
	}
	n := 1
	for ; n < 400 && sag(a, between(a, b, 1/float64(n))) > 1.5; n++ {
	}
	for n < 400 && !flat(a, b, n) {
		n++
	}
	var out []geo.Point
	for i := range n + 1 {
		out = append(out, at(between(a, b, float64(i)/float64(n))))
	}
	if turned {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out[:len(out)-1]
}

func flat(a, b spot, n int) bool {
	for i := range n {
		if sag(between(a, b, float64(i)/float64(n)), between(a, b, float64(i+1)/float64(n))) > 1.5 {
			return false
		}
	}
	return true
}

// sag is how far the bent middle lies from the straight one, in metres.
func sag(a, b spot) float64 {
	p, q := at(a), at(b)
	return geo.Distance(at(between(a, b, 0.5)), geo.Point{Lat: (p.Lat + q.Lat) / 2, Lng: (p.Lng + q.Lng) / 2})
}

func between(a, b spot, share float64) spot {
	return spot{a.u + (b.u-a.u)*share, a.v + (b.v-a.v)*share}
}

func way(a, b spot) float64 { return math.Hypot(b.u-a.u, b.v-a.v) }

// bent is a bent ring around corners.
func bent(corners []spot) geo.Ring {
	var out geo.Ring
	for i, c := range corners {
		out = append(out, arc(c, corners[(i+1)%len(corners)])...)
	}
	return out
}

// frame is the part of the earth that the sheet may show.
var frame = geo.Box{W: 119.0302, S: 36.7302, E: 119.1899, N: 36.8098}

// crop cuts a ring to the frame, side by side; nil when nothing is left.
func crop(r geo.Ring) geo.Ring {
	sides := []func(geo.Point) float64{
		func(p geo.Point) float64 { return p.Lng - frame.W }, func(p geo.Point) float64 { return frame.E - p.Lng },
		func(p geo.Point) float64 { return p.Lat - frame.S }, func(p geo.Point) float64 { return frame.N - p.Lat },
	}
	for _, inside := range sides {
		var out geo.Ring
		for i, b := range r {
			a := r[(i+len(r)-1)%len(r)]
			da, db := inside(a), inside(b)
			if (da >= 0) != (db >= 0) {
				out = append(out, geo.Line{a, b}.At(0, da/(da-db)))
			}
			if db >= 0 {
				out = append(out, b)
			}
		}
		r = out
	}
	if len(r) < 3 {
		return nil
	}
	return r
}

// cropLine cuts a line to the frame: its first stretch inside.
func cropLine(l geo.Line) geo.Line {
	var out geo.Line
	for i, p := range l {
		in := frame.Contains(p)
		if i > 0 && in != frame.Contains(l[i-1]) {
			out = append(out, doorway(l[i-1], p, in))
		}
		if in {
			out = append(out, p)
		} else if len(out) > 0 {
			break
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// doorway is where the way from a to b crosses the frame.
func doorway(a, b geo.Point, entering bool) geo.Point {
	if !entering {
		a, b = b, a
	}
	for range 30 { // a is outside, b inside
		if m := (geo.Line{a, b}).At(0, 0.5); frame.Contains(m) {
			b = m
		} else {
			a = m
		}
	}
	return b
}
