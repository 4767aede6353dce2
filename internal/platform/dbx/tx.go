package dbx

import (
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/platform/fault"
)

// Tx is a running transaction inside Write. It is used by one goroutine.
type Tx struct {
	db       *DB
	run      runner
	detached bool // statements do not follow their context, see context
	shared   *shared
	failed   error // the first failed statement
	rows     []*sql.Rows
	after    []func()
}

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.ready(ctx, args); err != nil {
		return 0, err
	}
	res, err := t.run.ExecContext(t.context(ctx), query, args...)
	if err != nil {
		return 0, t.fail(err)
	}
	return res.RowsAffected()
}

// Query reads inside the transaction. The rows are closed before the next
// statement runs.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.ready(ctx, args); err != nil {
		return nil, err
	}
	rows, err := t.run.QueryContext(t.context(ctx), query, args...)
	if err != nil {
		return nil, t.fail(err)
	}
	t.rows = append(t.rows, rows)
	return rows, nil
}

// QueryRow reads one row inside the transaction. No row does not fail the
// transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if err := t.ready(ctx, args); err != nil {
		return &Row{err: err}
	}
	return &Row{row: t.run.QueryRowContext(t.context(ctx), query, args...), tx: t}
}

// ready looks at the arguments and writes the rows that wait, so that the
// statement sees them.
func (t *Tx) ready(ctx context.Context, args []any) error {
	if err := checkText(args); err != nil {
		return t.fail(err)
	}
	return t.flush(ctx)
}

// Engine says which database the transaction runs in.
func (t *Tx) Engine() Engine { return t.db.engine }

// AfterCommit runs fn once the transaction is durable, before Write returns,
// in the caller's goroutine and in order of the calls.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

func (t *Tx) committed() {
	for _, fn := range t.after {
		fn()
	}
}

// end closes what fn left open and returns the first failed statement: fn may
// have gone on without looking, and then PostgreSQL would refuse the commit
// while SQLite would keep the other half.
func (t *Tx) end() error {
	for _, r := range t.rows {
		t.fail(r.Close())
		t.fail(r.Err())
	}
	t.rows = nil
	return t.failed
}

// context is what a statement follows. Inside a group it follows nothing: one
// visitor who leaves must not interrupt the transaction of the others.
func (t *Tx) context(ctx context.Context) context.Context {
	if t.detached {
		return context.Background()
	}
	return ctx
}

// fail translates err and remembers it as the transaction's, except "no row".
func (t *Tx) fail(err error) error {
	err = translate(err)
	if err != nil && t.failed == nil && !fault.Is(err, fault.NotFound) {
		t.failed = err
	}
	return err
}

// checkText refuses what PostgreSQL cannot keep in a TEXT, on both engines
// alike: a NUL, and bytes that are no UTF-8.
func checkText(args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			return fault.New(fault.Invalid, "fault.text")
		}
	}
	return nil
}
