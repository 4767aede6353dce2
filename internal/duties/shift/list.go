package shift

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Reasons why a case stands on the list, the most pressing first.
const (
	Overdue    = "overdue"
	DueSoon    = "due_soon"   // within the next shift
	Resumes    = "resumes"    // suspended, and to go on within a day
	Supervised = "supervised" // an answer to supervision is owed
	Urged      = "urged"      // today
	Watched    = "watched"    // by whoever hands over
	Notice     = "notice"     // not read by whoever hands over
	Waiting    = "waiting"    // open at this desk, nothing else
)

var reasons = []string{Overdue, DueSoon, Resumes, Supervised, Urged, Watched, Notice, Waiting}

// nextShift is how far the incoming person must look ahead.
const nextShift = 8 * time.Hour

// most is how many cases a list holds: the most urgent ones. More says that
// there were others.
const most = 500

// Item is one case on the list, as it stood.
type Item struct {
	Case   id.ID    `json:"case"`
	Number string   `json:"no,omitempty"`
	State  string   `json:"state"`
	Due    int64    `json:"due,omitempty"` // 0 when no time runs
	Why    []string `json:"why"`
}

// List is what a desk has open.
type List struct {
	At    int64  `json:"at"`
	Items []Item `json:"items"`
	More  bool   `json:"more,omitempty"`
}

// read is a frozen list; of a handover that nobody signed yet it is empty.
func read(text string) (l List, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &l)
	}
	return l, err
}

// at is the desk of that name; one that does not exist has no roles.
func at(desk string) Desk {
	i := slices.IndexFunc(Desks, func(d Desk) bool { return d.ID == desk })
	if i < 0 {
		return Desk{}
	}
	return Desks[i]
}

// KeptBy reports whether the actor holds a post of the desk.
func (d Desk) KeptBy(a people.Actor) bool { return slices.ContainsFunc(d.Roles, a.Has) }

// state is one of a procedure.
type state struct{ procedure, id string }

// states are those that fit, and their names, each once.
func (m *Room) states(fits func(s procedure.State) bool) (is map[state]bool, names []string) {
	is = map[state]bool{}
	for _, p := range m.Engine().Library().All() {
		if p.ID == Procedure {
			continue
		}
		for _, s := range p.States {
			if !s.Terminal && fits(s) {
				is[state{p.ID, s.ID}] = true
				names = append(names, s.ID)
			}
		}
	}
	slices.Sort(names)
	return is, slices.Compact(names)
}

// collecting is a list being made: rows with their reasons.
type collecting struct {
	rows map[id.ID]record.Row
	why  map[id.ID][]string
}

func (c *collecting) add(r record.Row, why string) {
	c.rows[r.ID] = r
	if !slices.Contains(c.why[r.ID], why) {
		c.why[r.ID] = append(c.why[r.ID], why)
	}
}

// open lists what a desk has open now. Of an actor who hands it over, the cases
// this person watches and has unread notices of stand on it, too.
func (m *Room) open(ctx context.Context, q dbx.Querier, division id.ID, d Desk, actor *people.Actor, now time.Time) (l List, err error) {
	c := &collecting{rows: map[id.ID]record.Row{}, why: map[id.ID][]string{}}
	l = List{At: clock.Micro(now), Items: []Item{}}
	if l.More, err = m.ofDesk(ctx, q, division, d, c, now); err != nil {
		return l, err
	}
	if actor != nil {
		if err = m.ofPerson(ctx, q, *actor, c); err != nil {
			return l, err
		}
	}
	if err = m.pressed(ctx, q, division, c, now); err != nil {
		return l, err
	}
	for key, r := range c.rows {
		x := Item{Case: key, Number: r.Number, State: r.State, Why: c.why[key]}
		switch running := r.DueState != "paused" && r.Due != record.NoDue; {
		case running && r.Due < clock.Micro(now):
			x.Why = append(x.Why, Overdue)
		case running && r.Due < clock.Micro(now.Add(nextShift)):
			x.Why = append(x.Why, DueSoon)
		}
		if r.Due != record.NoDue {
			x.Due = r.Due
		}
		slices.SortFunc(x.Why, func(a, b string) int { return slices.Index(reasons, a) - slices.Index(reasons, b) })
		if len(x.Why) > 1 {
			x.Why = slices.DeleteFunc(x.Why, func(s string) bool { return s == Waiting })
		}
		l.Items = append(l.Items, x)
	}
	slices.SortFunc(l.Items, func(a, b Item) int {
		return cmp.Or(slices.Index(reasons, a.Why[0])-slices.Index(reasons, b.Why[0]), cmp.Compare(cmp.Or(a.Due, record.NoDue), cmp.Or(b.Due, record.NoDue)),
			slices.Compare(a.Case[:], b.Case[:]))
	})
	return l, nil
}

