package web

import (
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// ways are how a report reaches the desk other than by the public page.
var ways = []string{"phone", "counter", "hotline", "media", "leader"}

// sheet is the form in which staff write down a report.
type sheet struct {
	m      *place.Map
	fields []form.Field
	own    bool // a collector's own finding: nobody called
}

func (d *Desk) sheet(r *http.Request, sources []string) (s sheet, err error) {
	ctx, v := r.Context(), visit.From(r.Context())
	cat, err := d.Catalogues.Catalogue(ctx, v.Division.ID)
	if err != nil {
		return s, err
	}
	if s.m, err = d.Places.Map(ctx, v.Division.ID); err != nil {
		return s, err
	}
	b := i18n.From(ctx).Bundle
	label := func(f form.Field) form.Field {
		f.Label = b.Text("desk.take." + f.Name)
		if b.Has("desk.take." + f.Name + "_help") {
			f.Help = b.Text("desk.take." + f.Name + "_help")
		}
		return f
	}
	s.own = !slices.Contains(sources, "phone")
	photos := label(form.Field{Name: "photos", Type: form.Photo, List: true, Required: s.own})
	where := label(form.Field{Name: "place", Type: form.Place, Required: true, Auto: s.own})
	part := label(form.Field{Name: "component", Type: form.Component, Near: "/components/near"})
	class := label(form.Field{Name: "class", Type: form.Enum, Required: s.own, Options: classOptions(cat, d.Clock.Now())})
	desc := label(form.Field{Name: "desc", Type: form.Long, Required: true})
	if s.own {
		s.fields = []form.Field{photos, where, class, part, desc}
		return s, nil
	}
	source := label(form.Field{Name: "source", Type: form.Enum, Required: true})
	for _, x := range sources {
		source.Options = append(source.Options, form.Option{Value: x, Label: b.Text("desk.source." + x)})
	}
	s.fields = []form.Field{source,
		label(form.Field{Name: "hotline_no", Type: form.Code, ShowWhen: "source=hotline"}),
		label(form.Field{Name: "phone", Type: form.Phone, Personal: true}),
		label(form.Field{Name: "name", Type: form.Text, Personal: true}),
		label(form.Field{Name: "on_behalf", Type: form.Text, Personal: true}),
		label(form.Field{Name: "call_back", Type: form.Bool}),
		class, desc, where, part, photos}
	return s, nil
}

// classOptions are the events a case may be about, by group.
func classOptions(cat *catalogue.Catalogue, at time.Time) (out []form.Option) {
	for _, c := range cat.Classes(catalogue.Event, at) {
		out = append(out, form.Option{Value: c.ID, Label: i18n.Text{ZH: c.ID + " " + c.Name.ZH, EN: c.ID + " " + c.Name.EN}, Group: c.GroupName})
	}
	return out
}

func (s sheet) form(r *http.Request, action string) form.Form {
	f := form.New("intake", action, s.fields)
	f.Draft = "intake"
	f.Ground = mapview.Map{Base: "/map/base.json", Points: "/components/near.json"}
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "desk.take.do"), Icon: "check", Primary: true}}
	if s.own {
		f.Draft = "field-report"
	} else {
		f = f.Fill(map[string]any{"source": "phone"}, calendar.Zone)
	}
	return f
}

// take reads the form and opens the case. wrong is what the person must mend.
func (d *Desk) take(r *http.Request, s sheet, f form.Form, rep incident.Report) (res engine.Result, sent stepform.Sent, wrong *fault.Error, err error) {
	v := visit.From(r.Context())
	if sent, err = d.Photos.Read(r, f.Fields, calendar.Zone, d.Clock.Now()); err != nil {
		return res, sent, nil, err
	}
	str := func(name string) string { x, _ := sent.Values[name].(string); return x }
	where, _ := sent.Values["place"].(form.Point)
	at, unfound := s.locate(where, d.Clock.Now())
	if wrong = stepform.Join(sent.Wrong, unfound); wrong != nil {
		return res, sent, wrong, nil
	}
	if rep.Source == "" {
		rep.Source = str("source")
	}
	rep.Division, rep.Desc, rep.Class, rep.Point, rep.Accuracy, rep.Address = v.Division.ID, str("desc"), str("class"), at, where.Accuracy, where.Address
	rep.Component = str("component")
	rep.Name, rep.Phone, rep.OnBehalf, rep.HotlineNo = str("name"), str("phone"), str("on_behalf"), str("hotline_no")
	rep.CallBack, _ = sent.Values["call_back"].(bool)
	rep.Files, rep.Key = sent.Uploads, sent.Key
	res, err = d.Citizens.Take(r.Context(), v.Actor, rep)
	if e := fault.As(err); e != nil && (e.Kind == fault.Invalid || e.Kind == fault.Conflict) {
		return res, sent, e, nil
	}
	return res, sent, nil, err
}

// locate finds the point of a place: as given, else from its words.
func (s sheet) locate(where form.Point, now time.Time) (geo.Point, error) {
	if where.Located {
		return geo.Point{Lat: where.Lat, Lng: where.Lng}, nil
	}
	if found := s.m.Find(where.Address, now); len(found) > 0 {
		return found[0].Point, nil
	}
	if where.Address == "" {
		return geo.Point{}, nil // the form itself says that a place is needed
	}
	return geo.Point{}, fault.New(fault.Invalid, "form.refused").Field("place", "desk.take.place_unknown")
}

func (d *Desk) intakeFrame(r *http.Request) layout.Page {
	return layout.Page{Title: i18n.T(r.Context(), "desk.take"), Active: "intake", Scripts: []string{"map.js"}}
}

func (d *Desk) intake(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r, ways)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, intakePage(d.intakeFrame(r), s.form(r, "/intake"), earlierBox(nil, false)))
}

func (d *Desk) intakeSend(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r, ways)
	if err != nil {
		return err
	}
	f := s.form(r, "/intake")
	res, sent, wrong, err := d.take(r, s, f, incident.Report{})
	if err != nil {
		return err
	}
	if wrong != nil {
		rows, err := d.earlierOf(r, sent.Raw.Get("phone"))
		if err != nil {
			return err
		}
		return httpx.Render(w, r, wrong.Kind.Status(), intakePage(d.intakeFrame(r), sent.Refused(r.Context(), f, wrong), earlierBox(rows, len(rows) > 0)))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "desk.take.done", Args: map[string]any{"code": res.Receipt}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+res.Case.String())
}

// earlierMost is how many earlier reports of a number are shown.
const earlierMost = 10

func (d *Desk) earlierOf(r *http.Request, phone string) ([]ui.Row, error) {
	if phone == "" {
		return nil, nil
	}
	v := visit.From(r.Context())
	n, err := d.names(r)
	if err != nil {
		return nil, err
	}
	list, err := party.ByPhone(r.Context(), d.DB, v.Division.ID, phone, earlierMost)
	if err != nil {
		return nil, err
	}
	var out []ui.Row
	for _, p := range list {
		s, err := d.Engine.Find(r.Context(), v.Division.ID, p.Now)
		if err != nil {
			return nil, err
		}
		row := n.row(r.Context(), s.Row, "/cases/"+s.ID.String(), false)
		row.ID = "" // the same case may stand in two lists of a page
		out = append(out, row)
	}
	return out, nil
}

// earlier lists what the number reported before; a fragment. It is posted so
// that no number stands in an address.
func (d *Desk) earlier(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	rows, err := d.earlierOf(r, r.PostForm.Get("phone"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, earlierBox(rows, true))
}
