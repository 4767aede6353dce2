package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// passView is the card of a day pass: what the vendor shows at the stall, and next
// time to whoever leads him in.
type passView struct {
	permit.Pass
	Line  string // the stall
	Today bool   // it holds now
	Facts []ui.Fact
	QR    templ.Component
	Staff bool
	Talks []caseLine // of the visitor, that this card can be shown for
}

func (m *Room) passCard(w http.ResponseWriter, r *http.Request) error {
	ctx, who, now := r.Context(), visit.From(r.Context()), m.Clock.Now()
	p, err := permit.PassOf(ctx, m.DB, who.Division.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	book, err := m.Book(ctx, who.Division.ID)
	if err != nil {
		return err
	}
	set, err := m.Settings(ctx, who.Division.ID)
	if err != nil {
		return err
	}
	had, err := permit.Had(ctx, m.DB, who.Division.ID, p)
	if err != nil {
		return err
	}
	v := passView{Pass: p, Line: permit.Line(book, p.Stall, i18n.LangOf(ctx)), Today: p.Day == calendar.DateOf(now), Staff: slices.ContainsFunc(onSite, who.Actor.Has)}
	if v.QR, err = ui.QR(m.base(r)+ownPass+"/"+p.Code, i18n.T(ctx, "stallweb.pass_qr")); err != nil {
		return err
	}
	hours := cluster.Name(p.Band).In(i18n.LangOf(ctx))
	if _, c := book.Stall(p.Stall); c != nil {
		for _, x := range c.Today(p.Day) {
			if x.Band == p.Band {
				hours += " " + cluster.Clock(x.From) + "–" + cluster.Clock(x.To)
			}
		}
	}
	v.Facts = []ui.Fact{{Label: i18n.T(ctx, "stallweb.pass_day"), Text: p.Day.String()}, {Label: i18n.T(ctx, "stallweb.band"), Text: hours},
		{Label: i18n.T(ctx, "stallweb.goods"), Text: cluster.Names(p.Goods).In(i18n.LangOf(ctx))},
		{Label: i18n.T(ctx, "stallweb.pass_count"), Text: i18n.T(ctx, "stallweb.pass_n", "n", had, "most", set.Int("stall.day_passes"))}}
	if p.Last4 != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "stallweb.pass_phone"), Text: p.Last4})
	}
	if v.Talks, err = m.talks(r); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, passCardPage(v))
}

// talks are the visitor's own that still wait for their outcome.
func (m *Room) talks(r *http.Request) (out []caseLine, err error) {
	ctx, who := r.Context(), visit.From(r.Context())
	if who.Actor.Account.IsZero() {
		return nil, nil
	}
	page, err := record.List(ctx, m.DB, who.Division.ID, record.Filter{Procedures: []string{watch.Procedure}, States: []string{"met", "promised"},
		Assignee: who.Actor.Account.String(), Limit: 5})
	for _, x := range page.Rows {
		l := m.lineOf(ctx, x)
		l.About = time.UnixMicro(x.Opened).In(calendar.Zone).Format("15:04")
		out = append(out, l)
	}
	return out, err
}

// passMonth is how a cluster's stalls were given away for a day this month.
type passMonth struct {
	Cluster           string
	N, Unnamed, First int
}

// month are the clusters with passes this month.
func (m *Room) month(r *http.Request) (out []passMonth, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	book, err := m.Book(ctx, division)
	if err != nil {
		return nil, err
	}
	given, err := permit.Month(ctx, m.DB, division, calendar.DateOf(m.Clock.Now()))
	for _, c := range book.Clusters {
		x := passMonth{Cluster: c.Name.In(i18n.LangOf(ctx))}
		for _, g := range given {
			if _, own := book.Stall(g.Stall); own == c {
				x.N, x.Unnamed, x.First = x.N+g.N, x.Unnamed+g.Unnamed, x.First+g.First
			}
		}
		if x.N > 0 {
			out = append(out, x)
		}
	}
	return out, err
}
