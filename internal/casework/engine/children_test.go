package engine_test

import (
	"os"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// dossier is a small case above that opens every shipped child and hears it.
const dossier = `
procedure: dossier
version: 1
title: {zh: 案卷, en: Dossier}
basis: [test]
barred: {field: recused, refuse: N08}
stages: [{id: all, name: {zh: 办理, en: Work}}]
states:
  - {id: working, name: {zh: 办理中, en: Working}, stage: all, owner: [officer]}
  - {id: closed, name: {zh: 已结案, en: Closed}, stage: all, terminal: true}
data:
  - {name: result, type: text}
  - {name: way, type: text}
  - {name: recused, type: person, list: true}
refusals:
  N08: {zh: 该人员已被决定回避。, en: This person is recused.}
steps:
  - {id: begin, name: {zh: 开始, en: Begin}, from: [none], to: [{state: working}], who: [officer]}
  - id: correct_
    name: {zh: 责令改正, en: Order}
    from: [working]
    who: [officer]
    open: [{procedure: enf.correct, step: start, keep_as: child, input: {addressee: "'演示当事人'", citizen: "true"}}]
  - id: hold
    name: {zh: 登记保存, en: Hold}
    from: [working]
    who: [officer]
    open: [{procedure: enf.hold, step: start, keep_as: child, input: {addressee: "'演示当事人'", citizen: "true"}}]
  - id: recusal
    name: {zh: 回避, en: Recusal}
    from: [working]
    who: [officer]
    open: [{procedure: enf.recusal, step: start, keep_as: child, input: {addressee: "'演示当事人'", citizen: "true"}}]
  - id: measure
    name: {zh: 查封扣押, en: Measure}
    from: [working]
    who: [officer]
    open: [{procedure: enf.measure, step: start, keep_as: child, input: {addressee: "'演示当事人'", citizen: "true"}}]
  - id: exempt
    name: {zh: 不予处罚, en: Exempt}
    from: [working]
    who: [officer]
    open: [{procedure: enf.exempt, step: start, keep_as: child, input: {addressee: "'演示当事人'", citizen: "true", act_on: now, limit_end: "now + days(700)"}}]
  - id: correction_result
    name: {zh: 改正结果, en: Result}
    from: [any]
    who: [system]
    hidden: true
    form:
      - {name: result, type: enum, label: {zh: 结果, en: Result}, required: true, options: [{value: ok, label: {zh: 已改正, en: Ok}}, {value: partly, label: {zh: 部分, en: Partly}}, {value: refused, label: {zh: 拒不改正, en: Refused}}]}
      - {name: "on", type: time, label: {zh: 时间, en: "On"}, required: true}
    set: [{field: result, value: input.result}]
  - id: hold_ended
    name: {zh: 保存结束, en: Ended}
    from: [any]
    who: [system]
    hidden: true
    form: [{name: way, type: text, label: {zh: 方式, en: Way}, required: true}]
    set: [{field: way, value: input.way}]
  - id: recusal_open
    name: {zh: 申请回避, en: Applied}
    from: [any]
    who: [system]
    hidden: true
    form: [{name: whom, type: person, label: {zh: 人员, en: Whom}, required: true}]
  - id: recusal_decided
    name: {zh: 回避决定, en: Decided}
    from: [any]
    who: [system]
    hidden: true
    form: [{name: whom, type: person, label: {zh: 人员, en: Whom}, required: true}, {name: result, type: bool, label: {zh: 回避, en: Recused}}]
    set: [{field: recused, value: "data.recused + [input.whom]", when: input.result}]
  - {id: close, name: {zh: 结案, en: Close}, from: [working], to: [{state: closed}], who: [agency_head]}
`

func children(t testing.TB) []*procedure.Procedure {
	t.Helper()
	above, err := procedure.Load("dossier.yaml", []byte(dossier), procedure.World{})
	if err != nil {
		t.Fatal(err)
	}
	out := []*procedure.Procedure{above}
	for _, name := range []string{"service", "correct", "hold", "recusal", "measure", "exempt", "precedent", "meeting", "supervise"} {
		file := "enf." + name + ".yaml"
		src, err := os.ReadFile("../../../packs/cn-base/procedures/" + file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Load(file, src, procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if bad := library.CheckCases(out...); len(bad) > 0 {
		t.Fatal(bad)
	}
	return out
}

// family is a dossier with one child and the people around it.
type family struct {
	*enginetest.World
	t             *testing.T
	above, child  id.ID
	one, two, aux people.Actor
	head          people.Actor
}

func begin(t *testing.T, w *enginetest.World, at, step string) *family {
	t.Helper()
	w.Clock.Set(instant(at))
	f := &family{World: w, t: t, head: w.Staff("agency_head", "", 0)}
	f.one, f.two, f.aux = officersOf(w)
	r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "dossier", Division: w.Division, Step: "begin", Actor: f.one})
	if err != nil {
		t.Fatal(err)
	}
	f.above = r.Case
	act(t, w, engine.Act{Case: f.above, Step: step, Actor: f.one})
	f.child = child(t, w, f.above)
	return f
}

func (f *family) try(want, step string, actor people.Actor, in procedure.Input, files ...engine.Upload) {
	f.t.Helper()
	if _, err := f.Engine.Act(ctx, engine.Act{Case: f.child, Step: step, Actor: actor, Input: in, Files: files}); keyOf(err) != want {
		f.t.Errorf("%s: %q, want %q (%v)", step, keyOf(err), want, err)
	}
}

func (f *family) pair(kv ...any) procedure.Input {
	in := with(f.two, kv...)
	delete(in, "paper")
	return in
}

func (f *family) at(s string) {
	f.t.Helper()
	f.Clock.Set(instant(s))
	if _, err := f.Engine.Tick(ctx); err != nil {
		f.t.Fatal(err)
	}
}

func (f *family) state(want string) *engine.Snapshot {
	f.t.Helper()
	s, err := f.Engine.Find(ctx, f.Division, f.child)
	if err != nil || s.State != want {
		f.t.Fatalf("in %s, want %s %v", s.State, want, err)
	}
	enginetest.CheckCase(f.t, f.World, f.child)
	return s
}

func (f *family) due(clock, want string) {
	f.t.Helper()
	s, err := f.Engine.Find(ctx, f.Division, f.child)
	if err != nil {
		f.t.Fatal(err)
	}
	if got := calendar.FormatDue(s.Clock(clock).DueAt()); got != want {
		f.t.Errorf("%s until %s, want %s", clock, got, want)
	}
}

func eachFamily(t *testing.T, fn func(t *testing.T, w *enginetest.World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, enginetest.New(t, db, nil, children(t)...)) }, enginetest.Migrations()...)
}

