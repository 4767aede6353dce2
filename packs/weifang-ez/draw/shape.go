package main

import (
	"math"

	"xiucheng/internal/platform/geo"
)

// thin drops points of a line that lie within half a metre of the rest.
func thin(l geo.Line) geo.Line {
	if len(l) < 3 {
		return l
	}
	worst, at := 0.5, 0
	for i := 1; i < len(l)-1; i++ {
		if d, _, _ := (geo.Line{l[0], l[len(l)-1]}).Near(l[i]); d > worst {
			worst, at = d, i
		}
	}
	if at == 0 {
		return geo.Line{l[0], l[len(l)-1]}
	}
	head := thin(l[:at+1])
	return append(head[:len(head)-1:len(head)-1], thin(l[at:])...)
}

// drawn is a shape to be looked at: bent, cropped and thinned.
func drawn(corners []spot) geo.Shape {
	r := crop(bent(corners))
	if r == nil {
		return nil
	}
	r = geo.Ring(thin(append(geo.Line(r), r[0])))
	return geo.Shape{{r[:len(r)-1]}}
}

// street is a bent line through the spots.
func street(spots ...spot) geo.Line {
	var l geo.Line
	for i := 0; i+1 < len(spots); i++ {
		l = append(l, arc(spots[i], spots[i+1])...)
	}
	if l = cropLine(append(l, at(spots[len(spots)-1]))); l == nil {
		return nil
	}
	return thin(l)
}

// band is the ring so many metres to both sides of the river's middle, with a
// wavering edge.
func (r river) band(from, to, half, waver float64) []spot {
	const step = 90.0
	n := int(math.Ceil((to - from) / step))
	var east, west []spot
	for i := range n + 1 {
		v := from + (to-from)*float64(i)/float64(n)
		east = append(east, spot{r.mid + half + waver*math.Sin(v/310+r.mid), v})
		west = append(west, spot{r.mid - half - waver*math.Sin(v/370+1), v})
	}
	for i := len(west) - 1; i >= 0; i-- {
		east = append(east, west[i])
	}
	return east
}

// soft rounds the corners of a ring.
func soft(corners []spot, times int) []spot {
	for range times {
		var out []spot
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			out = append(out, between(a, b, 0.22), between(a, b, 0.78))
		}
		corners = out
	}
	return corners
}

// blob is a roundish ring.
func blob(m spot, radius, stretch float64) []spot {
	const n = 22
	var out []spot
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
		r := radius * (1 + 0.16*math.Sin(2*math.Pi*float64(i)/n*3+1) + 0.09*math.Cos(2*math.Pi*float64(i)/n*2))
		out = append(out, spot{m.u + r*cos*stretch, m.v + r*sin})
	}
	return out
}
