package frontage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

var ctx = context.Background()

// beside stands for the procedures that an inspection is passed on to.
const beside = `
procedure: %s
version: 1
title: {zh: 另案, en: Another case}
basis: [test]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states:
  - {id: open, name: {zh: 办理中, en: Working}, stage: all, owner: [officer]}
  - {id: closed, name: {zh: 已结, en: Closed}, stage: all, terminal: true}
data: [{name: address, type: text}, {name: place, type: place}, {name: violation, type: text}, {name: assignee, type: person}]
steps:
  - id: %s
    name: {zh: 开始, en: Begin}
    from: [none]
    to: [{state: open}]
    who: [officer]
    form:
      - {name: source, type: text, label: {zh: 来源, en: Source}, required: true}
      - {name: desc, type: long, label: {zh: 描述, en: Description}}
      - {name: class, type: class, label: {zh: 类别, en: Class}}
      - {name: found_at, type: time, label: {zh: 时间, en: Found}}
      - {name: place, type: place, label: {zh: 位置, en: Place}, required: true}
      - {name: address, type: text, label: {zh: 地址, en: Address}}
      - {name: violation, type: code, label: {zh: 违法行为, en: Violation}}
      - {name: clue, type: long, label: {zh: 线索, en: Clue}}
    set: [{field: address, value: input.address}, {field: place, value: input.place}, {field: violation, value: input.violation}]
  - {id: close, name: {zh: 结案, en: Close}, from: [open], to: [{state: closed}], who: [officer]}
`

const packed = "../../../packs/cn-base/"

// procedures are read once: they never change.
var procedures = sync.OnceValues(func() (out []*procedure.Procedure, err error) {
	load := func(name string, src []byte) error {
		p, err := procedure.Load(name, src, procedure.World{})
		out = append(out, p)
		return err
	}
	for _, x := range [][2]string{{"incident", "report"}, {"enf.ordinary", "lead_register"}} {
		if err := load(x[0], fmt.Appendf(nil, beside, x[0], x[1])); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{frontage.Pledge, frontage.Inspection, frontage.Listing} {
		src, err := os.ReadFile(packed + "procedures/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		if err := load(name+".yaml", src); err != nil {
			return nil, err
		}
	}
	if bad := library.CheckCases(out...); len(bad) > 0 {
		return nil, bad
	}
	return out, nil
})

// templates are the one paper that the pledge needs, read once.
func templates(context.Context) (*paper.Library, error) { return papers() }

var papers = sync.OnceValues(func() (*paper.Library, error) {
	src, err := os.ReadFile(packed + "papers/P71.yaml")
	if err != nil {
		return nil, err
	}
	t, err := paper.Load("P71.yaml", src)
	if err != nil {
		return nil, err
	}
	return paper.NewLibrary(t)
})

// street is a small city with three shops side by side and one far off.
type street struct {
	*enginetest.World
	t       testing.TB
	room    *frontage.Room
	regs    *register.Service
	on      id.ID
	receipt string // of the pledge
}

const shops = `code,name,trade,address,lng,lat,stretch,from,to,provenance
S1,演示面馆,food,演示路1号,119.100045,36.7,"119.1,36.7;119.10009,36.7",2020-01-01,,synthetic
S2,演示果店,fruit,演示路2号,119.100135,36.7,"119.10009,36.7;119.10018,36.7",2020-01-01,,synthetic
S3,演示五金,hardware,演示路3号,119.100225,36.7,,2020-01-01,,synthetic
S4,演示旧店,other,演示路4号,119.2,36.7,"119.2,36.7;119.20009,36.7",2020-01-01,2026-01-01,synthetic
`

// lawful is the one violation with a rule in force here.
const lawful = "UM-003"

func newStreet(t testing.TB, db *dbx.DB) *street {
	t.Helper()
	procs, err := procedures()
	if err != nil {
		t.Fatal(err)
	}
	s := &street{t: t}
	settings := pack.NewSettings(nil)
	s.room = frontage.New(frontage.Deps{DB: db, Engine: func() *engine.Engine { return s.Engine }, Places: place.New(db),
		Settings:  func(context.Context, id.ID) (*pack.Settings, error) { return settings, nil },
		Templates: templates,
		InForce: func(_ context.Context, _ id.ID, violation string, _ calendar.Date) (bool, error) {
			return violation == lawful, nil
		},
		Violations: func(context.Context, id.ID) ([]engine.Choice, error) { return []engine.Choice{{Value: lawful}}, nil }})
	s.World = enginetest.New(t, db, s.room.Hooks(), procs...)
	s.room.Clock = s.Clock
	s.regs = register.New(db, s.Clock)
	duties, err := os.ReadFile(packed + "frontage/duties.csv")
	if err != nil {
		t.Fatal(err)
	}
	s.bring(shop.Shops, []byte(shops))
	s.bring(frontage.Duties, duties)
	return s
}

func (s *street) bring(k register.Kind, body []byte) {
	s.t.Helper()
	p, err := s.regs.Import(ctx, s.System(), k, register.File{Name: "x.csv", Body: body})
	if err != nil || !p.Done {
		s.t.Fatal(err, p.Problems)
	}
}

func migrations() []dbx.Migration {
	return append(enginetest.Migrations(), place.Migration, register.Migration, job.Migration, paper.Migration, frontage.Migration)
}

func each(t *testing.T, fn func(s *street)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(newStreet(t, db)) }, migrations()...)
}

