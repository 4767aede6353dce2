package operation_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

// The cases of other duties that findings become, as far as the operation knows
// them: their first step.
var others = []string{`
procedure: incident
version: 1
title: {zh: 案件, en: Incident}
basis: [test]
without: [correct, interim_reply, recompute, claim, hand_over, recall]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states: [{id: reported, name: {zh: 待受理, en: Received}, stage: all, terminal: true}]
data: [{name: desc, type: long}]
steps:
  - id: report
    name: {zh: 上报, en: Report}
    from: [none]
    to: [{state: reported}]
    who: [system]
    form:
      - {name: source, type: text, label: {zh: 来源, en: Source}}
      - {name: desc, type: long, label: {zh: 描述, en: What}}
      - {name: place, type: place, label: {zh: 位置, en: Place}, required: true}
      - {name: address, type: text, label: {zh: 地址, en: Address}}
    set: [{field: desc, value: input.desc}]
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
`, `
procedure: enf.simple
version: 1
title: {zh: 当场处罚, en: On the spot}
basis: [test]
without: [correct, interim_reply, recompute, claim, hand_over, recall]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states: [{id: scene, name: {zh: 现场, en: Scene}, stage: all, terminal: true}]
data: [{name: title, type: text}]
steps:
  - {id: s_start, name: {zh: 现场查明, en: Establish}, from: [none], to: [{state: scene}], who: [officer]}
`}

// town is a small city in which d1 (street order), d2 (traffic) and d3 (food) go
// out together.
type town struct {
	*enginetest.World
	t         *testing.T
	ctx       context.Context
	room      *operation.Room
	caps      string
	inspected map[string]int
}

const powers = `unit,law,name_zh,name_en,basis,violations,from,to,provenance
d1,street,占道经营,Street trading,《城市道路管理条例》第四十二条,UM-002 UM-004,,,synthetic
d2,traffic,违法停车,Parking,《道路交通安全法》第九十三条,,,,synthetic
d3,food,食品摊贩,Food stalls,《食品安全法》第三十六条,,,,synthetic
d3,fire,已划出的职权,Handed over,已失效的规定,,2020-01-01,2026-01-01,synthetic
`

var spot = procedure.Point{Lat: 36.7682, Lng: 119.1421, Accuracy: 8}

// loaded reads the procedure and its neighbours.
func loaded(t testing.TB) (out []*procedure.Procedure) {
	t.Helper()
	dir, err := packs.FS("cn-base")
	if err != nil {
		t.Fatal(err)
	}
	src, err := fs.ReadFile(dir, "procedures/joint-operation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range append([]string{string(src)}, others...) {
		p, err := procedure.Load("test.yaml", []byte(body), procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func newTown(t *testing.T, db *dbx.DB) *town {
	w := &town{t: t, ctx: context.Background(), caps: "A:1 B:2", inspected: map[string]int{}}
	m := operation.New(operation.Deps{DB: db,
		Directory: func(context.Context, id.ID) (*people.Directory, error) { return w.People, nil },
		Settings: func(context.Context, id.ID) (*pack.Settings, error) {
			return pack.NewSettings(map[string]string{"joint.cap": w.caps, "joint.risk": ""}), nil
		},
		Violations: func(context.Context, id.ID) (map[string]i18n.Text, error) { return nil, nil },
		Inspected: func(_ context.Context, _ dbx.Querier, _ id.ID, code string, _, _ time.Time) (int, error) {
			return w.inspected[code], nil
		}})
	w.room = m
	nothing := func(context.Context, *engine.Doing) error { return nil }
	w.World = enginetest.New(t, db, m.Hooks(map[string]func(context.Context, *engine.Doing) error{"send_link": nothing, "revoke_link": nothing}), loaded(t)...)
	w.certify()
	if _, err := register.New(db, w.Clock).Apply(w.ctx, w.System(), "test", operation.Powers, register.File{Name: "powers.csv", Body: []byte(powers)}, false); err != nil {
		t.Fatal(err)
	}
	return w
}

// certify gives everybody of a unit a certificate but the last of each, whose
// ended before the autumn.
func (w *town) certify() {
	d := w.People
	var all []people.Certificate
	seen := map[string]int{}
	for _, a := range d.Accounts() {
		if a.Department == "" {
			continue
		}
		c := people.Certificate{ID: id.New(), Account: a.ID, Login: a.Login, Kind: people.Enforcement, Number: a.Login}
		if seen[a.Department]++; a.Login == "handler"+a.Department+"1" {
			c.To = "2026-08-31"
		}
		all = append(all, c)
	}
	w.People = people.NewDirectory(d.Division(), d.RoleList(), d.Departments(time.Time{}), d.Accounts(), d.Posts(id.ID{}), nil, all...)
}

func each(t *testing.T, fn func(*testing.T, *town)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, newTown(t, db)) }, append(enginetest.Migrations(), register.Migration)...)
}

// key is an account by login.
func (w *town) key(login string) string {
	a, err := w.People.ByLogin(login)
	if err != nil {
		w.t.Fatal(login, err)
	}
	return a.ID.String()
}

