package openness

import (
	"cmp"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// paths are where the lists are read.
var paths = map[string]string{Penalty: "/penalties", Precedent: "/precedents"}

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	open := httpx.Public()
	guess := httpx.Rate{Every: time.Second, Burst: 120}
	heavy := httpx.Rate{Every: 5 * time.Second, Burst: 20}
	return []httpx.Route{
		{Method: "GET", Pattern: "/penalties", Access: open, Handler: m.list(Penalty), Name: "open.penalties", Rate: guess},
		{Method: "GET", Pattern: "/penalties/{id}", Access: open, Handler: m.one(Penalty), Name: "open.penalty", Rate: guess},
		{Method: "GET", Pattern: "/penalties/{id}/pdf", Access: open, Handler: m.copy, Name: "open.penalty.pdf", Rate: heavy, Timeout: time.Minute},
		{Method: "GET", Pattern: "/penalties.atom", Access: open, Handler: m.feed, Name: "open.penalties.feed", Rate: guess},
		{Method: "GET", Pattern: "/precedents", Access: open, Handler: m.list(Precedent), Name: "open.precedents", Rate: guess},
		{Method: "GET", Pattern: "/precedents/{id}", Access: open, Handler: m.one(Precedent), Name: "open.precedent", Rate: guess},
	}
}

// view is the page of a list.
type view struct {
	Kind, Text string
	Rows       []Publication
	Next       string
	Months     []count // of a year, the latest first
	Matters    []count // the most frequent ones
}

type count struct {
	Name string
	N    int
}

func (m *Room) list(kind string) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		v := view{Kind: kind, Text: q.Get("q")}
		division := visit.From(r.Context()).Division.ID
		rows, next, err := list(r.Context(), m.DB, division, kind, v.Text, q.Get("after"))
		if err != nil {
			return err
		}
		v.Rows = rows
		if next != "" {
			v.Next = paths[kind] + "?" + url.Values{"q": {v.Text}, "after": {next}}.Encode()
		}
		if kind == Penalty && v.Text == "" && q.Get("after") == "" {
			if err := m.figures(r.Context(), division, &v); err != nil {
				return err
			}
		}
		return httpx.Render(w, r, http.StatusOK, listPage(v))
	}
}

// most is how many matters the figures name.
const most = 8

// figures are what was published within a year, by month and by matter. They
// name no person and no unit, and add up no money.
func (m *Room) figures(ctx context.Context, division id.ID, v *view) error {
	months, matters := map[string]int{}, map[string]int{}
	err := counted(ctx, m.DB, division, m.Clock.Now().AddDate(-1, 0, 0), func(at time.Time, c Content) {
		months[at.In(calendar.Zone).Format("2006-01")]++
		matters[c.Cause]++
	})
	v.Months, v.Matters = sorted(months, func(a, b count) int { return cmp.Compare(b.Name, a.Name) }), sorted(matters, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	v.Matters = v.Matters[:min(most, len(v.Matters))]
	return err
}

func sorted(n map[string]int, order func(a, b count) int) (out []count) {
	for name, n := range n {
		out = append(out, count{name, n})
	}
	slices.SortFunc(out, order)
	return out
}

// read is the publication of the address.
func (m *Room) read(r *http.Request, kind string) (Publication, error) {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return Publication{}, fault.Missing("publication")
	}
	return find(r.Context(), m.DB, visit.From(r.Context()).Division.ID, kind, key)
}

// one is the page of a publication. What was withdrawn is 410 with a sentence.
func (m *Room) one(kind string) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := m.read(r, kind)
		if err != nil {
			return err
		}
		if !p.Withdrawn.IsZero() {
			return httpx.Render(w, r, http.StatusGone, gonePage(p))
		}
		return httpx.Render(w, r, http.StatusOK, onePage(p))
	}
}

// copy sends the masked copy of the decision.
func (m *Room) copy(w http.ResponseWriter, r *http.Request) error {
	p, err := m.read(r, Penalty)
	if err != nil {
		return err
	}
	if !p.Withdrawn.IsZero() {
		return httpx.Render(w, r, http.StatusGone, gonePage(p))
	}
	body, err := m.Papers().PublicPDF(r.Context(), visit.From(r.Context()).Division.ID, p.Paper)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="decision.pdf"`)
	_, err = w.Write(body)
	return err
}

// atom is the feed in the words of RFC 4287.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID      string `xml:"id"`
	Title   string `xml:"title"`
	Updated string `xml:"updated"`
	Link    link   `xml:"link"`
	Summary string `xml:"summary"`
}

func (m *Room) feed(w http.ResponseWriter, r *http.Request) error {
	rows, _, err := list(r.Context(), m.DB, visit.From(r.Context()).Division.ID, Penalty, "", "")
	if err != nil {
		return err
	}
	base := m.BaseURL
	if base == "" {
		base = "http://" + r.Host
	}
	out := atom{ID: base + "/penalties", Title: i18n.T(r.Context(), "open.penalty"), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Author: layout.From(r.Context()).Brand.In(i18n.LangOf(r.Context())), Links: []link{{"self", base + "/penalties.atom"}, {"alternate", base + "/penalties"}}}
	for i, p := range rows {
		at := p.Published.UTC().Format(time.RFC3339)
		if i == 0 {
			out.Updated = at
		}
		out.Entries = append(out.Entries, entry{ID: "urn:uuid:" + p.Case.String(), Title: p.Title, Updated: at, Link: link{"alternate", base + "/penalties/" + p.Case.String()},
			Summary: p.Text})
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	if _, err = w.Write([]byte(xml.Header)); err != nil {
		return err
	}
	return xml.NewEncoder(w).Encode(out)
}

func on(t time.Time) string { return t.In(calendar.Zone).Format(time.DateOnly) }

// facts are what stands on top of a publication.
func facts(ctx context.Context, p Publication) (out []ui.Fact) {
	for _, x := range [][2]string{{"number", p.Number}, {"penalties", strings.Join(p.Penalties, "；")}, {"law", p.Law}, {"version", p.Version}, {"class", p.Class},
		{"party", p.Party}, {"decided", p.Decided}, {"published", on(p.Published)}} {
		if x[1] != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "open."+x[0]), Text: x[1], Wide: len(x[1]) > 24})
		}
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }

func tabs(ctx context.Context, kind string) (out []ui.Tab) {
	for _, k := range []string{Penalty, Precedent} {
		out = append(out, ui.Tab{Label: i18n.T(ctx, "open."+k), Href: paths[k], Active: k == kind})
	}
	return append(out, ui.Tab{Label: i18n.T(ctx, "open.proof"), Href: "/verify"})
}

// about is what stands below a title in the list.
func about(p Publication) (out []string) {
	for _, s := range []string{p.Number, p.Party, p.Law, on(p.Published)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
