package people

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"xiucheng/internal/platform/argon"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Admin is the role that may change people, catalogue and settings.
const Admin = "admin"

// Service is the use cases of this room. It is safe for concurrent use.
type Service struct {
	db     *dbx.DB
	clk    clock.Clock
	strict func(ctx context.Context, division id.ID) (bool, error)
	hasher *argon.Hasher

	directories *dbx.Kept[*Directory]
	divisions   *dbx.Kept[[]Division] // of the installation, under everywhere
}

// kept is the name under which directories, and the list of divisions, are kept.
const kept = "people"

// New returns the service. strict tells whether a division keeps the wall
// (setting axis.strict); nil keeps it everywhere.
func New(db *dbx.DB, clk clock.Clock, strict func(context.Context, id.ID) (bool, error)) *Service {
	if strict == nil {
		strict = func(context.Context, id.ID) (bool, error) { return true, nil }
	}
	return &Service{db: db, clk: clk, strict: strict, hasher: argon.New("people.busy"),
		directories: dbx.NewKept(db, kept, func(ctx context.Context, division id.ID) (*Directory, error) { return Load(ctx, db, division) }),
		divisions: dbx.NewKept(db, kept, func(ctx context.Context, _ id.ID) ([]Division, error) {
			rows, err := db.Query(ctx, `SELECT `+divisionColumns+` FROM division ORDER BY id`)
			return dbx.Collect(rows, err, func(r *sql.Rows) (Division, error) { return scanDivision(r) })
		})}
}

// Directory returns the division's people as of now. An unknown division is
// NotFound.
func (s *Service) Directory(ctx context.Context, division id.ID) (dir *Directory, err error) {
	defer fault.Trace(&err, "people.Directory")
	return s.directories.Get(ctx, division)
}

// Actor resolves who the account is at the instant; see Directory.Actor.
func (s *Service) Actor(ctx context.Context, division, account id.ID, at time.Time) (a Actor, err error) {
	defer fault.Trace(&err, "people.Actor(%s)", account)
	dir, err := s.Directory(ctx, division)
	if err != nil {
		return Actor{}, err
	}
	return dir.Actor(account, at)
}

// edit is one change by an administrator: the directory it starts from, read
// inside the transaction, and the audit entry it leaves.
type edit struct {
	ctx   context.Context
	tx    *dbx.Tx
	dir   *Directory
	actor Actor
	at    time.Time
	wall  bool
}

// change runs fn in a transaction for an administrator of the actor's
// division, then looks at the wall and moves the generation.
func (s *Service) change(ctx context.Context, actor Actor, fn func(*edit) error) error {
	if err := actor.Require(actor.Division, Admin); err != nil {
		return err
	}
	return s.write(ctx, actor, fn)
}

// write is change without the demand for the role, for what everybody may do
// with their own account.
func (s *Service) write(ctx context.Context, actor Actor, fn func(*edit) error) error {
	strict, err := s.strict(ctx, actor.Division)
	if err != nil {
		return err
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		dir, err := Load(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		e := &edit{ctx: ctx, tx: tx, dir: dir, actor: actor, at: now}
		if err := fn(e); err != nil {
			return err
		}
		if strict && e.wall {
			after, err := Load(ctx, tx, actor.Division)
			if err != nil {
				return err
			}
			if err := after.CheckWall(now); err != nil {
				return err
			}
		}
		return dbx.Moved(ctx, tx, actor.Division, kept)
	})
}

// audit writes who changed what, with the value before and after.
func (e *edit) audit(what, subject string, before, after any) error {
	return Note(e.ctx, e.tx, e.actor, e.at, what, subject, before, after)
}

// Note writes a line of the audit trail in the caller's transaction: who
// changed what, with the value before and after as JSON, nil for nothing.
func Note(ctx context.Context, tx *dbx.Tx, actor Actor, at time.Time, what, subject string, before, after any) error {
	b, err1 := plain(before)
	a, err2 := plain(after)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO people_audit (division, id, at, actor, actor_name, what, subject, old, new)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		actor.Division, id.New(), clock.Micro(at), actor.Account, actor.Name, what, subject, b, a)
	return err
}

func plain(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
