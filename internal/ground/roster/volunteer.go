package roster

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// States of a volunteer.
const (
	Asked     = "asked"
	Confirmed = "confirmed"
	Declined  = "declined"
	Left      = "left"
)

// Volunteer is somebody who offered to help.
type Volunteer struct {
	ID                id.ID
	Name, Phone, Wish string
	State             string
	Account           id.ID // of a confirmed one
	Asked, Decided    time.Time
}

// Masked is the phone as others than the duty lead read it.
func (v Volunteer) Masked() string {
	if len(v.Phone) < 8 {
		return "***"
	}
	return v.Phone[:3] + "****" + v.Phone[len(v.Phone)-4:]
}

// Ask writes a sign-up down. A phone that is already signed up says so with
// nothing about whose it is.
func (m *Room) Ask(ctx context.Context, division id.ID, name, phone, wish string) (v Volunteer, err error) {
	defer fault.Trace(&err, "roster.Ask")
	v = Volunteer{ID: id.New(), Name: strings.TrimSpace(name), Phone: phone, Wish: strings.TrimSpace(wish), State: Asked, Asked: m.clk.Now()}
	return v, m.db.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM roster_volunteer WHERE division = $1 AND phone = $2 AND state IN ('asked', 'confirmed')`, division, phone).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "roster.phone_known").Field("phone", "roster.phone_known")
		}
		_, err := tx.Exec(ctx, `INSERT INTO roster_volunteer (division, id, name, phone, wish, state, asked, decided) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
			division, v.ID, v.Name, v.Phone, v.Wish, v.State, clock.Micro(v.Asked))
		return err
	})
}

// Decide confirms a volunteer, with the account he will use, or declines. Only
// the duty lead may, and only once.
func (m *Room) Decide(ctx context.Context, actor people.Actor, volunteer id.ID, state string, account id.ID) (err error) {
	defer fault.Trace(&err, "roster.Decide(%s)", volunteer)
	if err := actor.Require(actor.Division, Lead); err != nil {
		return err
	}
	from := Asked
	if state == Left {
		from = Confirmed
	}
	return m.db.Write(ctx, func(tx *dbx.Tx) error {
		v, err := FindVolunteer(ctx, tx, actor.Division, volunteer)
		if err == nil && v.State != from {
			err = fault.New(fault.Conflict, "roster.decided")
		}
		if err != nil {
			return err
		}
		if account.IsZero() {
			account = v.Account
		}
		_, err = tx.Exec(ctx, `UPDATE roster_volunteer SET state = $1, account = $2, decided = $3, decider = $4 WHERE division = $5 AND id = $6`,
			state, known(account), clock.Micro(m.clk.Now()), actor.Account, actor.Division, volunteer)
		return err
	})
}

// Volunteers are all of a division, those who wait first.
func Volunteers(ctx context.Context, q dbx.Querier, division id.ID) (_ []Volunteer, err error) {
	defer fault.Trace(&err, "roster.Volunteers")
	return volunteers(ctx, q, `WHERE division = $1 ORDER BY CASE state WHEN 'asked' THEN 0 WHEN 'confirmed' THEN 1 ELSE 2 END, asked, id`, division)
}

// FindVolunteer is one of them; NotFound for none.
func FindVolunteer(ctx context.Context, q dbx.Querier, division, volunteer id.ID) (v Volunteer, err error) {
	list, err := volunteers(ctx, q, `WHERE division = $1 AND id = $2`, division, volunteer)
	if err == nil && len(list) == 0 {
		err = fault.Missing("volunteer")
	}
	if err != nil {
		return v, err
	}
	return list[0], nil
}

func volunteers(ctx context.Context, q dbx.Querier, where string, args ...any) ([]Volunteer, error) {
	rows, err := q.Query(ctx, `SELECT id, name, phone, wish, state, account, asked, decided FROM roster_volunteer `+where, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (v Volunteer, err error) {
		var account []byte
		var asked, decided int64
		err = r.Scan(&v.ID, &v.Name, &v.Phone, &v.Wish, &v.State, &account, &asked, &decided)
		copy(v.Account[:], account)
		v.Asked = clock.FromMicro(asked)
		if decided != 0 {
			v.Decided = clock.FromMicro(decided)
		}
		return v, err
	})
}
