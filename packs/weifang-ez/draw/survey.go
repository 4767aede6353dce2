package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// city is the plan, divided.
type city struct {
	grids   []grid
	context []part // blocks outside the zone
	leaves  []part // the smallest blocks of the zone
	streets []stretch
	ends    []spot // where minor roads end: others like to begin there
}

// grid is one unit grid.
type grid struct {
	part
	street, community, serial int // from 1
}

// stretch is a straight piece of an unnamed road.
type stretch struct {
	a, b  spot
	class class
}

// How large in m² parts may become.
const (
	gridLimit    = 390_000 // coarser than the standard's 10,000: a sketch has no use for 6,000 grids
	contextLimit = 240_000
)

func newCity() *city {
	c := &city{}
	var inside []part
	for _, p := range superblocks() {
		if inZone(p.middle()) {
			inside = append(inside, c.divide(p, gridLimit, minor)...)
		} else if crop(bent(p.corners)) != nil {
			c.context = append(c.context, c.divide(p, contextLimit, minor)...)
		}
	}
	for _, p := range inside {
		g := grid{part: p}
		g.street, g.community = quarter(p.middle())
		c.grids = append(c.grids, g)
	}
	c.number()
	for _, g := range c.grids {
		if open := g.bank(); chance(g.middle(), 3) > 0.03 && way(g.middle(), c.sponge().middle()) > 1 {
			c.leaves = append(c.leaves, c.divide(open, density(g.middle()), lane)...)
		} else {
			c.leaves = append(c.leaves, open)
		}
	}
	return c
}

// number gives the grids of each community their serials, from the north-west.
func (c *city) number() {
	slices.SortFunc(c.grids, func(a, b grid) int {
		p, q := a.middle(), b.middle()
		return cmp.Or(cmp.Compare(a.street, b.street), cmp.Compare(a.community, b.community),
			cmp.Compare(math.Floor(-p.v/300), math.Floor(-q.v/300)), cmp.Compare(p.u, q.u))
	})
	for i := range c.grids {
		c.grids[i].serial = 1
		if i > 0 && c.grids[i-1].street == c.grids[i].street && c.grids[i-1].community == c.grids[i].community {
			c.grids[i].serial = c.grids[i-1].serial + 1
		}
	}
}

// quarter is the street and community of a place.
func quarter(p spot) (street, community int) {
	third := func(v, low, high float64) int {
		switch {
		case v < low:
			return 1
		case v < high:
			return 2
		}
		return 3
	}
	switch {
	case p.u < -2300:
		return 1, third(p.v, -1000, 1600)
	case p.u < 1150 && p.v < 250 && p.u < -650:
		return 2, 1
	case p.u < 1150 && p.v < 250:
		return 2, 1 + third(p.v, -1000, 9999)
	case p.u < 1150 && p.u < -650:
		return 3, 1
	case p.u < 1150:
		return 3, 1 + third(p.v, 1600, 9999)
	}
	n := third(p.v, -1000, 1600)
	if n == 3 && side(spot{1150, 1600}, spot{3950, 2950}, p) < 0 {
		n = 4
	}
	return 4, n
}

// density is how large a block may be: small in the middle, large at the edge.
func density(p spot) float64 {
	d := math.Hypot(p.u+100, p.v-200) / 4000
	return 22_000 + 26_000*math.Min(d, 1.2) + 20_000*chance(p, 5)
}

// divide cuts a part until the pieces are small enough.
func (c *city) divide(p part, limit float64, k class) []part {
	if p.area() <= limit {
		return []part{p}
	}
	a, b := c.line(p)
	l, r, ok := p.split(a, b, k)
	if !ok || math.Min(l.area(), r.area()) < 0.22*p.area() {
		return []part{p}
	}
	c.draw(p, l, a, b, k)
	return append(c.divide(l, limit, k), c.divide(r, limit, k)...)
}

