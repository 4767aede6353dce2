package geo

import (
	"cmp"
	"math"
	"slices"
)

// Flaw is where the shapes of one layer overlap, leave a gap in what they
// should fill, or stick out of it.
type Flaw struct {
	Kind FlawKind
	A, B int     // indexes of the shapes: both of an overlap, A of what sticks out
	At   Point   // inside the largest piece
	Area float64 // square metres
}

// FlawKind is what is wrong.
type FlawKind int

// The kinds of flaw.
const (
	Overlap FlawKind = iota
	Gap
	Outside
)

// tolerance in square metres: neighbours whose common border was drawn twice
// differ by slivers that are nobody's mistake.
const tolerance = 1.0

// Flaws finds every overlap between shapes and, where whole is not empty, every
// gap in it (one flaw per hole) and what sticks out of it, down to 1 m².
//
// Method: a sweep. All edges lie on one local plane; the heights of all corners
// and of all crossings of edges cut it into slabs in which no two edges cross,
// so every piece between two neighbouring edges is a trapezoid whose area is
// exact and whose shapes are known from counting edges. No step can fail on
// touching, equal or degenerate borders, which is why nothing is clipped.
func Flaws(shapes []Shape, whole Shape) []Flaw {
	s := newSweep(shapes, whole)
	if len(s.edges) == 0 {
		return nil
	}
	heights := s.heights()
	var active []edge
	next := 0
	for i := 0; i+1 < len(heights); i++ {
		low, high := heights[i], heights[i+1]
		if high-low < 1e-7 {
			continue
		}
		active = slices.DeleteFunc(active, func(e edge) bool { return e.y1 <= low+1e-7 })
		for ; next < len(s.edges) && s.edges[next].y0 <= low+1e-7; next++ {
			if s.edges[next].y1 > low+1e-7 {
				active = append(active, s.edges[next])
			}
		}
		s.slab(active, low, high)
	}
	return s.flaws()
}

// edge runs upwards; owner is the index of its shape, len(shapes) for the whole.
type edge struct {
	x0, y0, x1, y1 float64
	owner          int
}

func (e edge) at(y float64) float64 {
	if y <= e.y0 {
		return e.x0
	}
	if y >= e.y1 {
		return e.x1
	}
	return e.x0 + (e.x1-e.x0)*(y-e.y0)/(e.y1-e.y0)
}

type sweep struct {
	origin  Point
	edges   []edge
	whole   int // owner number of the whole
	bounded bool
	inside  []bool
	holds   []int // shapes that hold the piece under the scan
	found   map[[3]int]*piece
	gaps    []piece
	joined  []int // union-find over gaps
	last    []span
}

// piece adds up areas and remembers the largest part.
type piece struct {
	area, largest, x, y float64
}

func (p *piece) add(area, x, y float64) {
	p.area += area
	if area > p.largest {
		p.largest, p.x, p.y = area, x, y
	}
}

// span is the upper edge of a gap's trapezoid.
type span struct {
	left, right float64
	gap         int
}

func newSweep(shapes []Shape, whole Shape) *sweep {
	s := &sweep{whole: len(shapes), bounded: len(whole) > 0, inside: make([]bool, len(shapes)+1), found: map[[3]int]*piece{}}
	all := append(slices.Clone(shapes), whole)
	for _, shape := range all {
		if len(shape) > 0 && len(shape[0]) > 0 && len(shape[0][0]) > 0 {
			s.origin = shape[0][0][0]
			break
		}
	}
	for owner, shape := range all {
		for _, poly := range shape {
			for _, r := range poly {
				for i := range r {
					s.edge(r[i], r[(i+1)%len(r)], owner)
				}
			}
		}
	}
	slices.SortFunc(s.edges, func(a, b edge) int { return cmp.Compare(a.y0, b.y0) })
	return s
}

func (s *sweep) edge(a, b Point, owner int) {
	ax, ay := local(s.origin, a)
	bx, by := local(s.origin, b)
	if ay > by {
		ax, ay, bx, by = bx, by, ax, ay
	}
	if ay < by {
		s.edges = append(s.edges, edge{ax, ay, bx, by, owner})
	}
}

// heights lists where slabs begin and end: corners and crossings.
func (s *sweep) heights() []float64 {
	var out []float64
	for _, e := range s.edges {
		out = append(out, e.y0, e.y1)
	}
	out = append(out, s.crossings()...)
	slices.Sort(out)
	return slices.Compact(out)
}

