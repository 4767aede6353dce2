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
	var w Why
	limit := far
	if i := slices.IndexFunc(r.Placements, func(p Placement) bool { return p.Applicant == applicant }); i >= 0 {
		p := r.Placements[i]
		w.Placement, limit = &p, p.Metres
	}
	var more []int
	if w.Placement != nil {
		more = m.detours(at.row)
	}
	holders := r.holders(a.Band)
	for col, j := range r.stalls {
		s := &r.batch.Stalls[j]
		p := Passed{Stall: s.ID, Metres: metres(a.From, s.At), Broken: a.broken(s)}
		if p.Metres >= limit {
			continue
		}
		if p.Broken == nil {
			by := holders[m.holder[col]]
			p.By = by.ID
			p.Claim, p.More = r.claim(a, by, w.Placement != nil, m, at.row, col, more)
		}
		w.Passed = append(w.Passed, p)
	}
	slices.SortStableFunc(w.Passed, func(x, y Passed) int { return cmp.Compare(x.Metres, y.Metres) })
	return w, true
}

// holders are the applicants of a band by row.
func (r *Result) holders(band string) map[int]*Applicant {
	out := map[int]*Applicant{}
	for i := range r.batch.Applicants {
		if a := &r.batch.Applicants[i]; a.Band == band {
			out[r.rank[a.ID].row] = a
		}
	}
	return out
}

// claim compares the one who has the column with the one who asks.
func (r *Result) claim(a, by *Applicant, placed bool, m *market, row, col int, more []int) (Claim, int) {
	if !placed {
		if r.batch.HardshipFirst && by.Hardship && !a.Hardship {
			return Hardship, 0
		}
		return Earlier, 0
	}
	if more[m.holder[col]] == far {
		return NoOther, 0
	}
	i := slices.IndexFunc(m.rows[row], func(e edge) bool { return e.col == col })
	n := more[m.holder[col]] + m.rows[row][i].cost - m.u[row] - m.v[col]
	if n == 0 {
		return Equal, 0
	}
	return Shorter, n
}

// detours is for every row what it costs in all, beyond the best arrangement,
// to find it another stall when the given row gives its own up: the shortest
// alternating path to that stall, or to a free one. far where there is none.
func (m *market) detours(row int) []int {
	columns := make([][]edge, len(m.holder)) // edge.col is the row here
	for r, edges := range m.rows {
		if m.taken[r] == none || r == row {
			continue
		}
		for _, e := range edges {
			columns[e.col] = append(columns[e.col], edge{r, e.cost - m.u[r] - m.v[e.col]})
		}
	}
	out := make([]int, len(m.rows))
	for r := range out {
		out[r] = far
	}
	old := m.taken[row]
	q := &queue{{old, 0}}
	for c, h := range m.holder {
		if h == none {
			*q = append(*q, edge{c, -m.v[old]})
		}
	}
	heap.Init(q)
	for q.Len() > 0 {
		at := heap.Pop(q).(edge) // a column; edges into it come from rows that could move there
		if h := m.holder[at.col]; h != none && h != row && at.cost > out[h] {
			continue
		}
		for _, e := range columns[at.col] {
			if d := at.cost + e.cost; m.taken[e.col] != at.col && d < out[e.col] {
				out[e.col] = d
				heap.Push(q, edge{m.taken[e.col], d})
			}
		}
	}
	return out
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
