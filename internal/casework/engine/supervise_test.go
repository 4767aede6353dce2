package engine_test

import (
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
)

// signal opens a supervision of the dossier and has two supervisors look at it.
func signal(t *testing.T, w *enginetest.World, at string) (*family, people.Actor, people.Actor) {
	t.Helper()
	w.Clock.Set(instant(at))
	f := &family{World: w, t: t, head: w.Staff("agency_head", "", 0)}
	leader := w.Staff("leader", "", 0)
	for _, a := range w.People.Holders("supervisor", "", "", w.Clock.Now()) {
		switch {
		case !a.Certified(people.Supervisor):
			f.aux = a
		case f.one.Account.IsZero():
			f.one = a
		default:
			f.two = a
		}
	}
	officer, _, _ := officersOf(w)
	r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "dossier", Division: w.Division, Step: "begin", Actor: officer})
	if err != nil {
		t.Fatal(err)
	}
	f.above = r.Case
	s, err := w.Engine.Open(ctx, engine.Opening{Procedure: "enf.supervise", Division: w.Division, Step: "v_open", Actor: w.System(), Parent: f.above,
		Input: procedure.Input{"source": "breach", "matter": "登记保存逾期未处理"}})
	if err != nil {
		t.Fatal(err)
	}
	f.child = s.Case
	alone := f.pair("ways", []string{"file"}, "cert_shown", true, "record", "x", procedure.SecondOfficer, f.aux.Account.String())
	f.try("S01", "v_check", f.one, alone)
	f.try("", "v_check", f.one, f.pair("ways", []string{"file", "ask"}, "cert_shown", true, "record", "已查阅案卷"))
	return f, leader, officer
}

// alarms are how much the supervisors were told.
func alarms(t *testing.T, w *enginetest.World) int {
	t.Helper()
	list, err := notice.Inbox(ctx, w.DB, w.Division, "", []notice.Address{{Kind: notice.Role, Target: "supervisor"}}, w.Clock.Now().AddDate(1, 0, 0), 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func letter(kv ...any) procedure.Input {
	in := procedure.Input{"to_body": "演示执法中队", "subject": "x", "facts": "x", "demands": []string{"纠正"}}
	for i := 0; i+1 < len(kv); i += 2 {
		in[kv[i].(string)] = kv[i+1]
	}
	return in
}

func TestV1V2AnOpinionIsAnsweredInThirtyDays(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f, leader, _ := signal(t, w, "2026-09-07 09:00")
		faults := []string{"登记保存超过七个工作日未处理（第五十六条）", "未退还物品"}
		f.try("S06", "v_opinion", leader, letter("faults", faults, "received", instant("2026-09-08 00:00")))
		f.try("", "v_opinion", leader, letter("faults", faults, "received", instant("2026-09-07 00:00")))
		f.due("vo30", "2026-10-07 24:00") // V1: off, and stays there
		before := alarms(t, w)
		f.at("2026-09-29 17:00")
		if alarms(t, w) != before {
			t.Error("an alarm before the last working day")
		}
		f.at("2026-09-30 17:00")
		if alarms(t, w) == before {
			t.Error("no alarm on the last working day before the holiday")
		}
		decide := letter("kind", "annul", "article", "a32", "ground", "other", "received", instant("2026-09-30 00:00"))
		f.try("S03", "v_decide", leader, decide)
		f.try("S02", "v_fix", f.head, procedure.Input{"acts": []string{"已退还"}})
		f.try("", "v_fix", f.head, procedure.Input{"acts": []string{"已补作处理决定", "已退还"}})
		f.try("", "v_report", f.head, procedure.Input{"text": "已纠正"})
		f.try("", "v_close", f.one, procedure.Input{"result": "已纠正"})
		f.state("closed")
	})
}

func TestV3ADecisionFitsItsArticle(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f, leader, _ := signal(t, w, "2026-09-07 09:00")
		f.try("", "v_notice", f.one, letter())
		f.due("vn", "2026-09-20 24:00") // a Sunday that was worked
		f.try("", "v_answer", f.head, procedure.Input{"text": "正在办理"})
		f.try("", "v_opinion", leader, letter("faults", []string{"决定书未载明日期"}, "received", instant("2026-09-07 00:00")))
		f.try("S03", "v_decide", leader, letter("kind", "supplement", "article", "a31", "ground", "missing_date", "received", instant("2026-09-07 00:00")))
		f.at("2026-10-08 00:05")
		try := func(want, kind, article, ground string) {
			f.try(want, "v_decide", leader, letter("kind", kind, "article", article, "ground", ground, "received", instant("2026-10-08 00:00")))
		}
		try("S04", "supplement", "a34", "missing_date")
		try("S05", "invalid", "a34", "missing_date")
		try("S05", "supplement", "a31", "no_seal")
		try("", "supplement", "a31", "missing_date")
		f.due("vd30", "2026-11-07 24:00")
		f.try("", "v_exec", f.head, procedure.Input{"text": "已补正"})
		f.try("N67", "v_close", f.one, procedure.Input{"result": "x"})
	})
}

func TestNobodyOfTheFileSupervisesIt(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f, leader, officer := signal(t, w, "2026-09-07 09:00")
		act(t, w, engine.Act{Case: f.above, Step: "note", Actor: f.one, Input: procedure.Input{"text": "x", "visibility": "internal"}})
		f.try("N74", "v_notice", f.one, letter())
		f.try("", "v_talk", leader, procedure.Input{"who": officer.Account.String(), "topic": "x"})
		if got := code(t, w, f.child, "v_notice", officer, letter()); got != "R01" {
			t.Errorf("an officer sends notices: %q", got)
		}
		f.try("", "v_move", leader, procedure.Input{"receiver": "appointing_body", "lead": "x"})
		f.state("moved")
	})
}