// crossings looks at pairs of edges that share a square of a coarse lattice.
func (s *sweep) crossings() []float64 {
	const side = 150.0 // metres: about the length of an edge
	square := func(v float64) int { return int(math.Floor(v / side)) }
	at := map[[2]int][]int{}
	var out []float64
	for i, e := range s.edges {
		for x := square(min(e.x0, e.x1)); x <= square(max(e.x0, e.x1)); x++ {
			for y := square(e.y0); y <= square(e.y1); y++ {
				key := [2]int{x, y}
				for _, j := range at[key] {
					if h, ok := crossHeight(e, s.edges[j]); ok {
						out = append(out, h)
					}
				}
				at[key] = append(at[key], i)
			}
		}
	}
	return out
}

// crossHeight is the height at which two edges change sides.
func crossHeight(a, b edge) (float64, bool) {
	low, high := max(a.y0, b.y0), min(a.y1, b.y1)
	if low >= high {
		return 0, false
	}
	below, above := a.at(low)-b.at(low), a.at(high)-b.at(high)
	if below == 0 || above == 0 || (below < 0) == (above < 0) {
		return 0, false
	}
	return low + (high-low)*below/(below-above), true
}

// slab adds the pieces between two heights.
func (s *sweep) slab(active []edge, low, high float64) {
	mid := (low + high) / 2
	slices.SortFunc(active, func(a, b edge) int { return cmp.Compare(a.at(mid), b.at(mid)) })
	clear(s.inside)
	s.holds = s.holds[:0]
	var spans []span
	for k := 0; k+1 < len(active); k++ {
		s.toggle(active[k].owner)
		left, right := active[k], active[k+1]
		x0, x1 := left.at(mid), right.at(mid)
		area := (x1 - x0) * (high - low)
		if area <= 0 {
			continue
		}
		x := (x0 + x1) / 2
		for i, a := range s.holds {
			for _, b := range s.holds[i+1:] {
				s.note([3]int{int(Overlap), min(a, b), max(a, b)}, area, x, mid)
			}
			if s.bounded && !s.inside[s.whole] {
				s.note([3]int{int(Outside), a, -1}, area, x, mid)
			}
		}
		if s.inside[s.whole] && len(s.holds) == 0 {
			g := s.gap(left.at(low), right.at(low))
			s.gaps[g].add(area, x, mid)
			spans = append(spans, span{left.at(high), right.at(high), g})
		}
	}
	s.last = spans
}

func (s *sweep) toggle(owner int) {
	s.inside[owner] = !s.inside[owner]
	if owner == s.whole {
		return
	}
	if s.inside[owner] {
		s.holds = append(s.holds, owner)
		return
	}
	s.holds = slices.DeleteFunc(s.holds, func(o int) bool { return o == owner })
}

func (s *sweep) note(key [3]int, area, x, y float64) {
	if s.found[key] == nil {
		s.found[key] = &piece{}
	}
	s.found[key].add(area, x, y)
}

// gap is the number of the gap that a piece belongs to: the one of the slab
// below that it touches, else a new one.
func (s *sweep) gap(left, right float64) int {
	const apart = 1e-6
	g := len(s.gaps)
	s.gaps, s.joined = append(s.gaps, piece{}), append(s.joined, g)
	for _, l := range s.last {
		if min(right, l.right)-max(left, l.left) > apart {
			s.joined[s.root(l.gap)] = s.root(g)
		}
	}
	return g
}

func (s *sweep) root(g int) int {
	for s.joined[g] != g {
		s.joined[g] = s.joined[s.joined[g]]
		g = s.joined[g]
	}
	return g
}

func (s *sweep) flaws() []Flaw {
	var out []Flaw
	for key, p := range s.found {
		if p.area > tolerance {
			out = append(out, Flaw{FlawKind(key[0]), key[1], key[2], Offset(s.origin, p.x, p.y), p.area})
		}
	}
	whole := map[int]*piece{}
	for i, g := range s.gaps {
		r := s.root(i)
		if whole[r] == nil {
			whole[r] = &piece{}
		}
		w := whole[r]
		w.area += g.area
		if g.largest > w.largest {
			w.largest, w.x, w.y = g.largest, g.x, g.y
		}
	}
	for _, p := range whole {
		if p.area > tolerance {
			out = append(out, Flaw{Gap, -1, -1, Offset(s.origin, p.x, p.y), p.area})
		}
	}
	slices.SortFunc(out, func(a, b Flaw) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Area, a.Area), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return out
}
