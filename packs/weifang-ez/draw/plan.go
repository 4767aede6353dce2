package main

import (
	"math"
)

// class is what runs along an edge.
type class int

const (
	none class = iota
	lane
	minor
	secondary
	arterial
	water
)

// half is the width in metres that a block leaves free along an edge.
var half = map[class]float64{none: 0, lane: 7, minor: 10, secondary: 17, arterial: 24, water: 96}

// cut is a line that divides the sheet: a road or a river. It divides the parts
// that lie wholly in its stretch.
type cut struct {
	zh, en   string
	from, to spot
	class    class
}

// The streets. Their order from west to east and from south to north is that of
// the sources; their distances, and where they end, are drawn by hand.
var cuts = []cut{
	{"", "", spot{-8300, -6000}, spot{-8300, 6000}, water},
	{"四平路", "Siping Road", spot{-7150, -6000}, spot{-7150, 6000}, arterial},
	{"潍州路", "Weizhou Road", spot{-6000, -6000}, spot{-6000, 6000}, arterial},
	{"", "", spot{-5000, -6000}, spot{-5000, 6000}, secondary},
	{"鸢飞路", "Yuanfei Road", spot{-4300, -6000}, spot{-4300, 6000}, arterial},
	{"", "", spot{-3300, -6000}, spot{-3300, 6000}, water},
	{"虞河路", "Yuhe Road", spot{-2300, -6000}, spot{-2300, 6000}, arterial},
	{"新华路", "Xinhua Road", spot{-650, -6000}, spot{-650, 6000}, arterial},
	{"北海路", "Beihai Road", spot{1150, -6000}, spot{1150, 6000}, arterial},
	{"渤海路", "Bohai Road", spot{3950, -6000}, spot{3950, 6000}, secondary},

	{"卧龙东街", "Wolong East Street", spot{-11500, -2750}, spot{eastEnd, -2750}, secondary},
	{"通亭街", "Tongting Street", spot{-11500, -2150}, spot{eastEnd, -2150}, arterial},
	{"玉清东街", "Yuqing East Street", spot{-11500, -1000}, spot{eastEnd, -1000}, arterial},
	{"永兴街", "Yongxing Street", spot{-11500, 250}, spot{eastEnd, 250}, secondary},
	{"玄武东街", "Xuanwu East Street", spot{-11500, 1600}, spot{eastEnd, 1600}, arterial},
	{"禹王街", "Yuwang Street", spot{-11500, 2950}, spot{eastEnd, 2950}, arterial},

	{"金鼎街", "Jinding Street", spot{-4300, -1560}, spot{3950, -1560}, secondary},
	{"泰祥街", "Taixiang Street", spot{-2300, -380}, spot{1150, -380}, secondary},
	{"桐荫街", "Tongyin Street", spot{-650, 940}, spot{1150, 940}, secondary},
	{"虞兴街", "Yuxing Street", spot{470, -2150}, spot{530, -1560}, secondary},
	{"虞兴街", "Yuxing Street", spot{530, -1560}, spot{500, -1000}, secondary},

	{"演示一路", "Demo Avenue 1", spot{2520, -2750}, spot{2520, 1600}, secondary},
	{"演示二路", "Demo Avenue 2", spot{-1480, -380}, spot{-1480, 2950}, secondary},
	{"演示一街", "Demo Street 1", spot{-5000, 2300}, spot{1150, 2300}, secondary},
	{"演示二街", "Demo Street 2", spot{1150, -360}, spot{eastEnd, -360}, secondary},
	{"演示大道", "Demo Boulevard", spot{1150, 1600}, spot{3950, 2950}, secondary},
	{"", "", spot{2520, -6000}, spot{2520, -2750}, minor},
	{"", "", spot{-5000, -3320}, spot{2520, -3320}, minor},
	{"", "", spot{-5000, 3420}, spot{1150, 3420}, minor},
	{"", "", spot{1150, 3760}, spot{eastEnd, 3760}, minor},
}

// outline is the border of the zone; it follows cuts.
var outline = []spot{
	{-4300, -3320}, {2520, -3320}, {2520, -2750}, {eastEnd, -2750}, {eastEnd, 3760}, {1150, 3760}, {1150, 3420},
	{-4300, 3420}, {-4300, 2300}, {-5000, 2300}, {-5000, -2150}, {-4300, -2150},
}

// part is a convex piece of the sheet; edge i runs from corner i to the next.
type part struct {
	corners []spot
	edges   []class
}

func (p part) area() (sum float64) {
	for i, a := range p.corners {
		b := p.corners[(i+1)%len(p.corners)]
		sum += a.u*b.v - b.u*a.v
	}
	return sum / 2
}

