package app

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx/dbtest"
)

// paces are how many steps the walk from each procedure takes, with all that
// hangs on its cases; those not named take the usual.
var paces = map[string]int{"incident": 0, "shift-handover": 0, "enf.ordinary": 2_000}

const usualPace = 2_000

// plausible fills what a walker cannot find out by trying: what stands in
// registers, and sums that laws compare with them.
func plausible(now time.Time, r *rand.Rand, f *field.Field) (any, bool) {
	switch f.Name {
	case "violation":
		return "UM-004", true
	case "rule":
		return "UM-004-ENV-1132.3", r.IntN(10) > 0
	case "act_from", "act_end":
		return now.Add(-3 * 24 * time.Hour), r.IntN(10) > 0
	case "fine", "amount":
		return []int64{1500_00, 8000_00, 800_00}[r.IntN(3)], r.IntN(4) > 0
	}
	return nil, false
}

func walkLawfully(t *testing.T, db, proc string, steps int, seed uint64) (*procedure.Procedure, enginetest.Stats) {
	c := newCrew(t, db)
	c.barbecuer()
	p, err := c.a.engine.Library().Latest(proc)
	if err != nil {
		t.Fatal(err)
	}
	stats := enginetest.Walk{World: c.w, Procedure: p, Steps: steps, Seed: seed, Here: spot, Learning: true,
		Value: func(r *rand.Rand, _ *engine.Snapshot, _ *procedure.Step, f *field.Field) (any, bool) {
			return plausible(c.w.Clock.Now(), r, f)
		}}.Run(t)
	return p, stats
}

func TestEveryProcedureWalksAtRandom(t *testing.T) {
	a, _ := zone(t, "")
	for _, p := range a.engine.Library().All() {
		if p.Child {
			continue
		}
		steps, named := paces[p.ID]
		if !named {
			steps = usualPace
		}
		if steps == 0 {
			continue
		}
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, stats := walkLawfully(t, "", p.ID, steps, 1)
			t.Logf("%v %+v", time.Since(start), stats)
			report(t, stats)
			for id, entered := range stats.Entered {
				of, err := a.engine.Library().Latest(id)
				if err != nil {
					t.Fatal(err)
				}
				var never []string
				for i := range of.States {
					if s := of.States[i].ID; entered[s] == 0 {
						never = append(never, s)
					}
				}
				slices.Sort(never)
				t.Logf("%s: %d of %d states entered, never %v", id, len(of.States)-len(never), len(of.States), never)
			}
		})
	}
	_ = dbtest.PostgresURL
}

// report logs what was refused most.
func report(t *testing.T, stats enginetest.Stats) {
	var all []string
	for why := range stats.Why {
		all = append(all, why)
	}
	slices.SortFunc(all, func(a, b string) int { return stats.Why[b] - stats.Why[a] })
	for _, why := range all[:min(25, len(all))] {
		t.Logf("%6d × %s", stats.Why[why], why)
	}
}