func order(f *family, kv ...any) procedure.Input {
	return f.pair(append([]any{"facts", "露天烧烤", "evidence", "P06", "breached", "x", "basis", "x", "items", []string{"熄火"}, "possible", true, "consequence", "x"}, kv...)...)
}

func (f *family) serve(at string) {
	f.t.Helper()
	act(f.t, f.World, engine.Act{Case: child(f.t, f.World, f.child), Step: "direct", Actor: f.one, Input: f.pair("received_by", "self", "served_on", instant(at), "sign", "张演示")})
}

func TestC1C2ACorrectionIsReChecked(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f := begin(t, w, "2026-08-20 18:50", "correct_")
		f.try("", "c_issue", f.one, order(f, "mode", "now"))
		check := func(at string) procedure.Input {
			return f.pair("at", instant(at), "cert_shown", true, "result", "refused", "items", []string{"熄火"})
		}
		f.try("N64", "c_check", f.one, check("2026-08-20 18:50"))
		f.at("2026-08-20 19:00")
		f.serve("2026-08-20 19:00")
		f.state("due")
		f.at("2026-08-20 20:00")
		f.try("C04", "c_check", f.one, check("2026-08-20 20:00"))
		f.try("N64", "c_check", f.one, check("2026-08-20 19:00"), w.Photo("media", here))
		f.try("", "c_check", f.one, check("2026-08-20 20:00"), w.Photo("media", here))
		f.state("refused")
		if s, err := w.Engine.Find(ctx, w.Division, f.above); err != nil || s.Data["result"] != "refused" {
			t.Errorf("the case above heard %v %v", s.Data["result"], err)
		}
		f = begin(t, w, "2026-09-15 10:00", "correct_")
		f.try("C01", "c_issue", f.one, order(f, "mode", "date", "until", instant("2026-09-25 00:00")))
		f.try("", "c_issue", f.one, order(f, "mode", "date", "until", instant("2026-09-25 00:00"), "known", true))
		f.serve("2026-09-15 10:00")
		f.due("fix", "2026-09-25 24:00")
		f = begin(t, w, "2026-09-15 11:00", "correct_")
		f.try("", "c_issue", f.one, order(f, "mode", "days", "n", int64(10)))
		f.serve("2026-09-15 11:00")
		f.due("fix", "2026-09-28 24:00")
		f.state("served")
	})
}

