package register

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Row is one row of a register.
type Row struct {
	Code  string
	Cells Cells
	Pack  string // that brought it
	Local bool   // changed here since
}

const rowColumns = `code, cells, pack, local`

func scan(r *sql.Rows) (x Row, err error) {
	var cells string
	if err = r.Scan(&x.Code, &cells, &x.Pack, &x.Local); err == nil {
		err = json.Unmarshal([]byte(cells), &x.Cells)
	}
	return x, err
}

// Find reads one row; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division id.ID, kind Kind, code string) (x Row, err error) {
	defer fault.Trace(&err, "register.Find(%s)", kind.ID)
	rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM register_row WHERE division = $1 AND register = $2 AND code = $3`, division, kind.ID, code)
	list, err := dbx.Collect(rows, err, scan)
	if err != nil {
		return x, err
	}
	if len(list) == 0 {
		return x, fault.Missing(kind.ID)
	}
	return list[0], nil
}

// All reads every row by key.
func All(ctx context.Context, q dbx.Querier, division id.ID, kind Kind) (_ []Row, err error) {
	defer fault.Trace(&err, "register.All(%s)", kind.ID)
	rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM register_row WHERE division = $1 AND register = $2 ORDER BY code`, division, kind.ID)
	return dbx.Collect(rows, err, scan)
}

// Search reads at most limit rows after a key that hold the text anywhere in
// their words; next is what after takes, "" at the end.
func Search(ctx context.Context, q dbx.Querier, division id.ID, kind Kind, text, after string, limit int) (list []Row, next string, err error) {
	defer fault.Trace(&err, "register.Search(%s)", kind.ID)
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(strings.TrimSpace(text))) + "%"
	rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM register_row WHERE division = $1 AND register = $2 AND code > $3 AND words LIKE $4 ESCAPE '\' ORDER BY code LIMIT $5`,
		division, kind.ID, after, like, limit+1)
	list, err = dbx.Collect(rows, err, scan)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Code
	}
	return list, next, err
}

// Near is a row and how far its place is.
type Near struct {
	Row
	Metres float64
}

// Around reads the rows at most so many metres from the point, the nearest first.
func Around(ctx context.Context, q dbx.Querier, division id.ID, kind Kind, p geo.Point, metres float64) (out []Near, err error) {
	defer fault.Trace(&err, "register.Around(%s)", kind.ID)
	for _, r := range geo.Around(p, metres) {
		rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM register_row WHERE division = $1 AND register = $2 AND cell <> 0 AND cell BETWEEN $3 AND $4`, division, kind.ID, r.From, r.To)
		list, err := dbx.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if at, ok := x.Cells.Point(); ok && geo.Distance(p, at) <= metres {
				out = append(out, Near{x, geo.Distance(p, at)})
			}
		}
	}
	slices.SortFunc(out, func(a, b Near) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), strings.Compare(a.Code, b.Code))
	})
	return out, nil
}

var rows = &dbx.Rows{Into: `INSERT INTO register_row (division, register, code, cells, words, cell, pack, local) VALUES`, Columns: 8,
	Tail: ` ON CONFLICT (division, register, code) DO UPDATE SET cells = excluded.cells, words = excluded.words, cell = excluded.cell, pack = excluded.pack, local = excluded.local`}

var changes = &dbx.Rows{Into: `INSERT INTO register_change (division, register, code, id, at, actor, name, why, old, new) VALUES`, Columns: 10}

// put writes a row and a line of its history.
func put(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, kind Kind, x Row, old Cells, why string) error {
	cells, err := json.Marshal(x.Cells)
	if err != nil {
		return err
	}
	before, after := differ(old, x.Cells)
	was, err := json.Marshal(before)
	if err != nil {
		return err
	}
	is, err := json.Marshal(after)
	if err != nil {
		return err
	}
	if err := tx.Add(ctx, rows, actor.Division, kind.ID, x.Code, string(cells), kind.words(x.Cells), cellOf(x.Cells), x.Pack, x.Local); err != nil {
		return err
	}
	return tx.Add(ctx, changes, actor.Division, kind.ID, x.Code, id.New(), clock.Micro(at), actor.Account, actor.Name, why, string(was), string(is))
}

// differ is what changed, before and after.
func differ(old, next Cells) (before, after Cells) {
	before, after = Cells{}, Cells{}
	for _, name := range slices.Sorted(maps.Keys(next)) {
		if old[name] != next[name] {
			before[name], after[name] = old[name], next[name]
		}
	}
	for name, v := range old {
		if _, still := next[name]; !still && v != "" {
			before[name], after[name] = v, ""
		}
	}
	return before, after
}

// Change is one line of a row's history; Who is "" for the program itself.
type Change struct {
	At  time.Time
	Who string
	Why string
	Old Cells
	New Cells
}

// History lists what happened to a row, newest first.
func History(ctx context.Context, q dbx.Querier, division id.ID, kind Kind, code string) (_ []Change, err error) {
	defer fault.Trace(&err, "register.History(%s)", kind.ID)
	rows, err := q.Query(ctx, `SELECT at, name, why, old, new FROM register_change WHERE division = $1 AND register = $2 AND code = $3 ORDER BY id DESC`, division, kind.ID, code)
	return dbx.Collect(rows, err, func(r *sql.Rows) (c Change, err error) {
		var at int64
		var old, next string
		if err = r.Scan(&at, &c.Who, &c.Why, &old, &next); err != nil {
			return c, err
		}
		c.At = clock.FromMicro(at)
		if err = json.Unmarshal([]byte(old), &c.Old); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(next), &c.New)
	})
}