func (w *town) who(login string) people.Actor {
	if login == "system" {
		return w.System()
	}
	a, err := w.People.ByLogin(login)
	if err != nil {
		w.t.Fatal(login, err)
	}
	actor, err := w.People.Actor(a.ID, w.Clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}

func (w *town) keys(logins ...string) (out []string) {
	for _, l := range logins {
		out = append(out, w.key(l))
	}
	return out
}

// local is an instant of the demonstration's zone.
func (w *town) local(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

func (w *town) at(s string) {
	w.Clock.Set(w.local(s))
	if _, err := w.Engine.Tick(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

// plan is a good draft.
func (w *town) plan() procedure.Input {
	return procedure.Input{"goal": "夜间占道联合整治", "laws": []string{"street", "traffic", "food"}, "units": []string{"d1", "d2", "d3"}, "place": spot, "radius": int64(500),
		"area_name": "演示夜市", "start": w.local("2026-09-21 18:00"), "end": w.local("2026-09-21 21:00"), "people": int64(8), "risk": "人流密集，设警戒线", "recording": true, "announce": true}
}

func (w *town) open(login string, in procedure.Input) (id.ID, error) {
	r, err := w.Engine.Open(w.ctx, engine.Opening{Procedure: operation.Procedure, Division: w.Division, Step: "draft", Actor: w.who(login), Input: in})
	return r.Case, err
}

func (w *town) try(x id.ID, login, step string, in procedure.Input, files ...engine.Upload) error {
	if in == nil {
		in = procedure.Input{}
	}
	_, err := w.Engine.Act(w.ctx, engine.Act{Case: x, Step: step, Actor: w.who(login), Input: in, Files: files})
	return err
}

func (w *town) do(x id.ID, login, step string, in procedure.Input, files ...engine.Upload) {
	w.t.Helper()
	if err := w.try(x, login, step, in, files...); err != nil {
		w.t.Fatalf("%s by %s: %v", step, login, err)
	}
}

// says asserts the refusal's code and both of its sentences.
func (w *town) says(err error, code, zh, en string) {
	w.t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != code {
		w.t.Errorf("want %s, got %v", code, err)
		return
	}
	if text, _ := f.Args["text"].(i18n.Text); !opens(text.ZH, zh, "（") || !opens(text.EN, en, " (") {
		w.t.Errorf("%s says %q / %q, want %q / %q", code, text.ZH, text.EN, zh, en)
	}
}

// opens: the sentence is all that is said, or its article follows.
func opens(said, sentence, article string) bool {
	return said == sentence || strings.HasPrefix(said, sentence+article+"《")
}

// refused takes a step that must be refused with the code, in both languages.
func (w *town) refused(x id.ID, code, login, step string, in procedure.Input, files ...engine.Upload) {
	w.t.Helper()
	var f *fault.Error
	if err := w.try(x, login, step, in, files...); !errors.As(err, &f) || f.Key != code {
		w.t.Errorf("%s: want %s, got %v", step, code, err)
	} else if text, _ := f.Args["text"].(i18n.Text); text.ZH == "" || text.EN == "" {
		w.t.Errorf("%s has no words", code)
	}
}

func (w *town) find(x id.ID) *engine.Snapshot {
	w.t.Helper()
	s, err := w.Engine.Find(w.ctx, w.Division, x)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *town) state(x id.ID, want string) {
	w.t.Helper()
	if s := w.find(x); s.State != want {
		w.t.Fatalf("in %s, not %s", s.State, want)
	}
}

// summoned is an approved plan; its units are asked.
func (w *town) summoned(in procedure.Input) id.ID {
	w.t.Helper()
	x, err := w.open("officerd10", in)
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(x, "officerd10", "submit", nil)
	w.do(x, "leader0", "approve", procedure.Input{"opinion": "同意"})
	return x
}

func yes(people, officers []string) procedure.Input {
	return procedure.Input{"come": "yes", "people": people, "officers": officers}
}

// ready is a confirmed operation: two officers of each of d1 and d3, one
// policeman and one helper.
func (w *town) ready(in procedure.Input) id.ID {
	w.t.Helper()
	x := w.summoned(in)
	w.do(x, "officerd10", "answer", yes(w.keys("officerd10", "officerd11"), w.keys("officerd10", "officerd11")))
	w.do(x, "unit_clerkd20", "answer", yes(w.keys("handlerd20", "unit_clerkd20"), w.keys("handlerd20")))
	w.do(x, "unit_clerkd30", "answer", yes(w.keys("handlerd30", "unit_clerkd30"), w.keys("handlerd30", "unit_clerkd30")))
	w.do(x, "officerd10", "confirm", procedure.Input{"teams": w.teams(), "lead_on_site": w.key("officerd10"), "minimum": int64(4), "assembly": "18:00 夜市东门"})
	return x
}

func (w *town) teams() []map[string]string {
	row := func(team, login, duty string) map[string]string {
		return map[string]string{"team": team, "person": w.key(login), "duty": duty}
	}
	return []map[string]string{row("1", "officerd10", "lead"), row("1", "officerd11", "officer"), row("1", "handlerd20", "officer"),
		row("2", "handlerd30", "lead"), row("2", "unit_clerkd30", "officer"), row("2", "unit_clerkd20", "support")}
}

func (w *town) roll() procedure.Input {
	return procedure.Input{"roll": w.keys("officerd10", "officerd11", "handlerd20", "handlerd30", "unit_clerkd30"), "recorders": []string{"JLY-01"}, "told": true}
}

func (w *town) running(in procedure.Input) id.ID {
	w.t.Helper()
	x := w.ready(in)
	w.at("2026-09-21 17:45")
	w.do(x, "officerd10", "begin", w.roll())
	return x
}

// found is a finding of a kind.
func found(kind, unit, law string) procedure.Input {
	return procedure.Input{"kind": kind, "unit": unit, "law": law, "place": spot, "address": "夜市东门", "words": "占道摆摊三处"}
}

func (w *town) children(x id.ID) (out []string) {
	list, err := record.Children(w.ctx, w.DB, w.Division, x)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range list {
		out = append(out, r.Procedure)
	}
	slices.Sort(out)
	return out
}

func (w *town) count(s *engine.Snapshot) (operation.Figures, error) {
	return w.room.Count(w.ctx, w.DB, s, nil)
}