func TestAHoldLapsesUnhandled(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f := begin(t, w, "2026-09-14 09:00", "hold")
		ask := func(row map[string]string) procedure.Input {
			return procedure.Input{"items": []map[string]string{row}, "risk": "loss", "place": here}
		}
		f.try("N56", "ho_ask", f.one, ask(map[string]string{"name": "烤炉", "qty": "1"}), w.Photo("photos", here))
		f.try("", "ho_ask", f.one, ask(map[string]string{"name": "烤炉", "qty": "1", "tie": "作案工具"}), w.Photo("photos", here))
		hold := f.pair("at", instant("2026-09-14 10:00"), "list_signed", true, "party_present", true)
		f.at("2026-09-14 10:00")
		f.try("N10", "ho_hold", f.one, hold)
		f.try("", "ho_approve", f.head, procedure.Input{"opinion": "同意"})
		f.try("", "ho_hold", f.one, hold)
		f.due("hold7", "2026-09-22 24:00")
		f.try("N54", "ho_handle", f.head, procedure.Input{"way": "to_seizure", "reason": "x"})
		f.at("2026-09-23 00:05")
		f.state("lapsed")
		f.try("N11", "ho_handle", f.head, procedure.Input{"way": "transfer", "reason": "x"})
		f.try("", "ho_handle", f.head, procedure.Input{"way": "return", "reason": "逾期"})
		if s, err := w.Engine.Find(ctx, w.Division, f.above); err != nil || s.Data["way"] != "lapsed" {
			t.Errorf("the case above heard %v %v", s.Data["way"], err)
		}
	})
}

func TestWhoIsRecusedIsBarredAbove(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f := begin(t, w, "2026-09-14 09:00", "recusal")
		f.try("R03", "rc_decide", f.head, procedure.Input{"reason": "x"}) // nobody applied
		f.try("", "rc_apply", f.two, procedure.Input{"by": "party", "whom": f.one.Account.String(), "ground": "interest", "facts": "亲属"})
		f.try("C02", "rc_decide", w.Staff("panel", "", 0), procedure.Input{"result": true, "reason": "x", "earlier": "keep"})
		f.try("C03", "rc_decide", f.head, procedure.Input{"result": true, "reason": "x"})
		f.try("", "rc_decide", f.head, procedure.Input{"result": true, "reason": "属实", "earlier": "keep"})
		f.state("granted")
		if got := code(t, w, f.above, "hold", f.one, nil); got != "N08" {
			t.Errorf("the recused officer goes on: %q", got)
		}
	})
}

func TestAnExemptionGoesBackToThePenalty(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		f := begin(t, w, "2026-09-14 09:00", "exempt")
		f.try("", "x_give_up", f.one, procedure.Input{"reason": "条件不具备"})
		f.state("returned")
	})
}

func measure(f *family, kv ...any) procedure.Input {
	in := f.pair(append([]any{"cert_shown", true, "party_called", true, "party_present", true, "told_reason", true, "told_basis", true, "told_rights", true,
		"heard", true, "record_sign", "张演示", "list_sign", true, "list_same", true, "handed", true}, kv...)...)
	return in
}

