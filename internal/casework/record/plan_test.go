package record

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// parts are the filters that lists offer.
var parts = []struct {
	name string
	set  func(*Filter)
}{
	{"class", func(f *Filter) { f.Class = "0101" }},
	{"group", func(f *Filter) { f.Classes = []string{"01"} }},
	{"place", func(f *Filter) { f.Grid = "370791001" }},
	{"department", func(f *Filter) { f.Depts = []string{"d1"} }},
	{"departments", func(f *Filter) { f.Depts = []string{"d1", "d2"} }},
	{"state", func(f *Filter) { f.States, f.Terminal = []string{"s1"}, Either }},
	{"priority", func(f *Filter) { f.Priority = "P1" }},
	{"source", func(f *Filter) { f.Source = "phone" }},
	{"period", func(f *Filter) { f.OpenedFrom, f.OpenedTo = 1, 2_000 }},
	{"overdue", func(f *Filter) { f.DueBefore = 1_000 }},
	{"mine", func(f *Filter) { f.Assignee = "a1" }},
	{"left out", func(f *Filter) { f.Without = "enf" }},
	{"procedure", func(f *Filter) { f.Procedures = []string{"p"} }},
	{"next page", func(f *Filter) { f.After = "5." + id.New().String() }},
}

// offered is every order with every two filters together, and all at once.
func offered() map[string]Filter {
	out := map[string]Filter{}
	for name, f := range map[string]Filter{"open by due": {Terminal: No}, "open, newest": {Terminal: No, Sort: ByOpened},
		"ended, newest": {Terminal: Yes, Sort: ByOpened}, "all, newest": {Sort: ByOpened}} {
		all := f
		out[name] = f
		for i, a := range parts {
			for _, b := range parts[i:] {
				two := f
				a.set(&two)
				b.set(&two)
				out[fmt.Sprintf("%s; %s, %s", name, a.name, b.name)] = two
			}
			a.set(&all)
		}
		out[name+"; everything"] = all
	}
	return out
}

var (
	walks  = regexp.MustCompile(`(?i)\bSCAN (?:TABLE )?cases\b(?: *;|$)|Seq Scan on cases`)
	sorted = regexp.MustCompile(`TEMP B-TREE|Sort Key`)
)

// Every order with every filter reads an index in that order: no list is read
// as a whole, none is sorted, except one person's own cases.
func TestEveryOfferedListUsesAnIndex(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		for name, f := range offered() {
			column, order, cmp := f.order()
			query, args, err := f.query(id.New(), column, order, cmp)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := explain(ctx, db, query, args)
			if err != nil {
				t.Fatal(err)
			}
			if walks.MatchString(plan) || sorted.MatchString(plan) && !(f.Assignee != "" && f.Sort == ByOpened) {
				t.Errorf("%s: %s", name, plan)
			}
		}
	}, Migration)
}

// explain asks for the plan. PostgreSQL would rightly read a small table as a
// whole; it is told that this costs much, so that it does it only without an
// index to go by.
func explain(ctx context.Context, db *dbx.DB, query string, args []any) (plan string, err error) {
	err = db.Write(ctx, func(tx *dbx.Tx) error {
		ask, dest := "EXPLAIN QUERY PLAN ", func(s *string) []any { var n int; return []any{&n, &n, &n, s} }
		if db.Engine() == dbx.Postgres {
			ask, dest = "EXPLAIN ", func(s *string) []any { return []any{s} }
			for _, set := range []string{"enable_seqscan", "enable_sort", "enable_bitmapscan"} {
				if _, err := tx.Exec(ctx, "SET LOCAL "+set+" = off"); err != nil {
					return err
				}
			}
		}
		rows, err := tx.Query(ctx, ask+query, args...)
		lines, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
			err = r.Scan(dest(&s)...)
			return s, err
		})
		plan = strings.Join(lines, "; ")
		return err
	})
	return plan, err
}

// What is rare among many is found by its own index, on the engine that does
// not know what is rare.
func TestTheIndexIsTheOneThatLeavesFewest(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	for want, f := range map[string]Filter{
		"cases_due":          {Terminal: No, Priority: "P1", Without: "enf"},
		"cases_state":        {States: []string{"s1"}, Depts: []string{"d1"}},
		"cases_dept":         {Depts: []string{"d1"}, Terminal: No, States: []string{"s1", "s2"}},
		"cases_assignee":     {Assignee: "a", States: []string{"s1"}, Terminal: No},
		"cases_opened":       {Sort: ByOpened, Terminal: Yes, Grid: "3707"},
		"cases_state_opened": {Sort: ByOpened, States: []string{"s1"}, Depts: []string{"d1"}, DueBefore: 5},
		"cases_dept_opened":  {Sort: ByOpened, Depts: []string{"d1"}, Terminal: Yes},
		"cases_component":    {Sort: ByOpened, Component: "37079901002000001", Depts: []string{"d1"}},
		"cases_class_opened": {Sort: ByOpened, Class: "0101", States: []string{"s1"}, Depts: []string{"d1"}},
	} {
		column, order, cmp := f.order()
		query, args, err := f.query(id.New(), column, order, cmp)
		if err != nil {
			t.Fatal(err)
		}
		if plan, err := explain(context.Background(), db, query, args); err != nil || !strings.Contains(plan, "USING INDEX "+want+" ") {
			t.Errorf("%s: %s %v", want, plan, err)
		}
	}
}

// The figures over the desk and on the front page are counted in an index, on
// which no closed case of earlier years is touched.
func TestFiguresAreCountedInAnIndex(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	for name, c := range map[string]struct {
		want string
		now  int64
		of   Filter
	}{
		"open and overdue":    {"COVERING INDEX cases_due (division=? AND terminal=?)", 9, Filter{Terminal: No}},
		"came today":          {"COVERING INDEX cases_opened (division=? AND opened>?)", 0, Filter{Procedures: []string{"incident"}, OpenedFrom: 5}},
		"ended of a month":    {"COVERING INDEX cases_opened (division=? AND opened>?)", 0, Filter{Terminal: Yes, OpenedFrom: 5}},
		"open, some left out": {"COVERING INDEX cases_due (division=? AND terminal=?)", 9, Filter{Terminal: No, Without: "enf"}},
	} {
		query, args := c.of.counting(id.New(), c.now)
		if plan, err := explain(context.Background(), db, query, args); err != nil || !strings.Contains(plan, c.want) {
			t.Errorf("%s: %s %v", name, plan, err)
		}
	}
}
