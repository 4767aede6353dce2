package assign

// order decides between arrangements of the same total: whoever comes first in
// the published order gets the nearest stall that any of them gives him, and of
// equally near ones the lowest number; then the next.
//
// The potentials are those of every best arrangement, so these are the ones
// that use tight edges (cost = u + v) only and leave no stall free whose v is
// below 0. An improvement is an alternating path of tight edges from whoever
// has the wanted stall to the one given up for it, or to a free one.
func (m *market) order() {
	t := ties{market: m, tight: make([][]int, len(m.rows)), fixed: make([]bool, len(m.rows)), seen: make([]int, len(m.rows))}
	for r, edges := range m.rows {
		if m.taken[r] == none {
			continue
		}
		for _, e := range edges {
			if e.cost == m.u[r]+m.v[e.col] {
				t.tight[r] = append(t.tight[r], e.col)
			}
		}
	}
	for r := range m.rows {
		if m.taken[r] != none {
			t.improve(r)
		}
		t.fixed[r] = true
	}
}

type ties struct {
	*market
	tight [][]int // columns of tight edges, nearest first, then by number
	fixed []bool  // rows that are decided
	seen  []int   // the row + 1 for whose sake a row was last looked at
}

// improve gives the row the first of its tight columns that can be had.
func (t *ties) improve(r int) {
	old := t.taken[r]
	t.seen[r] = r + 1
	for _, c := range t.tight[r] {
		if c == old {
			return
		}
		if t.give(c, old, r+1) {
			t.taken[r], t.holder[c] = c, r
			return
		}
	}
}

// give frees column c for somebody who gives up column old, moving others along
// tight edges; false, and nothing moved, when that cannot be done. Rows that
// were seen under the same mark are a dead end.
func (t *ties) give(c, old, mark int) bool {
	type step struct{ row, next int } // next is how many of its columns were tried
	if t.holder[c] == none {
		if t.v[old] < 0 {
			return false
		}
		t.holder[old] = none
		return true
	}
	if h := t.holder[c]; t.fixed[h] || t.seen[h] == mark {
		return false
	}
	stack := []step{{row: t.holder[c]}}
	t.seen[t.holder[c]] = mark
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == 0 {
			if end := t.end(top.row, old); end != none {
				if end != old {
					t.holder[old] = none
				}
				for i := len(stack) - 1; i >= 0; i-- {
					r := stack[i].row
					t.holder[end] = r
					end, t.taken[r] = t.taken[r], end
				}
				return true
			}
		}
		if top.next == len(t.tight[top.row]) {
			stack = stack[:len(stack)-1]
			continue
		}
		h := t.holder[t.tight[top.row][top.next]]
		top.next++
		if h != none && !t.fixed[h] && t.seen[h] != mark {
			t.seen[h] = mark
			stack = append(stack, step{row: h})
		}
	}
	return false
}

// end is a column at which a path may end at the row: the one given up, or a
// free one where that one may stay free.
func (t *ties) end(r, old int) int {
	for _, c := range t.tight[r] {
		if c == old || t.holder[c] == none && t.v[old] == 0 {
			return c
		}
	}
	return none
}
