package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/heat"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/listing"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// soon is when a time left turns amber.
const soon = time.Hour

// names resolves codes to words for one request.
type names struct {
	lang i18n.Lang
	cat  *catalogue.Catalogue
	dir  *people.Directory
	lib  *library.Library
	now  time.Time
}

func (d *Desk) names(r *http.Request) (n names, err error) {
	v := visit.From(r.Context())
	n = names{lang: i18n.LangOf(r.Context()), lib: d.Engine.Library(), now: d.Clock.Now()}
	if n.cat, err = d.Catalogues.Catalogue(r.Context(), v.Division.ID); err != nil {
		return n, err
	}
	n.dir, err = d.People.Directory(r.Context(), v.Division.ID)
	return n, err
}

func (n names) class(code string) string {
	if c, err := n.cat.Class(code); err == nil {
		return c.Name.In(n.lang)
	}
	return ""
}

func (n names) dept(code string) string {
	if d, err := n.dir.Department(code); err == nil {
		return d.Name.In(n.lang)
	}
	return ""
}

func (n names) person(account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := n.dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

func (n names) state(r record.Row) *procedure.State {
	p, err := n.lib.Version(r.Procedure, r.ProcVersion)
	if err != nil {
		return nil
	}
	for i := range p.States {
		if p.States[i].ID == r.State {
			return &p.States[i]
		}
	}
	return nil
}

// tones: what waits for the supervision desk is amber, what is being done blue,
// an end green; a case that cannot be fixed or is not ours is plain.
func (n names) chips(r record.Row) []ui.Chip {
	var out []ui.Chip
	if r.Priority == incident.P1 {
		out = append(out, ui.Chip{Label: i18n.Text{ZH: "紧急", EN: "Urgent"}.In(n.lang), Tone: ui.Red})
	}
	s := n.state(r)
	if s == nil {
		return out
	}
	tone := ui.Blue
	switch {
	case s.End == "fixed":
		tone = ui.Green
	case s.Terminal, r.DueState == "paused":
		tone = ui.Plain
	case s.Axis == procedure.Supervision, s.ID == "filed", s.ID == "fed_back", s.ID == "objected":
		tone = ui.Amber
	}
	return append(out, ui.Chip{Label: s.Name.In(n.lang), Tone: tone})
}

func (n names) left(ctx context.Context, r record.Row) ui.Left {
	switch {
	case r.Terminal:
		return ui.Took(ctx, clock.FromMicro(r.Opened), clock.FromMicro(r.Entered))
	case r.DueState == "paused":
		return ui.Paused(ctx)
	case r.Due == record.NoDue:
		return ui.LeftUntil(ctx, n.now, time.Time{}, soon)
	}
	return ui.LeftUntil(ctx, n.now, clock.FromMicro(r.Due), soon)
}

func (n names) row(ctx context.Context, r record.Row, href string, selected bool) ui.Row {
	row := ui.Row{ID: "case-" + r.ID.String(), Href: href, Title: r.Title, Meta: []string{n.class(r.Class), r.Address}, Chips: n.chips(r), Left: n.left(ctx, r), Selected: selected}
	if r.Place != nil {
		row.Point = strconv.FormatFloat(r.Place.Lng, 'f', 6, 64) + "," + strconv.FormatFloat(r.Place.Lat, 'f', 6, 64)
	}
	return row
}

// with is the address of the page with some of its parameters changed.
func with(r *http.Request, path string, kv ...string) string {
	q := url.Values{}
	for k, v := range r.URL.Query() {
		q[k] = v
	}
	q.Del("lang")
	for i := 0; i+1 < len(kv); i += 2 {
		q.Del(kv[i])
		if kv[i+1] != "" {
			q.Set(kv[i], kv[i+1])
		}
	}
	if e := q.Encode(); e != "" {
		return path + "?" + e
	}
	return path
}

func (d *Desk) rows(r *http.Request, n names) ([]ui.Row, listing.Page, error) {
	page, err := d.page(r, 0)
	selected := r.URL.Query().Get("case")
	out := make([]ui.Row, 0, len(page.Rows))
	for _, x := range page.Rows {
		key := x.ID.String()
		out = append(out, n.row(r.Context(), x, with(r, "/desk", "case", key, "view", "case"), key == selected))
	}
	return out, page, err
}

// queue is the queue alone, for a live refresh.
func (d *Desk) queue(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	rows, _, err := d.rows(r, n)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, ui.Queue("queue", rows, with(r, "/desk/queue"), "case"))
}

