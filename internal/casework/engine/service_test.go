package engine_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// notices is a small case whose notice is served by the shipped procedure.
const notices = `
procedure: notices
version: 1
title: {zh: 告知, en: Notice}
basis: [test]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states:
  - {id: drafted, name: {zh: 待告知, en: Drafted}, stage: all, owner: [officer]}
  - {id: waiting, name: {zh: 待送达, en: Being served}, stage: all, owner: [officer]}
  - {id: told, name: {zh: 陈述申辩期, en: Statement period}, stage: all, owner: [agency_head], clock: stmt}
  - {id: decided, name: {zh: 已决定, en: Decided}, stage: all, terminal: true}
data:
  - {name: served_on, type: time}
clocks:
  - {id: stmt, name: {zh: 陈述申辩, en: Statement}, limit: {n: 5, unit: working_day}, roll: next, party: citizen, expiry: {none: true}}
refusals:
  N15: {zh: 尚未依法告知。, en: Not told yet.}
  N16: {zh: "陈述申辩期尚未届满（{due}）。", en: "The statement period runs until {due}."}
steps:
  - {id: begin, name: {zh: 开始, en: Begin}, from: [none], to: [{state: drafted}], who: [officer]}
  - id: tell
    name: {zh: 告知, en: Tell}
    from: [drafted]
    to: [{state: waiting}]
    who: [officer]
    form: [{name: org, type: bool, label: {zh: 单位, en: An organisation}}]
    open: [{procedure: enf.service, step: start, keep_as: paper, input: {paper: "'P22'", addressee: "'演示当事人'", citizen: "!input.org", serve_within: "true"}}]
  - id: served
    name: {zh: 已送达, en: Served}
    from: [waiting]
    to: [{state: told}]
    who: [system]
    hidden: true
    form:
      - {name: paper, type: text, label: {zh: 文书, en: Paper}, required: true}
      - {name: on, type: time, label: {zh: 送达日, en: Served on}, required: true}
    set: [{field: served_on, value: input.on}]
    clocks: [{start: stmt, as_of: input.on}]
  - {id: waive, name: {zh: 放弃陈述, en: Waive}, from: [told], who: [officer], clocks: [{stop: stmt}]}
  - id: decide
    name: {zh: 决定, en: Decide}
    from: [waiting, told]
    to: [{state: decided}]
    who: [agency_head]
    guards:
      - {if: "case.done_with('served', 'paper', 'P22') && case.at_with('served', 'paper', 'P22') <= now", refuse: N15, law: [《行政处罚法》第四十四条, 《行政处罚法》第六十二条]}
      - {if: "!case.running('stmt')", refuse: N16, args: {due: "case.due('stmt')"}}
  - id: abandon
    name: {zh: 撤销, en: Abandon}
    from: [waiting]
    to: [{state: decided}]
    who: [agency_head]
    guards: [{if: "case.children('enf.service', 'void') > 0", refuse: N15}]
`

func serving(t testing.TB) []*procedure.Procedure {
	t.Helper()
	src, err := os.ReadFile("../../../packs/cn-base/procedures/enf.service.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []*procedure.Procedure
	for name, src := range map[string]string{"notices.yaml": notices, "enf.service.yaml": string(src)} {
		p, err := procedure.Load(name, []byte(src), procedure.World{})
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

// toBeServed opens a case at the instant and gives it and its service.
func toBeServed(t *testing.T, w *enginetest.World, at string, org bool) (parent, service id.ID) {
	t.Helper()
	w.Clock.Set(instant(at))
	officer, _, _ := officersOf(w)
	r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "notices", Division: w.Division, Step: "begin", Actor: officer})
	if err != nil {
		t.Fatal(err)
	}
	act(t, w, engine.Act{Case: r.Case, Step: "tell", Actor: officer, Input: procedure.Input{"org": org}})
	return r.Case, child(t, w, r.Case)
}

func instant(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return at
}

func eachServing(t *testing.T, fn func(t *testing.T, w *enginetest.World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, enginetest.New(t, db, nil, serving(t)...)) }, enginetest.Migrations()...)
}

