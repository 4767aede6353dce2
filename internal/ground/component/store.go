package component

import (
	"context"
	"database/sql"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

const rowColumns = `code, former, name, state, supervisor_code, supervisor, owner_code, owner, maintainer_code, maintainer, grid, address,
	initial, changed, source, accuracy, note, provenance, geometry, pack, local`

func scan(r interface{ Scan(...any) error }) (c Component, err error) {
	var geometry string
	err = r.Scan(&c.Code, &c.Former, &c.Name, &c.State, &c.Supervisor.Code, &c.Supervisor.Name, &c.Owner.Code, &c.Owner.Name, &c.Maintainer.Code, &c.Maintainer.Name,
		&c.Grid, &c.Address, &c.Initial, &c.Changed, &c.Source, &c.Accuracy, &c.Note, &c.Provenance, &geometry, &c.Pack, &c.Local)
	if err == nil {
		err = c.Geometry.UnmarshalGeometry([]byte(geometry))
	}
	return c, err
}

func scanRows(r *sql.Rows) (Component, error) { return scan(r) }

// Find reads one component. One of another division, or none, is NotFound.
func Find(ctx context.Context, q dbx.Querier, division id.ID, code string) (c Component, err error) {
	defer fault.Trace(&err, "component.Find(%s)", code)
	c, err = scan(q.QueryRow(ctx, `SELECT `+rowColumns+` FROM component WHERE division = $1 AND code = $2`, division, code))
	if fault.Is(err, fault.NotFound) {
		return c, fault.Missing("component")
	}
	return c, err
}

// Named finds the component that somebody wrote down: by its identifier, or by
// the 16 digits that older plates carry. None is NotFound.
func Named(ctx context.Context, q dbx.Querier, division id.ID, written string) (c Component, err error) {
	defer fault.Trace(&err, "component.Named(%s)", written)
	if !isFormer(written) {
		return Find(ctx, q, division, written)
	}
	c, err = scan(q.QueryRow(ctx, `SELECT `+rowColumns+` FROM component WHERE division = $1 AND former = $2 AND former <> '' ORDER BY code LIMIT 1`, division, written))
	if fault.Is(err, fault.NotFound) {
		return c, fault.Missing("component")
	}
	return c, err
}

// together is how many codes one statement asks for.
const together = 256

// findAll reads those of the components that are there, by code.
func findAll(ctx context.Context, q dbx.Querier, division id.ID, codes []string) (map[string]Component, error) {
	out := make(map[string]Component, len(codes))
	for part := range slices.Chunk(codes, together) {
		args := make([]any, 1, together+1)
		args[0] = division
		for _, c := range part {
			args = append(args, c)
		}
		rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM component WHERE division = $1 AND code IN (`+dbx.In(2, len(part))+`)`, args...)
		list, err := dbx.Collect(rows, err, scanRows)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			out[c.Code] = c
		}
	}
	return out, nil
}

// Filter narrows a list. Empty parts do not narrow.
type Filter struct {
	Text  string // the begin of a code, a former code, or part of a name or an address
	Class string // prefix of a class code
	State State
	Grid  string // prefix: a street, a community, one grid
	After string // the last code of the page before
	Limit int    // at most 1,000; 0 is 50
}

func (f Filter) where(division id.ID) (string, []any) {
	parts, args := []string{"division = $1"}, []any{division}
	add := func(cond string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			cond = strings.Replace(cond, "?", dbx.In(len(args), 1), 1)
		}
		parts = append(parts, cond)
	}
	const beyond = "\U0010FFFF"
	if f.Class != "" {
		add("class >= ? AND class < ?", f.Class, f.Class+beyond)
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	if f.Grid != "" {
		add("grid >= ? AND grid < ?", f.Grid, f.Grid+beyond)
	}
	if t := strings.TrimSpace(f.Text); t != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(t)) + "%"
		add(`(code >= ? AND code < ? OR former = ? OR lower(name) LIKE ? ESCAPE '\' OR lower(address) LIKE ? ESCAPE '\')`, t, t+beyond, t, like, like)
	}
	if f.After != "" {
		add("code > ?", f.After)
	}
	return strings.Join(parts, " AND "), args
}

// List reads components by code; next is "" at the end, else what After takes.
func List(ctx context.Context, q dbx.Querier, division id.ID, f Filter) (list []Component, next string, err error) {
	defer fault.Trace(&err, "component.List")
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 1000)
	cond, args := f.where(division)
	args = append(args, f.Limit+1)
	rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM component WHERE `+cond+` ORDER BY code LIMIT `+dbx.In(len(args), 1), args...)
	list, err = dbx.Collect(rows, err, scanRows)
	if err == nil && len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[f.Limit-1].Code
	}
	return list, next, err
}

// All are the components that fit the filter, by code, read page by page so
// that a slow reader holds nothing open; its After and Limit are not looked at.
// It ends with the first error.
func All(ctx context.Context, q dbx.Querier, division id.ID, f Filter) iter.Seq2[Component, error] {
	return func(yield func(Component, error) bool) {
		f.After, f.Limit = "", 1000
		for {
			list, next, err := List(ctx, q, division, f)
			for _, c := range list {
				if !yield(c, nil) {
					return
				}
			}
			if err != nil {
				yield(Component{}, err)
			}
			if f.After = next; next == "" {
				return
			}
		}
	}
}

// Count is how many components fit the filter; its After and Limit are not
// looked at.
func Count(ctx context.Context, q dbx.Querier, division id.ID, f Filter) (n int, err error) {
	defer fault.Trace(&err, "component.Count")
	f.After = ""
	cond, args := f.where(division)
	err = q.QueryRow(ctx, `SELECT count(*) FROM component WHERE `+cond, args...).Scan(&n)
	return n, err
}

// Near is a component and how far it is.
type Near struct {
	Component
	Metres float64
}

// spreadMetres is how far the marked point of a line or an area may be from a
// place that touches it.
const spreadMetres = 300

// Around lists the components at most so many metres from the point, those of
// the class first, then the nearest first; removed ones are left out. class is
// a class code, "" for none.
func Around(ctx context.Context, q dbx.Querier, division id.ID, p geo.Point, metres float64, class string, most int) (out []Near, err error) {
	defer fault.Trace(&err, "component.Around")
	for _, spread := range []bool{false, true} {
		reach := metres
		if spread {
			reach += spreadMetres
		}
		args := []any{division, spread}
		var parts []string
		for _, r := range geo.Around(p, reach) {
			args = append(args, r.From, r.To)
			n := len(args)
			parts = append(parts, `SELECT `+rowColumns+` FROM component WHERE division = $1 AND spread = $2 AND state <> 'removed' AND cell BETWEEN `+
				dbx.In(n-1, 1)+` AND `+dbx.In(n, 1))
		}
		rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL "), args...)
		list, err := dbx.Collect(rows, err, scanRows)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if d := c.Distance(p); d <= metres {
				out = append(out, Near{c, d})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Near) int {
		if first := a.Class() == class; first != (b.Class() == class) {
			if first {
				return -1
			}
			return 1
		}
		switch {
		case a.Metres < b.Metres:
			return -1
		case a.Metres > b.Metres:
			return 1
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out[:min(len(out), most)], nil
}

// wide is a box in degrees beyond which no cells are looked up.
const wide = 90

// Inside lists the components of a box that are marked there, at most so many,
// in no order.
func Inside(ctx context.Context, q dbx.Querier, division id.ID, b geo.Box, f Filter, most int) (out []Component, err error) {
	defer fault.Trace(&err, "component.Inside")
	cond, args := f.where(division)
	args = append(args, b.S, b.N, b.W, b.E)
	n := len(args)
	cond += " AND lat >= " + dbx.In(n-3, 1) + " AND lat <= " + dbx.In(n-2, 1) + " AND lng >= " + dbx.In(n-1, 1) + " AND lng <= " + dbx.In(n, 1)
	ranges := b.Covering()
	if b.E-b.W > wide { // a covering goes the shorter way round the globe
		ranges = []geo.Range{{From: math.MinInt64, To: math.MaxInt64}}
	}
	var parts []string
	for _, r := range ranges {
		args = append(args, r.From, r.To)
		n := len(args)
		parts = append(parts, `SELECT `+rowColumns+` FROM component WHERE `+cond+` AND cell BETWEEN `+dbx.In(n-1, 1)+` AND `+dbx.In(n, 1))
	}
	rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL ")+` LIMIT `+strconv.Itoa(most), args...)
	return dbx.Collect(rows, err, scanRows)
}

// rows is the statement that registers components.
var rows = &dbx.Rows{Into: `INSERT INTO component (division, class, spread, lat, lng, cell, code, former, name, state, supervisor_code, supervisor, owner_code, owner,
	maintainer_code, maintainer, grid, address, initial, changed, source, accuracy, note, provenance, geometry, pack, local) VALUES`, Columns: 27,
	Tail: `ON CONFLICT (division, code) DO UPDATE SET class = excluded.class, spread = excluded.spread, lat = excluded.lat, lng = excluded.lng, cell = excluded.cell,
	former = excluded.former, name = excluded.name, state = excluded.state, supervisor_code = excluded.supervisor_code, supervisor = excluded.supervisor, owner_code = excluded.owner_code,
	owner = excluded.owner, maintainer_code = excluded.maintainer_code, maintainer = excluded.maintainer, grid = excluded.grid, address = excluded.address,
	initial = excluded.initial, changed = excluded.changed, source = excluded.source, accuracy = excluded.accuracy, note = excluded.note,
	provenance = excluded.provenance, geometry = excluded.geometry, pack = excluded.pack, local = excluded.local`}

func put(ctx context.Context, tx *dbx.Tx, division id.ID, c Component) error {
	p := c.Point()
	return tx.Add(ctx, rows, division, c.Class(), c.Geometry.Point == nil, p.Lat, p.Lng, geo.Cell(p), c.Code, c.Former, c.Name, string(c.State),
		c.Supervisor.Code, c.Supervisor.Name, c.Owner.Code, c.Owner.Name, c.Maintainer.Code, c.Maintainer.Name, c.Grid, c.Address,
		c.Initial, c.Changed, c.Source, c.Accuracy, c.Note, c.Provenance, string(c.Geometry.MarshalGeometry()), c.Pack, c.Local)
}

// Group is so many components that lie together, by their middle.
type Group struct {
	Point geo.Point
	N     int
}

// leafShift is by how many bits the number of an S2 cell of a level is shorter
// than a leaf's.
func leafShift(level int) int { return 2*(30-level) + 1 }

// Groups counts the components of a box by S2 cells of the level, 0 to 29.
func Groups(ctx context.Context, q dbx.Querier, division id.ID, b geo.Box, f Filter, level int) (_ []Group, err error) {
	defer fault.Trace(&err, "component.Groups")
	cond, args := f.where(division)
	args = append(args, b.S, b.N, b.W, b.E)
	n := len(args)
	rows, err := q.Query(ctx, `SELECT avg(lat), avg(lng), count(*) FROM component WHERE `+cond+` AND lat >= `+dbx.In(n-3, 1)+` AND lat <= `+dbx.In(n-2, 1)+
		` AND lng >= `+dbx.In(n-1, 1)+` AND lng <= `+dbx.In(n, 1)+` GROUP BY cell / `+strconv.FormatInt(1<<leafShift(level), 10), args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (g Group, err error) {
		err = r.Scan(&g.Point.Lat, &g.Point.Lng, &g.N)
		return g, err
	})
}
