package roster

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Lead is the role that makes rosters and confirms volunteers.
const Lead = "duty_lead"

// Turn is one person at one place for one time: a line of the roster.
type Turn struct {
	ID      id.ID
	Account id.ID
	Place   string // code of a stretch or a cluster
	From    time.Time
	To      time.Time
}

// longest is how long one turn may be.
const longest = 12 * time.Hour

// Plan puts a turn into the roster. Only the duty lead may; a turn that ends
// before it begins, is longer than half a day or overlaps another of the same
// person is refused.
func (m *Room) Plan(ctx context.Context, actor people.Actor, t Turn) (_ Turn, err error) {
	defer fault.Trace(&err, "roster.Plan")
	if err := actor.Require(actor.Division, Lead); err != nil {
		return t, err
	}
	if !t.To.After(t.From) || t.To.Sub(t.From) > longest {
		return t, fault.New(fault.Invalid, "roster.turn_length").Field("to", "roster.turn_length")
	}
	if t.Place == "" {
		return t, fault.New(fault.Invalid, "form.refused").Field("place", "form.required")
	}
	t.ID = id.New()
	return t, m.db.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM roster_turn WHERE division = $1 AND account = $2 AND begins < $3 AND ends > $4`,
			actor.Division, t.Account, clock.Micro(t.To), clock.Micro(t.From)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "roster.turn_taken").Field("person", "roster.turn_taken")
		}
		_, err := tx.Exec(ctx, `INSERT INTO roster_turn (division, id, account, place, begins, ends, planner) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			actor.Division, t.ID, t.Account, t.Place, clock.Micro(t.From), clock.Micro(t.To), actor.Account)
		return err
	})
}

// Drop takes a turn out of the roster, unless somebody signed in for it.
func (m *Room) Drop(ctx context.Context, actor people.Actor, turn id.ID) (err error) {
	defer fault.Trace(&err, "roster.Drop(%s)", turn)
	if err := actor.Require(actor.Division, Lead); err != nil {
		return err
	}
	return m.db.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM roster_sign WHERE division = $1 AND turn = $2`, actor.Division, turn).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "roster.turn_used")
		}
		_, err := tx.Exec(ctx, `DELETE FROM roster_turn WHERE division = $1 AND id = $2`, actor.Division, turn)
		return err
	})
}

// CopyWeek puts the turns of the week before into the week that begins on the
// Monday, except those whose person is already planned then, and says how many.
func (m *Room) CopyWeek(ctx context.Context, actor people.Actor, monday calendar.Date) (n int, err error) {
	defer fault.Trace(&err, "roster.CopyWeek(%s)", monday)
	last, err := Turns(ctx, m.db, actor.Division, (monday - 7).At(0), monday.At(0))
	for i := 0; err == nil && i < len(last); i++ {
		t := last[i]
		t.From, t.To = t.From.AddDate(0, 0, 7), t.To.AddDate(0, 0, 7)
		if _, err = m.Plan(ctx, actor, t); err == nil {
			n++
		} else if fault.Is(err, fault.Conflict) {
			err = nil
		}
	}
	return n, err
}

// Turns are those that touch the time, in their order.
func Turns(ctx context.Context, q dbx.Querier, division id.ID, from, to time.Time) (_ []Turn, err error) {
	defer fault.Trace(&err, "roster.Turns")
	rows, err := q.Query(ctx, `SELECT id, account, place, begins, ends FROM roster_turn WHERE division = $1 AND begins < $2 AND ends > $3 ORDER BY begins, id`,
		division, clock.Micro(to), clock.Micro(from))
	return dbx.Collect(rows, err, func(r *sql.Rows) (t Turn, err error) {
		var begins, ends int64
		err = r.Scan(&t.ID, &t.Account, &t.Place, &begins, &ends)
		t.From, t.To = clock.FromMicro(begins), clock.FromMicro(ends)
		return t, err
	})
}
