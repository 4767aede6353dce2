package dossier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	lawbook "xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

var (
	ctx  = context.Background()
	here = procedure.Point{Lat: 36.7, Lng: 119.1}
)

// casesAbove is a small case with a decision against which there are remedies, and
// whose duty others may perform.
const casesAbove = `
procedure: above
version: 1
title: {zh: 案卷, en: Dossier}
basis: [test]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states:
  - {id: working, name: {zh: 办理中, en: Working}, stage: all, owner: [officer]}
  - {id: closed, name: {zh: 已结案, en: Closed}, stage: all, terminal: true}
data:
  - {name: heard, type: text, default: "''"}
  - {name: fine, type: money, default: "0"}
  - {name: recon_done, type: bool, default: "false"}
  - {name: recon_on, type: time}
clocks:
  - {id: recon60, name: {zh: 复议, en: Reconsideration}, limit: {n: 60, unit: natural_day}, roll: next, party: citizen, expiry: {none: true}}
  - {id: suit6m, name: {zh: 起诉, en: Suit}, limit: {n: 6, unit: month}, roll: next, party: citizen, expiry: {none: true}}
steps:
  - {id: begin, name: {zh: 开始, en: Begin}, from: [none], to: [{state: working}], who: [officer], clocks: [{start: recon60}, {start: suit6m}]}
  - id: substitute
    name: {zh: 代履行, en: Substitute}
    from: [working]
    who: [officer]
    open: [{procedure: enf.substitute, step: start, keep_as: child, input: {party: "'演示当事人'", citizen: "true", party_address: "'演示路1号'"}}]
  - id: remedy
    name: {zh: 救济, en: Remedy}
    from: [working]
    who: [clerk]
    open:
      - procedure: enf.remedy
        step: start
        keep_as: child
        input: {party: "'演示当事人'", citizen: "true", recon_end: "case.due('recon60')", suit_end: "case.due('suit6m')", recon_done: data.recon_done, recon_on: "case.has('recon_on') ? data.recon_on : now"}
  - {id: substitute_done, name: {zh: 已代履行, en: Performed}, from: [any], who: [system], hidden: true, set: [{field: heard, value: "'performed'"}]}
  - id: remedy_open
    name: {zh: 救济开始, en: Open}
    from: [any]
    who: [system]
    hidden: true
    form: [{name: kind, type: text, label: {zh: 种类, en: Kind}}, {name: "on", type: time, label: {zh: 日, en: "On"}, required: true}]
    set: [{field: heard, value: "'open ' + input.kind"}]
  - id: remedy_ended
    name: {zh: 救济结束, en: Ended}
    from: [any]
    who: [system]
    hidden: true
    form: [{name: result, type: text, label: {zh: 结果, en: Result}, required: true}, {name: "on", type: time, label: {zh: 日, en: "On"}, required: true}, {name: fine, type: money, label: {zh: 罚款, en: Fine}}]
    set: [{field: heard, value: input.result}, {field: fine, value: input.fine}, {field: recon_done, value: "true"}, {field: recon_on, value: input.on}]
  - {id: remedy_final, name: {zh: 终局, en: Final}, from: [any], who: [system], hidden: true, form: [{name: "on", type: time, label: {zh: 日, en: "On"}, required: true}], set: [{field: heard, value: "'final'"}]}
  - {id: close, name: {zh: 结案, en: Close}, from: [working], to: [{state: closed}], who: [agency_head]}
`

// shippedProcedures are read once: they never change.
var shippedProcedures = sync.OnceValues(func() (out []*procedure.Procedure, err error) {
	load := func(name string, src []byte) error {
		p, err := procedure.Load(name, src, procedure.World{})
		out = append(out, p)
		return err
	}
	if err := load("above.yaml", []byte(casesAbove)); err != nil {
		return nil, err
	}
	for _, name := range []string{"ordinary", "service", "correct", "hold", "recusal", "measure", "exempt", "simple", "substitute", "clear", "build", "remedy"} {
		src, err := os.ReadFile(shipped + "procedures/enf." + name + ".yaml")
		if err != nil {
			return nil, err
		}
		if err := load("enf."+name+".yaml", src); err != nil {
			return nil, err
		}
	}
	if bad := library.CheckCases(out...); len(bad) > 0 {
		return nil, bad
	}
	return out, nil
})

// bureau is a small city with the law of the packs. Papers are not fixed here:
// their room and the tests of the whole program prove them.
type bureau struct {
	*enginetest.World
	t             testing.TB
	papers        []string
	one, two, aux people.Actor
	parties       *party.Service
	on            id.ID
	books         int
}

