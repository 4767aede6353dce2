package job

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"log/slog"
	"strings"
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

// Enqueue adds a job in the caller's transaction; its commit wakes the runner.
// Where a job of the same kind and key waits, that one stands for both. Where
// it is being done at this moment it is done once more, since it may have
// looked before this change. Where it is dead it lives again.
func Enqueue(ctx context.Context, tx *dbx.Tx, j Job) error {
	var key any
	if j.Key != "" {
		key = j.Key
	}
	_, err := tx.Exec(ctx, `INSERT INTO job (id, kind, key, payload, run_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, key) DO UPDATE SET asked = job.asked + 1,
			payload = CASE WHEN job.dead THEN excluded.payload ELSE job.payload END,
			run_at = CASE WHEN job.dead THEN excluded.run_at ELSE job.run_at END,
			attempts = CASE WHEN job.dead THEN 0 ELSE job.attempts END,
			dead = FALSE`,
		id.New(), j.Kind, key, j.Payload, clock.Micro(j.RunAt))
	tx.Signal(signal)
	return err
}

// Handler does one job. An error puts it off; a panic counts as an error.
type Handler func(ctx context.Context, j Job) error

const (
	signal      = "job"
	leaseFor    = 2 * time.Minute // a handler's longest time; then another worker may take the job
	maxAttempts = 8               // with the waits between them some six hours: a mail server's bad night
	poll        = time.Second
	workers     = 2
)

// rest is how long a failed job waits: 4 s, 16 s, 64 s … up to six hours.
func rest(attempts int) time.Duration {
	return min(time.Duration(1<<(2*min(attempts, 10)))*time.Second, 6*time.Hour)
}

// Runner does jobs and ticks until it is stopped.
type Runner struct {
	db       *dbx.DB
	clk      clock.Clock
	log      *slog.Logger
	handlers map[string]Handler
	ticks    []tick
	wake     chan struct{} // one waiting token wakes one worker
}

type tick struct {
	name  string
	every time.Duration
	fn    func(context.Context) error
}

// NewRunner returns a runner without work.
func NewRunner(db *dbx.DB, clk clock.Clock, log *slog.Logger) *Runner {
	return &Runner{db: db, clk: clk, log: log, handlers: map[string]Handler{}, wake: make(chan struct{}, workers)}
}

// Handle says who does jobs of a kind; call it before Run. Two jobs may be done
// at the same time.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// Every repeats fn in this process, never overlapping itself; call it before Run.
func (r *Runner) Every(name string, d time.Duration, fn func(context.Context) error) {
	r.ticks = append(r.ticks, tick{name, d, fn})
}

// Wake makes the runner look now.
func (r *Runner) Wake() {
	for range workers {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Run works until the context ends and then waits for what it began.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, t := range r.ticks {
		wg.Go(func() { r.repeat(ctx, t) })
	}
	wg.Go(func() { r.db.Listen(ctx, signal, r.Wake) })
	for range workers {
		wg.Go(func() { r.work(ctx) })
	}
	wg.Wait()
}

func (r *Runner) work(ctx context.Context) {
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
		due, err := r.due(ctx)
		if err != nil || !due {
			return n, err
		}
		l, err := r.claim(ctx)
		if fault.Is(err, fault.NotFound) {
			continue // another worker was faster; more may be due
		} else if err != nil {
			return n, err
		}
		n++
		if err := r.do(ctx, l); err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

// due looks without the writer, which an idle runner leaves alone.
func (r *Runner) due(ctx context.Context) (bool, error) {
	var one int
	err := r.db.QueryRow(ctx, `SELECT 1 FROM job WHERE dead = FALSE AND run_at <= $1 LIMIT 1`, clock.Micro(r.clk.Now())).Scan(&one)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// lease is a job in the hands of a worker.
type lease struct {
	Job
	asked int64 // how often it had been asked for
}

// claim leases the job that is due longest; NotFound when none is.
func (r *Runner) claim(ctx context.Context) (l lease, err error) {
	now := r.clk.Now()
	err = r.db.Write(ctx, func(tx *dbx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE job SET run_at = $1, attempts = attempts + 1
			WHERE id = (SELECT id FROM job WHERE dead = FALSE AND run_at <= $2 ORDER BY run_at, id LIMIT 1) AND dead = FALSE AND run_at <= $2
			RETURNING id, kind, payload, attempts, asked`, clock.Micro(now.Add(leaseFor)), clock.Micro(now)).
			Scan(&l.ID, &l.Kind, &l.Payload, &l.Attempts, &l.asked)
	})
	return l, err
}

// do does the job and writes down how it went, also while the program stops.
func (r *Runner) do(ctx context.Context, l lease) error {
	failed := fmt.Errorf("nobody does jobs of kind %q", l.Kind)
	if h, known := r.handlers[l.Kind]; known {
		work, cancel := context.WithTimeout(ctx, leaseFor)
		failed = safely(func() error { return h(work, l.Job) })
		cancel()
	}
	stopped := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	switch {
	case failed == nil:
		return r.finish(ctx, l)
	case stopped: // not its fault: the next start begins with it
		return r.putBack(ctx, l, r.clk.Now(), l.Attempts-1, failed)
	}
	r.log.Warn("job failed", "kind", l.Kind, "attempt", l.Attempts, "err", failed)
	return r.putBack(ctx, l, r.clk.Now().Add(rest(l.Attempts)), l.Attempts, failed)
}

// finish deletes the job, or makes it due again where it was asked for anew.
func (r *Runner) finish(ctx context.Context, l lease) error {
	return r.db.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1 AND asked = $2`, l.ID, l.asked)
		if err != nil || n == 1 {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE job SET run_at = $1, attempts = 0 WHERE id = $2`, clock.Micro(r.clk.Now()), l.ID)
		return err
	})
}

func (r *Runner) putBack(ctx context.Context, l lease, at time.Time, attempts int, failed error) error {
	return r.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET run_at = $1, attempts = $2, dead = $3, error = $4 WHERE id = $5`,
			clock.Micro(at), attempts, attempts >= maxAttempts, strings.ToValidUTF8(failed.Error(), "?"), l.ID)
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

// Count is how many jobs of a kind are in a state: "waiting", "retrying" after a
// failure, or "dead".
type Count struct {
	Kind, State string
	N           int64
}

// Counts counts what is in the queue by kind and state.
func Counts(ctx context.Context, q dbx.Querier) (_ []Count, err error) {
	defer fault.Trace(&err, "job.Counts")
	rows, err := q.Query(ctx, `SELECT kind, CASE WHEN dead THEN 'dead' WHEN error <> '' THEN 'retrying' ELSE 'waiting' END AS state, count(*) FROM job GROUP BY 1, 2 ORDER BY 1, 2`)
	return dbx.Collect(rows, err, func(rows *sql.Rows) (c Count, err error) { return c, rows.Scan(&c.Kind, &c.State, &c.N) })
}

func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}