func in(kv ...any) procedure.Input {
	out := procedure.Input{}
	for i := 0; i < len(kv); i += 2 {
		out[kv[i].(string)] = kv[i+1]
	}
	return out
}

func codeOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	return f.Key[strings.LastIndexByte(f.Key, '.')+1:]
}

// said checks a refusal: its code, and that it speaks both languages without a
// hole in the sentence.
func (s *street) said(what, want string, err error) {
	s.t.Helper()
	if got := codeOf(err); got != want {
		s.t.Fatalf("%s: %q, want %q (%v)", what, got, want, err)
	}
	if want == "" {
		return
	}
	if text, ok := fault.As(err).Args["text"].(i18n.Text); ok && (text.ZH == "" || text.EN == "" || strings.Contains(text.ZH+text.EN, "{")) {
		s.t.Errorf("%s says %+v", what, text)
	}
}

func (s *street) open(want, proc, step string, actor people.Actor, parent id.ID, form procedure.Input, files ...engine.Upload) {
	s.t.Helper()
	o := engine.Opening{Procedure: proc, Division: s.Division, Step: step, Actor: actor, Input: form, Files: files, Parent: parent}
	if parent.IsZero() {
		o.Party = &engine.NewParty{}
	}
	r, err := s.Engine.Open(ctx, o)
	s.said(step, want, err)
	if err == nil {
		s.on = r.Case
		if r.Receipt != "" {
			s.receipt = r.Receipt
		}
	}
}

func (s *street) act(want, step string, actor people.Actor, form procedure.Input, files ...engine.Upload) {
	s.t.Helper()
	_, err := s.Engine.Act(ctx, engine.Act{Case: s.on, Step: step, Actor: actor, Input: form, Files: files})
	s.said(step, want, err)
}

// keeper is the shop's person in the case at hand, known by the receipt code of
// the pledge.
func (s *street) keeper() people.Actor {
	s.t.Helper()
	actor, err := s.room.Keeper(ctx, s.receipt, s.on)
	if err != nil {
		s.t.Fatal(err)
	}
	return actor
}

func (s *street) state(want string) *engine.Snapshot {
	s.t.Helper()
	c, err := s.Engine.Find(ctx, s.Division, s.on)
	if err != nil || c.State != want {
		s.t.Fatalf("in %s, want %s %v", c.State, want, err)
	}
	enginetest.CheckCase(s.t, s.World, s.on)
	return c
}

// later lets time pass and the clocks act.
func (s *street) later(d time.Duration) {
	s.t.Helper()
	s.Clock.Advance(d)
	if _, err := s.Engine.Tick(ctx); err != nil {
		s.t.Fatal(err)
	}
}

const day = 24 * time.Hour

var door = procedure.Point{Lat: 36.7, Lng: 119.100045}

func (s *street) shot(field string) engine.Upload { return s.Photo(field, door) }

// signed leaves S1 with a signed pledge, S2 without.
func (s *street) signed() (pledge id.ID) {
	s.t.Helper()
	s.open("", frontage.Pledge, "draft", s.Staff("outreach", "", 0), id.ID{}, in("shop", "S1", "from", s.Clock.Now()))
	s.act("", "send", s.Staff("outreach", "", 0), in("how", "visit"))
	s.act("", "sign", s.keeper(), signature())
	return s.on
}

func signature() procedure.Input {
	return in("name", "张演示", "phone", "13800000000", "capacity", "owner", "sign", "张演示")
}

func scores(n ...int) map[string]string {
	out := map[string]string{}
	for i, code := range []string{"hygiene", "order", "green", "fittings", "front"} {
		out[code] = fmt.Sprint(n[i])
	}
	return out
}

// inspect opens an inspection of S1 that hangs on the pledge.
func (s *street) inspect(want string, pledge id.ID, occasion string, n ...int) {
	s.t.Helper()
	s.open(want, frontage.Inspection, "inspect", s.Staff("officer", "d1", 0), pledge, in("shop", "S1", "occasion", occasion, "scores", scores(n...)), s.shot("photos"))
}