func TestK1ToK5AMeasureHasABasisAndAnEnd(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		goods := []map[string]string{{"name": "工具", "qty": "2", "tie": "经营工具", "daily": "no", "sealed": "no"}}
		ask := func(basis string, kv ...any) procedure.Input {
			in := procedure.Input{"kind": "seize", "basis": basis, "objects": goods, "need": "x"}
			for i := 0; i < len(kv); i += 2 {
				in[kv[i].(string)] = kv[i+1]
			}
			return in
		}
		seized := func() *family {
			f := begin(t, w, "2026-09-10 09:00", "measure")
			f.try("N54", "k_ask", f.one, ask("unl11", "exempt", true)) // K4
			f.try("N54", "k_ask", f.one, ask("none"))                  // K5
			f.try("N54", "k_ask", f.one, ask("env52"))
			f.try("", "k_ask", f.one, ask("unl11"))
			do := measure(f, "at", instant("2026-09-10 09:00"))
			f.try("N55", "k_do", f.one, do, w.Photo("av", here))
			f.try("", "k_ok", f.head, procedure.Input{"opinion": "同意"})
			f.try("K01", "k_do", f.one, measure(f, "at", instant("2026-09-10 09:00"), "heard", false), w.Photo("av", here))
			f.try("N09", "k_do", f.one, measure(f, "at", instant("2026-09-10 09:00"), "party_present", false), w.Photo("av", here))
			f.try("", "k_do", f.one, do, w.Photo("av", here))
			f.due("hold30", "2026-10-10 24:00")
			return f
		}
		longer := procedure.Input{"days": int64(30), "complex": true, "reason": "x"}
		f := seized()
		f.at("2026-10-10 10:00")
		f.try("", "k_extend", f.head, longer)
		f.try("K02", "k_extend", f.head, longer)
		f.due("hold30", "2026-11-09 24:00")
		f.at("2026-11-10 00:05")
		f.state("lapsed")
		f = seized()
		f.at("2026-09-14 10:00")
		f.try("", "k_test", w.Staff("unit_head", "", 0), procedure.Input{"body": "检测站", "from": instant("2026-09-14 00:00"), "until": instant("2026-09-20 00:00"), "told": true})
		f.at("2026-09-20 10:00")
		f.try("", "k_test_back", f.one, procedure.Input{"result": "x", "agency_pays": true})
		f.due("hold30", "2026-10-16 24:00")
		f.try("", "k_extend", f.head, longer)
		f.due("hold30", "2026-11-15 24:00")
		f = begin(t, w, "2026-09-18 17:30", "measure")
		urgent := measure(f, "at", instant("2026-09-18 17:30"), "danger", "x", "kind", "seize", "basis", "unl11", "objects", goods)
		f.try("", "k_urgent", f.one, urgent, w.Photo("av", here))
		f.due("emerg24", "2026-09-19 17:30")
		f.at("2026-09-19 17:31")
		f.state("released")
	})
}

func TestG2G3(t *testing.T) {
	eachFamily(t, func(t *testing.T, w *enginetest.World) {
		w.Clock.Set(instant("2026-09-29 09:00"))
		boss := w.Staff("unit_head", "", 0)
		plan := func(topic string) procedure.Input {
			return procedure.Input{"period": "9月", "topics": []map[string]string{{"kind": "breach", "topic": topic, "cases": "A1"}}}
		}
		open := engine.Opening{Procedure: "enf.meeting", Division: w.Division, Step: "g_plan", Actor: boss, Input: plan("fines per officer")}
		if _, err := w.Engine.Open(ctx, open); keyOf(err) != "N68" {
			t.Errorf("a ranking by fines: %v", err)
		}
		open.Input = plan("登记保存逾期")
		r, err := w.Engine.Open(ctx, open)
		if err != nil {
			t.Fatal(err)
		}
		call := func(on string) procedure.Input {
			return procedure.Input{"on": instant(on + " 00:00"), "members": []string{boss.Account.String()}}
		}
		if got := code(t, w, r.Case, "g_call", boss, call("2026-10-08")); got != "G01" {
			t.Errorf("called for 8 October: %q", got)
		}
		if got := code(t, w, r.Case, "g_call", boss, call("2026-10-09")); got != "" {
			t.Errorf("called for 9 October: %q", got)
		}
	})
}
