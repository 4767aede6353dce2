package listing

import (
	"context"
	"encoding/json"
	"net/url"
	"runtime"
	"testing"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
)

// bring writes n cases, some hundreds in each transaction.
func bring(t *testing.T, db *dbx.DB, division id.ID, n int) {
	t.Helper()
	ctx := context.Background()
	const together = 1000
	for from := 0; from < n; from += together {
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			for i := from; i < min(n, from+together); i++ {
				c := &record.Case{Row: record.Row{Division: division, ID: id.New(), Procedure: "p", ProcVersion: 1, State: "open", Number: "20260101", Title: "路边一堆垃圾没人清",
					Address: "玉清东街与新华路路口东南侧约 80 米", Class: "06010", Opened: int64(i / 3), Due: int64(i / 7), Tick: record.NoDue, Version: 1}, Raw: map[string]json.RawMessage{}}
				ev, err := record.Seal(&record.Body{Case: c.ID, Seq: 1, At: 1, Step: "s", To: "open"}, "", nil)
				if err != nil {
					return err
				}
				c.Head = ev.Hash
				enc, err := c.Encode()
				if err != nil {
					return err
				}
				if err := record.Insert(ctx, tx, c, enc, ev); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// bounds are how much heap an export may add, garbage not yet collected
// included: a table needs a page of rows; a workbook holds 16 MiB before it
// turns to a file, in a buffer that doubles. The file of 50,000 cases as a
// whole would be several times that.
var bounds = map[string]int64{sheet.CSV: 24 << 20, sheet.XLSX: 96 << 20}

// A list of 50,000 cases is taken along whole, each case once, in constant
// memory and in both orders; on the other engine fewer show the same.
func TestAllCasesAreTakenAlongInConstantMemory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		division, many := id.New(), 50_000
		if db.Engine() == dbx.Postgres {
			many = 3_000
		}
		bring(t, db, division, many)
		m := New(Deps{DB: db, Clock: clock.System()})
		for format, bound := range bounds {
			for _, query := range []string{"", "sort=opened"} {
				seen, grown := m.taken(t, people.SystemActor(division), query, format)
				if t.Logf("%s %q: %d KiB more at most", format, query, grown>>10); seen != many || grown > bound {
					t.Errorf("%s %q: %d cases, %d bytes", format, query, seen, grown)
				}
			}
		}
	}, record.Migration)
}

// taken exports a list; it returns how many different cases it held and by how
// much the heap grew at most.
func (m *Room) taken(t *testing.T, actor people.Actor, query, format string) (int, int64) {
	t.Helper()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, peak := map[id.ID]bool{}, before.HeapAlloc
	s := sheet.Sheet{Title: "all", Columns: make([]sheet.Column, 5), Rows: func(ctx context.Context, put sheet.Put) error {
		return m.each(ctx, values(query), actor, func(r record.Row) error {
			if seen[r.ID] = true; len(seen)%500 == 0 {
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc)
			}
			return put(r.Number, r.Title, r.Address, clock.FromMicro(r.Opened), float64(r.Due))
		})
	}}
	if err := s.Write(context.Background(), discard{}, format); err != nil {
		t.Fatal(err)
	}
	return len(seen), int64(peak - before.HeapAlloc)
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func TestAnAddressSaysWhatAListHolds(t *testing.T) {
	now := time.Date(2026, 5, 3, 9, 0, 0, 0, time.UTC)
	actor := people.Actor{Account: id.New(), Posts: []people.Grant{{Role: "dept_desk", Department: "HW"}, {Role: "dept_desk", Department: "YL"}}}
	ask := func(s string) record.Filter {
		q, err := url.ParseQuery(s)
		if err != nil {
			t.Fatal(err)
		}
		return Asked(q, actor, now)
	}
	if f := ask(""); f.Terminal != record.No || f.Sort != record.ByDue || len(f.Depts) != 2 {
		t.Errorf("nothing asked: %+v", f)
	}
	if f := ask("dept=YL"); len(f.Depts) != 1 || f.Depts[0] != "YL" {
		t.Errorf("an own department: %v", f.Depts)
	}
	if f := ask("dept=SZ"); len(f.Depts) != 2 {
		t.Errorf("a department of others: %v", f.Depts)
	}
	if f := ask("view_of=all&sort=due"); f.Terminal != record.Either || f.Sort != record.ByOpened {
		t.Errorf("time left orders ended cases: %+v", f)
	}
	if f := ask("from=2026-05-01&to=2026-05-01"); f.OpenedTo-f.OpenedFrom != int64(24*time.Hour/time.Microsecond) {
		t.Errorf("one day is %d µs", f.OpenedTo-f.OpenedFrom)
	}
	if f := ask("from=soon&days=-1"); f.OpenedFrom != 0 {
		t.Errorf("nonsense narrows: %+v", f)
	}
	q := url.Values{"state": {"filed"}, "case": {"x"}, "view": {"map"}, "after": {"5.x"}, "priority": {" P1 "}, "class": {""}}
	if got := Canonical(q); got != "priority=P1&state=filed" {
		t.Errorf("canonical: %q", got)
	}
}