func TestEveryWayOfServiceHasItsConditions(t *testing.T) {
	eachServing(t, func(t *testing.T, w *enginetest.World) {
		one, two, aux := officersOf(w)
		head := w.Staff("unit_head", "", 0)
		try := func(name, want, step string, on id.ID, actor people.Actor, in procedure.Input, files ...engine.Upload) {
			t.Helper()
			_, err := w.Engine.Act(ctx, engine.Act{Case: on, Step: step, Actor: actor, Input: in, Files: files})
			if got := keyOf(err); got != want {
				t.Errorf("%s: %q, want %q (%v)", name, got, want, err)
			}
		}
		pair := func(second people.Actor, kv ...any) procedure.Input {
			in := with(second, kv...)
			delete(in, "paper")
			return in
		}
		_, org := toBeServed(t, w, "2026-09-14 09:00", true)
		_, citizen := toBeServed(t, w, "2026-09-14 10:00", false)
		w.Clock.Advance(time.Hour)
		on := w.Clock.Now()
		hand := func(by string, kv ...any) procedure.Input {
			return pair(two, append([]any{"received_by", by, "served_on", on, "sign", "张演示", "identity", "身份证已核"}, kv...)...)
		}
		try("family of an organisation", "N40", "direct", org, one, hand("adult_family", "household", true))
		try("family elsewhere", "N40", "direct", citizen, one, hand("adult_family"))
		try("a clerk of a citizen", "N40", "direct", citizen, one, hand("mail_clerk"))
		try("a stranger", "N40", "direct", citizen, one, pair(two, "received_by", "agent", "served_on", on, "sign", "张演示"))
		try("without a signature", "R05", "direct", citizen, one, pair(two, "received_by", "self", "served_on", on))
		try("before it was made", "S01", "direct", citizen, one, hand("self", "served_on", on.Add(-48*time.Hour)))
		try("with auxiliary staff", "N04", "direct", citizen, one, pair(aux, "received_by", "self", "served_on", on, "sign", "张演示"))
		try("consent without a signature", "N42", "address", org, one, procedure.Input{"address": "演示路1号", "consent": true})
		proof := w.Photo("proof", here)
		try("electronic without consent", "N42", "electronic", org, one, procedure.Input{"channel": "email", "served_on": on}, proof)
		try("not refused, left", "R03", "leave", org, one, nil)
		try("refused", "", "refused", org, one, pair(two, "reason", "拒收"))
		leave := func(kv ...any) procedure.Input {
			return pair(two, append([]any{"where", "seat", "place", here, "reason", "拒收", "mode", "witness", "served_on", on}, kv...)...)
		}
		try("left without a witness", "N41", "leave", org, one, leave())
		try("left elsewhere", "N41", "leave", org, one, leave("where", "other", "witness", "李演示"))
		try("left without a picture", "N41", "leave", org, one, leave("mode", "av"))
		try("posted without a date", "N43", "post", org, one, procedure.Input{"tracking": "EMS1", "why": "拒收"})
		try("announced too early", "N44", "announce", org, head, procedure.Input{"reason": "other_ways_failed", "course": "x", "published_on": on, "where": []string{"网站"}})
		try("unknown without proof", "N44", "try", org, one, pair(two, "course", "x", "unknown", true))
		try("came back", "", "post", org, one, procedure.Input{"tracking": "EMS1", "why": "拒收", "returned": true})
		try("left with a witness", "", "leave", org, one, leave("witness", "李演示"))
		try("handed over", "", "direct", citizen, one, hand("adult_family", "household", true))
		for _, c := range []id.ID{org, citizen} {
			enginetest.CheckCase(t, w, c)
		}
	})
}

