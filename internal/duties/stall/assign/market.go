package assign

import (
	"math"
	"sync"
)

// market is one band of hours as a bipartite graph: rows are applicants in the
// published order, columns are stalls in the order of their numbers, an edge is
// a stall that the rules allow, at the cost of the way to it.
//
// Method: shortest augmenting paths with potentials. R. Jonker, A. Volgenant: A
// shortest augmenting path algorithm for dense and sparse linear assignment
// problems, Computing 38 (1987) 325–340; rows one at a time and more rows than
// columns as in D. F. Crouse: On implementing 2D rectangular assignment
// algorithms, IEEE Trans. Aerospace and Electronic Systems 52 (2016) 1679–1696.
//
// Sets of rows that can all be served form a matroid (J. Edmonds, D. R.
// Fulkerson: Transversals and matroid partition, J. Res. NBS 69B (1965)
// 147–153). So taking rows in order, and leaving out only those for whom no
// rearrangement makes room, serves as many as can be served at all: the order
// never costs anybody a place.
type market struct {
	rows   [][]edge // nearest first, then by number
	u, v   []int    // potentials: cost − u − v ≥ 0 on every edge, 0 on those taken; v ≤ 0, and 0 for free stalls
	taken  []int    // column of each row, none
	holder []int    // row of each column, none
	search

	once   sync.Once
	turned [][]edge // see columns
}

type edge struct{ col, cost int }

const none = -1

// search is the state of one search for a shortest path, kept to be used again.
type search struct {
	dist    []int // of the columns reached; far otherwise
	from    []int // row from which a column was reached
	open    []int // columns reached and not yet left
	settled []int // columns left, in the order of their distance
	ready   []int // columns at the present distance
	bound   int   // of the nearest free column reached; what lies beyond it is of no use
}

const (
	far  = math.MaxInt
	dead = -1 // out of the column no path leads to a free one, for good: never reached again
)

func newMarket(rows [][]edge, cols int) *market {
	m := &market{rows: rows, u: make([]int, len(rows)), v: make([]int, cols), taken: make([]int, len(rows)), holder: make([]int, cols)}
	m.search = search{dist: make([]int, cols), from: make([]int, cols), bound: far}
	for c := range cols {
		m.holder[c], m.dist[c] = none, far
	}
	for r := range rows {
		m.taken[r] = none
	}
	return m
}

// settle places the rows and then decides between equals.
func (m *market) settle() {
	for r := range m.rows {
		m.place(r)
	}
	m.order()
}

// place makes room for the row by the cheapest rearrangement that keeps a stall
// for everybody who has one; without such a rearrangement the row goes empty.
func (m *market) place(row int) {
	sink, length := m.shortest(row)
	lost := m.settled
	if sink != none {
		m.augment(row, sink, length)
		lost = nil
	}
	m.forget()
	for _, c := range lost {
		m.dist[c] = dead
	}
}

// augment moves everybody along the path found and the potentials with them.
func (m *market) augment(row, sink, length int) {
	m.u[row] += length
	for _, c := range m.settled {
		if c != sink {
			m.u[m.holder[c]] += length - m.dist[c]
			m.v[c] -= length - m.dist[c]
		}
	}
	for c := sink; c != none; {
		r := m.from[c]
		m.holder[c] = r
		c, m.taken[r] = m.taken[r], c
	}
}

// shortest looks for the free column at the least reduced cost from the row.
func (m *market) shortest(row int) (sink, length int) {
	for r := row; ; {
		if c := m.relax(r, length); c != none {
			m.settled = append(m.settled, c)
			return c, length
		}
		if len(m.ready) == 0 {
			if length = m.nearest(length); length == far {
				return none, far
			}
		}
		c := m.ready[len(m.ready)-1]
		m.ready = m.ready[:len(m.ready)-1]
		m.settled = append(m.settled, c)
		if m.holder[c] == none {
			return c, length
		}
		r = m.holder[c]
	}
}

// relax looks at what is reached from the row. A free column that costs nothing
// more ends the search and is returned at once.
func (m *market) relax(r, length int) int {
	base := length - m.u[r]
	for _, e := range m.rows[r] {
		if base+e.cost >= m.bound {
			break // v ≤ 0, and edges are in the order of their cost
		}
		d := base + e.cost - m.v[e.col]
		if d >= m.dist[e.col] {
			continue
		}
		if m.dist[e.col] == far {
			m.open = append(m.open, e.col)
		}
		m.dist[e.col], m.from[e.col] = d, r
		free := m.holder[e.col] == none
		if free {
			m.bound = min(m.bound, d)
		}
		if d > length {
			continue
		}
		if free {
			return e.col
		}
		m.ready = append(m.ready, e.col)
	}
	return none
}

// nearest makes the open columns at the least distance beyond length ready, a
// free one to be taken first, and returns that distance; far when there is none.
func (m *market) nearest(length int) int {
	least, left := far, m.open[:0]
	for _, c := range m.open {
		if d := m.dist[c]; d > length {
			left, least = append(left, c), min(least, d)
		}
	}
	m.open = left
	free := none
	for _, c := range left {
		if m.dist[c] != least {
			continue
		}
		if m.ready = append(m.ready, c); m.holder[c] == none {
			free = c
		}
	}
	if free != none {
		m.ready = append(m.ready, free)
	}
	return least
}

// forget makes the search ready for the next row.
func (m *market) forget() {
	for _, list := range [][]int{m.open, m.settled, m.ready} {
		for _, c := range list {
			m.dist[c] = far
		}
	}
	m.open, m.settled, m.ready, m.bound = m.open[:0], m.settled[:0], m.ready[:0], far
}
