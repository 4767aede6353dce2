package dbx

import (
	"context"
	"fmt"
	"strings"
)

// Rows is an INSERT whose rows may wait until others of the same table come:
// many reports that are written together then cost one statement each table and
// not each report. Into ends with VALUES, as "INSERT INTO t (a, b) VALUES"; Tail
// is what follows the rows, such as ON CONFLICT … DO NOTHING.
type Rows struct {
	Into    string
	Columns int
	Tail    string
}

// most rows of one statement. Statements are prepared for 1, 2, 4 … rows, so
// that few are kept.
const most = 32

// statement is the INSERT of n rows. SQLite's driver looks up every numbered
// placeholder among all values, so it gets plain ones.
func (r *Rows) statement(n int, e Engine) string {
	var b strings.Builder
	b.WriteString(r.Into)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		places := strings.TrimSuffix(strings.Repeat("?,", r.Columns), ",")
		if e == Postgres {
			places = In(i*r.Columns+1, r.Columns)
		}
		b.WriteString(" (" + places + ")")
	}
	return b.String() + " " + r.Tail
}

// shared is what the calls of one transaction have in common.
type shared struct {
	order []*Rows
	args  map[*Rows][]any
	last  []func(*Tx) error
	kept  map[any]any
}

func newShared() *shared { return &shared{args: map[*Rows][]any{}, kept: map[any]any{}} }

// Add inserts a row, at the latest before the transaction's next statement of
// another kind. A row that cannot be inserted fails the write.
func (t *Tx) Add(_ context.Context, r *Rows, args ...any) error {
	if len(args) != r.Columns {
		return t.fail(fmt.Errorf("%s: %d values for %d columns", r.Into, len(args), r.Columns))
	}
	if err := checkText(args); err != nil {
		return t.fail(err)
	}
	if t.shared.args[r] == nil {
		t.shared.order = append(t.shared.order, r)
	}
	t.shared.args[r] = append(t.shared.args[r], args...)
	return nil
}

// flush writes the rows that wait.
func (t *Tx) flush(ctx context.Context) error {
	for len(t.shared.order) > 0 {
		r := t.shared.order[0]
		args := t.shared.args[r]
		t.shared.order = t.shared.order[1:]
		delete(t.shared.args, r)
		for n := most; len(args) > 0; {
			if len(args) < n*r.Columns {
				n /= 2
				continue
			}
			if _, err := t.run.ExecContext(t.context(ctx), r.statement(n, t.db.engine), args[:n*r.Columns]...); err != nil {
				return t.fail(err)
			}
			args = args[n*r.Columns:]
		}
	}
	return nil
}

// Together returns what the calls of one transaction share under the key, made
// by the first that asks, and has its fn run once before the commit.
func Together[T any](t *Tx, key any, first func() T, fn func(T, *Tx) error) T {
	if v, ok := t.shared.kept[key]; ok {
		return v.(T)
	}
	v := first()
	t.shared.kept[key] = v
	t.shared.last = append(t.shared.last, func(tx *Tx) error { return fn(v, tx) })
	return v
}

// finish writes what was left to the end.
func (s *shared) finish(ctx context.Context, t *Tx) error {
	for _, fn := range s.last {
		if err := fn(t); err != nil {
			return err
		}
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	return t.end()
}