// O5: announced on Friday 4 September, served when the holiday is over; the
// statement period counts from that day.
func TestO5AnnouncementEndsAfterTheHoliday(t *testing.T) {
	eachServing(t, func(t *testing.T, w *enginetest.World) {
		one, two, _ := officersOf(w)
		head := w.Staff("unit_head", "", 0)
		parent, service := toBeServed(t, w, "2026-08-27 09:00", false)
		w.Clock.Set(instant("2026-08-28 10:00"))
		in := with(two, "course", "邮件退回", "unknown", false)
		delete(in, "paper")
		act(t, w, engine.Act{Case: service, Step: "try", Actor: one, Input: in})
		w.Clock.Set(instant("2026-08-31 10:00"))
		act(t, w, engine.Act{Case: service, Step: "try", Actor: one, Input: in})
		w.Clock.Set(instant("2026-09-07 09:00"))
		act(t, w, engine.Act{Case: service, Step: "announce", Actor: head, Input: procedure.Input{
			"reason": "other_ways_failed", "course": "两次未送达", "published_on": instant("2026-09-04 12:00"), "where": []string{"门户网站"}}})
		s, err := w.Engine.Find(ctx, w.Division, service)
		if err != nil {
			t.Fatal(err)
		}
		if c := s.Clock("serve7"); c.Breached() {
			t.Error("the announcement stops the seven days, it does not breach them")
		}
		if due := calendar.FormatDue(s.Clock("announce30").DueAt()); due != "2026-10-08 24:00" {
			t.Errorf("announced until %s", due)
		}
		w.Clock.Set(instant("2026-10-09 00:05"))
		if _, err := w.Engine.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		up, err := w.Engine.Find(ctx, w.Division, parent)
		if err != nil || up.State != "told" {
			t.Fatalf("the case is %s %v", up.State, err)
		}
		if due := calendar.FormatDue(up.Clock("stmt").DueAt()); due != "2026-10-14 24:00" {
			t.Errorf("statement until %s", due)
		}
		boss := w.Staff("agency_head", "", 0)
		for at, want := range map[string]string{"2026-10-14 23:59": "N16", "2026-10-15 08:30": ""} {
			w.Clock.Set(instant(at))
			if _, err := w.Engine.Preview(ctx, engine.Act{Case: parent, Step: "decide", Actor: boss}); keyOf(err) != want {
				t.Errorf("decided at %s: %v", at, err)
			}
		}
		enginetest.CheckCase(t, w, service)
		enginetest.CheckCase(t, w, parent)
	})
}

// The notices and their services walk at random; whatever was served, the case
// above heard of it, on the same day.
func TestServiceWalksAtRandom(t *testing.T) {
	for name, x := range map[string]struct {
		db    func(testing.TB, ...dbx.Migration) *dbx.DB
		steps int
	}{"sqlite": {dbtest.SQLite, 2100}, "postgres": {dbtest.Postgres, 120}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			procs := serving(t)
			w := enginetest.New(t, x.db(t, enginetest.Migrations()...), nil, procs...)
			p := procs[0]
			if p.ID != "notices" {
				p = procs[1]
			}
			steps := x.steps
			if testing.Short() {
				steps = min(steps, 300)
			}
			stats := enginetest.Walk{World: w, Procedure: p, Steps: steps, Seed: 5, Here: here, Value: likely,
				After: func(t testing.TB, before, after *engine.Snapshot) {
					if after.Procedure == "enf.service" && after.State == "done" && before.State != "done" {
						heard(t, w, after)
					}
				}}.Run(t)
			t.Logf("%+v", stats)
			if steps < 2000 {
				return
			}
			for _, state := range []string{"trying", "public", "done", "void", "told", "decided"} {
				if stats.Entered["enf.service"][state] == 0 {
					t.Errorf("the walk never entered %s", state)
				}
			}
			for _, code := range []string{"N04", "N15", "N16", "N40", "N41", "N42", "N43", "N44"} {
				if stats.Refusals[code] == 0 {
					t.Errorf("the walk was never refused by %s", code)
				}
			}
		})
	}
}

// likely fills a day of service that may be true.
func likely(r *rand.Rand, s *engine.Snapshot, _ *procedure.Step, f *field.Field) (any, bool) {
	switch f.Name {
	case "paper": // the walker also plays the system
		return "P22", true
	case "served_on", "published_on":
		if at, ok := s.Data["issued"].(time.Time); ok && r.IntN(10) > 0 {
			return at.Add(time.Duration(r.IntN(30)) * time.Minute), true
		}
	}
	return nil, false
}

func heard(t testing.TB, w *enginetest.World, service *engine.Snapshot) {
	t.Helper()
	up, err := w.Engine.Find(ctx, w.Division, service.Parent)
	if err != nil {
		t.Fatal(err)
	}
	if up.State != "told" || up.Data["served_on"] != service.Data["served_on"] {
		t.Fatalf("served on %v, the case above says %v in %s", service.Data["served_on"], up.Data["served_on"], up.State)
	}
}

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.As(err).Key
}
