package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

func TestExtractReadsWhatItAsksFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d := context.Background(), id.New()
		for i, c := range []struct {
			division   id.ID
			state      string
			class, say string
		}{{d, "open", "06010", "zero"}, {d, "open", "060", "one"}, {d, "gone", "06010", "two"}, {id.New(), "open", "06010", "three"}, {d, "done", "", "four"}} {
			k := &Case{Row: Row{Division: c.division, ID: id.New(), Procedure: "p", ProcVersion: 1, State: c.state, Class: c.class, Opened: int64(10 * i), Due: NoDue, Tick: NoDue},
				Raw: map[string]json.RawMessage{"desc": json.RawMessage(`"` + c.say + `"`)}}
			b := Body{Case: k.ID, Seq: 1, At: 1, Step: "s", To: c.state}
			ev, err := Seal(&b, "", nil)
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
		for name, c := range map[string]struct {
			e    Extract
			want []string
		}{
			"everything":        {Extract{Limit: 9}, []string{"four", "two", "one", "zero"}},
			"another procedure": {Extract{Procedure: "q", Limit: 9}, nil},
			"a page":            {Extract{Procedure: "p", Limit: 2, Offset: 1}, []string{"two", "one"}},
			"whole codes":       {Extract{Classes: []string{"060", ""}, Limit: 9}, []string{"four", "one"}},
			"without states":    {Extract{Without: []string{"gone", "done"}, Limit: 9}, []string{"one", "zero"}},
			"a time":            {Extract{From: 10, To: 20, Limit: 9}, []string{"one"}},
			"instants":          {Extract{Opened: []int64{20, 40, 30}, Limit: 9}, []string{"four", "two"}},
		} {
			list, err := c.e.List(ctx, db, d)
			if err != nil {
				t.Fatal(err)
			}
			var ids []id.ID
			var got []string
			for _, b := range list {
				ids = append(ids, b.ID)
			}
			texts, err := Texts(ctx, db, d, ids, "desc")
			for _, caseID := range ids {
				got = append(got, texts[caseID])
			}
			if none, err := Texts(ctx, db, d, ids, "other"); err != nil || len(none) != 0 {
				t.Errorf("a field that is not there: %v %v", none, err)
			}
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%s: %v %s", name, err, diff)
			}
		}
	}, Migration)
}

func TestExtractReadsTheIndexInItsOrder(t *testing.T) {
	db, ctx := dbtest.SQLite(t, Migration), context.Background()
	for name, e := range map[string]Extract{
		"a time":     {Procedure: "p", From: 1, To: 9, Without: []string{"a", "b"}, Limit: 1000},
		"of classes": {Procedure: "p", From: 1, To: 9, Classes: []string{"06010"}, Limit: 1000, Offset: 1000},
		"of several": {Procedure: "p", From: 1, To: 9, Classes: []string{"06010", "06013"}, Limit: 1000},
		"by instant": {Procedure: "p", Opened: []int64{1, 2, 3}, Limit: 1000},
	} {
		query, args := e.query(id.New())
		rows, err := db.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		plan, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
			var a, b, c int
			err = r.Scan(&a, &b, &c, &s)
			return s, err
		})
		if text := strings.Join(plan, "; "); err != nil || !strings.Contains(text, "_opened") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s %v", name, text, err)
		}
	}
}