func (d *Desk) desk(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	rows, page, err := d.rows(r, n)
	if err != nil {
		return err
	}
	figures, err := d.figures(r)
	if err != nil {
		return err
	}
	bar, err := d.Lists.Bar(r, "/desk")
	if err != nil {
		return err
	}
	show := r.URL.Query().Get("view")
	if show != "map" && show != "case" {
		show = "queue"
	}
	theCase := emptyCase()
	selected := r.URL.Query().Get("case")
	if selected != "" {
		r.SetPathValue("id", selected)
		s, actor, err := d.find(r)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			c, err := d.caseView(r, n, s, actor)
			if err != nil {
				return err
			}
			theCase = casePane(c)
		}
	}
	more := ""
	if page.Next != "" {
		more = with(r, "/desk", "after", page.Next)
	}
	view := deskView{Show: show, Rows: rows, Refresh: with(r, "/desk/queue"), More: more, Figures: figures, Case: theCase, Filters: d.filters(r, "/desk"), Bar: bar, Here: r.URL.RequestURI(), Query: listing.Question(r.URL.Query()), Found: page.Found(r.Context()), Kept: listing.Hidden(r.URL.Query(), "q")}
	if actor := visit.From(r.Context()).Actor; actor.Has("dispatcher") || actor.Has("shift_leader") {
		view.Bulk = bulkHref(r.URL.Query())
	}
	view.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: with(r, "/desk/points.json"), Areas: "/map/areas.json", Selected: "case-" + selected,
		Label: i18n.T(r.Context(), "desk.map"),
		Legend: []mapview.Key{
			{Label: i18n.T(r.Context(), "desk.legend.late"), Shape: mapview.Dot, Tone: ui.Red},
			{Label: i18n.T(r.Context(), "desk.legend.open"), Shape: mapview.Dot, Tone: ui.Blue},
			{Label: i18n.T(r.Context(), "desk.legend.group"), Shape: mapview.Many},
			{Label: i18n.T(r.Context(), "desk.legend.cluster"), Shape: mapview.Circle},
		}}
	tab := func(key, icon string) ui.Tab {
		return ui.Tab{Label: i18n.T(r.Context(), "desk.tab."+key), Icon: icon, Href: with(r, "/desk", "view", key), Active: show == key}
	}
	p := layout.Page{Title: i18n.T(r.Context(), "desk.title"), Active: "desk", Kind: layout.Desk, Scripts: []string{"map.js"},
		Views: []ui.Tab{tab("queue", "list-check"), tab("map", "map-2"), tab("case", "file-text")}}
	return httpx.Render(w, r, http.StatusOK, deskPage(p, view))
}

type deskView struct {
	Show    string
	Rows    []ui.Row
	Refresh string
	More    string
	Figures []ui.KPI
	Map     mapview.Map
	Case    templ.Component
	Filters []ui.Tab
	Bar     listing.Bar
	Here    string // the page's own address
	Query   string
	Found   string // what the search found, in a sentence
	Kept    [][2]string
	Bulk    string // where many can be acted on at once; "" for most
}

// looks are the usual filters of a list: a word's key and what the address says.
var looks = []struct{ key, name, value string }{
	{"open", "", ""}, {"mine", "mine", "1"}, {"watched", "watched", "1"}, {"overdue", "overdue", "1"}, {"urgent", "priority", incident.P1},
	{"to_file", "state", "accepted"}, {"to_dispatch", "state", "filed"}, {"to_check", "state", "to_check"}, {"to_close", "state", "to_close"},
	{"objected", "state", "objected"}, {"closed", "view_of", "closed"},
}

// filters are the looks as links.
func (d *Desk) filters(r *http.Request, path string) []ui.Tab {
	q := r.URL.Query()
	var out []ui.Tab
	for _, l := range looks {
		t := ui.Tab{Label: i18n.T(r.Context(), "desk."+l.key), Href: path}
		if l.name != "" {
			t.Href += "?" + url.Values{l.name: {l.value}}.Encode()
			t.Active = q.Get(l.name) == l.value
		}
		out = append(out, t)
	}
	out[0].Active = !slices.ContainsFunc(out, func(t ui.Tab) bool { return t.Active }) && q.Get("state") == "" && q.Get("view_of") == ""
	return out
}

// figures are counted from the cases at read time.
func (d *Desk) figures(r *http.Request) ([]ui.KPI, error) {
	ctx, v := r.Context(), visit.From(r.Context())
	now := d.Clock.Now()
	count := func(f record.Filter, now int64) (byState map[string]int, all, late int, err error) {
		list, err := record.Counts(ctx, d.DB, v.Division.ID, incident.Narrow(v.Actor, f), now)
		byState = map[string]int{}
		for _, c := range list {
			byState[c.State] += c.N
			all, late = all+c.N, late+c.Late
		}
		return byState, all, late, err
	}
	kpi := func(key string, n int, tone ui.Tone, href string) ui.KPI {
		return ui.KPI{Label: i18n.T(ctx, "desk.kpi."+key), Value: strconv.Itoa(n), Unit: i18n.T(ctx, "desk.unit", "n", n), Tone: tone, Href: href}
	}
	states, open, late, err := count(record.Filter{Terminal: record.No}, clock.Micro(now))
	if err != nil {
		return nil, err
	}
	_, received, _, err := count(record.Filter{Procedures: []string{incident.Procedure}, OpenedFrom: listing.Ago(now, 0)}, 0)
	if err != nil {
		return nil, err
	}
	ends, _, _, err := count(record.Filter{Terminal: record.Yes, OpenedFrom: listing.Ago(now, month)}, 0)
	if err != nil {
		return nil, err
	}
	ended := func(state string) string { return "/cases?days=" + strconv.Itoa(month) + "&state=" + state }
	return []ui.KPI{
		kpi("today", received, ui.Plain, "/cases?view_of=all&procedure="+incident.Procedure+"&days=0"),
		kpi("open", open, ui.Plain, "/desk"),
		kpi("filed", states["filed"], ui.Amber, "/desk?state=filed"),
		kpi("late", late, ui.Red, "/desk?overdue=1"),
		kpi("fixed", ends["closed_fixed"], ui.Green, ended("closed_fixed")),
		kpi("unfixable", ends["closed_unfixable"], ui.Plain, ended("closed_unfixable")),
		kpi("not_ours", ends["closed_not_ours"], ui.Plain, ended("closed_not_ours")),
	}, nil
}

