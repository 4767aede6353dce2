package frontage

import (
	"context"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Door is how one shop stands: its latest pledge and rated inspection, and the lists it
// is published on.
type Door struct {
	shop.Shop
	Pledge, Last Entry // with a zero Case where there is none
	Listed       []Entry
	Weeks        [weeks]Week // of this shop
}

// Pledged reports whether a signed pledge is in force.
func (d Door) Pledged() bool { return d.Pledge.State == "active" }

// Board is how the street stands: every shop that trades, and what was seen in
// the last weeks.
type Board struct {
	Doors []Door
	Weeks []Week // the oldest first
	Open  []Entry
}

// Week counts the inspections of seven days.
type Week struct {
	From         time.Time
	Checks, Good int
	Points       int // sum
}

func (w *Week) add(o Week) {
	w.Checks, w.Good, w.Points = w.Checks+o.Checks, w.Good+o.Good, w.Points+o.Points
}

// Rated is how many shops had a rated inspection, Passing how many of them came
// out of the latest one well, Signed how many have a pledge in force.
func (b Board) Rated() (n int)   { return b.count(func(d Door) bool { return !d.Last.Case.IsZero() }) }
func (b Board) Passing() (n int) { return b.count(func(d Door) bool { return d.Last.Good() }) }
func (b Board) Signed() (n int)  { return b.count(Door.Pledged) }

func (b Board) count(is func(Door) bool) (n int) {
	for _, d := range b.Doors {
		if is(d) {
			n++
		}
	}
	return n
}

// weeks is how far back the board looks.
const weeks = 8

// Look reads the board of a division as it is now.
func Look(ctx context.Context, q dbx.Querier, division id.ID, now time.Time) (b Board, err error) {
	defer fault.Trace(&err, "frontage.Look")
	shops, err := shop.All(ctx, q, division)
	if err != nil {
		return b, err
	}
	at := map[string]int{}
	for _, s := range shops {
		if s.Open(calendar.DateOf(now)) {
			at[s.Code] = len(b.Doors)
			b.Doors = append(b.Doors, Door{Shop: s})
		}
	}
	for i := range weeks {
		b.Weeks = append(b.Weeks, Week{From: now.AddDate(0, 0, -7*(weeks-i))})
	}
	for i := range b.Doors {
		copy(b.Doors[i].Weeks[:], b.Weeks)
	}
	for _, proc := range []string{Pledge, Inspection, Listing} {
		from := time.Time{}
		if proc == Inspection {
			from = now.Add(-seen)
		}
		list, err := Since(ctx, q, division, proc, from)
		if err != nil {
			return b, err
		}
		for _, e := range list { // the later ones win
			if i, ok := at[e.Shop]; ok {
				b.Doors[i].note(e)
				b.week(&b.Doors[i], e, now)
			}
			if !e.Terminal {
				b.Open = append(b.Open, e)
			}
		}
	}
	return b, nil
}

func (d *Door) note(e Entry) {
	switch {
	case e.Procedure == Pledge:
		d.Pledge = e
	case e.Procedure == Inspection && e.Counts():
		d.Last = e
	case e.State == "published":
		d.Listed = append(d.Listed, e)
	}
}

// seen is how long the board remembers an inspection as a shop's last one.
const seen = 365 * 24 * time.Hour

func (b *Board) week(d *Door, e Entry, now time.Time) {
	i := weeks - 1 - int(now.Sub(e.Opened)/(7*24*time.Hour))
	if !e.Counts() || i < 0 || i >= weeks {
		return
	}
	one := Week{Checks: 1, Points: e.Total}
	if e.State == "passed" {
		one.Good++
	}
	b.Weeks[i].add(one)
	d.Weeks[i].add(one)
}

// Map reads how the shops that trade stand as far as a map shows it: the pledge
// in force, and the latest inspection that nobody has ended.
func (m *Room) Map(ctx context.Context, division id.ID) (out []Door, err error) {
	defer fault.Trace(&err, "frontage.Map")
	shops, err := m.shops.Get(ctx, division)
	if err != nil {
		return nil, err
	}
	at, today := make(map[string]int, len(shops)), calendar.DateOf(m.Clock.Now())
	for _, s := range shops {
		if s.Open(today) {
			at[s.Code] = len(out)
			out = append(out, Door{Shop: s})
		}
	}
	for _, proc := range []string{Pledge, Inspection} {
		list, err := states(ctx, m.DB, division, proc)
		if err != nil {
			return nil, err
		}
		for _, e := range list { // the later ones win
			if i, ok := at[e.Shop]; ok {
				out[i].note(e)
			}
		}
	}
	return out, nil
}

// Doors reads how the given shops stand.
func Doors(ctx context.Context, q dbx.Querier, division id.ID, shops []shop.Shop) ([]Door, error) {
	out := make([]Door, len(shops))
	for i, s := range shops {
		out[i].Shop = s
		list, err := Of(ctx, q, division, s.Code, "")
		if err != nil {
			return nil, err
		}
		for j := range list { // oldest first
			out[i].note(list[len(list)-1-j])
		}
	}
	return out, nil
}