func newBureau(t testing.TB, db *dbx.DB, procs ...*procedure.Procedure) *bureau {
	t.Helper()
	b := &bureau{t: t}
	settings := func(context.Context, id.ID) (*pack.Settings, error) { return pack.NewSettings(nil), nil }
	cal := calendar.Make(holidays(t), calendar.OfficeHours())
	regs := register.New(db, nil)
	room := New(Deps{DB: db, Places: place.New(db), Library: lawbook.New(db, regs), Settings: settings,
		Calendar: func(context.Context, id.ID, string) (*calendar.Calendar, error) { return cal, nil }})
	hooks := room.Hooks()
	for name, h := range hooks {
		h.Do = maps.Clone(h.Do)
		for _, p := range slices.Concat(papers, []string{"receipt", "crime"}) { // those fix a paper, too
			h.Do[p] = func(context.Context, *engine.Doing) error { b.papers = append(b.papers, p); return nil }
		}
		h.Do["announcement"] = func(context.Context, *engine.Doing) error { return nil } // paperwork's
		h.Choices = func(ctx context.Context, a engine.Asked, list string) ([]engine.Choice, error) {
			if slices.Contains([]string{"parties", "violations", "rules"}, list) {
				return room.choices(ctx, a, list)
			}
			return nil, nil // people come from the small city, not from tables
		}
		hooks[name] = h
	}
	b.World = enginetest.New(t, db, hooks, procs...)
	regs = register.New(db, b.Clock)
	b.parties = party.New(db, b.Clock)
	applyLaw(t, regs, b.Division)
	list := b.People.Holders("officer", "d1", "", b.Clock.Now())
	i := slices.IndexFunc(list, func(a people.Actor) bool { return len(a.Certificates) == 0 })
	b.aux = list[i]
	rest := slices.Delete(slices.Clone(list), i, i+1)
	b.one, b.two = rest[0], rest[1]
	return b
}

func applyLaw(t testing.TB, regs *register.Service, division id.ID) {
	t.Helper()
	for _, x := range []struct {
		pack, file string
		kind       register.Kind
	}{{"cn-base", "violations", lawbook.Violations}, {"cn-base", "rules", lawbook.Rules}, {"weifang-ez", "powers", power.Items}} {
		dir, err := packs.FS(x.pack)
		if err != nil {
			t.Fatal(err)
		}
		body, err := fs.ReadFile(dir, "law/"+x.file+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := regs.Apply(ctx, people.SystemActor(division), x.pack, x.kind, register.File{Name: x.file + ".csv", Body: body}, false); err != nil {
			t.Fatal(err)
		}
	}
}

func holidays(t testing.TB) (out []calendar.Day) {
	t.Helper()
	for s, off := range map[string]bool{"2026-09-20": false, "2026-10-10": false, "2026-05-09": false, "2026-09-25": true, "2026-09-26": true, "2026-09-27": true, "2026-10-01": true,
		"2026-10-02": true, "2026-10-03": true, "2026-10-04": true, "2026-10-05": true, "2026-10-06": true, "2026-10-07": true} {
		d, err := calendar.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, calendar.Day{Date: d, Off: off, Official: true})
	}
	return out
}

func migrations() []dbx.Migration {
	return append(enginetest.Migrations(), place.Migration, register.Migration, party.Migration, receipt.Migration)
}

func eachBureau(t *testing.T, fn func(b *bureau)) {
	t.Helper()
	procs, err := shippedProcedures()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(newBureau(t, db, procs...)) }, migrations()...)
}

func (b *bureau) party(kind law.PartyKind, number string) string {
	b.t.Helper()
	key, err := b.parties.Save(ctx, b.one, party.Draft{Kind: kind, Name: "演示当事人", Number: number, Operator: "张演示", Address: "演示路1号", Phone: "13800000000"})
	if err != nil {
		b.t.Fatal(err)
	}
	return key.String()
}

