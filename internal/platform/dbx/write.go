package dbx

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"xiucheng/internal/platform/fault"
)

const (
	queueLength = 1024 // callers waiting for the SQLite writer; one more is refused
	groupMax    = 256  // calls in one transaction: bounds how long one commit holds the others
	pgRetries   = 8
)

// call is one Write waiting for the SQLite writer.
type call struct {
	ctx  context.Context
	fn   func(*Tx) error
	tx   *Tx
	done chan error
}

// Write runs fn in a durable transaction: when Write returns nil, what fn wrote
// survives a crash. fn may run more than once and together with other callers'
// functions in one transaction, so it touches only tx and its own locals, and
// never waits. A caller whose context ends while fn is queued gets the
// context's error; a caller that leaves later may still be committed. A full
// queue is an Unavailable fault.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if db.engine == Postgres {
		return db.writePostgres(ctx, fn)
	}
	c := &call{ctx: ctx, fn: fn, done: make(chan error, 1)}
	select {
	case db.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	default:
		return fault.New(fault.Unavailable, "fault.busy")
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// groups drains the queue: what waits together commits together.
func (db *DB) groups() {
	defer close(db.done)
	for first := range db.queue {
		group := []*call{first}
	more:
		for len(group) < groupMax {
			select {
			case c, ok := <-db.queue:
				if !ok {
					break more
				}
				group = append(group, c)
			default:
				break more
			}
		}
		db.commitGroup(group)
	}
}

// commitGroup runs all calls in one transaction. One that fails would take the
// others with it, so then each runs again alone; savepoints would cost every
// group what only failures need.
func (db *DB) commitGroup(group []*call) {
	live := group[:0]
	for _, c := range group {
		if err := c.ctx.Err(); err != nil {
			c.done <- err
			continue
		}
		live = append(live, c)
	}
	if len(live) == 0 {
		return
	}
	if err := db.transact(live); err == nil {
		for _, c := range live {
			c.tx.committed()
			c.done <- nil
		}
		return
	} else if len(live) == 1 {
		live[0].done <- err
		return
	}
	for _, c := range live {
		err := db.transact([]*call{c})
		if err == nil {
			c.tx.committed()
		}
		c.done <- err
	}
}

// transact runs the calls in one transaction and commits it. The writer does
// not follow a caller's context: half a group must not die with one visitor.
func (db *DB) transact(calls []*call) error {
	ctx := context.Background()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return db.translate(err)
	}
	for _, c := range calls {
		c.tx = &Tx{tx: tx, db: db}
		if err := guarded(c.tx, c.fn); err != nil {
			_ = tx.Rollback() // the first error says what happened
			return err
		}
	}
	return db.translate(tx.Commit())
}

// guarded turns a panic of fn into an error of its caller alone.
func guarded(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack()), fault.Internal, "fault.internal")
		}
	}()
	return fn(tx)
}

func (db *DB) writePostgres(ctx context.Context, fn func(*Tx) error) error {
	for try := 0; ; try++ {
		tx, err := db.write.BeginTx(ctx, nil)
		if err != nil {
			return db.translate(err)
		}
		t := &Tx{tx: tx, db: db}
		err = guarded(t, fn)
		if err == nil {
			err = db.translate(tx.Commit())
		} else {
			_ = tx.Rollback() // the first error says what happened
		}
		if err == nil {
			t.committed()
			return nil
		}
		if !retryable(err) || try == pgRetries {
			return err
		}
		wait := time.NewTimer(time.Duration(1<<try)*time.Millisecond + rand.N(5*time.Millisecond))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}
