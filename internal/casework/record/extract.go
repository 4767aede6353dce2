package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Extract asks for cases for interfaces whose protocol counts pages instead of
// handing out a cursor. Empty parts do not narrow.
type Extract struct {
	Procedure string
	Classes   []string // whole codes, not prefixes
	Without   []string // states left out
	From, To  int64    // opened, the second exclusive
	Opened    []int64  // opened at exactly these instants
	Limit     int
	Offset    int
}

// Brief is what a public list needs of a case.
type Brief struct {
	ID          id.ID
	ProcVersion int
	State       string
	Class       string
	Dept        string
	Place       *procedure.Point // without accuracy
	Address     string
	Title       string
	Opened      int64
	Updated     int64
	PromiseDue  int64 // 0 for none
	Version     int64
}

// List reads the part of the division's cases that the extract asks for, the
// newest first.
func (e Extract) List(ctx context.Context, q dbx.Querier, division id.ID) (_ []Brief, err error) {
	defer fault.Trace(&err, "record.Extract.List")
	query, args := e.query(division)
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (b Brief, err error) {
		var lat, lng sql.NullFloat64
		err = r.Scan(&b.ID, &b.ProcVersion, &b.State, &b.Class, &b.Dept, &lat, &lng, &b.Address, &b.Title, &b.Opened, &b.Updated, &b.PromiseDue, &b.Version)
		if lat.Valid && lng.Valid {
			b.Place = &procedure.Point{Lat: lat.Float64, Lng: lng.Float64}
		}
		return b, err
	})
}

func (e Extract) query(division id.ID) (string, []any) {
	w := &where{lead: []string{"opened"}}
	if len(e.Classes) == 1 {
		w.lead = append(w.lead, "class")
	}
	Filter{OpenedFrom: e.From, OpenedTo: e.To}.narrow(w, division)
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
	return `SELECT id, proc_version, state, class, dept, lat, lng, address, title, opened, updated, promise_due, version FROM cases WHERE ` + w.String() + ` ORDER BY opened DESC, id DESC LIMIT ` +
		dbx.In(n-1, 1) + ` OFFSET ` + dbx.In(n, 1), w.args
}

func numbers(list []int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

// together is how many cases one query of Data asks about.
const together = 500

// Texts reads one text field of the data of many cases; a case without it has
// no entry.
func Texts(ctx context.Context, q dbx.Querier, division id.ID, cases []id.ID, field string) (_ map[id.ID]string, err error) {
	defer fault.Trace(&err, "record.Texts(%s)", field)
	out := make(map[id.ID]string, len(cases))
	err = Data(ctx, q, division, cases, func(caseID id.ID, data map[string]json.RawMessage) (err error) {
		if data[field] != nil {
			var s string
			err = json.Unmarshal(data[field], &s)
			out[caseID] = s
		}
		return err
	})
	return out, err
}

// Data reads the data of many cases, in no order.
func Data(ctx context.Context, q dbx.Querier, division id.ID, cases []id.ID, found func(caseID id.ID, data map[string]json.RawMessage) error) (err error) {
	defer fault.Trace(&err, "record.Data")
	for part := range slices.Chunk(cases, together) {
		args := append([]any{division}, padded(part)...)
		rows, err := q.Query(ctx, `SELECT id, data FROM cases WHERE division = $1 AND id IN (`+dbx.In(2, len(args)-1)+`)`, args...)
		_, err = dbx.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var caseID id.ID
			var text string
			if err := r.Scan(&caseID, &text); err != nil {
				return none, err
			}
			var data map[string]json.RawMessage
			if err := json.Unmarshal([]byte(text), &data); err != nil {
				return none, err
			}
			return none, found(caseID, data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