func (p part) middle() (m spot) {
	for _, c := range p.corners {
		m.u, m.v = m.u+c.u/float64(len(p.corners)), m.v+c.v/float64(len(p.corners))
	}
	return m
}

// side is how far a place lies to the left of the line, in metres.
func side(a, b, p spot) float64 {
	return ((b.u-a.u)*(p.v-a.v) - (b.v-a.v)*(p.u-a.u)) / way(a, b)
}

// tiny is the size in metres of what does not count.
const tiny = 0.01

// keep is what of the part lies to the left of the line; c runs along the cut.
func (p part) keep(a, b spot, c class) part {
	var out part
	n := len(p.corners)
	for i, x := range p.corners {
		y := p.corners[(i+1)%n]
		dx, dy := side(a, b, x), side(a, b, y)
		if dx > -tiny {
			out.corners = append(out.corners, x)
			if dx <= tiny && dy < -tiny {
				out.edges = append(out.edges, c)
			} else {
				out.edges = append(out.edges, p.edges[i])
			}
		}
		if dx > tiny && dy < -tiny || dx < -tiny && dy > tiny {
			out.corners = append(out.corners, between(x, y, dx/(dx-dy)))
			if dx > 0 {
				out.edges = append(out.edges, c)
			} else {
				out.edges = append(out.edges, p.edges[i])
			}
		}
	}
	return out
}

// split divides the part along the line; ok is false when it lies on one side.
func (p part) split(a, b spot, c class) (left, right part, ok bool) {
	above, below := false, false
	for _, x := range p.corners {
		d := side(a, b, x)
		above, below = above || d > 1, below || d < -1
	}
	if !above || !below {
		return p, part{}, false
	}
	return p.keep(a, b, c), p.keep(b, a, c), true
}

// covers reports whether the part lies in the stretch of the cut.
func (c cut) covers(p part) bool {
	n := way(c.from, c.to)
	for _, x := range p.corners {
		along := ((x.u-c.from.u)*(c.to.u-c.from.u) + (x.v-c.from.v)*(c.to.v-c.from.v)) / n
		if along < -60 || along > n+60 { // 虞兴街 and 演示大道 are not square to what they meet
			if c.square() || !p.beside(c) {
				return false
			}
		}
	}
	return true
}

func (c cut) square() bool { return c.from.u == c.to.u || c.from.v == c.to.v }

// beside reports whether both ends of a slanting cut lie on the part's border.
func (p part) beside(c cut) bool {
	for _, end := range []spot{c.from, c.to} {
		on := false
		for i, x := range p.corners {
			y := p.corners[(i+1)%len(p.corners)]
			on = on || math.Abs(side(x, y, end)) < 1 && way(x, end)+way(end, y) < way(x, y)+1
		}
		if !on {
			return false
		}
	}
	return true
}

// inset is the part without what the roads and rivers along its edges take.
func (p part) inset(more float64) part {
	out := p
	for i, a := range p.corners {
		b := p.corners[(i+1)%len(p.corners)]
		n, d := way(a, b), half[p.edges[i]]+more
		if n < tiny {
			continue
		}
		du, dv := -(b.v-a.v)/n*d, (b.u-a.u)/n*d
		out = out.keep(spot{a.u + du, a.v + dv}, spot{b.u + du, b.v + dv}, none)
		if len(out.corners) < 3 {
			return part{}
		}
	}
	return out
}

// superblocks divides the whole sheet along the cuts.
func superblocks() []part {
	parts := []part{{[]spot{{-11500, -6000}, {eastEnd, -6000}, {eastEnd, 6000}, {-11500, 6000}}, make([]class, 4)}}
	for _, c := range cuts {
		var next []part
		for _, p := range parts {
			if c.covers(p) {
				if l, r, ok := p.split(c.from, c.to, c.class); ok {
					next = append(next, l, r)
					continue
				}
			}
			next = append(next, p)
		}
		parts = next
	}
	return parts
}

// inZone reports whether a place of the sheet lies inside the outline.
func inZone(p spot) (in bool) {
	for i, a := range outline {
		b := outline[(i+1)%len(outline)]
		if (a.v > p.v) != (b.v > p.v) && p.u < a.u+(b.u-a.u)*(p.v-a.v)/(b.v-a.v) {
			in = !in
		}
	}
	return in
}

// chance is a number from 0 to 1 that belongs to a place of the sheet.
func chance(p spot, salt int) float64 {
	h := uint32(int32(math.Round(p.u)))*73856093 ^ uint32(int32(math.Round(p.v)))*19349663 ^ uint32(salt)*83492791
	h ^= h >> 13
	h *= 0x5bd1e995
	h ^= h >> 15
	h *= 0x9e3779b1
	h ^= h >> 16
	return float64(h%10007) / 10007
}
