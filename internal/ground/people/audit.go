package people

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// KeepLogs is how long the audit trail and the log of sign-ins are kept at
// least: six months (网络安全法 第二十三条).
const KeepLogs = 184 * 24 * time.Hour

// Change is one line of the audit trail. Old and New are JSON, "" for nothing;
// passwords never appear.
type Change struct {
	ID        id.ID
	At        time.Time
	Actor     id.ID
	ActorName string
	What      string // "post.create"
	Subject   string
	Old, New  string
}

// Audit lists the changes before the given one (zero: the latest), newest
// first, at most limit. The actor must be an administrator.
func (s *Service) Audit(ctx context.Context, actor Actor, before id.ID, limit int) (list []Change, err error) {
	defer fault.Trace(&err, "people.Audit")
	if err := actor.Require(actor.Division, Admin); err != nil {
		return nil, err
	}
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	return collect(ctx, s.db, func(r *sql.Rows) (c Change, err error) {
		var at int64
		err = r.Scan(&c.ID, &at, &c.Actor, &c.ActorName, &c.What, &c.Subject, &c.Old, &c.New)
		c.At = clock.FromMicro(at)
		return c, err
	}, `SELECT id, at, actor, actor_name, what, subject, old, new FROM people_audit
		WHERE division = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, actor.Division, before, limit)
}

// Forget deletes log lines older than the instant. An instant less than
// KeepLogs ago is Invalid.
func (s *Service) Forget(ctx context.Context, actor Actor, before time.Time) (n int64, err error) {
	defer fault.Trace(&err, "people.Forget")
	if err := actor.Require(actor.Division, Admin); err != nil {
		return 0, err
	}
	if s.clk.Now().Sub(before) < KeepLogs {
		return 0, fault.New(fault.Invalid, "people.keep_logs", "n", int(KeepLogs/(24*time.Hour)))
	}
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		n = 0
		for _, table := range []string{"people_audit", "sign_in"} {
			k, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE division = $1 AND at < $2`, actor.Division, clock.Micro(before))
			if err != nil {
				return err
			}
			n += k
		}
		return nil
	})
	return n, err
}
