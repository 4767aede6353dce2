package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// deskView is the page of all stalls.
type deskView struct {
	Tabs     []ui.Tab
	Figures  []ui.KPI
	Clusters []occupancy
	Work     []caseLine // waits for somebody of the bureau
	Waiting  []caseLine
	Expiring []caseLine
	Points   []caseLine // records under appeal
	Head     bool
}

// occupancy is how full a cluster is.
type occupancy struct {
	Code, Name        string
	Stalls, Held      int
	Here              int
	Stars             string
	Complaints, Waits int
	Left              ui.Chip // after its last opening
}

// caseLine is one case on the desk.
type caseLine struct {
	Href, Title, About, Due string
	State                   ui.Chip
}

// endsSoon is how far ahead the desk looks for terms that end.
const endsSoon = 60 * 24 * time.Hour

func (m *Room) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), visit.From(r.Context())
	v := deskView{Tabs: m.tabs(r, "/street/stalls"), Head: who.Actor.Has("stall_head")}
	book, err := m.Book(ctx, who.Division.ID)
	if err != nil {
		return err
	}
	all, err := permit.In(ctx, m.DB, who.Division.ID, "applied", "correcting", "checking", "waiting", "offered", "active", "suspended", "renewing", "revoking")
	if err != nil {
		return err
	}
	if err := m.occupied(ctx, who.Division.ID, book, all, &v); err != nil {
		return err
	}
	if err := m.cases(ctx, who.Division.ID, book, all, &v); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, deskPage(v))
}

// tabs are the visitor's doors of street order.
func (m *Room) tabs(r *http.Request, here string) (out []ui.Tab) {
	for _, d := range m.doors(r) {
		out = append(out, ui.Tab{Label: i18n.T(r.Context(), "app.street."+d.Name), Href: d.Href, Active: d.Href == here})
	}
	return out
}

func (m *Room) occupied(ctx context.Context, division id.ID, book *cluster.Book, all []permit.Permit, v *deskView) error {
	now := m.Clock.Now()
	here, err := permit.HereOn(ctx, m.DB, division, calendar.DateOf(now))
	if err != nil {
		return err
	}
	rated, err := cluster.Ratings(ctx, m.DB, division, calendar.DateOf(now)-90)
	if err != nil {
		return err
	}
	left, err := m.left(ctx, division, book)
	if err != nil {
		return err
	}
	stalls, held, waiting := 0, 0, 0
	for _, c := range book.Clusters {
		o := occupancy{Code: c.Code, Name: c.Name.In(i18n.LangOf(ctx)), Stalls: len(c.Stalls), Left: left[c.Code]}
		busy := map[string]bool{}
		for _, p := range all {
			if s, own := book.Stall(p.Stall); s != nil && own.Code == c.Code {
				busy[p.Stall] = true
				if here[p.Case] == permit.Here {
					o.Here++
				}
			}
			if p.State == "waiting" && slices.Contains(p.Clusters, c.Code) {
				o.Waits++
			}
		}
		o.Held = len(busy)
		if x := rated[c.Code]; x.N > 0 {
			o.Stars = fmt.Sprintf("%.1f", x.Mean())
			for _, n := range x.Complaints {
				o.Complaints += n
			}
		}
		reported, err := cluster.Reported(ctx, m.DB, division, c, now.AddDate(0, 0, -90))
		if err != nil {
			return err
		}
		for _, n := range reported {
			o.Complaints += n
		}
		stalls, held = stalls+o.Stalls, held+o.Held
		v.Clusters = append(v.Clusters, o)
	}
	for _, p := range all {
		if p.State == "waiting" {
			waiting++
		}
	}
	v.Figures = []ui.KPI{{Label: i18n.T(ctx, "stallweb.n_clusters"), Value: strconv.Itoa(len(book.Clusters))},
		{Label: i18n.T(ctx, "stallweb.n_stalls"), Value: strconv.Itoa(stalls)},
		{Label: i18n.T(ctx, "stallweb.n_held"), Value: strconv.Itoa(held), Tone: ui.Green}, {Label: i18n.T(ctx, "stallweb.n_waiting"), Value: strconv.Itoa(waiting), Tone: ui.Blue},
		{Label: i18n.T(ctx, "stallweb.n_here"), Value: strconv.Itoa(len(here))}}
	return nil
}

// owned are the states that wait for the bureau.
var owned = []string{"applied", "checking", "offered", "renewing", "revoking", "suspended"}

func (m *Room) cases(ctx context.Context, division id.ID, book *cluster.Book, all []permit.Permit, v *deskView) error {
	lang, now := i18n.LangOf(ctx), m.Clock.Now()
	byCase := map[id.ID]permit.Permit{}
	var ids []id.ID
	for _, p := range all {
		byCase[p.Case] = p
		ids = append(ids, p.Case)
	}
	rows, err := record.Rows(ctx, m.DB, division, record.Filter{}, ids)
	if err != nil {
		return err
	}
	row := map[id.ID]record.Row{}
	for _, x := range rows {
		row[x.ID] = x
	}
	n := 0
	for _, p := range all { // in the order of the waiting list
		x := row[p.Case]
		l := m.lineOf(ctx, x)
		switch {
		case p.State == "waiting":
			n++
			l.Title = fmt.Sprintf("%d · %s", n, l.Title)
			l.About = m.wish(ctx, book, p)
			v.Waiting = append(v.Waiting, l)
		case slices.Contains(owned, p.State):
			if l.About = m.wish(ctx, book, p); p.Stall != "" {
				l.About = permit.Line(book, p.Stall, lang)
			}
			v.Work = append(v.Work, l)
		case p.State == "active" && p.Until.Before(now.Add(endsSoon)):
			l.About = permit.Line(book, p.Stall, lang)
			l.Due = calendar.DueDate(p.Until).String()
			v.Expiring = append(v.Expiring, l)
		}
	}
	page, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{permit.Points}, States: []string{"appealed"}, Limit: 50})
	for _, x := range page.Rows {
		v.Points = append(v.Points, m.lineOf(ctx, x))
	}
	return err
}

func (m *Room) lineOf(ctx context.Context, x record.Row) caseLine {
	l := caseLine{Href: "/cases/" + x.ID.String(), Title: i18n.Said(ctx, x.Title), State: ui.Chip{Label: x.State, Tone: tones[x.State]}}
	if p, err := m.Engine().Library().Version(x.Procedure, x.ProcVersion); err == nil {
		if s := p.StateOf(x.State); s != nil {
			l.State.Label = s.Name.In(i18n.LangOf(ctx))
		}
	}
	if x.Due != record.NoDue && x.DueState == "running" {
		l.Due = calendar.FormatDue(time.UnixMicro(x.Due))
	}
	return l
}

// wish is why somebody stands where he stands in the list.
func (m *Room) wish(ctx context.Context, book *cluster.Book, p permit.Permit) string {
	lang := i18n.LangOf(ctx)
	s := ""
	if !p.Turn.IsZero() {
		s = i18n.T(ctx, "stallweb.since", "day", calendar.DateOf(p.Turn).String()) + " · "
	}
	s += cluster.Name(p.Band).In(lang) + " · " + cluster.Names(p.Goods).In(lang) + " · "
	for i, code := range p.Clusters {
		if c := book.Cluster(code); c != nil {
			if i > 0 {
				s += i18n.T(ctx, "stallweb.comma")
			}
			s += c.Name.In(lang)
		}
	}
	if p.Hardship {
		s += " · " + i18n.T(ctx, "stallweb.hardship")
	}
	return s
}
