package watch_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

var ctx = context.Background()

// The cases that a record is passed on as, as far as it knows them: their first step.
var others = []string{`
procedure: incident
version: 1
title: {zh: 案件, en: Incident}
basis: [test]
without: [correct, interim_reply, recompute, claim, hand_over, recall]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states: [{id: filed, name: {zh: 已立案, en: Filed}, stage: all, terminal: true}]
data: [{name: desc, type: long}, {name: class, type: text}]
steps:
  - id: report
    name: {zh: 上报, en: Report}
    from: [none]
    to: [{state: filed}]
    who: [system]
    form:
      - {name: source, type: text, label: {zh: 来源, en: Source}}
      - {name: desc, type: long, label: {zh: 描述, en: What}, required: true}
      - {name: class, type: text, label: {zh: 类别, en: Class}, required: true}
      - {name: place, type: place, label: {zh: 位置, en: Place}, required: true}
      - {name: address, type: text, label: {zh: 地址, en: Address}}
    set: [{field: desc, value: input.desc}, {field: class, value: input.class}]
`, `
procedure: enf.ordinary
version: 1
title: {zh: 普通程序, en: Ordinary penalty}
basis: [test]
without: [correct, interim_reply, recompute, claim, hand_over, recall]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states: [{id: lead, name: {zh: 线索, en: Lead}, stage: all, terminal: true}]
data: [{name: violation, type: code}]
steps:
  - id: lead_register
    name: {zh: 登记线索, en: Register a lead}
    from: [none]
    to: [{state: lead}]
    who: [officer]
    form:
      - {name: source, type: text, label: {zh: 来源, en: Source}}
      - {name: found_at, type: time, label: {zh: 时间, en: At}}
      - {name: place, type: place, label: {zh: 位置, en: Place}, required: true}
      - {name: address, type: text, label: {zh: 地址, en: Address}, required: true}
      - {name: violation, type: code, label: {zh: 违法行为, en: Violation}, required: true}
      - {name: clue, type: long, label: {zh: 线索, en: Clue}}
    set: [{field: violation, value: input.violation}]
`}

// The cluster lies at spot; the stretch S1 passes it, S2 begins two kilometres away.
var spot = procedure.Point{Lat: 36.76, Lng: 119.1, Accuracy: 5}

var files = []struct {
	kind register.Kind
	body string
}{
	{cluster.Clusters, "code,name,address,lng,lat,outline,manager,zone,capacity,rules,closing,cleaning,provenance\n" +
		"C01,演示摊点群 01,演示一路,119.1,36.76,119.1 36.76; 119.101 36.76; 119.101 36.761,JD1,permanent,4,不超线,扫净,摊主,synthetic\n"},
	{cluster.Designations, "cluster,number,title,agency,from,to,hours,goods,provenance\nC01,示1号,公告,演示,2026-03-01,2030-12-31,day 01-01..12-31 1-7 08:00-21:00,snack daily,synthetic\n"},
	{cluster.Stalls, "code,cluster,lng,lat,width,depth,power_w,goods,state,provenance\nC01-01,C01,119.1,36.76,200,150,0,,open,synthetic\nC01-02,C01,119.1,36.76,200,150,0,snack,open,synthetic\n"},
	{roster.Stretches, "code,name,cluster,line,provenance\nS1,演示路,C01,119.1 36.76; 119.104 36.76,synthetic\nS2,远路,C01,119.1225 36.76; 119.126 36.76,synthetic\n"},
}

// street is a small city with a cluster, people on duty and a certified officer.
type street struct {
	*enginetest.World
	t      testing.TB
	room   *watch.Room
	roster *roster.Room
}

type input = procedure.Input

func each(t *testing.T, test func(t *testing.T, s *street)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { test(t, newStreet(t, db)) },
		append(enginetest.Migrations(), register.Migration, cluster.Migration, permit.Migration, roster.Migration, watch.Migration)...)
}

