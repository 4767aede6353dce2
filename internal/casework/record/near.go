package record

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// nearMost bounds what one look around finds.
const nearMost = 1000

// Around is what to look for near a place. Its ranges cover more than what they
// stand for, so the caller filters by distance.
type Around struct {
	Procedure  string
	In         []geo.Range
	Class      string // prefix; "" for every class
	OpenedFrom int64  // of open cases; 0 for no bound, like the next
	OpenedTo   int64
	EndedSince int64 // cases that ended after it, too; 0 for none
}

// Near lists the cases around a place, in no order.
func Near(ctx context.Context, q dbx.Querier, division id.ID, a Around) (out []Row, err error) {
	defer fault.Trace(&err, "record.Near")
	for _, ended := range []bool{false, true} {
		if len(a.In) == 0 || ended && a.EndedSince == 0 {
			continue
		}
		query, args := a.query(division, rowColumns, ended)
		rows, err := q.Query(ctx, query, args...)
		list, err := dbx.Collect(rows, err, scanRow)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// Nearest lists the open cases nearest to a point, at most so many metres away,
// the nearest first. Of the others only the place is read.
func Nearest(ctx context.Context, q dbx.Querier, division id.ID, a Around, to geo.Point, metres float64, most int) (out []Row, err error) {
	defer fault.Trace(&err, "record.Nearest")
	type spot struct {
		id   id.ID
		away float64
	}
	query, args := a.query(division, "id, lat, lng", false)
	rows, err := q.Query(ctx, query, args...)
	spots, err := dbx.Collect(rows, err, func(r *sql.Rows) (s spot, err error) {
		var at geo.Point
		err = r.Scan(&s.id, &at.Lat, &at.Lng)
		s.away = geo.Distance(to, at)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	spots = slices.DeleteFunc(spots, func(s spot) bool { return s.away > metres })
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Or(cmp.Compare(a.away, b.away), slices.Compare(a.id[:], b.id[:])) })
	spots = spots[:min(most, len(spots))]
	cases := make([]id.ID, len(spots))
	for i, s := range spots {
		cases[i] = s.id
	}
	if out, err = Rows(ctx, q, division, Filter{}, cases); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Row) int { return slices.Index(cases, a.ID) - slices.Index(cases, b.ID) })
	return out, nil
}

// query looks each range up by itself. As alternatives of one condition they
// lose on SQLite against an index that only knows which cases are open; as a
// table to be joined, on PostgreSQL.
func (a Around) query(division id.ID, columns string, ended bool) (string, []any) {
	w := &where{args: []any{division, a.Procedure}}
	add := func(cond string, at int64) {
		if at != 0 {
			w.add(cond, at)
		}
	}
	if ended {
		w.parts = []string{"terminal = TRUE"}
		add("entered >= ?", a.EndedSince)
	} else {
		w.parts = []string{"terminal = FALSE"}
		add("opened >= ?", a.OpenedFrom)
		add("opened <= ?", a.OpenedTo)
	}
	if a.Class != "" {
		w.add("class >= ? AND class < ?", a.Class, a.Class+beyond)
	}
	args := w.args
	var parts []string
	for _, r := range a.In {
		args = append(args, r.From, r.To)
		n := len(args)
		parts = append(parts, `SELECT `+columns+` FROM cases WHERE division = $1 AND procedure = $2 AND `+w.String()+
			` AND cell BETWEEN `+dbx.In(n-1, 1)+` AND `+dbx.In(n, 1))
	}
	return strings.Join(parts, " UNION ALL ") + ` LIMIT ` + strconv.Itoa(nearMost), args
}
