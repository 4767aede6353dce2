package permit

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

// Kinds of a day in the book of attendance.
const (
	Here    = "here"
	Excused = "excused"
)

// Attend writes that the vendor was there; the first scan of a day stands. Only
// an active permit within its term, or one whose renewal is being decided, may
// sell: others are a Conflict.
func (m *Room) Attend(ctx context.Context, actor people.Actor, caseID id.ID, now time.Time) (err error) {
	defer fault.Trace(&err, "permit.Attend(%s)", caseID)
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		p, err := Find(ctx, tx, actor.Division, caseID)
		if err != nil {
			return err
		}
		if p.State != "active" && p.State != "renewing" || p.Until.Before(now) {
			return fault.New(fault.Conflict, "stall.may_not_sell")
		}
		return attend(ctx, tx, actor.Division, caseID, calendar.DateOf(now), Here, now, actor.Account)
	})
}

func attend(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, day calendar.Date, kind string, at time.Time, by id.ID) error {
	var account any
	if !by.IsZero() {
		account = by
	}
	_, err := tx.Exec(ctx, `INSERT INTO stall_attendance (division, permit, day, kind, at, account) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (division, permit, day) DO UPDATE SET kind = excluded.kind, at = excluded.at, account = excluded.account
		WHERE stall_attendance.kind <> 'here'`, division, caseID, int64(day), kind, clock.Micro(at), account)
	return err
}

// excuse marks the days of a pause, from the day of the step to the last whole one.
func excuse(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, now, until time.Time) error {
	for day := calendar.DateOf(now); day <= calendar.DueDate(until); day++ {
		if err := attend(ctx, tx, division, caseID, day, Excused, now, id.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// unexcuse takes the excuse of the days to come away.
func unexcuse(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM stall_attendance WHERE division = $1 AND permit = $2 AND day > $3 AND kind = $4`, division, caseID, int64(calendar.DateOf(now)), Excused)
	return err
}

// Attendance reads the days since one, by day.
func Attendance(ctx context.Context, q dbx.Querier, division, caseID id.ID, since calendar.Date) (out map[calendar.Date]string, err error) {
	defer fault.Trace(&err, "permit.Attendance(%s)", caseID)
	out = map[calendar.Date]string{}
	rows, err := q.Query(ctx, `SELECT day, kind FROM stall_attendance WHERE division = $1 AND permit = $2 AND day >= $3`, division, caseID, int64(since))
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (s struct{}, err error) {
		var day int64
		var kind string
		err = r.Scan(&day, &kind)
		out[calendar.Date(day)] = kind
		return s, err
	})
	return out, err
}

// HereOn counts who was there on a day, by permit.
func HereOn(ctx context.Context, q dbx.Querier, division id.ID, day calendar.Date) (out map[id.ID]string, err error) {
	defer fault.Trace(&err, "permit.HereOn")
	out = map[id.ID]string{}
	rows, err := q.Query(ctx, `SELECT permit, kind FROM stall_attendance WHERE division = $1 AND day = $2`, division, int64(day))
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (s struct{}, err error) {
		var permit id.ID
		var kind string
		err = r.Scan(&permit, &kind)
		out[permit] = kind
		return s, err
	})
	return out, err
}

// looked is how many days back absence counts.
const looked = 60

// absent counts the opening days of the last 60, today left out, on which the
// vendor neither came nor was excused.
func (m *Room) absent(ctx context.Context, q dbx.Querier, division id.ID, p Permit, now time.Time) (n int64, err error) {
	book, err := m.Book(ctx, division)
	if err != nil {
		return 0, err
	}
	_, c := book.Stall(p.Stall)
	if c == nil || p.Since.IsZero() {
		return 0, nil
	}
	today := calendar.DateOf(now)
	from := max(today-looked, calendar.DateOf(p.Since)+1)
	was, err := Attendance(ctx, q, division, p.Case, from)
	for day := from; day < today; day++ {
		for _, s := range c.Today(day) {
			if s.Band == p.Band && was[day] == "" {
				n++
				break
			}
		}
	}
	return n, err
}
