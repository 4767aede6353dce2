package listing

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// most is how many cases one person may watch: a list to be read, not a feed.
const most = 500

// Watch puts a case among those the actor watches. A case the actor may not
// read is NotFound; one too many is a Conflict.
func (m *Room) Watch(ctx context.Context, actor people.Actor, r record.Row, at time.Time) (err error) {
	defer fault.Trace(&err, "listing.Watch")
	if !incident.MayRead(actor, r) {
		return fault.Missing("case")
	}
	account := actor.Account.String()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM case_watch WHERE division = $1 AND account = $2`, actor.Division, account).Scan(&n)
		if err != nil {
			return err
		}
		if n >= most {
			return fault.New(fault.Conflict, "listing.watch.most", "n", most)
		}
		_, err = tx.Exec(ctx, `INSERT INTO case_watch (division, account, case_id, state, since) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (division, account, case_id) DO NOTHING`, actor.Division, account, r.ID, r.State, clock.Micro(at))
		return err
	})
}

// Unwatch takes it away again; a case that was not watched is no error.
func (m *Room) Unwatch(ctx context.Context, actor people.Actor, caseID id.ID) (err error) {
	defer fault.Trace(&err, "listing.Unwatch")
	return m.DB.Write(ctx, func(tx *dbx.Tx) error { return forget(ctx, tx, actor.Division, actor.Account.String(), caseID) })
}

func forget(ctx context.Context, tx *dbx.Tx, division id.ID, account string, caseID id.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM case_watch WHERE division = $1 AND account = $2 AND case_id = $3`, division, account, caseID)
	return err
}

// Watches reports whether the actor watches the case.
func (m *Room) Watches(ctx context.Context, actor people.Actor, caseID id.ID) (yes bool, err error) {
	defer fault.Trace(&err, "listing.Watches")
	var n int
	err = m.DB.QueryRow(ctx, `SELECT count(*) FROM case_watch WHERE division = $1 AND account = $2 AND case_id = $3`,
		actor.Division, actor.Account.String(), caseID).Scan(&n)
	return n > 0, err
}

// Watching are the cases the actor watches, fit the filter and may still be
// read by the actor, in no order.
func (m *Room) Watching(ctx context.Context, actor people.Actor, f record.Filter) (out []record.Row, err error) {
	defer fault.Trace(&err, "listing.Watching")
	rows, err := m.DB.Query(ctx, `SELECT case_id FROM case_watch WHERE division = $1 AND account = $2`, actor.Division, actor.Account.String())
	cases, err := dbx.Collect(rows, err, func(r *sql.Rows) (x id.ID, err error) { return x, r.Scan(&x) })
	if err != nil {
		return nil, err
	}
	list, err := record.Rows(ctx, m.DB, actor.Division, f, cases)
	for _, r := range list {
		if incident.MayRead(actor, r) {
			out = append(out, r)
		}
	}
	return out, err
}