// ofDesk are the cases that wait for somebody of the desk, those on its side of
// the wall that are late wherever they are, and for the command desk those that
// are suspended and go on soon.
func (m *Room) ofDesk(ctx context.Context, q dbx.Querier, division id.ID, d Desk, c *collecting, now time.Time) (more bool, err error) {
	take := func(f record.Filter, why string, fits func(s procedure.State) bool) error {
		is, names := m.states(fits)
		if len(names) == 0 {
			return nil
		}
		f.States, f.Terminal, f.Sort, f.Limit = names, record.No, record.ByDue, most
		p, err := record.List(ctx, q, division, f)
		for _, r := range p.Rows {
			if is[state{r.Procedure, r.State}] {
				c.add(r, why)
			}
		}
		more = more || p.Next != ""
		return err
	}
	err = take(record.Filter{}, Waiting, func(s procedure.State) bool {
		return slices.ContainsFunc(s.Owner, func(r string) bool { return slices.Contains(d.Roles, r) })
	})
	if err == nil {
		err = take(record.Filter{DueBefore: clock.Micro(now)}, Waiting, func(s procedure.State) bool { return s.Axis == d.Axis })
	}
	if err == nil && d.Axis == procedure.Command {
		err = take(record.Filter{DueBefore: clock.Micro(now.Add(24 * time.Hour))}, Resumes, func(s procedure.State) bool { return s.ID == "suspended" })
	}
	return more, err
}

// ofPerson are the cases that the outgoing person watches, or was told about
// and has not looked at.
func (m *Room) ofPerson(ctx context.Context, q dbx.Querier, a people.Actor, c *collecting) error {
	rows, err := m.Watching(ctx, a)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Procedure != Procedure {
			c.add(r, Watched)
		}
	}
	told, err := notice.Inbox(ctx, q, a.Division, a.Account.String(), addresses(a), time.Time{}, 100)
	if err != nil {
		return err
	}
	var cases []id.ID
	for _, n := range told {
		if !n.Read && n.Seq > 0 {
			cases = append(cases, n.Case)
		}
	}
	rows, err = record.Rows(ctx, q, a.Division, record.Filter{Terminal: record.No}, cases)
	for _, r := range rows {
		if r.Procedure != Procedure {
			c.add(r, Notice)
		}
	}
	return err
}

// addresses are the ways by which notices reach the person of a desk.
func addresses(a people.Actor) []notice.Address {
	out := []notice.Address{{Kind: notice.Account, Target: a.Account.String()}}
	for _, g := range a.Posts {
		out = append(out, notice.Address{Kind: notice.Role, Target: g.Role, Scope: g.Scope})
	}
	return out
}

// pressed marks those of the list for which somebody presses: an answer to
// supervision is owed, or they were urged today.
func (m *Room) pressed(ctx context.Context, q dbx.Querier, division id.ID, c *collecting, now time.Time) error {
	cases := make([]id.ID, 0, len(c.rows))
	incidents := map[string]bool{}
	for key, r := range c.rows {
		cases = append(cases, key)
		incidents[r.Procedure] = true
	}
	err := record.Data(ctx, q, division, cases, func(caseID id.ID, data map[string]json.RawMessage) error {
		if string(data["supervised"]) == "true" {
			c.add(c.rows[caseID], Supervised)
		}
		return nil
	})
	if err != nil {
		return err
	}
	today := clock.Micro(calendar.DateOf(now).At(0))
	for p := range incidents {
		err := record.Changes(ctx, q, division, p, today, clock.Micro(now)+1, func(x record.Change) (bool, error) {
			r, listed := c.rows[x.Case]
			if !listed {
				return true, nil
			}
			b, err := x.Read()
			if err == nil && b.Step == "urge" {
				c.add(r, Urged)
			}
			return true, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
