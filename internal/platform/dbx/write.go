package dbx

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync/atomic"
	"time"

	"xiucheng/internal/platform/fault"
)

const (
	queueLength = 1024 // callers waiting for the SQLite writer; one more is refused
	groupMax    = 256  // calls in one transaction: bounds how long one commit holds the others
	pgRetries   = 8
	slowGroup   = time.Second // a write this long holds everybody up, so the log names it
)

// call is one Write waiting for the SQLite writer.
type call struct {
	ctx   context.Context
	fn    func(*Tx) error
	tx    *Tx
	taken atomic.Bool // by the writer, or by a caller that leaves: whoever is first
	done  chan error
}

// Write runs fn in a durable transaction: when Write returns nil, what fn wrote
// survives a crash. fn may run more than once and together with other callers'
// functions in one transaction, so it touches only tx and its own locals, and
// never waits. A statement that failed fails the write on both engines, also
// where fn went on without looking. A caller whose context ends while fn is
// queued gets the context's error; once fn has begun on SQLite, it is heard to
// the end. A full queue is an Unavailable fault with the key fault.busy.
// On PostgreSQL a connection lost during the commit leaves it open whether the
// write was kept: an idempotency key answers that.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call{ctx: ctx, fn: fn, done: make(chan error, 1)}
	if err := db.enqueue(c); err != nil {
		return err
	}
	var err error
	select {
	case err = <-c.done:
	case <-ctx.Done():
		if c.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		err = <-c.done // fn is running and may touch the caller's locals
	}
	if err == nil {
		c.tx.committed()
	}
	return err
}

func (db *DB) enqueue(c *call) error {
	db.closing.RLock()
	defer db.closing.RUnlock()
	if db.closed {
		return fault.New(fault.Unavailable, "fault.database")
	}
	select {
	case db.queue <- c:
		return nil
	default:
		return fault.New(fault.Unavailable, "fault.busy")
	}
}

// groups drains the queue: what waits together commits together.
func (db *DB) groups() {
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
		live := group[:0]
		for _, c := range group {
			if c.taken.CompareAndSwap(false, true) {
				live = append(live, c)
			}
		}
		if db.engine == Postgres {
			db.settlePostgres(live)
		} else {
			db.settle(live)
		}
	}
}

// settle commits all calls, with as few commits as the failing ones allow. A
// failure undoes the whole transaction; savepoints would cost every group what
// only failures need. So what ran before the failing call is committed first,
// and the failing call runs again at the head of the next transaction, where
// an error can be nobody's but its own.
func (db *DB) settle(calls []*call) {
	for len(calls) > 0 {
		n, err := db.transact(calls)
		switch {
		case err == nil || n < 0: // all are kept, or nobody can write now
			for _, c := range calls {
				c.done <- err
			}
			return
		case n == 0 || len(calls) == 1:
			calls[0].done <- err
			calls = calls[1:]
		case n == len(calls): // the commit itself: a deferred check of one, or a full disk
			for _, c := range calls {
				db.settle([]*call{c})
			}
			return
		default:
			db.settle(calls[:n])
			calls = calls[n:]
		}
	}
}

// transact runs the calls in one transaction and commits it. With an error it
// says which call failed: -1 for the beginning, len(calls) for the commit. The
// writer does not follow a caller's context: a group must not die with one
// visitor.
func (db *DB) transact(calls []*call) (n int, err error) {
	start := time.Now()
	defer func() { db.load.count(len(calls), start, err) }()
	if err := db.writer.begin(); err != nil {
		return -1, translate(err)
	}
	if n, err = db.runAll(db.writer, calls); err == nil {
		if err = translate(db.writer.commit()); err != nil {
			n = len(calls)
		}
	}
	if err != nil {
		db.writer.rollback()
		return n, err
	}
	if d := time.Since(start); d > slowGroup {
		db.log.Warn("slow write", "calls", len(calls), "ms", d.Milliseconds())
	}
	return 0, nil
}

// runAll runs the calls in the transaction that run belongs to, and then what
// they left to its end. It says as transact does which call failed.
func (db *DB) runAll(run runner, calls []*call) (n int, err error) {
	common := newShared()
	for i, c := range calls {
		c.tx = &Tx{db: db, run: run, detached: true, shared: common}
		if err := guarded(c.tx, c.fn); err != nil {
			return i, err
		}
	}
	last := &Tx{db: db, run: run, detached: true, shared: common}
	err = guarded(last, func(tx *Tx) error { return common.finish(context.Background(), tx) })
	return len(calls), err
}

// guarded turns a panic of fn into an error of its caller alone.
func guarded(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack()), fault.Internal, "fault.internal")
		}
		if failed := tx.end(); err == nil {
			err = failed
		}
	}()
	return fn(tx)
}

// settlePostgres tries all calls in one transaction. Where that fails each runs
// in its own, again when another transaction was in its way.
func (db *DB) settlePostgres(calls []*call) {
	if len(calls) > 1 {
		if err := db.transactPostgres(context.Background(), calls); err == nil {
			for _, c := range calls {
				c.done <- nil
			}
			return
		}
	}
	for _, c := range calls {
		c.done <- db.retryPostgres(c)
	}
}

func (db *DB) retryPostgres(c *call) error {
	for try := 0; ; try++ {
		err := db.transactPostgres(c.ctx, []*call{c})
		if err == nil || !retryable(err) && (c.tx == nil || !retryable(c.tx.failed)) || try == pgRetries {
			return err
		}
		wait := time.NewTimer(time.Duration(1<<try)*time.Millisecond + rand.N(5*time.Millisecond))
		select {
		case <-wait.C:
		case <-c.ctx.Done():
			wait.Stop()
			return c.ctx.Err()
		}
	}
}

func (db *DB) transactPostgres(ctx context.Context, calls []*call) (err error) {
	start := time.Now()
	defer func() { db.load.count(len(calls), start, err) }()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	if _, err = db.runAll(tx, calls); err != nil {
		_ = tx.Rollback() // the first error says what happened
		return err
	}
	return translate(tx.Commit())
}
