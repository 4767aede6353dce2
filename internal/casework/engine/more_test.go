package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/forecast"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestAPreviewSaysWhenAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		pv, err := w.Engine.Preview(ctx, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
		if err != nil || pv.State != "handling" {
			t.Fatalf("%+v %v", pv, err)
		}
		i := slices.IndexFunc(pv.Clocks, func(c engine.PreviewClock) bool { return c.ID == "handle" })
		if due := calendar.FormatDue(time.UnixMicro(pv.Clocks[i].Due)); due != "2026-09-14 14:30" {
			t.Errorf("due %s", due)
		}
		if s, _ := w.Engine.Find(ctx, w.Division, r.Case); s.Version != 1 {
			t.Errorf("version %d after a preview", s.Version)
		}
	})
}

func TestEachReporterIsToldOnceInPlainWords(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		act(t, w, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
		p, _ := party.ByReceipt(ctx, w.DB, r.Receipt)
		told, err := notice.ToParty(ctx, w.DB, w.Division, p.ID)
		if err != nil || len(told) != 2 {
			t.Fatalf("told %d times, %v", len(told), err)
		}
		if got := told[0].Text.ZH; got != "已收到，编号 …"+p.Last4+"，2026-09-14 09:30 前答复。" {
			t.Errorf("first: %s", got)
		}
		if got := told[1].Text.EN; got != "Dept d1 is on it, to be done by 2026-09-14 14:30." {
			t.Errorf("second: %s", got)
		}
		s, _ := w.Engine.Find(ctx, w.Division, r.Case)
		words, err := w.Engine.PublicWords(ctx, s, r.Receipt)
		if err != nil || words.ZH != "部门d1正在处理，2026-09-14 14:30 前完成。" {
			t.Errorf("follow page: %s %v", words.ZH, err)
		}
		inbox, err := notice.Inbox(ctx, w.DB, w.Division, "x", []notice.Address{{Kind: notice.Dept, Target: "d1"}}, time.Time{}, 10)
		if err != nil || len(inbox) != 1 || !strings.HasPrefix(inbox[0].Text.ZH, "新任务 L20260914") {
			t.Errorf("the department hears %+v %v", inbox, err)
		}
	})
}

func TestTwoWhoActAtOnceOneIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		errs := make(chan error, 8)
		for i := range cap(errs) {
			go func() {
				_, err := w.Engine.Act(ctx, engine.Act{Case: r.Case, Version: 1, Step: "dispatch", Actor: w.Staff("dispatcher", "", i), Input: procedure.Input{"dept": "d1"}})
				errs <- err
			}()
		}
		won := 0
		for range cap(errs) {
			switch err := <-errs; {
			case err == nil:
				won++
			case !fault.Is(err, fault.Stale):
				t.Errorf("told %v, want Stale", err)
			}
		}
		if won != 1 {
			t.Errorf("%d took the step", won)
		}
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestClaimHandOverCorrectAndLink(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r, other := report(t, w), report(t, w)
		a, b, lead := w.Staff("acceptor", "", 0), w.Staff("acceptor", "", 1), w.Staff("shift_leader", "", 0)
		act(t, w, engine.Act{Case: r.Case, Step: "claim", Actor: a})
		if s := refused(t, w, engine.Act{Case: r.Case, Step: "claim", Actor: b}, fault.Conflict, "R08"); !strings.Contains(s, "acceptor0") || !strings.Contains(s, "2026-09-14 09:00") {
			t.Errorf("R08 says %q", s)
		}
		s, _ := w.Engine.Find(ctx, w.Division, r.Case)
		form, err := w.Engine.Form(ctx, a, s, "hand_over", nil)
		if err != nil || len(form.Choices["to"]) != 1 || form.Choices["to"][0].Value != b.Account.String() {
			t.Fatalf("colleagues %+v %v", form.Choices, err)
		}
		act(t, w, engine.Act{Case: r.Case, Step: "hand_over", Actor: a, Input: procedure.Input{"to": b.Account.String(), "reason": "下班"}})
		correct := engine.Act{Case: r.Case, Step: "correct", Actor: a, Input: procedure.Input{"field": "title", "value": "路灯闪烁", "reason": "笔误"}}
		refused(t, w, correct, fault.Invalid, "R13")
		correct.Actor = lead
		act(t, w, correct)
		act(t, w, engine.Act{Case: r.Case, Step: "link", Actor: a, Input: procedure.Input{"case": other.Case.String(), "relation": "same_place"}})
		links, err := record.Links(ctx, w.DB, w.Division, other.Case)
		if err != nil || len(links) != 1 || !links[0].Back || links[0].Other != r.Case {
			t.Errorf("links of the other %+v %v", links, err)
		}
		if s, _ := w.Engine.Find(ctx, w.Division, r.Case); s.Title != "路灯闪烁" || s.Assignee != b.Account.String() {
			t.Errorf("title %q with %q", s.Title, s.Assignee)
		}
		if _, err := w.Engine.Act(ctx, engine.Act{Case: r.Case, Step: "link", Actor: a, Input: procedure.Input{"case": id.New().String(), "relation": "same_place"}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link to nowhere: %v", err)
		}
		enginetest.CheckCase(t, w, r.Case)
	})
}

