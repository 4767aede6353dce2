package assign

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Batch is what is decided at once.
type Batch struct {
	Applicants    []Applicant
	Stalls        []Stall
	HardshipFirst bool // the published order: those in hardship before the others, then by turn; else by turn alone
}

// Placement is one stall given.
type Placement struct {
	Applicant string
	Stall     string
	Band      string
	Metres    int
}

// Result is a batch decided.
type Result struct {
	Placements []Placement // in the published order
	Waiting    []string    // those without a stall, in the order of the waiting list
	Metres     int         // the way of all together

	batch   Batch
	markets map[string]*market
	rank    map[string]rank
	stalls  []int            // of the batch, by number
	bands   map[string][]int // applicants of a band, by row
}

// rank is where an applicant stands: the row in the market of a band.
type rank struct{ applicant, row int }

// Match decides the batch. As many get a stall as can get one; whoever stands
// before another in the published order goes without only if he would have gone
// without anyway; then the way of all together is the shortest; then whoever
// stands first gets the nearer stall, then the one with the lower ID. So the
// result does not depend on the order of the lists. An ID that stands twice is
// an error.
func Match(b Batch) (*Result, error) {
	r := &Result{batch: b, markets: map[string]*market{}, rank: map[string]rank{}, bands: map[string][]int{}}
	for i := range b.Stalls {
		r.stalls = append(r.stalls, i)
	}
	slices.SortFunc(r.stalls, func(i, j int) int { return cmp.Compare(b.Stalls[i].ID, b.Stalls[j].ID) })
	for i, j := range r.stalls {
		if i > 0 && b.Stalls[j].ID == b.Stalls[r.stalls[i-1]].ID {
			return nil, fmt.Errorf("assign: stall %q stands twice in the batch", b.Stalls[j].ID)
		}
	}
	order := b.order()
	bands := r.bands
	for _, i := range order {
		a := &b.Applicants[i]
		if _, ok := r.rank[a.ID]; ok {
			return nil, fmt.Errorf("assign: applicant %q stands twice in the batch", a.ID)
		}
		r.rank[a.ID] = rank{i, len(bands[a.Band])}
		bands[a.Band] = append(bands[a.Band], i)
	}
	for _, band := range slices.Sorted(maps.Keys(bands)) {
		m := newMarket(r.edges(bands[band]), len(r.stalls))
		m.settle()
		r.markets[band] = m
	}
	r.read(order)
	return r, nil
}

// order is the published order of the applicants.
func (b Batch) order() []int {
	out := make([]int, len(b.Applicants))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(i, j int) int {
		x, y := &b.Applicants[i], &b.Applicants[j]
		if b.HardshipFirst && x.Hardship != y.Hardship {
			if x.Hardship {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.Turn, y.Turn), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// edges lists for each applicant the stalls that he may have.
func (r *Result) edges(applicants []int) [][]edge {
	out := make([][]edge, len(applicants))
	for row, i := range applicants {
		a := &r.batch.Applicants[i]
		for col, j := range r.stalls {
			if s := &r.batch.Stalls[j]; a.broken(s) == nil {
				out[row] = append(out[row], edge{col, metres(a.From, s.At)})
			}
		}
		slices.SortFunc(out[row], func(x, y edge) int { return cmp.Or(x.cost-y.cost, x.col-y.col) })
	}
	return out
}

// read tells what the markets decided.
func (r *Result) read(order []int) {
	var waiting []int
	for _, i := range order {
		a := &r.batch.Applicants[i]
		if col := r.markets[a.Band].taken[r.rank[a.ID].row]; col != none {
			s := &r.batch.Stalls[r.stalls[col]]
			p := Placement{Applicant: a.ID, Stall: s.ID, Band: a.Band, Metres: metres(a.From, s.At)}
			r.Placements, r.Metres = append(r.Placements, p), r.Metres+p.Metres
		} else {
			waiting = append(waiting, i)
		}
	}
	b := r.batch
	b.HardshipFirst = false
	list := map[int]int{}
	for place, i := range b.order() {
		list[i] = place
	}
	slices.SortFunc(waiting, func(i, j int) int { return list[i] - list[j] })
	for _, i := range waiting {
		r.Waiting = append(r.Waiting, b.Applicants[i].ID)
	}
}