// month is how far back the figures of ends look, in days.
const month = 30

// mostPoints is how many dots a map shows apart; beyond they are groups.
const mostPoints = 600

func (d *Desk) points(w http.ResponseWriter, r *http.Request) error {
	in, zoom := mapview.Asked(r.URL.Query())
	v, err := d.Lists.View(r.Context(), r.URL.Query(), visit.From(r.Context()).Actor, in, zoom, mostPoints)
	if err != nil {
		return err
	}
	if v.Spots, err = d.withOwn(r, v.Spots); err != nil {
		return err
	}
	out := mapview.Points{Points: make([]mapview.Point, len(v.Spots)), Href: "/desk?view=case&case={id}"}
	for i, s := range v.Spots {
		tone := ui.Blue
		switch {
		case s.Ended:
			tone = ui.Green
		case s.Late:
			tone = ui.Red
		}
		out.Points[i] = mapview.Point{ID: "case-" + s.ID.String(), Lng: s.Lng, Lat: s.Lat, Tone: tone}
	}
	for _, g := range v.Groups {
		out.Groups = append(out.Groups, mapview.Group{Lng: g.Lng, Lat: g.Lat, N: g.N, Late: g.Late})
	}
	return httpx.JSON(w, http.StatusOK, out)
}

// withOwn adds the case that the map belongs to, which may have ended.
func (d *Desk) withOwn(r *http.Request, spots []heat.Spot) ([]heat.Spot, error) {
	own, err := id.Parse(r.URL.Query().Get("own"))
	if err != nil || slices.ContainsFunc(spots, func(s heat.Spot) bool { return s.ID == own }) {
		return spots, nil
	}
	r.SetPathValue("id", own.String())
	s, _, err := d.find(r)
	if fault.Is(err, fault.NotFound) || err == nil && s.Place == nil {
		return spots, nil
	}
	if err != nil {
		return nil, err
	}
	return append(spots, heat.SpotOf(s.Row, clock.Micro(d.Clock.Now()))), nil
}

func (d *Desk) list(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	page, err := d.page(r, 0)
	if err != nil {
		return err
	}
	bar, err := d.Lists.Bar(r, "/cases")
	if err != nil {
		return err
	}
	rows := n.lines(r.Context(), page.Rows)
	pager := ui.Pager{Shown: len(rows)}
	if page.Next != "" {
		pager.Next = with(r, "/cases", "after", page.Next)
	}
	if r.URL.Query().Get("after") != "" {
		pager.First = with(r, "/cases", "after", "")
	}
	v := listView{Rows: rows, Pager: pager, Filters: d.filters(r, "/cases"), Bar: bar, Here: r.URL.RequestURI(), Query: listing.Question(r.URL.Query()),
		Found: page.Found(r.Context()), Print: with(r, "/cases/print", "after", "")}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// listView is the list of cases as a page.
type listView struct {
	Rows    []line
	Pager   ui.Pager
	Filters []ui.Tab
	Bar     listing.Bar
	Here    string // the page's own address
	Query   string
	Found   string // what the search found, in a sentence
	Print   string
}

// line is a case in a table.
type line struct {
	Number, Title, Href, Class, Place, Dept, Opened string
	Chips                                           []ui.Chip
	Left                                            ui.Left
}

func (l line) state() string {
	var out []string
	for _, c := range l.Chips {
		out = append(out, c.Label)
	}
	return strings.Join(out, " ")
}

func (n names) lines(ctx context.Context, rows []record.Row) []line {
	out := make([]line, 0, len(rows))
	for _, r := range rows {
		out = append(out, line{Number: r.Number, Title: r.Title, Href: "/cases/" + r.ID.String(), Class: n.class(r.Class), Place: r.Address,
			Dept: n.dept(r.Dept), Opened: local(clock.FromMicro(r.Opened)), Chips: n.chips(r), Left: n.left(ctx, r)})
	}
	return out
}
