// Package assign gives stalls 摊位 to those who wait for one: who gets a stall
// is decided by the published order, which stall by the least walking in all,
// and every placement can say why it is that one and no nearer.
//
// It owns the calculation alone. Who may apply, what a designation allows and
// what is told to whom belongs to the procedure; nothing is read or kept here.
// Distances are whole metres as the crow flies, sizes centimetres, power watts.
package assign

import (
	"slices"
	"time"

	"xiucheng/internal/platform/geo"
)

// Need is what a vendor's trade asks of a stall.
type Need struct {
	Goods []string // all of them must be designated there
	Width int      // centimetres along the kerb
	Depth int      // centimetres
	Power int      // watts
}

// Applicant waits for a stall in one band of hours.
type Applicant struct {
	ID       string
	From     geo.Point // where the way to the stall begins; unknown (not Valid) is equally far from everywhere
	Turn     int       // place in the waiting list 轮候序号
	Hardship bool      // recognised hardship 困难
	Band     string
	Clusters []string // asked for; empty for any
	Need
}

// Stall is one numbered place of a cluster.
type Stall struct {
	ID      string
	Cluster string
	At      geo.Point
	Goods   []string // designated here; none means that nothing may be sold
	Hours   []Hours  // designated here
	Held    []string // bands that somebody has
	Width   int      // centimetres along the kerb
	Depth   int      // centimetres
	Power   int      // watts
}

// Hours is when a band is open at a place, in the zone of the division.
type Hours struct {
	Band        string
	Days        []time.Weekday // empty for every day
	From, To    int            // minutes after midnight; To ≤ From ends on the next day
	First, Last int            // season as month·100+day, both included; 0 and 0 for the whole year, 1101 and 315 for a winter
}

// closes is when the opening ends that lasts at the instant.
func (h Hours) closes(now time.Time) (time.Time, bool) {
	for back := range 2 {
		day := time.Date(now.Year(), now.Month(), now.Day()-back, 0, 0, 0, 0, now.Location())
		if !h.on(day) {
			continue
		}
		open, end := day.Add(time.Duration(h.From)*time.Minute), day.Add(time.Duration(h.To)*time.Minute)
		if h.To <= h.From {
			end = end.AddDate(0, 0, 1)
		}
		if !now.Before(open) && now.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

func (h Hours) on(day time.Time) bool {
	if len(h.Days) > 0 && !slices.Contains(h.Days, day.Weekday()) {
		return false
	}
	date := int(day.Month())*100 + day.Day()
	switch {
	case h.First == 0 && h.Last == 0:
		return true
	case h.First <= h.Last:
		return h.First <= date && date <= h.Last
	}
	return date >= h.First || date <= h.Last
}

// Rule is why a stall may not be given to somebody.
type Rule string

// The rules, in the order in which they are said.
const (
	NotAsked Rule = "not_asked" // another cluster was asked for
	Goods    Rule = "goods"     // not designated for these goods
	Closed   Rule = "hours"     // not designated for these hours
	Held     Rule = "held"      // somebody had it before
	Size     Rule = "size"      // too small
	Power    Rule = "power"     // too little power
)

// broken lists the rules that keep the stall from the need in the band.
func (s *Stall) broken(n Need, band string) (out []Rule) {
	for _, g := range n.Goods {
		if !slices.Contains(s.Goods, g) {
			out = append(out, Goods)
			break
		}
	}
	if !slices.ContainsFunc(s.Hours, func(h Hours) bool { return h.Band == band }) {
		out = append(out, Closed)
	}
	if slices.Contains(s.Held, band) {
		out = append(out, Held)
	}
	if s.Width < n.Width || s.Depth < n.Depth {
		out = append(out, Size)
	}
	if s.Power < n.Power {
		out = append(out, Power)
	}
	return out
}

// broken lists the rules that keep the stall from the applicant.
func (a *Applicant) broken(s *Stall) (out []Rule) {
	if len(a.Clusters) > 0 && !slices.Contains(a.Clusters, s.Cluster) {
		out = append(out, NotAsked)
	}
	return append(out, s.broken(a.Need, a.Band)...)
}

// metres is the way between two places; 0 where one of them is unknown.
func metres(a, b geo.Point) int {
	if !a.Valid() || !b.Valid() {
		return 0
	}
	return int(geo.Distance(a, b) + 0.5)
}