func TestFilesAreKeptAndLateOnesMarked(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		r := report(t, w)
		lead := w.Staff("shift_leader", "", 0)
		act(t, w, engine.Act{Case: r.Case, Step: "reject", Actor: lead, Input: procedure.Input{"reason": "重复上报"}})
		attach := engine.Act{Case: r.Case, Step: "attach", Actor: lead, Input: procedure.Input{"kind": "other"},
			Files: []engine.Upload{{Field: "files", Name: "说明.pdf", Mime: "application/pdf", Body: strings.NewReader("bytes")}}}
		act(t, w, attach)
		list, err := evidence.Of(ctx, w.DB, w.Division, r.Case)
		if err != nil || len(list) != 1 || !list[0].Late || list[0].Kind != "other" || list[0].Size != 5 || len(list[0].SHA256) != 64 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func TestFilesNobodyAskedForAndNoPhotosAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		open := func(u engine.Upload) error {
			_, err := w.Engine.Open(ctx, engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""),
				Input: procedure.Input{"source": "public_web", "place": here}, Files: []engine.Upload{u}})
			return err
		}
		if err := open(engine.Upload{Field: "photos", Name: "a.exe", Mime: "application/x-dosexec", Body: strings.NewReader("MZ")}); !fault.Is(err, fault.Invalid) || fault.As(err).Key != "R07" {
			t.Errorf("a program as a photo: %v", err)
		}
		if err := open(engine.Upload{Field: "virus", Mime: "image/png", Body: strings.NewReader("x")}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a field that is not there: %v", err)
		}
		if err := open(w.Photo("photos", here)); err != nil {
			t.Errorf("a photo alone is a report: %v", err)
		}
	})
}

func TestHooksOpenChildrenInTheSameTransaction(t *testing.T) {
	hooks := lampHooks()
	fail := false
	lampDo := hooks["lamp"]
	lampDo.Do = map[string]func(context.Context, *engine.Doing) error{"number": func(ctx context.Context, d *engine.Doing) error {
		r, err := d.Engine.OpenIn(ctx, d.Tx, engine.Opening{Procedure: "lamp", Division: d.After.Division, Step: "report", Actor: people.SystemActor(d.After.Division), Parent: d.After.ID,
			Input: procedure.Input{"source": "collector", "desc": "协办", "place": here}})
		if err != nil {
			return err
		}
		d.Event.Children = append(d.Event.Children, r.Case)
		if fail {
			return fault.New(fault.Conflict, "test.no")
		}
		return nil
	}}
	hooks["lamp"] = lampDo
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		w := enginetest.New(t, db, hooks, lamp(t))
		r := report(t, w)
		dispatch := engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}}
		fail = true
		refused(t, w, dispatch, fault.Conflict, "test.no")
		fail = false
		act(t, w, dispatch)
		kids, err := record.Children(ctx, w.DB, w.Division, r.Case)
		if err != nil || len(kids) != 1 || kids[0].Parent != r.Case {
			t.Fatalf("%+v %v", kids, err)
		}
		events, _ := record.Timeline(ctx, w.DB, w.Division, r.Case)
		if b, _ := events[1].Read(); len(b.Children) != 1 || b.Children[0] != kids[0].ID {
			t.Errorf("the timeline names %v", b.Children)
		}
		refused(t, w, engine.Act{Case: r.Case, Step: "recall", Actor: dispatch.Actor, Input: procedure.Input{"reason": "误"}}, fault.Conflict, "R12")
		enginetest.CheckCase(t, w, r.Case)
		enginetest.CheckCase(t, w, kids[0].ID)
	}, enginetest.Migrations()...)
}

