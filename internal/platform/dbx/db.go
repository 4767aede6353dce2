package dbx

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"

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
	write  *sql.DB // the same pool as read on PostgreSQL
	queue  chan *call
	done   chan struct{}
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
	rows, err := db.read.QueryContext(ctx, query, args...)
	return rows, db.translate(err)
}

// QueryRow reads one row; its Scan returns a NotFound fault where there is none.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return &Row{row: db.read.QueryRowContext(ctx, query, args...), db: db}
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.translate(db.read.PingContext(ctx)) }

// Close lets queued writes finish and closes the connections.
func (db *DB) Close() error {
	if db.queue != nil {
		close(db.queue)
		<-db.done
	}
	err := db.read.Close()
	if db.write != db.read {
		if werr := db.write.Close(); err == nil {
			err = werr
		}
	}
	return err
}

// Row is one row to come.
type Row struct {
	row *sql.Row
	db  *DB
}

// Scan reads the row. No row is a NotFound fault.
func (r *Row) Scan(dest ...any) error { return r.db.translate(r.row.Scan(dest...)) }

// Collect reads all rows with scan and closes them.
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
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

// Tx is a running transaction inside Write.
type Tx struct {
	tx    *sql.Tx
	db    *DB
	after []func()
}

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, t.db.translate(err)
	}
	return res.RowsAffected()
}

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.tx.QueryContext(ctx, query, args...)
	return rows, t.db.translate(err)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return &Row{row: t.tx.QueryRowContext(ctx, query, args...), db: t.db}
}

// AfterCommit runs fn once the transaction is durable, in order of calls.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

func (t *Tx) committed() {
	for _, fn := range t.after {
		fn()
	}
}
