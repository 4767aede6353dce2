package engine_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

var here = procedure.Point{Lat: 36.77, Lng: 119.1, Accuracy: 5}

func lamp(t testing.TB) *procedure.Procedure { t.Helper(); return example(t, "lamp.yaml") }

// paper is the child that the lamp opens.
func paper(t testing.TB) *procedure.Procedure { t.Helper(); return example(t, "lamp-paper.yaml") }

func example(t testing.TB, name string) *procedure.Procedure {
	t.Helper()
	src, err := os.ReadFile("../procedure/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Load(name, src, procedure.World{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lampHooks() map[string]engine.Hooks {
	return map[string]engine.Hooks{"lamp": {Fact: func(_ context.Context, a engine.Asked, name string) (any, error) {
		if name == "proposal" {
			return "d1", nil
		}
		p, _ := a.Input["place"].(procedure.Point)
		return p.Lat > 36 && p.Lat < 37, nil
	}}}
}

// each runs fn in a fresh world on both engines.
func each(t *testing.T, fn func(t *testing.T, w *enginetest.World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, enginetest.New(t, db, lampHooks(), lamp(t), paper(t))) }, enginetest.Migrations()...)
}

var ctx = context.Background()

func report(t *testing.T, w *enginetest.World) engine.Result {
	t.Helper()
	r, err := w.Engine.Open(ctx, engine.Opening{
		Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""),
		Input: procedure.Input{"source": "public_web", "desc": "路灯不亮", "place": here, "phone": "13800000000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// act takes a step that must succeed.
func act(t *testing.T, w *enginetest.World, a engine.Act) engine.Result {
	t.Helper()
	r, err := w.Engine.Act(ctx, a)
	if err != nil {
		t.Fatalf("%s: %v", a.Step, err)
	}
	return r
}

// refused takes a step that must be refused with the code, and returns its
// Chinese sentence.
func refused(t *testing.T, w *enginetest.World, a engine.Act, kind fault.Kind, code string) string {
	t.Helper()
	before, err := w.Engine.Find(ctx, w.Division, a.Case)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Engine.Act(ctx, a)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != code {
		t.Fatalf("%s: %v, want %v %s", a.Step, err, kind, code)
	}
	after, err := w.Engine.Find(ctx, w.Division, a.Case)
	if err != nil || after.Version != before.Version || string(after.Head) != string(before.Head) {
		t.Fatalf("%s was refused and changed the case", a.Step)
	}
	text, _ := f.Args["text"].(i18n.Text)
	return text.ZH
}

func TestACaseFromReportToClosedAndBack(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		if r.State != "reported" || r.Version != 1 || len(r.Receipt) != 16 {
			t.Fatalf("opened as %+v", r)
		}
		dispatcher, desk := w.Staff("dispatcher", "", 0), w.Staff("dept_desk", "d1", 0)
		got := act(t, w, engine.Act{Case: r.Case, Version: 1, Step: "dispatch", Actor: dispatcher, Input: procedure.Input{"dept": "d1"}})
		if got.State != "handling" || !strings.HasPrefix(got.Number, "L20260914") {
			t.Fatalf("dispatched as %+v", got)
		}
		s, err := w.Engine.Find(ctx, w.Division, r.Case)
		if err != nil {
			t.Fatal(err)
		}
		if due := calendar.FormatDue(time.UnixMicro(s.Due)); due != "2026-09-14 14:30" || s.Dept != "d1" || s.DueState != "running" {
			t.Fatalf("due %s %s at %s", due, s.DueState, s.Dept)
		}
		w.Clock.Advance(time.Hour)
		finish := engine.Act{Case: r.Case, Step: "finish", Actor: desk, Files: []engine.Upload{w.Photo("after", here)}}
		far := finish
		far.Files = []engine.Upload{w.Photo("after", procedure.Point{Lat: 36.9, Lng: 119.1})}
		refused(t, w, far, fault.Invalid, "L04")
		act(t, w, finish)
		act(t, w, engine.Act{Case: r.Case, Step: "check", Actor: w.Staff("collector", "", 0), Input: procedure.Input{"result": "fixed"}})
		me := w.Citizen(r.Receipt)
		act(t, w, engine.Act{Case: r.Case, Step: "object", Actor: me, Input: procedure.Input{"why": "还是不亮"}})
		s, _ = w.Engine.Find(ctx, w.Division, r.Case)
		if s.State != "reported" || s.Terminal {
			t.Fatalf("after the objection: %s", s.State)
		}
		proof, err := record.Verify(ctx, w.DB, w.Division, r.Case)
		if err != nil || proof.Broken != nil || proof.Events != 5 {
			t.Fatalf("%+v %v", proof, err)
		}
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestRefusalsSayWhyAndChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		dispatcher, acceptor := w.Staff("dispatcher", "", 0), w.Staff("acceptor", "", 0)
		dispatch := engine.Act{Case: r.Case, Step: "dispatch", Actor: dispatcher, Input: procedure.Input{"dept": "d1"}}
		wrong := dispatch
		wrong.Actor = acceptor
		if s := refused(t, w, wrong, fault.Forbidden, "R01"); !strings.Contains(s, "角色dispatcher") {
			t.Errorf("R01 says %q", s)
		}
		stale := dispatch
		stale.Version = 7
		refused(t, w, stale, fault.Stale, "R02")
		if s := refused(t, w, engine.Act{Case: r.Case, Step: "finish", Actor: w.Staff("dept_desk", "d1", 0)}, fault.Forbidden, "R01"); s == "" {
			t.Error("no sentence")
		}
		if s := refused(t, w, engine.Act{Case: r.Case, Step: "suspend", Actor: w.Staff("leader", "", 0)}, fault.Conflict, "R03"); !strings.Contains(s, "“待受理”") || !strings.Contains(s, "“挂账”") {
			t.Errorf("R03 says %q", s)
		}
		other := dispatch
		other.Input = procedure.Input{"dept": "d2"}
		if s := refused(t, w, other, fault.Invalid, "R06"); !strings.Contains(s, "3") {
			t.Errorf("R06 says %q", s)
		}
		empty := dispatch
		empty.Input = nil
		if s := refused(t, w, empty, fault.Invalid, "R05"); !strings.Contains(s, "部门") {
			t.Errorf("R05 says %q", s)
		}
		if _, err := w.Engine.Act(ctx, engine.Act{Case: r.Case, Step: "object", Actor: w.Citizen("00000-00000-0000")}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger's receipt: %v", err)
		}
		if _, err := w.Engine.Act(ctx, engine.Act{Case: r.Case, Step: "fly", Actor: acceptor}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown step: %v", err)
		}
	})
}

func TestWhoReportedDoesNotCheckAndTheWallStands(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		collector := w.Staff("collector", "", 0)
		r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: collector,
			Input: procedure.Input{"source": "collector", "desc": "灯坏", "place": here}})
		if err != nil {
			t.Fatal(err)
		}
		act(t, w, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
		w.Clock.Advance(time.Minute)
		act(t, w, engine.Act{Case: r.Case, Step: "finish", Actor: w.Staff("dept_desk", "d1", 1), Files: []engine.Upload{w.Photo("after", here)}})
		check := engine.Act{Case: r.Case, Step: "check", Actor: collector, Input: procedure.Input{"result": "fixed"}}
		if s := refused(t, w, check, fault.Forbidden, "R04"); !strings.Contains(s, "“上报”") {
			t.Errorf("R04 says %q", s)
		}
		check.Actor = w.Staff("collector", "", 1)
		act(t, w, check)
	})
}

