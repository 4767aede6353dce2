// Package job does work later: a durable queue whose rows are written with the
// change that needs the work, and ticks that repeat in this process. Handlers
// are idempotent: a job whose worker died is done again.
//
// It owns the queue's table. It does not know what the work is.
package job

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the queue.
var Migration = dbx.Migration{Name: "job", FS: dbx.Sub(files, "migrations")}

// Job is one piece of work.
type Job struct {
	ID       id.ID
	Kind     string
	Key      string // a second job of the same kind and key is not added; empty: no limit
	Payload  string // JSON
	RunAt    time.Time
	Attempts int
	Error    string // why the last attempt failed
}

// Enqueue adds a job in the caller's transaction.
func Enqueue(ctx context.Context, tx *dbx.Tx, j Job) error {
	var key any
	if j.Key != "" {
		key = j.Key
	}
	_, err := tx.Exec(ctx, `INSERT INTO job (id, kind, key, payload, run_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, key) DO NOTHING`,
		id.New(), j.Kind, key, j.Payload, clock.Micro(j.RunAt))
	return err
}

// Handler does one job. An error puts it off; a panic counts as an error.
type Handler func(ctx context.Context, j Job) error

const (
	leaseFor    = 2 * time.Minute
	maxAttempts = 8
	poll        = time.Second
)

// Runner does jobs and ticks until it is stopped.
type Runner struct {
	db       *dbx.DB
	clk      clock.Clock
	log      *slog.Logger
	handlers map[string]Handler
	ticks    []tick
	wake     chan struct{}
}

type tick struct {
	name  string
	every time.Duration
	fn    func(context.Context) error
}

// NewRunner returns a runner without work.
func NewRunner(db *dbx.DB, clk clock.Clock, log *slog.Logger) *Runner {
	return &Runner{db: db, clk: clk, log: log, handlers: map[string]Handler{}, wake: make(chan struct{}, 1)}
}

// Handle says who does jobs of a kind; call it before Run.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// Every repeats fn in this process, never overlapping itself; call it before Run.
func (r *Runner) Every(name string, d time.Duration, fn func(context.Context) error) {
	r.ticks = append(r.ticks, tick{name, d, fn})
}

// Wake makes the runner look now; for Tx.AfterCommit.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends and then waits for what it began.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, t := range r.ticks {
		wg.Go(func() { r.repeat(ctx, t) })
	}
	wg.Go(func() {
		timer := time.NewTicker(poll)
		defer timer.Stop()
		for {
			if _, err := r.Pass(ctx); err != nil && ctx.Err() == nil {
				r.log.Error("jobs", "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-r.wake:
			case <-timer.C:
			}
		}
	})
	wg.Wait()
}

func (r *Runner) repeat(ctx context.Context, t tick) {
	timer := time.NewTicker(t.every)
	defer timer.Stop()
	for {
		if err := safely(func() error { return t.fn(ctx) }); err != nil && ctx.Err() == nil {
			r.log.Error("tick", "name", t.name, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// Pass does every job that is due and returns how many it tried.
func (r *Runner) Pass(ctx context.Context) (n int, err error) {
	defer fault.Trace(&err, "job.Pass")
	for ctx.Err() == nil {
		j, err := r.claim(ctx)
		if fault.Is(err, fault.NotFound) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
		if err := r.do(ctx, j); err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

// claim leases the job that is due longest; NotFound when none is.
func (r *Runner) claim(ctx context.Context) (j Job, err error) {
	now := r.clk.Now()
	var waiting int
	if err := r.db.QueryRow(ctx, `SELECT 1 FROM job WHERE run_at <= $1 AND dead = FALSE LIMIT 1`, clock.Micro(now)).Scan(&waiting); err != nil {
		return j, err
	}
	err = r.db.Write(ctx, func(tx *dbx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE job SET run_at = $1, attempts = attempts + 1
			WHERE id = (SELECT id FROM job WHERE run_at <= $2 AND dead = FALSE ORDER BY run_at, id LIMIT 1) AND run_at <= $2
			RETURNING id, kind, payload, attempts`, clock.Micro(now.Add(leaseFor)), clock.Micro(now)).
			Scan(&j.ID, &j.Kind, &j.Payload, &j.Attempts)
		return err
	})
	return j, err
}

func (r *Runner) do(ctx context.Context, j Job) error {
	h, known := r.handlers[j.Kind]
	failed := fmt.Errorf("nobody does jobs of kind %q", j.Kind)
	if known {
		work, cancel := context.WithTimeout(ctx, leaseFor)
		failed = safely(func() error { return h(work, j) })
		cancel()
	}
	if ctx.Err() != nil {
		return ctx.Err() // stopped halfway: the lease runs out and it is done again
	}
	return r.db.Write(ctx, func(tx *dbx.Tx) error {
		if failed == nil {
			_, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1`, j.ID)
			return err
		}
		r.log.Warn("job failed", "kind", j.Kind, "attempt", j.Attempts, "err", failed)
		wait := time.Duration(1<<min(j.Attempts, 10)) * time.Second
		_, err := tx.Exec(ctx, `UPDATE job SET run_at = $1, dead = $2, error = $3 WHERE id = $4`,
			clock.Micro(r.clk.Now().Add(wait)), j.Attempts >= maxAttempts, failed.Error(), j.ID)
		return err
	})
}

// Dead lists jobs that failed too often, oldest first.
func Dead(ctx context.Context, q dbx.Querier, limit int) (_ []Job, err error) {
	defer fault.Trace(&err, "job.Dead")
	rows, err := q.Query(ctx, `SELECT id, kind, payload, attempts, error FROM job WHERE dead = TRUE ORDER BY run_at LIMIT $1`, limit)
	return dbx.Collect(rows, err, func(rows *sql.Rows) (j Job, err error) {
		err = rows.Scan(&j.ID, &j.Kind, &j.Payload, &j.Attempts, &j.Error)
		return j, err
	})
}

func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}
