package review

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table. A review and a campaign have the
// page of every case; what one begins, begins on the page of openings.
func (m *Room) Routes() []httpx.Route {
	return []httpx.Route{
		{Method: "GET", Pattern: "/enforcement/reviews", Access: httpx.Only(Roles...), Handler: m.list, Name: "enf.reviews"},
	}
}

// Panels are what the pages of the room's cases show.
func (m *Room) Panels(base func(context.Context, *engine.Snapshot) (templ.Component, error)) map[string]func(context.Context, *engine.Snapshot) (templ.Component, error) {
	beside := func(own func(context.Context, *engine.Snapshot) (templ.Component, error)) func(context.Context, *engine.Snapshot) (templ.Component, error) {
		return func(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
			first, err := base(ctx, s)
			if err != nil {
				return nil, err
			}
			second, err := own(ctx, s)
			return templ.Join(first, second), err
		}
	}
	return map[string]func(context.Context, *engine.Snapshot) (templ.Component, error){Procedure: beside(m.sheet), Campaign: beside(m.campaign)}
}

// line is one campaign or review in a list.
type line struct {
	Href, Title, Meta string
	State             ui.Chip
}

type listView struct {
	Campaigns, Mine []line
	MayPlan         bool
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	out := listView{MayPlan: v.Actor.Has("supervisor") || v.Actor.Has("leader") || v.Actor.Has("agency_head")}
	p, err := record.List(ctx, m.DB, v.Division.ID, record.Filter{Procedures: []string{Campaign}, Sort: record.ByOpened, Limit: 100})
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, v.Division.ID, p.Rows[i].ID); err == nil {
			out.Campaigns = append(out.Campaigns, m.campaignLine(ctx, s))
		}
	}
	if err != nil {
		return err
	}
	open, err := record.List(ctx, m.DB, v.Division.ID, record.Filter{Procedures: []string{Procedure}, Terminal: record.No, Sort: record.ByOpened, Limit: 500})
	for i := 0; i < len(open.Rows) && err == nil; i++ {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, v.Division.ID, open.Rows[i].ID); err == nil && concerns(v.Actor, s) {
			out.Mine = append(out.Mine, m.lineOf(ctx, s, s.Text("cause")))
		}
	}
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, listPage(out))
}

// concerns reports whether a review waits for the visitor.
func concerns(a people.Actor, s *engine.Snapshot) bool {
	names, _ := s.Data["reviewers"].([]string)
	mine := s.Text("third") == a.Account.String()
	for _, n := range names {
		mine = mine || n == a.Account.String()
	}
	return mine || s.State == "plan" && (a.Has("unit_head") || a.Has("supervisor"))
}

func (m *Room) campaignLine(ctx context.Context, s *engine.Snapshot) line {
	return m.lineOf(ctx, s, i18n.T(ctx, "review.drawn", "n", s.Data["drawn"], "of", s.Data["population"], "seed", s.Text("seed")))
}

func (m *Room) lineOf(ctx context.Context, s *engine.Snapshot, meta string) line {
	out := line{Href: "/cases/" + s.ID.String(), Title: s.Title, Meta: s.Number + " " + meta}
	if st := s.StateOf(); st != nil {
		out.State = ui.Chip{Label: st.Name.In(i18n.LangOf(ctx)), Tone: ui.Blue}
		if s.Terminal {
			out.State.Tone = ui.Plain
		}
	}
	return out
}

// asked is one item on the page of a review.
type asked struct {
	Item
	Machine       Answer
	Proof         string // address of the event
	First, Second Answer
	Extra, Agreed Answer
	Differs       bool
}

// sheetView is the page of a review.
type sheetView struct {
	File, Number, Unit string
	Scheme             string
	Shown              bool // both have scored: their answers are shown
	Score1, Score2     string
	Score3, Total      string
	Objection          string
	Items              []asked
	Decided, Asked     int
}

