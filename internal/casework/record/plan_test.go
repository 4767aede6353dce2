package record

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// Every list the pages offer reads an index in its order and sorts nothing.
func TestOfferedListsUseAnIndex(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	ctx := context.Background()
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
		rows, err := db.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		plan, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
			var a, b, c int
			err = r.Scan(&a, &b, &c, &s)
			return s, err
		})
		if text := strings.Join(plan, "; "); err != nil || !strings.Contains(text, "INDEX") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s %v", name, text, err)
		}
	}
}
