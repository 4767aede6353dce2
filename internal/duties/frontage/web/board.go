package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// boardView is the street at a glance.
type boardView struct {
	Figures    []ui.KPI
	Weeks      []week
	Parts      []partsView
	Red, Black []listed
	Heard      []waiting // entries the shop was told of or objects to
	Waiting    []waiting
	More       int // that wait and are not shown
	May        may
}

// may is what the visitor can do here.
type may struct{ Inspect, Offer, Recode, Bring bool }

func mayOf(ctx context.Context) may {
	a := visit.From(ctx).Actor
	m := may{Bring: slices.ContainsFunc(append(frontage.Bringers, people.Admin), a.Has), Inspect: a.Has("officer") || a.Has("community_inspector"), Offer: a.Has("officer") || a.Has("outreach")}
	m.Recode = m.Inspect || m.Offer
	return m
}

// week is one column of the trend.
type week struct {
	From, Checks, Rate, Mean string
	Height                   int // per cent
}

// partsView is the board by street or by street office.
type partsView struct {
	Name, Title string
	Rows        []partRow
	More        int
}

type partRow struct {
	Name, Shops, Signed, Passing string
	Spark                        []float64 // share that passed, week by week
	Trend                        string    // the last of them
}

// shownParts is how many streets the board names.
const shownParts = 12

func (m *Room) parts(ctx context.Context, b frontage.Board) (out []partsView, err error) {
	town, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return nil, err
	}
	office := func(d frontage.Door) string {
		f, _ := town.Code(town.Locate(d.At, m.Clock.Now()).Street, m.Clock.Now())
		return f.Name.In(i18n.LangOf(ctx))
	}
	for _, by := range []struct {
		name string
		of   func(frontage.Door) string
	}{{"office", office}, {"road", roads(town, i18n.LangOf(ctx), m.Clock.Now())}} {
		v := partsView{Name: by.name, Title: i18n.T(ctx, "frontage.by."+by.name)}
		for i, p := range b.Parts(by.of) {
			if i == shownParts {
				v.More++
				continue
			}
			v.Rows = append(v.Rows, rowOf(p))
		}
		out = append(out, v)
	}
	return out, nil
}

// roads names the street of a door; in another language as the map has it.
func roads(town *place.Map, lang i18n.Lang, at time.Time) func(frontage.Door) string {
	names := map[string]string{}
	for _, f := range town.Features(at, place.Road) {
		names[f.Name.ZH] = f.Name.In(lang)
	}
	return func(d frontage.Door) string { return cmp.Or(names[d.Road()], d.Road()) }
}

func rowOf(p frontage.Part) partRow {
	row := partRow{Name: p.Name, Shops: strconv.Itoa(p.Shops), Signed: share(p.Signed, p.Shops), Passing: share(p.Passing, p.Rated), Trend: "–"}
	for _, w := range p.Weeks {
		if w.Checks > 0 {
			row.Spark, row.Trend = append(row.Spark, float64(100*w.Good/w.Checks)), share(w.Good, w.Checks)
		}
	}
	return row
}

// listed is one published entry.
type listed struct{ Shop, Name, Address, Since, Until, Grounds string }

// waiting is one case that waits for somebody.
type waiting struct {
	Name, Href, What, Since string
	State                   ui.Chip
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%", (200*n+of)/(2*of))
}

func (m *Room) board(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := m.Duty.Look(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	v := boardView{May: mayOf(ctx)}
	rates := make([]float64, 0, len(b.Weeks))
	for _, x := range b.Weeks {
		y := week{From: x.From.AddDate(0, 0, 1).Format("01-02"), Checks: strconv.Itoa(x.Checks), Rate: share(x.Good, x.Checks), Mean: "–"}
		if x.Checks > 0 {
			y.Mean, y.Height = fmt.Sprintf("%.1f", float64(x.Points)/float64(x.Checks)), 100*x.Good/x.Checks
		}
		rates = append(rates, float64(y.Height))
		v.Weeks = append(v.Weeks, y)
	}
	if v.Red, v.Black, err = m.publicLists(ctx, b.Doors); err != nil {
		return err
	}
	v.Figures = []ui.KPI{
		{Label: i18n.T(ctx, "frontage.kpi.pledged"), Value: share(b.Signed(), len(b.Doors)), Note: i18n.T(ctx, "frontage.kpi.of", "n", b.Signed(), "all", len(b.Doors)), Tone: ui.Blue, Href: "/street/frontage/shops?show=unsigned"},
		{Label: i18n.T(ctx, "frontage.kpi.passing"), Value: share(b.Passing(), b.Rated()), Note: i18n.T(ctx, "frontage.kpi.of", "n", b.Passing(), "all", b.Rated()), Tone: ui.Green, Spark: rates},
		{Label: i18n.T(ctx, "frontage.kpi.open"), Value: strconv.Itoa(len(b.Open)), Tone: ui.Amber},
		{Label: i18n.T(ctx, "frontage.kpi.lists"), Value: fmt.Sprintf("%d / %d", len(v.Red), len(v.Black))},
	}
	v.Heard, v.Waiting, v.More = m.waits(ctx, b)
	if v.Parts, err = m.parts(ctx, b); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, boardPage(v))
}

// publicLists are the published entries with their grounds, the one that ends
// first on top.
func (m *Room) publicLists(ctx context.Context, doors []frontage.Door) (red, black []listed, err error) {
	type entry struct {
		frontage.Entry
		line listed
	}
	var all []entry
	for _, d := range doors {
		for _, e := range d.Listed {
			s, err := m.Engine().Find(ctx, visit.From(ctx).Division.ID, e.Case)
			if err != nil {
				return nil, nil, err
			}
			all = append(all, entry{e, listed{d.Code, d.Name, d.Address, day(e.Moved), until(e.Until), grounds(ctx, s)}})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Shop, b.Shop)) })
	for _, e := range all {
		if e.List == frontage.Red {
			red = append(red, e.line)
		} else {
			black = append(black, e.line)
		}
	}
	return red, black, nil
}

// grounds are those of an entry in the reader's language: the record has both.
func grounds(ctx context.Context, s *engine.Snapshot) string {
	zh, en, both := strings.Cut(s.Text("grounds"), " / ")
	if both && i18n.LangOf(ctx) == i18n.EN {
		return en
	}
	return zh
}

// shownWaiting is how many cases the board names.
const shownWaiting = 20

// waits are the open cases somebody must act on, those that waited longest first;
// entries of the lists apart. A pledge in force waits for nobody, nor does an
// entry that is shown.
func (m *Room) waits(ctx context.Context, b frontage.Board) (heard, out []waiting, more int) {
	names := map[string]string{}
	for _, d := range b.Doors {
		names[d.Code] = d.Name
	}
	open := slices.DeleteFunc(slices.Clone(b.Open), func(e frontage.Entry) bool { return e.State == "active" || e.State == "published" })
	slices.SortFunc(open, func(a, b frontage.Entry) int { return a.Moved.Compare(b.Moved) })
	for _, e := range open {
		row := waiting{Name: cmp.Or(names[e.Shop], e.Shop), Href: "/cases/" + e.Case.String(), What: i18n.T(ctx, "frontage.what."+e.Procedure), Since: day(e.Moved), State: m.chip(ctx, e)}
		switch {
		case e.Procedure == frontage.Listing:
			row.What = i18n.T(ctx, "frontage."+e.List)
			heard = append(heard, row)
		case len(out) == shownWaiting:
			more++
		default:
			out = append(out, row)
		}
	}
	return heard, out, more
}
