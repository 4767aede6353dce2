package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table. The other steps of an operation
// are taken on the page of every case.
func (m *Room) Routes() []httpx.Route {
	crew, plan := httpx.Only(Roles...), httpx.Only("officer", "unit_head")
	const slow, body = 5 * time.Minute, 9*photo.MaxBytes + 1<<20
	guess := httpx.Rate{Every: time.Second, Burst: 120}
	return []httpx.Route{
		{Method: "GET", Pattern: "/joint", Access: crew, Handler: m.list, Name: "joint"},
		{Method: "GET", Pattern: "/joint/new", Access: plan, Handler: m.ask, Name: "joint.new"},
		{Method: "POST", Pattern: "/joint/new", Access: plan, Handler: m.draft, Name: "joint.draft"},
		{Method: "GET", Pattern: "/joint/{id}/board", Access: crew, Handler: m.board, Name: "joint.board"},
		{Method: "GET", Pattern: "/joint/{id}/area", Access: crew, Handler: m.area, Name: "joint.area"},
		{Method: "GET", Pattern: "/joint/{id}/points", Access: crew, Handler: m.points, Name: "joint.points"},
		{Method: "GET", Pattern: "/joint/{id}/find", Access: crew, Handler: m.askFind, Name: "joint.find"},
		{Method: "POST", Pattern: "/joint/{id}/find", Access: crew, Handler: m.sendFind, Name: "joint.find.send", MaxBody: body, Timeout: slow},
		{Method: "GET", Pattern: "/joint/{id}/order.pdf", Access: crew, Handler: m.order, Name: "joint.order", Timeout: slow},
		{Method: "GET", Pattern: "/joint/{id}/report.pdf", Access: crew, Handler: m.report, Name: "joint.report", Timeout: slow},
		{Method: "GET", Pattern: "/operations", Access: httpx.Public(), Handler: m.public, Name: "open.operations", Rate: guess},
	}
}

// find is the operation of the path, if the visitor may read it.
func (m *Room) find(r *http.Request) (*engine.Snapshot, error) {
	v := visit.From(r.Context())
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return nil, fault.Missing("case")
	}
	s, err := m.Engine().Find(r.Context(), v.Division.ID, key)
	if err == nil && (s.Procedure != operation.Procedure || !operation.Reads(v.Actor, s)) {
		err = fault.Missing("case")
	}
	return s, err
}

// card is one operation in a list.
type card struct {
	Href, Number, Title, Meta string
	State                     ui.Chip
	Left                      ui.Left
	Board, Find               string // "" where there is none
	begins                    time.Time
}

// listView is the page of all operations.
type listView struct {
	Plan   bool
	Groups []group
}

type group struct {
	Key   string
	Cards []card
}

// groups are the lists of the page with the states they hold, in their order.
var groups = []struct {
	key    string
	states []string
}{
	{"now", []string{"running"}}, {"coming", []string{"summoning", "ready"}}, {"planned", []string{"drafted", "in_review"}}, {"report", []string{"wrapping", "reported"}},
	{"past", []string{"closed", "cancelled"}},
}

// most is how many operations a list reads.
const most = 100

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	who := visit.From(r.Context())
	all, err := m.all(r.Context(), who.Division.ID)
	if err != nil {
		return err
	}
	v := listView{Plan: who.Actor.Has("officer") || who.Actor.Has("unit_head")}
	for _, g := range groups {
		out := group{Key: g.key}
		for _, s := range all {
			if slices.Contains(g.states, s.State) && operation.Reads(who.Actor, s) {
				out.Cards = append(out.Cards, m.card(r.Context(), s))
			}
		}
		slices.SortStableFunc(out.Cards, func(a, b card) int {
			if g.key == "past" {
				return b.begins.Compare(a.begins)
			}
			return a.begins.Compare(b.begins)
		})
		if len(out.Cards) > 0 {
			v.Groups = append(v.Groups, out)
		}
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// all are the latest operations of a division.
func (m *Room) all(ctx context.Context, division id.ID) (out []*engine.Snapshot, err error) {
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{operation.Procedure}, Sort: record.ByOpened, Limit: most})
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, division, p.Rows[i].ID); err == nil {
			out = append(out, s)
		}
	}
	return out, err
}

