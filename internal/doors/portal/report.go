package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// other is the choice of somebody who cannot tell what it is.
const other = "other"

func (d *Door) choose(w http.ResponseWriter, r *http.Request) error {
	cat, err := d.catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, choosePage(cat.PublicChoices(d.clk.Now())))
}

// sheet is the report form of one choice.
type sheet struct {
	choice    catalogue.Choice
	cat       *catalogue.Catalogue
	m         *place.Map
	fields    []form.Field
	questions []catalogue.Question
}

// answer is the name of a question's field.
func answer(q catalogue.Question) string { return "q_" + q.ID }

func text(zh, en string) i18n.Text { return i18n.Text{ZH: zh, EN: en} }

func (d *Door) sheet(r *http.Request) (s sheet, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	if s.cat, err = d.catalogues.Catalogue(ctx, division); err != nil {
		return s, err
	}
	if s.m, err = d.places.Map(ctx, division); err != nil {
		return s, err
	}
	if want := r.PathValue("choice"); want != other {
		if s.choice, err = s.cat.PublicChoice(want, d.clk.Now()); err != nil {
			return s, err
		}
	}
	s.build(i18n.From(ctx).Bundle)
	return s, nil
}

func (s *sheet) build(b *i18n.Bundle) {
	most := maxPhotos
	s.fields = []form.Field{{Name: "photos", Type: form.Photo, List: true, Label: b.Text("portal.photos"), Help: b.Text("portal.photos_help"), Max: &most}}
	if items := s.choice.Items; len(items) > 0 {
		f := form.Field{Name: "class", Type: form.Enum, Label: b.Text("portal.class"), Required: true}
		for _, it := range items {
			f.Options = append(f.Options, form.Option{Value: it.Class, Label: it.Name})
		}
		s.fields = append(s.fields, f)
	}
	s.fields = append(s.fields,
		form.Field{Name: "place", Type: form.Place, Label: b.Text("portal.place"), Help: b.Text("portal.place_help"), Required: true},
		form.Field{Name: "component", Type: form.Component, Near: "/components/near", Label: b.Text("portal.component"), Help: b.Text("portal.component_help")},
		form.Field{Name: "desc", Type: form.Long, Label: b.Text("portal.desc"), Help: b.Text("portal.desc_help")})
	asked := map[string][]string{}
	for _, it := range s.choice.Items {
		class, err := s.cat.Class(it.Class)
		if err != nil {
			continue
		}
		for _, q := range s.cat.Questions(class) {
			if asked[q.ID] == nil {
				s.questions = append(s.questions, q)
			}
			asked[q.ID] = append(asked[q.ID], it.Class)
		}
	}
	for _, q := range s.questions {
		s.fields = append(s.fields, question(q, asked[q.ID]))
	}
	s.fields = append(s.fields,
		form.Field{Name: "name", Type: form.Text, Label: b.Text("portal.name"), Help: b.Text("portal.name_help"), Personal: true, Complete: "name"},
		form.Field{Name: "phone", Type: form.Phone, Label: b.Text("portal.phone"), Personal: true, Complete: "tel"})
}

func question(q catalogue.Question, classes []string) form.Field {
	f := form.Field{Name: answer(q), Label: q.Ask, Required: q.Required, ShowWhen: "class=" + strings.Join(classes, "|"), Type: form.Enum}
	switch q.Type {
	case catalogue.AskText:
		f.Type = form.Text
	case catalogue.AskBool:
		f.Options = []form.Option{{Value: "yes", Label: text("是", "Yes")}, {Value: "no", Label: text("否", "No")}}
	default:
		for _, o := range q.Options {
			f.Options = append(f.Options, form.Option{Value: o.Value, Label: o.Label})
		}
	}
	return f
}

// blank is the empty form; its draft stays in the browser until it is sent.
func (s *sheet) blank(ctx context.Context, choice string) form.Form {
	f := form.New("report", "/report/"+url.PathEscape(choice), s.fields)
	f.Draft = "report-" + choice
	f.Ground = mapview.Map{Base: "/map/base.json", Points: "/components/near.json", Label: i18n.T(ctx, "portal.map")}
	return f
}

func (d *Door) form(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r)
	if err != nil {
		return err
	}
	f, q := s.blank(r.Context(), r.PathValue("choice")), r.URL.Query()
	if q.Has("lat") { // a page about a place led here
		f.Raw = url.Values{"place.lat": q["lat"], "place.lng": q["lng"], "place.address": q["address"]}
	}
	return d.show(w, r, http.StatusOK, s, f, nil)
}

// stopped is what an answer led to that ends the form.
type stopped struct {
	Message i18n.Text
	Phone   string
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, status int, s sheet, f form.Form, halt *stopped) error {
	p := page(i18n.T(r.Context(), "portal.report"))
	p.Scripts = append(p.Scripts, "map.js")
	return httpx.Render(w, r, status, reportPage(p, s.choice, f, halt))
}

