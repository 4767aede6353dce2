package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// here is where the visitor says to be; false when they did not say.
func here(r *http.Request) (geo.Point, bool) {
	lat, errLat := strconv.ParseFloat(r.URL.Query().Get("lat"), 64)
	lng, errLng := strconv.ParseFloat(r.URL.Query().Get("lng"), 64)
	p := geo.Point{Lat: lat, Lng: lng}
	return p, errLat == nil && errLng == nil && p.Valid()
}

// far is the distance to a case; a case without a place is behind all others.
func far(from geo.Point, r record.Row) float64 {
	if r.Place == nil {
		return 1e9
	}
	return geo.Distance(from, geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng})
}

// field is the list of tasks: nearest first where the phone said where it is,
// else by time left.
func (d *Desk) field(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	rows, err := d.Lists.Tasks(r.Context(), visit.From(r.Context()).Actor)
	if err != nil {
		return err
	}
	from, located := here(r)
	if located {
		slices.SortStableFunc(rows, func(a, b record.Row) int { return int(far(from, a) - far(from, b)) })
	}
	out := make([]ui.Row, 0, len(rows))
	for _, x := range rows {
		row := n.row(r.Context(), x, "/field/"+x.ID.String(), false)
		if located && x.Place != nil {
			row.Meta = append([]string{metres(r.Context(), far(from, x))}, row.Meta...)
		}
		out = append(out, row)
	}
	return httpx.Render(w, r, http.StatusOK, fieldPage(d.fieldFrame(r, "tasks", i18n.T(r.Context(), "desk.field")), out, located))
}

func sorted(ctx context.Context, located bool) string {
	if located {
		return i18n.T(ctx, "desk.by_distance")
	}
	return i18n.T(ctx, "desk.by_due")
}

const kilometre = 1000

func metres(ctx context.Context, m float64) string {
	if m >= kilometre {
		return i18n.T(ctx, "desk.km", "n", fmt.Sprintf("%.1f", m/kilometre))
	}
	return i18n.T(ctx, "desk.m", "n", fmt.Sprintf("%.0f", m))
}

// fieldFrame is a page of kind Field with the field's own tabs.
func (d *Desk) fieldFrame(r *http.Request, active, title string) layout.Page {
	ctx := r.Context()
	tab := func(name, icon, href string) ui.Tab {
		return ui.Tab{Label: i18n.T(ctx, "desk.field."+name), Icon: icon, Href: href, Active: name == active}
	}
	tabs := []ui.Tab{tab("tasks", "list-check", "/field")}
	if visit.From(ctx).Actor.Has("collector") {
		tabs = append(tabs, tab("report", "camera", "/field/report"))
	}
	tabs = append(tabs, tab("inbox", "bell", "/inbox"))
	return layout.Page{Title: title, Active: "field", Kind: layout.Field, Views: tabs, Scripts: []string{"map.js"}}
}

// task is one case on the street.
func (d *Desk) task(w http.ResponseWriter, r *http.Request) error {
	c, s, _, err := d.open(r)
	if err != nil {
		return err
	}
	where := ""
	if s.Place != nil {
		where = fmt.Sprintf("geo:%.6f,%.6f?q=%.6f,%.6f", s.Place.Lat, s.Place.Lng, s.Place.Lat, s.Place.Lng)
	}
	return httpx.Render(w, r, http.StatusOK, taskPage(d.fieldFrame(r, "tasks", s.Title), c, s.Address, s.Text("ask"), where))
}

// fieldReport is a collector's own finding: the photo is taken on the spot.
func (d *Desk) fieldReport(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r, []string{"collector"})
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, intakePage(d.fieldFrame(r, "report", i18n.T(r.Context(), "desk.field.report")), s.form(r, "/field/report"), nil))
}

func (d *Desk) fieldSend(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r, []string{"collector"})
	if err != nil {
		return err
	}
	f := s.form(r, "/field/report")
	res, sent, wrong, err := d.take(r, s, f, incident.Report{Source: "collector"})
	if err != nil {
		return err
	}
	if wrong != nil {
		return httpx.Render(w, r, wrong.Kind.Status(), intakePage(d.fieldFrame(r, "report", i18n.T(r.Context(), "desk.field.report")), sent.Refused(r.Context(), f, wrong), nil))
	}
	if res.Case.IsZero() {
		return fault.Missing("case")
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "desk.field.sent"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/field")
}
