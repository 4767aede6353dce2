package record_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var ctx = context.Background()

// put writes a case with n events.
func put(t *testing.T, db *dbx.DB, division id.ID, n int, edit func(*record.Case)) *record.Case {
	t.Helper()
	c := &record.Case{Row: record.Row{Division: division, ID: id.New(), Procedure: "p", ProcVersion: 1, State: "open", Opened: 1, Due: record.NoDue, Tick: record.NoDue},
		Raw: map[string]json.RawMessage{}}
	if edit != nil {
		edit(c)
	}
	for seq := range int64(n) {
		b := record.Body{Case: c.ID, Digest: c.Digest, Seq: seq + 1, At: seq + 1, Step: fmt.Sprint("s", seq), To: "open", Actor: record.Actor{Account: "a"}}
		var values []record.Personal
		if seq == 0 {
			v, commitment := record.Conceal("phone", json.RawMessage(`"138"`))
			values, b.Commit = append(values, v), map[string]string{"phone": commitment}
		}
		ev, err := record.Seal(&b, "", c.Head)
		if err != nil {
			t.Fatal(err)
		}
		c.Head, c.Version = ev.Hash, seq+1
		enc, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(ctx, func(tx *dbx.Tx) error {
			write := record.Update
			if seq == 0 {
				write = record.Insert
			}
			if err := write(ctx, tx, c, enc, ev); err != nil {
				return err
			}
			return record.InsertPersonal(ctx, tx, division, c.ID, b.Seq, values)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestTamperingIsFoundWhereItHappened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		for name, c := range map[string]struct {
			sql  string
			want record.Finding
		}{
			"altered body":    {`UPDATE case_events SET body = replace(body, 's2', 'x2') WHERE case_id = $1 AND seq = 3`, record.Finding{Seq: 3, Kind: record.Altered}},
			"altered column":  {`UPDATE case_events SET step = 'other' WHERE case_id = $1 AND seq = 2`, record.Finding{Seq: 2, Kind: record.Altered}},
			"removed":         {`DELETE FROM case_events WHERE case_id = $1 AND seq = 3`, record.Finding{Seq: 3, Kind: record.Missing}},
			"last removed":    {`DELETE FROM case_events WHERE case_id = $1 AND seq = 5`, record.Finding{Seq: 4, Kind: record.Head}},
			"other before":    {`UPDATE case_events SET prev = hash WHERE case_id = $1 AND seq = 4`, record.Finding{Seq: 4, Kind: record.Altered}},
			"personal value":  {`UPDATE personal SET value = '"139"' WHERE case_id = $1`, record.Finding{Seq: 1, Kind: record.Unproven}},
			"personal gone":   {`DELETE FROM personal WHERE case_id = $1`, record.Finding{Seq: 1, Kind: record.Unproven}},
			"version of row":  {`UPDATE cases SET version = version + 1 WHERE id = $1`, record.Finding{Seq: 5, Kind: record.Head}},
			"nothing at all":  {`UPDATE cases SET title = title WHERE id = $1`, record.Finding{}},
			"first one moved": {`UPDATE case_events SET seq = 9 WHERE case_id = $1 AND seq = 1`, record.Finding{Seq: 1, Kind: record.Missing}},
		} {
			d := id.New()
			k := put(t, db, d, 5, nil)
			err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := tx.Exec(ctx, c.sql, k.ID); return err })
			if err != nil {
				t.Fatal(err)
			}
			proof, err := record.Verify(ctx, db, d, k.ID)
			if err != nil {
				t.Fatal(err)
			}
			var got record.Finding
			if proof.Broken != nil {
				got = *proof.Broken
			}
			if got != c.want {
				t.Errorf("%s: found %+v, want %+v", name, got, c.want)
			}
		}
	}, record.Migration)
}

func TestTwoWritersOneWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		c := put(t, db, d, 1, nil)
		b := record.Body{Case: c.ID, Seq: 1, At: 2, Step: "late", To: "open", Actor: record.Actor{Account: "a"}}
		ev, err := record.Seal(&b, "", c.Head)
		if err != nil {
			t.Fatal(err)
		}
		enc, _ := c.Encode() // still version 1: as if somebody had looked before
		err = db.Write(ctx, func(tx *dbx.Tx) error { return record.Update(ctx, tx, c, enc, ev) })
		if !fault.Is(err, fault.Stale) {
			t.Fatalf("got %v, want Stale", err)
		}
		if _, err := record.Find(ctx, db, id.New(), c.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("another division sees the case: %v", err)
		}
	}, record.Migration)
}

func TestListsFilterSortAndTurnPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for i := range 23 {
			put(t, db, d, 1, func(c *record.Case) {
				c.Due, c.Opened = int64(100-i%7), int64(i)
				c.State = []string{"open", "closed"}[i%2]
				c.Terminal, c.Dept, c.Class, c.Grid = i%2 == 1, fmt.Sprint("d", i%3), "0601"+fmt.Sprint(i%4), "3707"+fmt.Sprint(i%2)
				c.Place = &procedure.Point{Lat: 36.7 + float64(i)/1000, Lng: 119}
			})
		}
		var seen []record.Row
		f := record.Filter{Sort: record.ByDue, Limit: 5}
		for {
			p, err := record.List(ctx, db, d, f)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, p.Rows...)
			if p.Next == "" {
				break
			}
			f.After = p.Next
		}
		ids := map[id.ID]bool{}
		for i, r := range seen {
			ids[r.ID] = true
			if i > 0 && r.Due < seen[i-1].Due {
				t.Fatal("not sorted by due")
			}
		}
		if len(seen) != 23 || len(ids) != 23 {
			t.Fatalf("%d rows, %d cases", len(seen), len(ids))
		}
		for name, c := range map[string]struct {
			f    record.Filter
			want int
		}{
			"open":    {record.Filter{Terminal: record.No}, 12},
			"states":  {record.Filter{States: []string{"open", "closed"}, Depts: []string{"d0"}}, 8},
			"class":   {record.Filter{Classes: []string{"06010", "06013"}}, 11},
			"grid":    {record.Filter{Grid: "37071"}, 11},
			"overdue": {record.Filter{DueBefore: 96}, 6},
			"opened":  {record.Filter{OpenedFrom: 5, OpenedTo: 8, Sort: record.ByOpened}, 3},
			"nobody":  {record.Filter{Assignee: "x"}, 0},
		} {
			p, err := record.List(ctx, db, d, c.f)
			if err != nil || len(p.Rows) != c.want {
				t.Errorf("%s: %d rows, want %d (%v)", name, len(p.Rows), c.want, err)
			}
		}
		if _, err := record.List(ctx, db, d, record.Filter{After: "tomorrow"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a wrong cursor: %v", err)
		}
		counts, err := record.Counts(ctx, db, d, record.Filter{Depts: []string{"d0", "d1", "d2"}}, 97)
		if err != nil || len(counts) != 2 || counts[0].N+counts[1].N != 23 || counts[0].Late+counts[1].Late != 9 {
			t.Errorf("counts %+v %v", counts, err)
		}
	}, record.Migration)
}

func TestNumbersRunWithoutGapsAndKeysAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		got := make(chan int64, 30)
		for i := range cap(got) {
			go func() {
				var n int64
				err := db.Write(ctx, func(tx *dbx.Tx) (err error) {
					if n, err = record.NextNumber(ctx, tx, d, "case", "2026"); err == nil && i%3 == 0 {
						return fault.New(fault.Conflict, "test.undone")
					}
					return err
				})
				if err != nil {
					n = 0
				}
				got <- n
			}()
		}
		seen := map[int64]bool{}
		for range cap(got) {
			if n := <-got; n != 0 {
				seen[n] = true
			}
		}
		for n := int64(1); n <= 20; n++ {
			if !seen[n] {
				t.Fatalf("number %d is missing of %v", n, seen)
			}
		}
		claim := func(hash string) (first bool) {
			err := db.Write(ctx, func(tx *dbx.Tx) error { return record.Claim(ctx, tx, d, "k", []byte(hash), "answer", 1) })
			if err != nil && !dbx.Collides(err) {
				t.Fatal(err)
			}
			return err == nil
		}
		if !claim("a") || claim("b") {
			t.Fatal("the first claim wins, the second does not")
		}
		if answer, ok, err := record.Replay(ctx, db, d, "k", []byte("a")); err != nil || !ok || answer != "answer" {
			t.Fatalf("%q %v %v", answer, ok, err)
		}
		if _, _, err := record.Replay(ctx, db, d, "k", []byte("b")); !fault.Is(err, fault.Invalid) {
			t.Fatalf("another body: %v", err)
		}
	}, record.Migration)
}

func BenchmarkSeal(b *testing.B) {
	body := record.Body{Case: id.New(), Seq: 2, At: 1, Step: "dispatch", From: "filed", To: "dispatched", Actor: record.Actor{Account: id.New().String(), Name: "x"},
		Input:  map[string]json.RawMessage{"dept": json.RawMessage(`"d1"`), "why": json.RawMessage(`"责任片区"`)},
		Data:   map[string]json.RawMessage{"dept": json.RawMessage(`"d1"`)},
		Clocks: []clock.Clock{{ID: "handle", Run: 1, State: clock.Running}, {ID: "take", Run: 1}, {ID: "dispatch", Run: 1}}}
	for b.Loop() {
		if _, err := record.Seal(&body, "", make([]byte, 32)); err != nil {
			b.Fatal(err)
		}
	}
}
