package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Every list the pages offer reads an index in its order and sorts nothing.
func TestOfferedListsUseAnIndex(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	for name, f := range map[string]Filter{
		"the desk's queue":     {Terminal: No},
		"the desk's next page": {Terminal: No, After: "5." + id.New().String()},
		"one state":            {States: []string{"reported"}},
		"one department":       {Depts: []string{"d1"}, States: []string{"handling"}},
		"my cases":             {Assignee: "a"},
		"the newest":           {Sort: ByOpened},
	} {
		column, order, cmp := "due", "due, id", ">"
		if f.Sort == ByOpened {
			column, order, cmp = "opened", "opened DESC, id DESC", "<"
		}
		query, args, err := f.query(id.New(), column, order, cmp)
		if err != nil {
			t.Fatal(err)
		}
		if text := explain(t, db, query, args); !strings.Contains(text, "INDEX") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func explain(t *testing.T, db *dbx.DB, query string, args []any) string {
	t.Helper()
	rows, err := db.Query(context.Background(), "EXPLAIN QUERY PLAN "+query, args...)
	plan, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
		var a, b, c int
		err = r.Scan(&a, &b, &c, &s)
		return s, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}

func TestWhatLiesNearIsLookedUpByCell(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	in := geo.Around(geo.Point{Lat: 36.7, Lng: 119.1}, 100)
	for _, cond := range []string{"terminal = FALSE", "terminal = TRUE AND entered >= ?"} {
		var more []any
		if strings.Contains(cond, "?") {
			more = []any{5}
		}
		query, args := nearQuery(id.New(), "p", in, cond, more...)
		if text := explain(t, db, query, args); !strings.Contains(text, "cases_cell (division=? AND terminal=? AND cell>? AND cell<?)") {
			t.Errorf("%s: %s", cond, text)
		}
	}
}

func TestWhatLiesNearIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d, here := context.Background(), id.New(), geo.Point{Lat: 36.7, Lng: 119.1}
		for i, at := range []geo.Point{here, geo.Offset(here, 50, 0), geo.Offset(here, 5000, 0), here, here} {
			k := &Case{Row: Row{Division: d, ID: id.New(), Procedure: "p", ProcVersion: 1, State: "s", Terminal: i >= 3, Entered: int64(i), Opened: int64(i), Due: NoDue, Tick: NoDue,
				Place: &procedure.Point{Lat: at.Lat, Lng: at.Lng}}, Raw: map[string]json.RawMessage{}}
			ev, err := Seal(&Body{Case: k.ID, Seq: 1, At: 1, Step: "s", To: "s"}, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			k.Head, k.Version = ev.Hash, 1
			enc, err := k.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return Insert(ctx, tx, k, enc, ev) }); err != nil {
				t.Fatal(err)
			}
		}
		for since, want := range map[int64]int{0: 2, 1: 4, 4: 3} {
			list, err := Near(ctx, db, d, "p", geo.Around(here, 100), since)
			if err != nil || len(list) != want {
				t.Errorf("since %d: %d found, %v", since, len(list), err)
			}
		}
	}, Migration)
}
