package main

import (
	"cmp"
	"math"
	"slices"

	"xiucheng/internal/platform/geo"
)

// mesh knows every corner of the grids, so that each border is the same chain
// of points for all who share it.
type mesh struct {
	corners []spot
	grids   []grid
	rings   [][]spot // of each grid, with the corners of its neighbours on its edges
}

// knot rounds a place to a centimetre, so that equal places are equal.
func knot(p spot) spot { return spot{math.Round(p.u*100) / 100, math.Round(p.v*100) / 100} }

func newMesh(grids []grid) *mesh {
	m := &mesh{grids: grids}
	seen := map[spot]bool{}
	for _, g := range grids {
		for _, x := range g.corners {
			if x = knot(x); !seen[x] {
				seen[x] = true
				m.corners = append(m.corners, x)
			}
		}
	}
	for _, g := range grids {
		var ring []spot
		for i, x := range g.corners {
			ring = append(ring, m.edge(knot(x), knot(g.corners[(i+1)%len(g.corners)]))...)
		}
		m.rings = append(m.rings, ring)
	}
	return m
}

// edge is a and the corners on the way to b.
func (m *mesh) edge(a, b spot) []spot {
	out := []spot{a}
	for _, x := range m.corners {
		if x != a && x != b && math.Abs(side(a, b, x)) < 0.1 && way(a, x)+way(x, b) < way(a, b)+0.1 {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(x, y spot) int { return cmp.Compare(way(a, x), way(a, y)) })
	return out
}

// union is the shape of the grids that belong: the edges that no two of them
// share, joined into rings.
func (m *mesh) union(belongs func(grid) bool) geo.Shape {
	type edge struct{ a, b spot }
	open := map[edge]bool{}
	var order []edge
	for i, g := range m.grids {
		if !belongs(g) {
			continue
		}
		ring := m.rings[i]
		for k, a := range ring {
			e := edge{a, ring[(k+1)%len(ring)]}
			open[e] = true
			order = append(order, e)
		}
	}
	next := map[spot]spot{}
	for _, e := range order {
		if !open[edge{e.b, e.a}] {
			next[e.a] = e.b
		}
	}
	var shape geo.Shape
	for _, e := range order {
		if _, ok := next[e.a]; !ok {
			continue
		}
		var ring []spot
		for a := e.a; ; {
			b, ok := next[a]
			if !ok {
				break
			}
			delete(next, a)
			ring = append(ring, a)
			a = b
		}
		shape = append(shape, geo.Polygon{bent(ring)})
	}
	return shape
}

// chains joins stretches of one class that run on into each other.
func chains(list []stretch) [][]spot {
	at := map[spot][]int{}
	for i, s := range list {
		at[knot(s.a)] = append(at[knot(s.a)], i)
		at[knot(s.b)] = append(at[knot(s.b)], i)
	}
	used := make([]bool, len(list))
	extend := func(chain []spot, k class) []spot {
		for {
			n := len(chain)
			tip, found := chain[n-1], false
			for _, i := range at[knot(tip)] {
				s := list[i]
				far := s.b
				if knot(s.b) == knot(tip) {
					far = s.a
				}
				if !used[i] && s.class == k && straight(chain[n-2], tip, far) {
					used[i], found = true, true
					chain = append(chain, far)
					break
				}
			}
			if !found {
				return chain
			}
		}
	}
	var out [][]spot
	for i, s := range list {
		if used[i] {
			continue
		}
		used[i] = true
		chain := extend([]spot{s.a, s.b}, s.class)
		slices.Reverse(chain)
		out = append(out, extend(chain, s.class))
	}
	return out
}

// straight reports whether a road goes on from b to c as it came from a.
func straight(a, b, c spot) bool {
	dot := (b.u-a.u)*(c.u-b.u) + (b.v-a.v)*(c.v-b.v)
	return dot > 0.97*way(a, b)*way(b, c)
}
