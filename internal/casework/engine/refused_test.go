package engine_test

import (
	"maps"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/platform/fault"
)

func TestOnlyRefusalsOfAProcedureAreTold(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		told := map[string]int{}
		w.Engine.Refused = func(code string) { told[code]++ }
		r := report(t, w)
		stranger := engine.Act{Case: r.Case, Step: "finish", Actor: w.Staff("dept_desk", "d1", 0)}
		refused(t, w, stranger, fault.Forbidden, "R01")
		refused(t, w, stranger, fault.Forbidden, "R01")
		refused(t, w, engine.Act{Case: r.Case, Step: "suspend", Actor: w.Staff("leader", "", 0)}, fault.Conflict, "R03")
		if _, err := w.Engine.Act(ctx, engine.Act{Case: r.Case, Step: "nonsense", Actor: w.Staff("leader", "", 0)}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a step that does not exist: %v", err)
		}
		s, err := w.Engine.Find(ctx, w.Division, r.Case)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Engine.Offers(ctx, stranger.Actor, s); err != nil { // what is only offered is no refusal
			t.Fatal(err)
		}
		if want := map[string]int{"R01": 2, "R03": 1}; !maps.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}