func TestAVersionKeepsItsText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		p := lamp(t)
		if _, err := record.KeepProcedures(ctx, db, 1, p); err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(p.Source()), "路灯报修", "路灯修理", 1)
		same, err := procedure.Load("lamp.yaml", []byte(changed), procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := record.KeepProcedures(ctx, db, 1, same); !fault.Is(err, fault.Invalid) {
			t.Fatalf("another text under the same version: %v", err)
		}
		next, err := procedure.Load("lamp.yaml", []byte(strings.Replace(changed, "version: 1", "version: 2", 1)), procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := record.KeepProcedures(ctx, db, 1, next)
		if err != nil {
			t.Fatal(err)
		}
		old, err1 := l.Version("lamp", 1)
		newest, err2 := l.Latest("lamp")
		if err1 != nil || err2 != nil || old.Title.ZH != "路灯报修" || newest.Version != 2 {
			t.Errorf("%v %v", err1, err2)
		}
	}, enginetest.Migrations()...)
}

func TestANewCalendarMovesOpenClocksVisibly(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		w.Clock.Set(time.Date(2026, 12, 30, 2, 0, 0, 0, time.UTC))
		r := report(t, w) // promise: 5 working days reach into a year without a table
		s, _ := w.Engine.Find(ctx, w.Division, r.Case)
		if !s.Clock("promise").Provisional {
			t.Fatal("not provisional")
		}
		d, _ := calendar.ParseDate("2027-01-01")
		cal := calendar.Make([]calendar.Day{{Date: d, Off: true, Official: true}, {Date: d - 365, Off: true, Official: true}}, calendar.OfficeHours())
		w.Engine.Calendar = func(context.Context, id.ID, string) (*calendar.Calendar, error) { return cal, nil }
		admin := w.Staff("admin", "", 0)
		if n, err := forecast.Recompute(ctx, w.Engine, admin, "导入 2027 年放假安排"); err != nil || n != 1 {
			t.Fatalf("%d moved, %v", n, err)
		}
		s, _ = w.Engine.Find(ctx, w.Division, r.Case)
		if s.Clock("promise").Provisional || calendar.FormatDue(s.Clock("promise").DueAt()) != "2027-01-07 17:30" {
			t.Errorf("due %s", calendar.FormatDue(s.Clock("promise").DueAt()))
		}
		events, _ := record.Timeline(ctx, w.DB, w.Division, r.Case)
		b, _ := events[1].Read()
		var moved map[string][2]string
		if err := json.Unmarshal(b.Input["moved"], &moved); err != nil || moved["promise"][0] == moved["promise"][1] {
			t.Errorf("the timeline says %s", b.Input["moved"])
		}
		if n, err := forecast.Recompute(ctx, w.Engine, admin, "再算一次"); err != nil || n != 0 {
			t.Errorf("again: %d moved, %v", n, err)
		}
		if _, err := forecast.Recompute(ctx, w.Engine, w.Staff("acceptor", "", 0), "x"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an acceptor recomputed: %v", err)
		}
		enginetest.CheckCase(t, w, r.Case)
	})
}