func TestTheSameKeyGivesTheSameCase(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		o := engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""), Key: "k1",
			Input: procedure.Input{"source": "public_web", "desc": "路灯不亮", "place": here}}
		first, err := w.Engine.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Engine.Open(ctx, o)
		if err != nil || !again.Replayed || again.Case != first.Case || again.Receipt != first.Receipt {
			t.Fatalf("%+v then %+v, %v", first, again, err)
		}
		o.Input["desc"] = "井盖坏了"
		if _, err := w.Engine.Open(ctx, o); !fault.Is(err, fault.Invalid) {
			t.Fatalf("another body under one key: %v", err)
		}
	})
}

func TestManyUnderOneKeyAreOneCase(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		done := make(chan engine.Result, 20)
		for range cap(done) {
			go func() {
				r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""), Key: "tap",
					Input: procedure.Input{"source": "public_web", "desc": "路灯不亮", "place": here}})
				if err != nil {
					t.Error(err)
				}
				done <- r
			}()
		}
		first := <-done
		for range cap(done) - 1 {
			if r := <-done; r.Case != first.Case || r.Receipt != first.Receipt {
				t.Errorf("%v and %v", first, r)
			}
		}
	})
}

func TestTheLastStepCanBeTakenBackForAWhile(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		before, _ := w.Engine.Find(ctx, w.Division, r.Case)
		dispatcher := w.Staff("dispatcher", "", 0)
		dispatch := engine.Act{Case: r.Case, Step: "dispatch", Actor: dispatcher, Input: procedure.Input{"dept": "d1"}}
		act(t, w, dispatch)
		w.Clock.Advance(5 * time.Minute)
		recall := engine.Act{Case: r.Case, Step: "recall", Actor: dispatcher, Input: procedure.Input{"reason": "派错了"}}
		other := recall
		other.Actor = w.Staff("dispatcher", "", 1)
		refused(t, w, other, fault.Conflict, "R12")
		told := func() int {
			list, err := notice.Inbox(ctx, w.DB, w.Division, "somebody", []notice.Address{{Kind: notice.Dept, Target: "d1"}}, time.Time{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if told() != 1 {
			t.Errorf("the department was told %d times", told())
		}
		act(t, w, recall)
		if told() != 0 {
			t.Error("what the step taken back told still stands in the inbox")
		}
		after, _ := w.Engine.Find(ctx, w.Division, r.Case)
		if after.State != "reported" || after.Dept != "" || after.Due != before.Due || len(after.Clocks) != len(before.Clocks) {
			t.Fatalf("taken back to %s %q due %d (was %d)", after.State, after.Dept, after.Due, before.Due)
		}
		act(t, w, dispatch)
		w.Clock.Advance(11 * time.Minute)
		refused(t, w, recall, fault.Conflict, "R12")
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestPersonalValuesCanBeErasedAndTheChainStillHolds(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		events, err := record.Timeline(ctx, w.DB, w.Division, r.Case)
		if err != nil || strings.Contains(events[0].Body, "13800000000") {
			t.Fatalf("the number stands in the timeline (%v)", err)
		}
		values, err := record.PersonalOf(ctx, w.DB, w.Division, r.Case)
		if err != nil || len(values) != 1 || values[0].Value != `"13800000000"` {
			t.Fatalf("%+v %v", values, err)
		}
		err = w.DB.Write(ctx, func(tx *dbx.Tx) error {
			_, err := record.Erase(ctx, tx, w.Division, r.Case, "PIPL-47", 1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		proof, err := record.Verify(ctx, w.DB, w.Division, r.Case)
		if err != nil || proof.Broken != nil || len(proof.Erased) != 1 || proof.Erased[0].Rule != "PIPL-47" {
			t.Fatalf("%+v %v", proof, err)
		}
	})
}

func TestClocksActByThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		act(t, w, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
		for range 200 {
			w.Clock.Advance(15 * time.Minute)
			if _, err := w.Engine.Tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
		s, _ := w.Engine.Find(ctx, w.Division, r.Case)
		if !s.Late("handle") {
			t.Fatal("two days later and not late")
		}
		pressed := 0
		for _, x := range s.Log {
			if x.Step == "press" && x.Actor == "system" {
				pressed++
			}
		}
		if pressed != 2 {
			t.Errorf("pressed %d times, want once per rung", pressed)
		}
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestTimesNeverDecreaseWhenTheWallClockIsSetBack(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		w.Clock.Advance(-3 * time.Hour)
		act(t, w, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestOffersNameTheReason(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		acceptor := w.Staff("acceptor", "", 0)
		act(t, w, engine.Act{Case: r.Case, Step: "ask", Actor: acceptor, Input: procedure.Input{"question": "哪一盏？"}})
		act(t, w, engine.Act{Case: r.Case, Step: "answer", Actor: w.Citizen(r.Receipt), Input: procedure.Input{"text": "东边第二盏"}})
		s, _ := w.Engine.Find(ctx, w.Division, r.Case)
		offers, err := w.Engine.Offers(ctx, acceptor, s)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]engine.Offer{}
		for _, o := range offers {
			got[o.Step.ID] = o
		}
		if o := got["ask"]; o.Allowed || o.Refusal.Key != "L07" || o.Reason.EN != "The reporter was asked once already." {
			t.Errorf("ask: %+v", o)
		}
		if o := got["dispatch"]; o.Allowed || !o.Aside() {
			t.Errorf("dispatch: %+v", o)
		}
		if !got["claim"].Allowed || !got["note"].Allowed {
			t.Error("claim and note are not offered")
		}
		if _, listed := got["recall"]; listed {
			t.Error("recall is offered although nothing can be taken back")
		}
	})
}

func TestTheReporterIsKnownByTheCodeOnly(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		p, err := party.ByReceipt(ctx, w.DB, r.Receipt)
		if err != nil || p.Now != r.Case || !strings.HasSuffix(r.Receipt, p.Last4) {
			t.Fatalf("%+v %v", p, err)
		}
		if _, err := party.ByReceipt(ctx, w.DB, "XXXXX-XXXXX-XXXX"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a wrong code: %v", err)
		}
	})
}
