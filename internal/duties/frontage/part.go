package frontage

import (
	"cmp"
	"slices"
)

// Part is how a part of the town stands: a street, or a street office 街道.
type Part struct {
	Name                          string
	Shops, Signed, Rated, Passing int
	Weeks                         [weeks]Week // the oldest first
}

// Parts divides the board's shops by a name; the part that passes least comes
// first, and shops without a name are left out.
func (b Board) Parts(name func(Door) string) []Part {
	at := map[string]*Part{}
	for _, d := range b.Doors {
		n := name(d)
		if n == "" {
			continue
		}
		p := at[n]
		if p == nil {
			p = &Part{Name: n}
			at[n] = p
		}
		p.add(d)
	}
	var out []Part
	for _, p := range at {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Or(cmp.Compare(a.rate(), b.rate()), cmp.Compare(a.Name, b.Name)) })
	return out
}

func (p *Part) add(d Door) {
	p.Shops++
	if d.Pledged() {
		p.Signed++
	}
	if !d.Last.Case.IsZero() {
		p.Rated++
	}
	if d.Last.Good() {
		p.Passing++
	}
	for i, w := range d.Weeks {
		p.Weeks[i].From = w.From
		p.Weeks[i].add(w)
	}
}

// rate orders parts: nothing was rated yet comes last.
func (p *Part) rate() float64 {
	if p.Rated == 0 {
		return 2
	}
	return float64(p.Passing) / float64(p.Rated)
}
