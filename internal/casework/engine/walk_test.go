package engine_test

import (
	"fmt"
	"testing"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/platform/dbx/dbtest"
)

// The lamp walks 10,000 steps on SQLite and 600 on PostgreSQL, where a step
// costs a round trip for every statement.
func TestTheLampWalksAtRandom(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("sqlite", seed), func(t *testing.T) {
			t.Parallel()
			steps := 5000
			if testing.Short() {
				steps = 500
			}
			walkLamp(t, enginetest.New(t, dbtest.SQLite(t, enginetest.Migrations()...), lampHooks(), lamp(t), paper(t)), steps, seed)
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		walkLamp(t, enginetest.New(t, dbtest.Postgres(t, enginetest.Migrations()...), lampHooks(), lamp(t), paper(t)), 600, 7)
	})
}

func walkLamp(t *testing.T, w *enginetest.World, steps int, seed uint64) {
	p := lamp(t)
	stats := enginetest.Walk{World: w, Procedure: p, Steps: steps, Seed: seed, Here: here}.Run(t)
	t.Logf("%+v", stats)
	for i := range p.States {
		if st := p.States[i].ID; stats.States[st] == 0 {
			t.Errorf("the walk never entered %s", st)
		}
	}
	for i := range p.Steps {
		if id := p.Steps[i].ID; stats.Steps[id] == 0 && id != "recompute" && id != "clock" && p.Steps[i].Needs == "" && steps >= 5000 {
			t.Errorf("the walk never took %s", id)
		}
	}
}
