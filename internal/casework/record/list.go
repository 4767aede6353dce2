package record

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Tri is a yes/no question that may be left open.
type Tri int

// The answers.
const (
	Either Tri = iota
	Yes
	No
)

// Sort is an order of a list; each is an index with the id behind it.
type Sort string

// The orders.
const (
	ByDue    Sort = "due"    // least time left first; without a running clock last
	ByOpened Sort = "opened" // newest first
)

// Filter narrows a list. Empty parts do not narrow.
type Filter struct {
	Procedures []string
	Without    string   // family of procedures that is left out: enf leaves out enf.service
	Except     []string // procedures that are left out
	States     []string
	Terminal   Tri
	Depts      []string
	Assignee   string
	Class      string   // exactly
	Classes    []string // prefixes of class codes
	Component  string   // exactly
	Grid       string   // prefix: a street, a community, one grid
	Priority   string
	Source     string
	DueBefore  int64
	OpenedFrom int64 // inclusive
	OpenedTo   int64 // exclusive
	Parent     id.ID

	Sort  Sort
	After string // cursor of the page before
	Limit int    // at most 500; 0 is 50
}

// Page is a part of a list.
type Page struct {
	Rows []Row
	Next string // cursor of the next page; "" at the end
}

// where collects conditions with their arguments.
type where struct {
	parts []string
	args  []any
	lead  []string // columns that may choose the index; nil leaves it to the engine
}

func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", dbx.In(len(w.args), 1), 1)
	}
	w.parts = append(w.parts, cond)
}

func (w *where) in(column string, values []string) {
	if len(values) > 0 {
		w.list(column, " IN (", values)
	}
}

func (w *where) list(column, how string, values []string) {
	column = w.column(column)
	from := len(w.args) + 1
	for _, v := range values {
		w.args = append(w.args, v)
	}
	w.parts = append(w.parts, column+how+dbx.In(from, len(values))+")")
}

// beyond sorts after every text that begins with the prefix.
const beyond = "\U0010FFFF"

func (w *where) prefix(column, p string) {
	if p != "" {
		column = w.column(column)
		w.add(column+" >= ? AND "+column+" < ?", p, p+beyond)
	}
}

func (f Filter) where(division id.ID) *where {
	w := &where{}
	f.narrow(w, division)
	return w
}

// narrow adds the filter's conditions behind what w already holds.
func (f Filter) narrow(w *where, division id.ID) {
	w.add("division = ?", division)
	if f.Terminal != Either {
		w.add(w.column("terminal")+" = ?", f.Terminal == Yes)
	}
	w.in("procedure", f.Procedures)
	if f.Without != "" {
		p := w.column("procedure")
		w.add("NOT ("+p+" >= ? AND "+p+" < ?)", f.Without+".", f.Without+"."+beyond)
	}
	if len(f.Except) > 0 {
		w.list("procedure", " NOT IN (", f.Except)
	}
	w.in("state", f.States)
	w.in("dept", f.Depts)
	if len(f.Depts) > 0 {
		w.add("dept <> ''") // what the index is limited to
	}
	if f.Assignee != "" {
		w.add("assignee <> ''")
	}
	for _, eq := range [][2]string{{"assignee", f.Assignee}, {"priority", f.Priority}, {"source", f.Source}, {"class", f.Class}} {
		if eq[1] != "" {
			w.add(w.column(eq[0])+" = ?", eq[1])
		}
	}
	if f.Component != "" {
		w.add(w.column("component")+" = ? AND component <> ''", f.Component) // what the index is limited to
	}
	w.prefix("grid", f.Grid)
	if len(f.Classes) > 0 {
		class := w.column("class")
		w.anyOf(len(f.Classes), func(i int) (string, []any) {
			return class + " >= ? AND " + class + " < ?", []any{f.Classes[i], f.Classes[i] + beyond}
		})
	}
	for _, c := range []struct {
		column, cond string
		at           int64
	}{{"due", " < ?", f.DueBefore}, {"opened", " >= ?", f.OpenedFrom}, {"opened", " < ?", f.OpenedTo}} {
		if c.at != 0 {
			w.add(w.column(c.column)+c.cond, c.at)
		}
	}
	if !f.Parent.IsZero() {
		w.add("parent = ?", f.Parent)
	}
}

func (w *where) anyOf(n int, part func(i int) (string, []any)) {
	sub := &where{args: w.args}
	for i := range n {
		cond, args := part(i)
		sub.add("("+cond+")", args...)
	}
	w.args = sub.args
	w.parts = append(w.parts, "("+strings.Join(sub.parts, " OR ")+")")
}

func (w *where) String() string { return strings.Join(w.parts, " AND ") }