func (d *Door) send(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheet(r)
	if err != nil {
		return err
	}
	ctx, f := r.Context(), s.blank(r.Context(), r.PathValue("choice"))
	sent, err := d.desk.Read(r, s.fields, calendar.Zone, d.clk.Now())
	if err != nil {
		return err
	}
	halt := s.halt(sent.Input)
	where, _ := sent.Values["place"].(form.Point)
	at, unfound := s.locate(where, sent.Uploads, d.clk.Now())
	var wrong *fault.Error
	switch {
	case sent.Wrong == nil && unfound == nil:
	case unfound == nil && at != (geo.Point{}):
		wrong = fault.As(without(sent.Wrong, "place")) // the photo says where
	default:
		wrong = stepform.Join(sent.Wrong, unfound)
	}
	if wrong == nil && halt == nil {
		res, err := d.citizens.Report(ctx, report(visit.From(ctx), s, sent.Input, at, where, sent.Uploads))
		if err == nil {
			if err := d.keepMine(r, res.Receipt); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/r/"+res.Receipt+"?new=1")
		}
		e := fault.As(err)
		if e.Kind != fault.Invalid && e.Kind != fault.Conflict {
			return err
		}
		wrong = e
	}
	if wrong != nil {
		return d.show(w, r, wrong.Kind.Status(), s, sent.Refused(ctx, f, wrong), halt)
	}
	f.Kept, f.Raw, f.Key = sent.Kept, sent.Raw, sent.Key
	return d.show(w, r, http.StatusUnprocessableEntity, s, f, halt)
}

// without is the fault without what it says of one field; nil when nothing else
// was wrong.
func without(err error, field string) error {
	e := fault.As(err)
	if e == nil {
		return nil
	}
	e.Fields = slices.DeleteFunc(e.Fields, func(f fault.Field) bool { return f.Name == field })
	return e.OrNil()
}

// halt is the first answer that ends the form: a call comes first, or another
// body must act.
func (s *sheet) halt(in form.Input) *stopped {
	for _, q := range s.questions {
		a, _ := in.Values[answer(q)].(string)
		if o, ok := q.Outcome(a); ok && (o.Effect == catalogue.Stop || o.Effect == catalogue.Redirect) {
			return &stopped{Message: o.Message, Phone: o.Phone}
		}
	}
	return nil
}

// locate finds the point of a report: as given, else from the address, else
// from the first photo that knows where it was taken.
func (s *sheet) locate(where form.Point, ups []engine.Upload, now time.Time) (geo.Point, error) {
	if where.Located {
		return geo.Point{Lat: where.Lat, Lng: where.Lng}, nil
	}
	if found := s.m.Find(where.Address, now); len(found) > 0 {
		return found[0].Point, nil
	}
	for _, u := range ups {
		if u.At != nil {
			return geo.Point{Lat: u.At.Lat, Lng: u.At.Lng}, nil
		}
	}
	if where.Address == "" {
		return geo.Point{}, nil // the form itself says that a place is needed
	}
	return geo.Point{}, fault.New(fault.Invalid, "form.refused").Field("place", "portal.place_unknown")
}

func report(v *visit.Visit, s sheet, in form.Input, at geo.Point, where form.Point, ups []engine.Upload) incident.Report {
	str := func(name string) string { x, _ := in.Values[name].(string); return x }
	r := incident.Report{Division: v.Division.ID, Source: "public_web", Desc: str("desc"), Class: str("class"), Component: str("component"), Point: at,
		Accuracy: where.Accuracy, Address: where.Address, Name: str("name"), Phone: str("phone"), Files: ups, Key: in.Key, Extra: map[string]string{}}
	for _, q := range s.questions {
		if a := str(answer(q)); a != "" {
			r.Extra[q.ID] = a
		}
	}
	return r
}

// near lists the neighbours' reports for the place being chosen; a fragment.
func (d *Door) near(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	lat, errLat := strconv.ParseFloat(q.Get("place.lat"), 64)
	lng, errLng := strconv.ParseFloat(q.Get("place.lng"), 64)
	p := geo.Point{Lat: lat, Lng: lng}
	if errLat != nil || errLng != nil || !p.Valid() { // known by its words, or not yet
		m, err := d.places.Map(r.Context(), visit.From(r.Context()).Division.ID)
		if err != nil {
			return err
		}
		found := m.Find(q.Get("place.address"), d.clk.Now())
		if len(found) == 0 {
			return httpx.Render(w, r, http.StatusOK, nearList(nil))
		}
		p = found[0].Point
	}
	list, err := d.citizens.Near(r.Context(), visit.From(r.Context()).Division.ID, p, q.Get("class"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, nearList(list))
}
