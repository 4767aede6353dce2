package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Extract asks for cases with their data in one query, for interfaces whose
// protocol counts pages instead of handing out a cursor. Empty parts do not
// narrow.
type Extract struct {
	Procedure string
	Classes   []string // whole codes, not prefixes
	Without   []string // states left out
	From, To  int64    // opened, the second exclusive
	Opened    []int64  // opened at exactly these instants
	Limit     int
	Offset    int
}

// Full is a row with its data as stored.
type Full struct {
	Row
	Raw map[string]json.RawMessage
}

// Full reads the part of the division's cases that the extract asks for, the
// newest first.
func (e Extract) Full(ctx context.Context, q dbx.Querier, division id.ID) (_ []Full, err error) {
	defer fault.Trace(&err, "record.Extract.Full")
	query, args := e.query(division)
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (f Full, err error) {
		var lat, lng, acc sql.NullFloat64
		var data string
		if err := r.Scan(append(f.dest(&lat, &lng, &acc), &data)...); err != nil {
			return f, err
		}
		f.place(lat, lng, acc)
		return f, json.Unmarshal([]byte(data), &f.Raw)
	})
}

func (e Extract) query(division id.ID) (string, []any) {
	w := Filter{OpenedFrom: e.From, OpenedTo: e.To}.where(division)
	if e.Procedure != "" {
		w.add("procedure = ?", e.Procedure)
	}
	w.in("class", e.Classes)
	// Told by what it is not, the state offers the planner no index that would
	// make it sort: the list is read in the order of cases_opened.
	for _, s := range e.Without {
		w.add("state <> ?", s)
	}
	if len(e.Opened) > 0 {
		w.add("opened IN ("+strings.TrimSuffix(strings.Repeat("?,", len(e.Opened)), ",")+")", numbers(e.Opened)...)
	}
	w.args = append(w.args, e.Limit, e.Offset)
	n := len(w.args)
	return `SELECT ` + rowColumns + `, data FROM cases WHERE ` + w.String() + ` ORDER BY opened DESC, id DESC LIMIT ` +
		dbx.In(n-1, 1) + ` OFFSET ` + dbx.In(n, 1), w.args
}

func numbers(list []int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}