// draw notes the road along a cut, from the bank where it would meet a river.
func (c *city) draw(whole, left part, a, b spot, k class) {
	var ends []spot
	for _, x := range left.corners {
		if math.Abs(side(a, b, x)) < 2*tiny {
			ends = append(ends, x)
		}
	}
	if len(ends) != 2 {
		return
	}
	c.ends = append(c.ends, ends...)
	s := stretch{whole.ashore(ends[0], ends[1]), whole.ashore(ends[1], ends[0]), k}
	c.streets = append(c.streets, s)
}

// ashore is where a road that comes from afar ends before the water.
func (p part) ashore(end, far spot) spot {
	for i, x := range p.corners {
		y := p.corners[(i+1)%len(p.corners)]
		if p.edges[i] == water && math.Abs(side(x, y, end)) < 2*tiny {
			return between(end, far, math.Min(1, (half[water]+4)/math.Abs(side(x, y, far))))
		}
	}
	return end
}

// bank is the part without the river and its green.
func (p part) bank() part {
	dry := part{p.corners, slices.Clone(p.edges)}
	for i, e := range dry.edges {
		if e != water {
			dry.edges[i] = none
		}
	}
	out := dry.inset(0)
	for i, x := range out.corners { // give the other edges their roads back
		y := out.corners[(i+1)%len(out.corners)]
		for j, a := range p.corners {
			b := p.corners[(j+1)%len(p.corners)]
			if p.edges[j] != water && math.Abs(side(a, b, x)) < 2*tiny && math.Abs(side(a, b, y)) < 2*tiny {
				out.edges[i] = p.edges[j]
			}
		}
	}
	return out
}

// line is where a part is cut: across its long side, near the middle, best
// where another road already ends.
func (c *city) line(p part) (a, b spot) {
	var d spot
	longest := 0.0
	for i, x := range p.corners {
		y := p.corners[(i+1)%len(p.corners)]
		if n := way(x, y); n > longest+1 {
			longest, d = n, spot{(y.u - x.u) / n, (y.v - x.v) / n}
		}
	}
	q := spot{-d.v, d.u}
	lo, hi := p.extent(d)
	if l2, h2 := p.extent(q); h2-l2 > (hi-lo)*1.05 {
		d, q, lo, hi = q, d, l2, h2
	}
	m := p.middle()
	share := 0.42 + 0.16*chance(m, 11)
	foot, found := spot{}, 0.15
	for _, e := range c.ends {
		t := (e.u*d.u + e.v*d.v - lo) / (hi - lo)
		if off := math.Abs(t - share); off < found && t > 0.36 && t < 0.64 && p.touches(e) {
			foot, found = e, off
		}
	}
	if found == 0.15 {
		along := lo + (hi-lo)*share - (m.u*d.u + m.v*d.v)
		foot = spot{m.u + d.u*along, m.v + d.v*along}
		sin, cos := math.Sincos((chance(m, 12) - 0.5) * 0.11)
		q = spot{q.u*cos - q.v*sin, q.u*sin + q.v*cos}
	}
	return foot, spot{foot.u + q.u*100, foot.v + q.v*100}
}

func (p part) extent(d spot) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range p.corners {
		t := x.u*d.u + x.v*d.v
		lo, hi = math.Min(lo, t), math.Max(hi, t)
	}
	return lo, hi
}

// touches reports whether a place lies on the part's border, away from corners.
func (p part) touches(e spot) bool {
	for i, x := range p.corners {
		y := p.corners[(i+1)%len(p.corners)]
		if math.Abs(side(x, y, e)) < 0.5 && way(x, e) > 35 && way(y, e) > 35 && way(x, e)+way(e, y) < way(x, y)+0.5 {
			return true
		}
	}
	return false
}

func streetCode(s int) string       { return fmt.Sprintf("370799%03d", s) }
func communityCode(s, c int) string { return fmt.Sprintf("%s%03d", streetCode(s), c) }
func (g grid) code() string {
	return fmt.Sprintf("%s%03d", communityCode(g.street, g.community), g.serial)
}