// List reads one page. A cursor it did not give is Invalid.
func List(ctx context.Context, q dbx.Querier, division id.ID, f Filter) (p Page, err error) {
	defer fault.Trace(&err, "record.List")
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 500)
	column, order, cmp := f.order()
	query, args, err := f.query(division, column, order, cmp)
	if err != nil {
		return p, err
	}
	rows, err := q.Query(ctx, query, args...)
	p.Rows, err = dbx.Collect(rows, err, scanRow)
	if err != nil || len(p.Rows) <= f.Limit {
		return p, err
	}
	p.Rows = p.Rows[:f.Limit]
	last := p.Rows[f.Limit-1]
	p.Next = fmt.Sprintf("%d.%s", map[string]int64{"due": last.Due, "opened": last.Opened}[column], last.ID)
	return p, nil
}

func (f Filter) query(division id.ID, column, order, cmp string) (string, []any, error) {
	w := &where{lead: f.lead(column)}
	f.narrow(w, division)
	if f.After != "" {
		at, last, err := readCursor(f.After)
		if err != nil {
			return "", nil, err
		}
		w.add("("+column+", id) "+cmp+" (?, ?)", at, last)
	}
	w.args = append(w.args, f.Limit+1)
	return `SELECT ` + rowColumns + ` FROM cases WHERE ` + w.String() + ` ORDER BY ` + order + ` LIMIT ` + dbx.In(len(w.args), 1), w.args, nil
}

func (f Filter) order() (column, order, cmp string) {
	if f.Sort == ByOpened {
		return "opened", "opened DESC, id DESC", "<"
	}
	return "due", "due, id", ">"
}

func readCursor(s string) (at int64, last id.ID, err error) {
	var text string
	if _, err := fmt.Sscanf(s, "%d.%s", &at, &text); err == nil {
		if last, err = id.Parse(text); err == nil {
			return at, last, nil
		}
	}
	return 0, last, fault.New(fault.Invalid, "record.cursor")
}

// Rows reads those of the cases that fit the filter, in no order; its order,
// cursor and limit are not looked at.
func Rows(ctx context.Context, q dbx.Querier, division id.ID, f Filter, cases []id.ID) (out []Row, err error) {
	defer fault.Trace(&err, "record.Rows")
	for part := range slices.Chunk(cases, together) {
		w := f.where(division)
		from := len(w.args) + 1
		w.args = append(w.args, padded(part)...)
		rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM cases WHERE `+w.String()+` AND id IN (`+dbx.In(from, len(w.args)-from+1)+`)`, w.args...)
		list, err := dbx.Collect(rows, err, scanRow)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// padded are ids as arguments, the last one repeated up to a power of two: so
// that lists of any length share a few prepared statements.
func padded(ids []id.ID) []any {
	out := make([]any, 0, 2*len(ids))
	for _, x := range ids {
		out = append(out, x)
	}
	for n := len(out); n > 0 && n&(n-1) != 0; n++ {
		out = append(out, out[n-1])
	}
	return out
}

// Count is how many cases stand in a state, and how many of them are overdue.
type Count struct {
	Procedure string
	State     string
	N         int
	Late      int
}

// Counts counts cases by procedure and state; now decides what is overdue, and
// where it is 0 nobody asks, which leaves the count to an index alone. Sort,
// cursor and limit of the filter are not looked at.
func Counts(ctx context.Context, q dbx.Querier, division id.ID, f Filter, now int64) (_ []Count, err error) {
	defer fault.Trace(&err, "record.Counts")
	query, args := f.counting(division, now)
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (c Count, err error) {
		err = r.Scan(&c.Procedure, &c.State, &c.N, &c.Late)
		return c, err
	})
}

func (f Filter) counting(division id.ID, now int64) (string, []any) {
	w := &where{}
	if f.OpenedFrom != 0 {
		w.lead = f.lead("opened") // a period leaves fewer than an end does
	}
	late := "0"
	if now != 0 {
		w.args, late = []any{now}, "sum(CASE WHEN due < $1 THEN 1 ELSE 0 END)"
	}
	f.narrow(w, division)
	return `SELECT procedure, state, count(*), ` + late + ` FROM cases WHERE ` + w.String() + ` GROUP BY procedure, state ORDER BY procedure, state`, w.args
}

// Upto counts the cases that fit the filter, at most limit. Cursor and limit of
// the filter are not looked at.
func Upto(ctx context.Context, q dbx.Querier, division id.ID, f Filter, limit int) (n int, err error) {
	defer fault.Trace(&err, "record.Upto")
	column, _, _ := f.order()
	w := &where{lead: f.lead(column)}
	f.narrow(w, division)
	w.args = append(w.args, limit)
	err = q.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM cases WHERE `+w.String()+` LIMIT `+dbx.In(len(w.args), 1)+`) t`, w.args...).Scan(&n)
	return n, err
}