// sheet shows the items with what the record says and where that stands. The
// reviewers' answers appear when both have scored.
func (m *Room) sheet(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	scheme, err := m.scheme(s.Text("scheme"), version(s.Data["scheme_version"]))
	if err != nil {
		return nil, err
	}
	score := func(name string) string {
		if n, ok := s.Data[name].(int64); ok && n >= 0 {
			return Points(n).String()
		}
		return ""
	}
	v := sheetView{File: "/cases/" + s.Parent.String(), Number: s.Text("case_number"), Unit: s.Text("unit"), Objection: s.Text("objection"),
		Scheme: scheme.Title.In(i18n.LangOf(ctx)) + " v" + fmt.Sprint(scheme.Version), Shown: s.State != "plan" && s.State != "assigned"}
	if v.Shown {
		v.Score1, v.Score2, v.Score3 = score("score1"), score("score2"), score("score3")
	}
	if t, ok := s.Data["total"].(float64); ok {
		v.Total = Points(t*100 + 0.5).String()
	}
	auto, agreed := answersOf(s.Data["auto"]), answersOf(s.Data["agreed"])
	first, second, extra := answersOf(s.Data["first"]), answersOf(s.Data["second"]), answersOf(s.Data["extra"])
	for _, x := range scheme.Items {
		a := asked{Item: x, Machine: auto.Of(x.ID), Agreed: agreed.Of(x.ID)}
		if a.Machine.Result == "" {
			v.Asked++
		} else {
			v.Decided++
		}
		if a.Machine.Seq > 0 {
			a.Proof = v.File + "#e" + fmt.Sprint(a.Machine.Seq)
		}
		if v.Shown {
			a.First, a.Second, a.Extra = first.Of(x.ID), second.Of(x.ID), extra.Of(x.ID)
			a.Differs = a.First.Result != a.Second.Result
		}
		v.Items = append(v.Items, a)
	}
	return sheetOf(v), nil
}

// campaignView is the page of a campaign.
type campaignView struct {
	Result
	Facts   []ui.Fact
	Reviews []line
	Names   map[string]string // of units
}

func (m *Room) campaign(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	var v campaignView
	var err error
	if v.Result, err = m.Results(ctx, s); err != nil {
		return nil, err
	}
	list, err := m.Reviews(ctx, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		meta := r.Text("cause")
		if t, ok := r.Data["total"].(float64); ok {
			meta += " · " + i18n.T(ctx, "review.total", "n", Points(t*100+0.5).String())
		}
		v.Reviews = append(v.Reviews, m.lineOf(ctx, r, meta))
	}
	if v.Names, err = m.unitNames(ctx, s.Division); err != nil {
		return nil, err
	}
	day := func(name string) string { t, _ := s.Data[name].(time.Time); return calendar.DateOf(t).String() }
	for _, x := range [][2]string{{"period", day("from") + " – " + day("until")}, {"scheme", v.Scheme.Title.In(i18n.LangOf(ctx)) + " v" + fmt.Sprint(v.Scheme.Version)},
		{"way", i18n.T(ctx, "review.way."+s.Text("way"))}, {"seed", s.Text("seed")}, {"files", fmt.Sprintf("%v / %v", s.Data["drawn"], s.Data["population"])}} {
		v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "review."+x[0]), Text: x[1]})
	}
	return campaignOf(v), nil
}

func (m *Room) unitNames(ctx context.Context, division id.ID) (map[string]string, error) {
	dir, err := m.People.Directory(ctx, division)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range dir.Departments(m.Clock.Now()) {
		out[d.Code] = d.Name.In(i18n.LangOf(ctx))
	}
	return out, nil
}

// unit is a unit by name, its code where it has none any more.
func (v campaignView) unit(code string) string {
	if n := v.Names[code]; n != "" {
		return n
	}
	return code
}

// word is an answer in words.
func word(ctx context.Context, a Answer) string {
	if a.Result == "" {
		return ""
	}
	return strings.TrimSpace(i18n.T(ctx, "review.is."+a.Result) + " " + a.Points)
}

func tone(a Answer) ui.Tone {
	switch a.Result {
	case Met:
		return ui.Green
	case Fault:
		return ui.Red
	case Part:
		return ui.Amber
	}
	return ui.Plain
}

// itemNames are the items of a list of faults, shortened to the first few.
func itemNames(ctx context.Context, list []Common) string {
	const most = 6
	var out []string
	for _, c := range list[:min(most, len(list))] {
		out = append(out, c.Item.ID+" "+c.Item.Name.In(i18n.LangOf(ctx)))
	}
	return strings.Join(out, "；")
}

// Tabs are the pages of supervision that the visitor may open.
func Tabs(ctx context.Context, active string) (out []ui.Tab) {
	oversees := slices.ContainsFunc(Overseers, visit.From(ctx).Actor.Has)
	for _, t := range [][2]string{{"board", "/enforcement/board"}, {"reviews", "/enforcement/reviews"}, {"meetings", "/enforcement/meetings"}, {"precedents", "/enforcement/precedents"}} {
		if oversees || t[0] == "reviews" || t[0] == "precedents" {
			out = append(out, ui.Tab{Label: i18n.T(ctx, "board.tab."+t[0]), Href: t[1], Active: t[0] == active})
		}
	}
	return out
}
