package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"xiucheng/internal/platform/fault"
)

// Engine is which database answers.
type Engine int

// The engines.
const (
	SQLite Engine = iota
	Postgres
)

func (e Engine) String() string { return [...]string{"sqlite", "postgres"}[e] }

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	log    *slog.Logger
	read   *sql.DB
	reads  runner  // read, with prepared statements
	write  *sql.DB // the same pool as read on PostgreSQL

	signals     *signals
	generations *generations
	pg          *pgx.ConnConfig // for a listening connection; nil on SQLite

	writer  *writer // SQLite's; nil on PostgreSQL
	queue   chan *call
	load    *load
	workers sync.WaitGroup // those that drain the queue
	closing sync.RWMutex
	closed  bool
}

// Querier is what reads need; *DB and *Tx are Queriers.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// Open opens "sqlite:/path/file.db" or "postgres://…". It creates a missing
// SQLite file and its folder, readable by the owner only. An unreadable,
// read-only or corrupt file is an error with one clear sentence.
func Open(ctx context.Context, dsn string, log *slog.Logger) (db *DB, err error) {
	defer fault.Trace(&err, "dbx.Open")
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), log)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return openPostgres(ctx, dsn, log)
	}
	return nil, fmt.Errorf("the database is sqlite:PATH or postgres://…")
}

// Engine says which database answers.
func (db *DB) Engine() Engine { return db.engine }

// Query reads from the pool; the caller closes the rows.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := checkText(args); err != nil {
		return nil, err
	}
	rows, err := db.reads.QueryContext(ctx, query, args...)
	return rows, translate(err)
}

// QueryRow reads one row; its Scan returns a NotFound fault where there is none.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if err := checkText(args); err != nil {
		return &Row{err: err}
	}
	return &Row{row: db.reads.QueryRowContext(ctx, query, args...)}
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return translate(db.read.PingContext(ctx)) }

// Close lets queued writes finish and closes the connections. Later writes are
// Unavailable faults; closing twice is no error.
func (db *DB) Close() error {
	db.closing.Lock()
	again := db.closed
	db.closed = true
	if !again && db.queue != nil {
		close(db.queue)
	}
	db.closing.Unlock()
	if again {
		return nil
	}
	db.workers.Wait()
	if db.engine == Postgres {
		return db.read.Close()
	}
	return errors.Join(db.read.Close(), db.writer.close(), db.write.Close())
}

// Row is one row to come.
type Row struct {
	row *sql.Row
	tx  *Tx
	err error
}

// Scan reads the row. No row is a NotFound fault.
func (r *Row) Scan(dest ...any) error {
	switch {
	case r.err != nil:
		return r.err
	case r.tx != nil:
		return r.tx.fail(r.row.Scan(dest...))
	}
	return translate(r.row.Scan(dest...))
}

// Collect reads all rows of a Query with scan and closes them. No row is an
// empty list.
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, translate(err)
		}
		out = append(out, v)
	}
	return out, translate(rows.Err())
}

// In is a list of n placeholders beginning with $from: In(3, 2) is "$3,$4".
func In(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// Analyze lets PostgreSQL learn how values are spread, after much was written
// at once; it would do so by itself some minutes later. SQLite's plans do not
// depend on it.
func (db *DB) Analyze(ctx context.Context) error {
	if db.engine == SQLite {
		return nil
	}
	_, err := db.write.ExecContext(ctx, "ANALYZE")
	return translate(err)
}