// receipt is the number of a blank receipt in a book of the first officer's.
func (b *bureau) receipt() string {
	b.t.Helper()
	stock, keeper := receipt.New(b.DB, b.Clock), b.staff("finance")
	b.books++
	book, err := stock.Add(ctx, keeper, receipt.Range{Digits: 6, First: int64(b.books), Last: int64(b.books)})
	if err == nil {
		err = stock.Hand(ctx, keeper, book, b.one)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprintf("%06d", b.books)
}

func instant(s string) time.Time {
	if len(s) == len(time.DateOnly) {
		s += " 00:00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return at
}

func (b *bureau) at(s string) {
	b.t.Helper()
	b.Clock.Set(instant(s))
	if _, err := b.Engine.Tick(ctx); err != nil {
		b.t.Fatal(err)
	}
}

// answers are a step's input; pair adds the second officer.
func answers(kv ...any) procedure.Input {
	in := procedure.Input{}
	for i := 0; i < len(kv); i += 2 {
		in[kv[i].(string)] = kv[i+1]
	}
	return in
}

func (b *bureau) pair(kv ...any) procedure.Input {
	return answers(append(kv, "second_officer", b.two.Account.String())...)
}

// but is the form with some values replaced; nil leaves one out.
func but(in procedure.Input, kv ...any) procedure.Input {
	out := maps.Clone(in)
	for i := 0; i < len(kv); i += 2 {
		if out[kv[i].(string)] = kv[i+1]; kv[i+1] == nil {
			delete(out, kv[i].(string))
		}
	}
	return out
}

func (b *bureau) staff(role string) people.Actor { return b.Staff(role, "", 0) }

func (b *bureau) shot(fields ...string) (out []engine.Upload) {
	for _, f := range fields {
		out = append(out, b.Photo(f, here))
	}
	return out
}

// refused checks a refusal: its code, and that it names its article in both languages.
func (b *bureau) refused(what, want string, err error) {
	b.t.Helper()
	if got := codeOf(err); got != want {
		b.t.Fatalf("%s: %q, want %q (%v)", what, got, want, err)
	}
	if want == "" || want[0] != 'N' {
		return
	}
	s, err := b.Engine.Find(ctx, b.Division, b.on)
	if err != nil {
		return
	}
	if text := s.Proc.Refusals[want]; !strings.Contains(text.ZH, "《") && !strings.Contains(text.ZH, "内部") || !strings.Contains(text.EN, "—") {
		b.t.Errorf("%s says %+v without its article", want, text)
	}
}

func codeOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	return f.Key[strings.LastIndexByte(f.Key, '.')+1:]
}

func (b *bureau) open(want, proc, step string, actor people.Actor, in procedure.Input, files ...engine.Upload) {
	b.t.Helper()
	r, err := b.Engine.Open(ctx, engine.Opening{Procedure: proc, Division: b.Division, Step: step, Actor: actor, Input: in, Files: files})
	b.refused(step, want, err)
	if err == nil {
		b.on = r.Case
	}
}

func (b *bureau) try(want, step string, actor people.Actor, in procedure.Input, files ...engine.Upload) {
	b.t.Helper()
	_, err := b.Engine.Act(ctx, engine.Act{Case: b.on, Step: step, Actor: actor, Input: in, Files: files})
	b.refused(step, want, err)
}

func (b *bureau) state(want string) *engine.Snapshot {
	b.t.Helper()
	s, err := b.Engine.Find(ctx, b.Division, b.on)
	if err != nil || s.State != want {
		b.t.Fatalf("in %s, want %s %v", s.State, want, err)
	}
	enginetest.CheckCase(b.t, b.World, b.on)
	return s
}

func (b *bureau) due(clock, want string) {
	b.t.Helper()
	s, err := b.Engine.Find(ctx, b.Division, b.on)
	if err != nil {
		b.t.Fatal(err)
	}
	c := s.Clock(clock)
	if c == nil {
		b.t.Fatalf("no clock %s", clock)
	}
	if got := calendar.FormatDue(c.DueAt()); !strings.HasPrefix(got, want) {
		b.t.Errorf("%s until %s, want %s", clock, got, want)
	}
}

// children are the cases that hang on this one, of the procedure.
func (b *bureau) child(proc string) id.ID {
	b.t.Helper()
	list, err := record.Children(ctx, b.DB, b.Division, b.on)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Procedure == proc && !list[i].Terminal {
			return list[i].ID
		}
	}
	b.t.Fatalf("no open %s under it", proc)
	return id.ID{}
}

// serve hands the open paper over at the instant.
func (b *bureau) serve(at string) {
	b.t.Helper()
	was := b.on
	b.on = b.child("enf.service")
	b.try("", "direct", b.one, b.pair("received_by", "self", "served_on", instant(at), "sign", "张演示"))
	b.on = was
}

// under goes on in the child of the procedure.
func (b *bureau) under(proc string) (up id.ID) {
	up, b.on = b.on, b.child(proc)
	return up
}
