package frontage_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// Each procedure walks on SQLite; on PostgreSQL, where a step costs a round trip
// for every statement, a little.
func TestFrontagesAtRandom(t *testing.T) {
	for i, name := range []string{frontage.Pledge, frontage.Inspection, frontage.Listing} {
		t.Run("sqlite "+name, func(t *testing.T) {
			t.Parallel()
			wander(t, newStreet(t, dbtest.SQLite(t, migrations()...)), name, 500, uint64(i))
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		wander(t, newStreet(t, dbtest.Postgres(t, migrations()...)), frontage.Inspection, 150, 9)
	})
}

// walked is what the walks look for in the three shops.
type walked struct {
	*street
	pledges map[string]id.ID
}

func wander(t *testing.T, s *street, name string, steps int, seed uint64) {
	w := &walked{street: s, pledges: map[string]id.ID{}}
	p, err := s.Engine.Library().Latest(name)
	if err != nil {
		t.Fatal(err)
	}
	if name == frontage.Listing {
		w.past()
	}
	stats := enginetest.Walk{World: s.World, Procedure: p, Steps: steps, Seed: seed, Here: door, Party: &engine.NewParty{}, Value: w.value, After: w.holds}.Run(t)
	t.Logf("%d accepted, %d refused, states %v, refusals %v", stats.Accepted, stats.Refused, stats.States, stats.Refusals)
	for i := range p.States {
		if st := p.States[i].ID; stats.States[st] == 0 && steps > 500 {
			t.Errorf("the walk never entered %s", st)
		}
	}
	w.whole(t)
}

// past gives the shops inspections from which lists can be made, good and bad.
func (w *walked) past() {
	officer := w.Staff("officer", "d1", 0)
	for _, code := range []string{"S1", "S2"} {
		for range 3 {
			r, err := w.Engine.Open(ctx, engine.Opening{Procedure: frontage.Inspection, Division: w.Division, Step: "inspect", Actor: officer, Party: &engine.NewParty{},
				Input: in("shop", code, "occasion", "hazard", "scores", scores(20, 20, 20, 20, 20)), Files: []engine.Upload{w.shot("photos")}})
			w.said("inspect", "", err)
			w.on = r.Case
			if code == "S1" {
				w.act("", "order", officer, in("items", []string{"order"}, "term", "h4"))
				w.later(2 * day)
				w.state("failed")
			} else {
				w.act("", "pass", officer, in())
			}
		}
	}
}

func (w *walked) value(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	if r.IntN(12) == 0 {
		return nil, false
	}
	switch f.Name {
	case "shop":
		if s.Procedure == frontage.Listing {
			return fmt.Sprint("S", 1+r.IntN(2)), true
		}
		return fmt.Sprint("S", 1+r.IntN(3)), true
	case "occasion":
		return []string{"routine", "complaint", "hazard"}[r.IntN(3)], true
	case "scores":
		low := r.IntN(21)
		return scores(low, 20, 20, 14+r.IntN(7), 20), true
	case "items":
		if s.Procedure == frontage.Inspection {
			return []string{[]string{"hygiene", "green", "front"}[r.IntN(3)]}, true
		}
		return nil, true
	case "stretch":
		if r.IntN(3) > 0 {
			return nil, true
		}
		at := 119.1 + float64(r.IntN(300))/1e6
		return fmt.Sprintf("%.6f,36.7;%.6f,36.7", at, at+0.00009), true
	case "law":
		return lawful, r.IntN(3) > 0
	case "capacity":
		return []string{"owner", "authorised", "owner", "other"}[r.IntN(4)], true
	case "list":
		return []string{frontage.Red, frontage.Black}[r.IntN(2)], true
	case "consent", "ok", "granted":
		return r.IntN(2) == 0, true
	}
	return nil, false
}

// holds are the invariants of the tables after a step.
func (w *walked) holds(t testing.TB, before, after *engine.Snapshot) {
	switch after.Procedure {
	case frontage.Inspection:
		if before != nil && before.State != "none" && fmt.Sprint(before.Data["scores"], before.Data["total"]) != fmt.Sprint(after.Data["scores"], after.Data["total"]) {
			t.Fatalf("a score was changed after it was given: %v", after.Log)
		}
		if after.State == "passed" && after.Data["passes"] != true && after.Data["spot"] != true {
			t.Fatal("passed below the mark")
		}
	case frontage.Listing:
		if counted, _ := after.Data["counted"].([]string); len(counted) == 0 {
			t.Fatal("an entry without inspections behind it")
		}
		if k := after.Clock("stay"); after.State == "published" && (k == nil || k.State != "running") {
			t.Fatal("a published entry that never ends")
		}
	case frontage.Pledge:
		if after.State == "active" && (after.Data["signed_at"] == nil || after.Clock("term").State != "running") {
			t.Fatal("in force without a signature or an end")
		}
	}
}

// whole looks at all shops at the end: the rows follow the cases, no shop was
// disturbed too often, no two pledges share a kerb.
func (w *walked) whole(t testing.TB) {
	var open []frontage.Entry
	for _, code := range []string{"S1", "S2", "S3"} {
		list, err := frontage.Of(ctx, w.DB, w.Division, code, "")
		if err != nil {
			t.Fatal(err)
		}
		last, pledges := time.Time{}, 0
		for _, e := range list {
			c, err := w.Engine.Find(ctx, w.Division, e.Case)
			if err != nil || c.State != e.State || c.Text("shop") != code || c.Terminal != e.Terminal {
				t.Fatalf("the row says %+v, the case %s %v", e, c.State, err)
			}
			if e.Procedure == frontage.Pledge && !e.Terminal {
				open, pledges = append(open, e), pledges+1
			}
			if e.Procedure != frontage.Inspection || !e.Routine || e.State == "cancelled" {
				continue
			}
			if !last.IsZero() && last.Sub(e.Opened) < 7*day {
				t.Errorf("%s was checked on %s and again on %s", code, e.Opened, last)
			}
			last = e.Opened
		}
		if pledges > 1 {
			t.Errorf("%s has %d open pledges", code, pledges)
		}
	}
	for i, a := range open {
		for _, b := range open[:i] {
			if n := shop.Overlap(a.Stretch, b.Stretch); n > 0.5 {
				t.Errorf("%s and %s share %.2f m", a.Shop, b.Shop, n)
			}
		}
	}
}