var tones = map[string]ui.Tone{"running": ui.Green, "ready": ui.Blue, "summoning": ui.Amber, "in_review": ui.Amber, "wrapping": ui.Amber, "reported": ui.Amber}

// soon is when a time left turns amber.
const soon = time.Hour

func (m *Room) card(ctx context.Context, s *engine.Snapshot) card {
	here := "/joint/" + s.ID.String()
	c := card{Href: "/cases/" + s.ID.String(), Number: s.Number, Title: i18n.Said(ctx, s.Title), State: stateChip(ctx, s), begins: at(s, "start")}
	c.Meta = span(s) + " · " + m.unitNames(ctx, s, operation.Texts(s, "units"))
	switch s.State {
	case "running":
		c.Board, c.Find = here+"/board", here+"/find"
		c.Left = ui.LeftUntil(ctx, m.Clock.Now(), at(s, "end"), soon)
	case "ready":
		c.Board = here + "/board"
		c.Left = due(ctx, s, m.Clock.Now())
	default:
		c.Left = due(ctx, s, m.Clock.Now())
	}
	return c
}

// due is how long the state's clock leaves.
func due(ctx context.Context, s *engine.Snapshot, now time.Time) ui.Left {
	if s.Terminal || s.Due == record.NoDue || s.Due == 0 {
		return ui.Left{}
	}
	return ui.LeftUntil(ctx, now, clock.FromMicro(s.Due), soon)
}

func stateChip(ctx context.Context, s *engine.Snapshot) ui.Chip {
	return ui.Chip{Label: s.StateOf().Name.In(i18n.LangOf(ctx)), Tone: tones[s.State]}
}

// at is an instant of the plan, zero for none.
func at(s *engine.Snapshot, name string) time.Time {
	t, _ := s.Data[name].(time.Time)
	return t
}

// span is when the operation is: "2026-11-30 18:00–21:00".
func span(s *engine.Snapshot) string {
	a, b := at(s, "start").In(calendar.Zone), at(s, "end").In(calendar.Zone)
	shape := "15:04"
	if a.YearDay() != b.YearDay() {
		shape = "01-02 15:04"
	}
	return a.Format("2006-01-02 15:04") + "–" + b.Format(shape)
}

// unitNames are units in the reader's language.
func (m *Room) unitNames(ctx context.Context, s *engine.Snapshot, codes []string) string {
	dir, err := m.Directory(ctx, s.Division)
	out := ""
	for _, c := range codes {
		name := c
		if err == nil {
			if d, err := dir.Department(c); err == nil {
				name = cmp.Or(d.Name.In(i18n.LangOf(ctx)), c)
			}
		}
		if out != "" {
			out += i18n.T(ctx, "joint.and")
		}
		out += name
	}
	return out
}

// said is one operation as everybody reads it.
type said struct {
	Day, Area, Text string
	State           ui.Chip
	begins          time.Time
}

// shown are the states that the public list has words for.
var shown = []string{"running", "ready", "closed", "cancelled"}

// public lists the operations that were announced, those to come first.
func (m *Room) public(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := m.all(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	var now, past []said
	for _, s := range all {
		if s.Data["announce"] != true || !slices.Contains(shown, s.State) {
			continue
		}
		words, err := m.Engine().PublicWords(ctx, s, "")
		if err != nil {
			return err
		}
		x := said{Day: s.Text("day"), Area: i18n.Said(ctx, s.Text("area_name")), Text: words.In(i18n.LangOf(ctx)), State: stateChip(ctx, s), begins: at(s, "start")}
		for _, name := range []string{s.Text("goal"), s.Text("area_name")} {
			x.Text = strings.ReplaceAll(x.Text, name, i18n.Said(ctx, name))
		}
		if s.State == "closed" {
			x.Text = i18n.Said(ctx, s.Text("goal")) + i18n.T(ctx, "joint.colon") + x.Text
		}
		if s.Terminal {
			past = append(past, x)
		} else {
			now = append(now, x)
		}
	}
	slices.SortStableFunc(now, func(a, b said) int { return a.begins.Compare(b.begins) })
	slices.SortStableFunc(past, func(a, b said) int { return b.begins.Compare(a.begins) })
	return httpx.Render(w, r, http.StatusOK, publicPage(now, past))
}