func newStreet(t testing.TB, db *dbx.DB) *street {
	t.Helper()
	src, err := os.ReadFile("../../../../packs/cn-base/procedures/persuasion.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var procs []*procedure.Procedure
	for _, body := range append([]string{string(src)}, others...) {
		p, err := procedure.Load("test.yaml", []byte(body), procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		procs = append(procs, p)
	}
	s := &street{t: t}
	books := cluster.New(cluster.Deps{DB: db})
	clk := &later{}
	s.roster = roster.New(db, clk)
	settings := func(context.Context, id.ID) (*pack.Settings, error) { return pack.NewSettings(nil), nil }
	s.room = watch.New(watch.Deps{Roster: s.roster, Clusters: books.Book, Settings: settings, Permits: permit.New(permit.Deps{DB: db, Book: books.Book, Settings: settings}),
		Grid: func(context.Context, id.ID, geo.Point) (string, error) { return "", nil },
		Shops: func(context.Context, dbx.Querier, id.ID, geo.Point) ([]engine.Choice, error) {
			return []engine.Choice{{Value: "M1"}, {Value: "M2"}}, nil
		},
		Violations: func(context.Context, dbx.Querier, id.ID, string) ([]engine.Choice, error) {
			return []engine.Choice{{Value: "UM-002"}}, nil
		}})
	s.World = enginetest.New(t, db, s.room.Hooks(), procs...)
	clk.Clock = s.Clock
	reg := register.New(db, s.Clock)
	for _, f := range files {
		if _, err := reg.Apply(ctx, s.System(), "test", f.kind, register.File{Name: "x.csv", Body: []byte(f.body)}, false); err != nil {
			t.Fatal(f.kind.ID, err)
		}
	}
	d := s.People
	officer := s.Staff("officer", "", 0)
	s.People = people.NewDirectory(d.Division(), d.RoleList(), d.Departments(time.Time{}), d.Accounts(), d.Posts(id.ID{}), nil,
		people.Certificate{ID: id.New(), Account: officer.Account, Login: officer.Login, Kind: people.Enforcement, Number: "X1"})
	return s
}

// later is the clock of the world, which is made after the roster.
type later struct{ clock.Clock }

func (s *street) on(role, place string) people.Actor {
	s.t.Helper()
	a := s.Staff(role, "", 0)
	if _, err := s.roster.SignIn(ctx, a, place, geo.Point{Lat: spot.Lat, Lng: spot.Lng}, 5); err != nil && !fault.Is(err, fault.Conflict) {
		s.t.Fatal(err)
	}
	return a
}

func (s *street) talk(a people.Actor, more input) (id.ID, error) {
	in := input{"class": "09005", "place": spot, "words": "请到摊点经营"}
	for k, v := range more {
		in[k] = v
	}
	r, err := s.Engine.Open(ctx, engine.Opening{Procedure: watch.Procedure, Division: s.Division, Step: "talk", Actor: a, Input: in})
	return r.Case, err
}

func (s *street) met(a people.Actor, more input) id.ID {
	s.t.Helper()
	c, err := s.talk(a, more)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *street) act(c id.ID, step string, a people.Actor, in input, photos ...engine.Upload) error {
	_, err := s.Engine.Act(ctx, engine.Act{Case: c, Step: step, Actor: a, Input: in, Files: photos})
	return err
}

func (s *street) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *street) state(c id.ID, want string) *engine.Snapshot {
	s.t.Helper()
	x, err := s.Engine.Find(ctx, s.Division, c)
	s.must(err)
	if x.State != want {
		s.t.Fatalf("in %s, not %s", x.State, want)
	}
	return x
}

// refused asserts the code of a refusal and that it reads in both languages.
func (s *street) refused(err error, code string) {
	s.t.Helper()
	f := fault.As(err)
	if err == nil || f.Key != code {
		s.t.Fatalf("not refused by %s: %v", code, err)
	}
	said, ok := f.Args["text"].(i18n.Text)
	if code[0] == 'P' && (!ok || said.ZH == "" || said.EN == "" || strings.Contains(said.ZH+said.EN, "{")) {
		s.t.Errorf("%s says %+v", code, said)
	}
}

// wait lets time go by and clocks act.
func (s *street) wait(d time.Duration) {
	s.t.Helper()
	s.Clock.Advance(d)
	for n := 1; n > 0; {
		var err error
		n, err = s.Engine.Tick(ctx)
		s.must(err)
	}
}
