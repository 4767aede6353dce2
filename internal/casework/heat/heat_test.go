package heat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/heat"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

var ctx = context.Background()

const now = 500

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// random is a case somewhere in a district of twenty kilometres.
func random(r *rand.Rand, division id.ID) record.Row {
	row := record.Row{Division: division, ID: id.New(), Procedure: pick(r, "incident", "task", "enf.ordinary"), ProcVersion: 1, State: pick(r, "filed", "handling", "closed"),
		Dept: pick(r, "", "d1", "d2"), Assignee: pick(r, "", "a"), Class: pick(r, "010101", "010102", "020101"), Grid: pick(r, "", "3707", "37072"),
		Priority: pick(r, "p1", "p2"), Source: pick(r, "web", "hotline"), Opened: r.Int64N(1000), Due: r.Int64N(1000), Tick: record.NoDue, Version: 1}
	row.Terminal = row.State == "closed"
	if r.IntN(20) > 0 {
		row.Place = &procedure.Point{Lat: 36.6 + r.Float64()/5, Lng: 119 + r.Float64()/5}
	}
	return row
}

func put(tx *dbx.Tx, r record.Row) error {
	c := &record.Case{Row: r, Raw: map[string]json.RawMessage{}}
	ev, err := record.Seal(&record.Body{Case: c.ID, Seq: r.Version, At: 1, Step: "s", To: r.State}, "", nil)
	if err != nil {
		return err
	}
	c.Head = ev.Hash
	enc, err := c.Encode()
	if err != nil {
		return err
	}
	if r.Version > 1 {
		return record.Update(ctx, tx, c, enc, ev)
	}
	return record.Insert(ctx, tx, c, enc, ev)
}

func save(t *testing.T, db *dbx.DB, rows ...record.Row) {
	t.Helper()
	err := db.Write(ctx, func(tx *dbx.Tx) error {
		for _, r := range rows {
			if err := put(tx, r); err != nil {
				return err
			}
			if err := event.Publish(ctx, tx, event.Event{ID: id.New(), Division: r.Division, Topic: record.Topic, Subject: r.ID, Data: "{}"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func filter(r *rand.Rand) (f record.Filter) {
	some := func(fn func()) {
		if r.IntN(4) == 0 {
			fn()
		}
	}
	f.Terminal = record.Tri(r.IntN(3))
	some(func() { f.Procedures = []string{"incident"} })
	some(func() { f.Without = "enf" })
	some(func() { f.Except = []string{"task", "stall-permit"} })
	some(func() { f.States = []string{"filed", "closed"} })
	some(func() { f.Depts = []string{"d1", "nobody"} })
	some(func() { f.Assignee = "a" })
	some(func() { f.Class = "010102" })
	some(func() { f.Classes = []string{"0101", "02"} })
	some(func() { f.Grid = "3707" })
	some(func() { f.Priority = "p1" })
	some(func() { f.Source = "hotline" })
	some(func() { f.DueBefore = 400 })
	some(func() { f.OpenedFrom, f.OpenedTo = 100, 700 })
	return f
}

// listed are the cases of the filter and the box as the list has them.
func listed(t *testing.T, db *dbx.DB, division id.ID, f record.Filter, in geo.Box) (out []id.ID, late int) {
	t.Helper()
	f.Limit = 500
	for {
		p, err := record.List(ctx, db, division, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rows {
			if r.Place != nil && in.Contains(geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng}) {
				out = append(out, r.ID)
				if !r.Terminal && r.Due < now {
					late++
				}
			}
		}
		if f.After = p.Next; p.Next == "" {
			slices.SortFunc(out, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
			return out, late
		}
	}
}

// The map shows what the list holds, under every filter, in every box, and
// after every change: as points, and in sum as groups.
func TestTheMapShowsWhatTheListHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		r := rand.New(rand.NewPCG(3, 7))
		division, m := id.New(), heat.New(db)
		relay := event.NewRelay(db, clock.System(), slog.New(slog.DiscardHandler), event.NewHub(), time.Hour)
		var rows []record.Row
		for round := range 8 {
			var changed []record.Row
			for range 60 {
				rows = append(rows, random(r, division))
				changed = append(changed, rows[len(rows)-1])
			}
			for range 20 { // moved, ended, taken up again
				i := r.IntN(len(rows))
				was := rows[i]
				if slices.ContainsFunc(changed, func(c record.Row) bool { return c.ID == was.ID }) {
					continue
				}
				rows[i] = random(r, division)
				rows[i].ID, rows[i].Version = was.ID, was.Version+1
				changed = append(changed, rows[i])
			}
			save(t, db, changed...)
			if err := relay.Pass(ctx); err != nil {
				t.Fatal(err)
			}
			for i := range 20 {
				f := filter(r)
				in := geo.Box{W: 119 + r.Float64()/5, S: 36.6 + r.Float64()/5}
				in.E, in.N = in.W+r.Float64()/5, in.S+r.Float64()/5
				want, late := listed(t, db, division, f, in)
				same(t, m, fmt.Sprintf("round %d, look %d", round, i), division, f, in, want, late, r.IntN(23))
			}
		}
	}, event.Migration, record.Migration)
}

func same(t *testing.T, m *heat.Map, name string, division id.ID, f record.Filter, in geo.Box, want []id.ID, late, zoom int) {
	t.Helper()
	v, err := m.View(ctx, division, f, in, zoom, 10000, now)
	if err != nil {
		t.Fatal(err)
	}
	var got []id.ID
	for _, s := range v.Spots {
		got = append(got, s.ID)
		if s.Late {
			late--
		}
	}
	if !slices.Equal(got, want) || late != 0 || v.Groups != nil {
		t.Errorf("%s: %d points for %d cases of %+v in %v, late differ by %d", name, len(got), len(want), f, in, late)
	}
	if len(want) == 0 {
		return
	}
	if v, err = m.View(ctx, division, f, in, zoom, len(want)-1, now); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range v.Groups {
		n += g.N
		if !in.Grow(1).Contains(geo.Point{Lat: g.Lat, Lng: g.Lng}) {
			t.Errorf("%s: a group outside: %+v", name, g)
		}
	}
	if n != len(want) || v.Spots != nil {
		t.Errorf("%s: groups of %d for %d cases", name, n, len(want))
	}
}

// Cases that came in without events are there once their bringing said so.
func TestWhatWasBroughtInIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		r := rand.New(rand.NewPCG(1, 1))
		division, m := id.New(), heat.New(db)
		count := func() int {
			v, err := m.View(ctx, division, record.Filter{}, geo.Box{W: -180, S: -85, E: 180, N: 85}, 5, 100, now)
			if err != nil {
				t.Fatal(err)
			}
			return len(v.Spots)
		}
		if n := count(); n != 0 {
			t.Fatalf("%d on an empty map", n)
		}
		row := random(r, division)
		row.Place = &procedure.Point{Lat: 36.7, Lng: 119.1}
		if err := db.Write(ctx, func(tx *dbx.Tx) error {
			if err := put(tx, row); err != nil {
				return err
			}
			return heat.Moved(ctx, tx, division)
		}); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 1 {
			t.Errorf("%d after one was brought in", n)
		}
	}, event.Migration, record.Migration)
}
