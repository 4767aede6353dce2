package frontage

import (
	"context"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
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

// Look is the board of a division as it is now.
func (m *Room) Look(ctx context.Context, division id.ID) (b Board, err error) {
	defer fault.Trace(&err, "frontage.Look")
	shops, cases, err := m.known(ctx, division)
	if err != nil {
		return b, err
	}
	now := m.Clock.Now()
	at, today := make(map[string]int, len(shops)), calendar.DateOf(now)
	b.Doors = make([]Door, 0, len(shops))
	for _, s := range shops {
		if s.Open(today) {
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
	for i := range cases { // the later ones win
		e := &cases[i]
		if i, ok := at[e.Shop]; ok {
			b.Doors[i].note(e)
			b.week(&b.Doors[i], e, now)
		}
		if !e.Terminal {
			b.Open = append(b.Open, *e)
		}
	}
	return b, nil
}

// known are the shops of a division by code, and what happened before their doors.
func (m *Room) known(ctx context.Context, division id.ID) (shops []shop.Shop, cases []Entry, err error) {
	if shops, err = m.shops.Get(ctx, division); err == nil {
		cases, err = m.cases.Get(ctx, division)
	}
	return shops, cases, err
}

func (d *Door) note(e *Entry) {
	switch {
	case e.Procedure == Pledge:
		d.Pledge = *e
	case e.Procedure == Inspection && e.Counts():
		d.Last = *e
	case e.State == "published":
		d.Listed = append(d.Listed, *e)
	}
}

// seen is how long the board remembers an inspection as a shop's last one.
const seen = 365 * 24 * time.Hour

func (b *Board) week(d *Door, e *Entry, now time.Time) {
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

// Mark is how a shop stands on a map.
type Mark struct {
	Code, Name string
	At         geo.Point
	Pledged    bool
	Last       string // state of the latest inspection that nobody has ended, "" for none
}

// Map is how the shops that trade stand, by code.
func (m *Room) Map(ctx context.Context, division id.ID) (_ []Mark, err error) {
	defer fault.Trace(&err, "frontage.Map")
	shops, cases, err := m.known(ctx, division)
	if err != nil {
		return nil, err
	}
	out := make([]Mark, 0, len(shops))
	at, today := make(map[string]int, len(shops)), calendar.DateOf(m.Clock.Now())
	for i := range shops {
		if s := &shops[i]; s.Open(today) {
			at[s.Code] = len(out)
			out = append(out, Mark{Code: s.Code, Name: s.Name, At: s.At})
		}
	}
	for i := range cases { // the later ones win
		e := &cases[i]
		if e.Terminal || e.Procedure == Listing {
			continue
		}
		k, ok := at[e.Shop]
		switch {
		case !ok:
		case e.Procedure == Pledge:
			out[k].Pledged = e.State == "active"
		case e.Counts():
			out[k].Last = e.State
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
			out[i].note(&list[len(list)-1-j])
		}
	}
	return out, nil
}
