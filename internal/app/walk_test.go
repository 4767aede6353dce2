package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx/dbtest"
)

// zone is the demonstration's city without cases, its clock standing still.
func zone(t *testing.T, db string) (*App, *enginetest.World) {
	t.Helper()
	clk, dir := clock.At(enginetest.Begin), t.TempDir()
	zoned.copy(t, dir, db)
	a := opened(t, demoConfig(dir, db), clk)
	v, err := a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	who, err := a.people.Directory(context.Background(), v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a, &enginetest.World{DB: a.db, Engine: a.engine, Clock: clk, Division: v.Division.ID, People: who, Depts: []string{"SZ", "HW", "YL", "ZM", "SW"}}
}

// moreCollectors: a walk goes on longer than any real case, and everybody who
// made a place safe or handled it may not check it.
func moreCollectors(a *App, actor people.Actor) error {
	ctx := context.Background()
	for i := range 12 {
		acc, err := a.people.CreateAccount(ctx, actor, people.Account{Login: fmt.Sprintf("walk%d", i), Name: fmt.Sprintf("采集员 %d", i), Department: "JDZX"})
		if err == nil {
			_, err = a.people.SavePost(ctx, actor, people.Post{Account: acc.ID, Role: "collector", Department: "JDZX"})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// spot is a crossing in the middle of the zone.
var spot = procedure.Point{Lat: 36.7682, Lng: 119.1421, Accuracy: 8}

// classes that the walk reports: rubbish, a broken light, a manhole, a stall, fumes.
var walked = []string{"06010", "06042", "09001", "06029", "06012"}

// walkValue fills what the walker cannot know: a class of the catalogue and the
// way a report came.
func walkValue(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	switch {
	case f.Type == field.Dept && !f.List: // one that has a desk
		return []string{"SZ", "HW", "YL", "ZM", "SW"}[r.IntN(5)], true
	case f.Name == "class" && step.ID != "report": // the form begins with the case's own
	case f.Name == "class":
		return walked[r.IntN(len(walked))], true
	case f.Name == "source":
		return []string{"public_web", "phone", "collector", "hotline"}[r.IntN(4)], true
	case step.ID == "check_done" && f.Name == "result" && r.IntN(4) > 0: // mostly what the department said
		if said, ok := map[string]string{"cannot_fix": "not_fixed", "not_found": "not_there"}[s.Text("feedback_result")]; ok {
			return said, true
		}
		return "fixed", true
	case step.ID == "check_done" && f.Name == "result", step.ID == "feedback" && f.Name == "result":
		return []string{"fixed", "fixed", "fixed", "not_fixed", "cannot_fix", "safe_but_not_fixed", "not_found", "not_there"}[r.IntN(8)], true
	case f.Name == "far_reason", f.Name == "dup_reason":
		return "现场核对过", true
	case step.ID == "propose_dismiss" && f.Name == "photos", f.Name == "component", f.Name == "extra":
		return nil, true
	}
	return nil, false
}

// often leads the walk through the whole house: left alone it mostly splits,
// merges and refuses.
var often = map[string]int{
	"accept": 24, "file": 24, "dispatch": 24, "take": 20, "submit_work": 8, "feedback": 24, "pass_feedback": 20, "close": 24, "verify_done": 30,
	"ask_delay": 14, "decide_delay": 20, "ask_suspend": 8, "endorse_suspend": 20, "approve_suspend": 20, "extend_suspend": 8, "suspend_report": 8,
	"approve_unfixable": 40, "waive_check": 6, "to_arbitration": 6, "reject_return": 8, "redo_objection": 12, "propose_dismiss": 12, "dismiss": 20,
	"split": 1, "merge": 1, "propose_reject": 1, "withdraw": 1, "ask_reporter": 1, "set_priority": 1, "change_place": 1, "change_class": 1, "supervise": 1, "urge": 1, "answer_supervise": 1, "verify_move": 1,
	"partner_note": 1, "move_dept": 1, "correct": 2, "reroute": 2,
}

func TestTheIncidentWalksAtRandomAndItsInvariantsHold(t *testing.T) {
	walk := func(t *testing.T, db string, steps int, seed uint64) enginetest.Stats {
		a, w := zone(t, db)
		p, err := a.engine.Library().Latest("incident")
		if err != nil {
			t.Fatal(err)
		}
		after := func(t testing.TB, before, s *engine.Snapshot) {
			invariants(t, before, s)
			coTasks(t, w, s)
		}
		return enginetest.Walk{World: w, Procedure: p, Steps: steps, Seed: seed, Here: spot, Value: walkValue, After: after,
			Weight: func(step *procedure.Step) int { return often[step.ID] }}.Run(t)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		stats := walk(t, "", 10_000*further(), 1)
		t.Logf("%+v", stats)
		a, _ := zone(t, "")
		p, err := a.engine.Library().Latest("incident")
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.States {
			if id := p.States[i].ID; stats.States[id] == 0 {
				t.Errorf("the walk never entered %s", id)
			}
		}
		var never []string
		for i := range p.Steps {
			if id := p.Steps[i].ID; stats.Steps[id] == 0 {
				never = append(never, id)
			}
		}
		t.Logf("never taken: %v", never)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		walk(t, dbtest.PostgresURL(t), 500, 2)
	})
}

// coTasks ends the tasks of co-units, as their desks would: one by one.
func coTasks(t testing.TB, w *enginetest.World, s *engine.Snapshot) {
	t.Helper()
	children, err := record.Children(context.Background(), w.DB, w.Division, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range children {
		if c.Terminal || c.Procedure != "incident-task" {
			continue
		}
		act := engine.Act{Case: c.ID, Step: "finish", Input: procedure.Input{"what": "已配合办理"}}
		if desk := w.People.Holders("dept_desk", c.Dept, "", w.Clock.Now()); len(desk) > 0 {
			act.Actor = desk[0]
		} else {
			act.Step, act.Actor, act.Input = "cancel", w.Staff("dispatcher", "", 0), procedure.Input{"reason": "无需配合"}
		}
		if _, err := w.Engine.Act(context.Background(), act); err != nil {
			t.Fatalf("co-task of %s for %s: %v", s.ID, c.Dept, err)
		}
		enginetest.CheckCase(t, w, c.ID)
		return
	}
}

// invariants are those of the incident (§1.11 of its tables) that a single step
// could break; the walker itself checks the chain, replay, times, keys, clocks
// and that refusals change nothing.
func invariants(t testing.TB, _, s *engine.Snapshot) {
	t.Helper()
	for name, holds := range map[string]func(*engine.Snapshot) bool{
		"2 the filer is not the acceptor":                           filerIsNotAcceptor,
		"2 the closer is not the last checker":                      closerIsNotChecker,
		"2 the checker is not the handler":                          checkerIsNotHandler,
		"3 fixed needs a check after the last feedback":             fixedWasChecked,
		"4 unfixable needs a supervisor's consent and a reply":      unfixableWasAgreed,
		"8 at most three returns between two rulings":               returnsEndInARuling,
		"9 at most two delays and one suspension":                   delaysAreFew,
		"16 no public report ends by one person alone":              endsByTwo,
		"17 an objection dismissed was checked after it by another": dismissedAfterACheck,
		"22 a hazard is made safe before delay or suspension":       hazardFirst,
	} {
		if !holds(s) {
			t.Fatalf("case %s in %s breaks invariant %s; timeline %v", s.ID, s.State, name, steps(s))
		}
	}
}

func steps(s *engine.Snapshot) (out []string) {
	for _, x := range s.Log {
		out = append(out, x.Step)
	}
	return out
}

// last is the latest time a step was taken and not taken back.
func last(s *engine.Snapshot, step string) *rule.Taken {
	for i := len(s.Log) - 1; i >= 0; i-- {
		if x := &s.Log[i]; x.Step == step && !x.Recalled {
			return x
		}
	}
	return nil
}

func differ(a, b *rule.Taken) bool { return a == nil || b == nil || a.Actor != b.Actor }

func filerIsNotAcceptor(s *engine.Snapshot) bool { return differ(last(s, "file"), last(s, "accept")) }

func closerIsNotChecker(s *engine.Snapshot) bool {
	return differ(last(s, "close"), last(s, "check_done"))
}

func checkerIsNotHandler(s *engine.Snapshot) bool {
	check := last(s, "check_done")
	for _, step := range []string{"submit_work", "feedback"} {
		if !differ(check, last(s, step)) {
			return false
		}
	}
	return true
}

func fixedWasChecked(s *engine.Snapshot) bool {
	if s.State != "closed_fixed" || s.Data["waived"] == true || s.Data["self_fixed"] == true {
		return true
	}
	check, feedback := last(s, "check_done"), last(s, "feedback")
	return check != nil && (feedback == nil || check.Seq > feedback.Seq)
}

func unfixableWasAgreed(s *engine.Snapshot) bool {
	return s.State != "closed_unfixable" || last(s, "approve_unfixable") != nil && s.Text("reply") != ""
}

func returnsEndInARuling(s *engine.Snapshot) bool {
	n := 0
	for _, x := range s.Log {
		switch {
		case x.Recalled:
		case x.Step == "return_dept":
			n++
		case x.Step == "rule" || x.Step == "redo_objection" || x.Step == "reopen" || x.Step == "admit_objection":
			n = 0
		}
		if n > 3 {
			return false
		}
	}
	return true
}

func delaysAreFew(s *engine.Snapshot) bool {
	n, _ := s.Data["delays"].(int64)
	return n <= 2
}

func endsByTwo(s *engine.Snapshot) bool {
	if s.State != "void" && s.State != "closed_not_ours" || s.Data["public_source"] != true {
		return true
	}
	var people []string
	for _, x := range s.Log {
		if x.Actor != procedure.System && !strings.HasPrefix(x.Actor, procedure.Citizen) && !slices.Contains(people, x.Actor) {
			people = append(people, x.Actor)
		}
	}
	return len(people) > 1
}

func dismissedAfterACheck(s *engine.Snapshot) bool {
	dismiss, object := last(s, "dismiss"), last(s, "object")
	if dismiss == nil || object == nil || dismiss.Seq < object.Seq {
		return true
	}
	if reason := s.Text("objection_reason"); reason == "reply_unclear" || reason == "wrong_end" {
		return true
	}
	check := last(s, "check_done")
	return check != nil && check.Seq > object.Seq || s.Data["dispatched"] != true
}

func hazardFirst(s *engine.Snapshot) bool {
	if s.Data["hazard"] != true {
		return true
	}
	for _, step := range []string{"decide_delay", "approve_suspend"} {
		if x := last(s, step); x != nil && last(s, "make_safe") == nil && last(s, "feedback") == nil {
			return false
		}
	}
	return true
}
