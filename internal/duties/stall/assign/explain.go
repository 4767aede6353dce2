package assign

import (
	"cmp"
	"container/heap"
	"slices"
)

// Claim is why somebody else has a stall that one might have had.
type Claim string

// The claims. The first two stand against applicants who go without a stall.
const (
	Hardship Claim = "hardship" // stands before by hardship
	Earlier  Claim = "earlier"  // stands before in the waiting list
	NoOther  Claim = "no_other" // otherwise somebody would go without
	Shorter  Claim = "shorter"  // otherwise the way of all together would be More metres longer
	Equal    Claim = "equal"    // the ways are equal: whoever stands first is served first
)

// Passed is a stall that an applicant was not given.
type Passed struct {
	Stall  string
	Metres int
	Broken []Rule // the rules against it; where there is none, somebody has it:
	By     string // who
	Claim  Claim
	More   int // metres, with Shorter
}

// Why is what stands behind one decision.
type Why struct {
	Placement *Placement // nil for one who waits
	Passed    []Passed   // every nearer stall, or every stall for one who waits; nearest first
}

// Explain says why the applicant has the stall he has and no nearer one, or
// none; false for somebody who is not in the batch.
func (r *Result) Explain(applicant string) (Why, bool) {
	at, ok := r.rank[applicant]
	if !ok {
		return Why{}, false
	}
	a := &r.batch.Applicants[at.applicant]
	m := r.markets[a.Band]
	w, limit := Why{}, far
	if col := m.taken[at.row]; col != none {
		s := &r.batch.Stalls[r.stalls[col]]
		limit = metres(a.From, s.At)
		w.Placement = &Placement{Applicant: a.ID, Stall: s.ID, Band: a.Band, Metres: limit}
	}
	wanted := map[int]int{} // column by the row that has it
	for col, j := range r.stalls {
		s := &r.batch.Stalls[j]
		p := Passed{Stall: s.ID, Metres: metres(a.From, s.At), Broken: a.broken(s)}
		if p.Metres >= limit {
			continue
		}
		if p.Broken == nil {
			wanted[m.holder[col]] = len(w.Passed)
		}
		w.Passed = append(w.Passed, p)
	}
	more := m.detours(at.row, wanted)
	for row, i := range wanted {
		p, by := &w.Passed[i], &r.batch.Applicants[r.bands[a.Band][row]]
		p.By = by.ID
		if w.Placement == nil {
			p.Claim = r.batch.before(by, a)
		} else if detour, ok := more[row]; !ok {
			p.Claim = NoOther
		} else if p.More = detour + p.Metres - m.u[at.row] - m.v[m.taken[row]]; p.More > 0 {
			p.Claim = Shorter
		} else {
			p.Claim = Equal
		}
	}
	slices.SortStableFunc(w.Passed, func(x, y Passed) int { return cmp.Compare(x.Metres, y.Metres) })
	return w, true
}

// before is why the one stands before the other.
func (b Batch) before(by, a *Applicant) Claim {
	if b.HardshipFirst && by.Hardship && !a.Hardship {
		return Hardship
	}
	return Earlier
}

// detours is for each wanted row what it costs in all, beyond the best
// arrangement, to find it another stall when the given row gives its own up:
// the shortest alternating path to that stall, or to a free one. A row that is
// missing has no such path; none has when the given row has no stall.
func (m *market) detours(row int, wanted map[int]int) map[int]int {
	out := map[int]int{}
	old := m.taken[row]
	if old == none || len(wanted) == 0 {
		return out
	}
	least := make([]int, len(m.rows))
	for r := range least {
		least[r] = far
	}
	q := &queue{{old, 0}}
	for c, h := range m.holder {
		if h == none {
			*q = append(*q, edge{c, -m.v[old]})
		}
	}
	heap.Init(q)
	columns := m.columns()
	for q.Len() > 0 && len(out) < len(wanted) {
		at := heap.Pop(q).(edge) // a column, free for whoever moves there
		if h := m.holder[at.col]; h != none && h != row {
			if at.cost > least[h] {
				continue
			}
			if _, ok := wanted[h]; ok {
				out[h] = at.cost
			}
		}
		for _, e := range columns[at.col] {
			r := e.col
			if d := at.cost + e.cost - m.u[r] - m.v[at.col]; r != row && m.taken[r] != at.col && d < least[r] {
				least[r] = d
				heap.Push(q, edge{m.taken[r], d})
			}
		}
	}
	return out
}

// columns is the edges of placed rows from the other side: edge.col is a row.
func (m *market) columns() [][]edge {
	m.once.Do(func() {
		m.turned = make([][]edge, len(m.holder))
		for r, edges := range m.rows {
			for _, e := range edges {
				if m.taken[r] != none {
					m.turned[e.col] = append(m.turned[e.col], edge{r, e.cost})
				}
			}
		}
	})
	return m.turned
}

// queue is edges by cost.
type queue []edge

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(edge)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
