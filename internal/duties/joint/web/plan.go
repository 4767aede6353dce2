package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// planned is the form of a plan.
func (m *Room) planned(r *http.Request) (form.Form, engine.Opening, error) {
	v := visit.From(r.Context())
	o := engine.Opening{Procedure: operation.Procedure, Division: v.Division.ID, Step: "draft", Actor: v.Actor}
	ef, err := m.Engine().FormOpening(r.Context(), o)
	if err != nil {
		return form.Form{}, o, err
	}
	f := form.New("plan", "/joint/new", without(stepform.Fields(ef), "address")).Fill(stepform.Filled(ef), calendar.Zone)
	f.Draft, f.Ground = "joint-plan", mapview.Map{Base: "/map/base.json"}
	f.Steps = []ui.Step{{Label: ef.Step.Name.In(i18n.LangOf(r.Context())), Icon: "check", Primary: true}}
	if v.Actor.Department != "" && !f.Raw.Has("units") {
		f.Raw.Set("units", v.Actor.Department)
	}
	return f, o, nil
}

func without(list []form.Field, name string) []form.Field {
	return slices.DeleteFunc(list, func(f form.Field) bool { return f.Name == name })
}

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	f, _, err := m.planned(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, planPage(f))
}

// draft opens an operation; what is refused comes back filled, with the sentence.
func (m *Room) draft(w http.ResponseWriter, r *http.Request) error {
	f, o, err := m.planned(r)
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	unfound, _, err := m.locate(r.Context(), o.Division, sent)
	if err != nil {
		return err
	}
	wrong := stepform.Join(sent.Wrong, unfound)
	if wrong == nil {
		o.Input, o.Key = stepform.Values(sent.Input), sent.Key
		res, err := m.Engine().Open(r.Context(), o)
		if err == nil {
			return httpx.Redirect(w, r, "/cases/"+res.Case.String())
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	return httpx.Render(w, r, wrong.Kind.Status(), planPage(sent.Refused(r.Context(), f, wrong)))
}

// locate finds the place that was given in words, and the words of one that was
// given as a point. One that words do not lead to is unfound.
func (m *Room) locate(ctx context.Context, division id.ID, sent stepform.Sent) (unfound error, address string, err error) {
	where, ok := sent.Values["place"].(form.Point)
	if !ok {
		return nil, "", nil
	}
	ground, err := m.Places.Map(ctx, division)
	if err != nil {
		return nil, "", err
	}
	now := m.Clock.Now()
	if found := ground.Find(where.Address, now); !where.Located && len(found) > 0 {
		where.Lat, where.Lng, where.Located = found[0].Point.Lat, found[0].Point.Lng, true
	}
	if where.Located && where.Address == "" {
		where.Address = ground.Describe(geo.Point{Lat: where.Lat, Lng: where.Lng}, now).ZH
	}
	if !where.Located && where.Address != "" {
		unfound = fault.New(fault.Invalid, "form.refused").Field("place", "joint.place_unknown")
	}
	sent.Values["place"] = where
	return unfound, where.Address, nil
}

// findView is the phone's page of a finding.
type findView struct {
	Case  *engine.Snapshot
	Kind  string
	Kinds []ui.Step // what can be chosen first
	Form  form.Form
	Shop  string // where the form asks for business premises, too; "" where it does
	Spot  string // where the on-the-spot case is begun; "" before one was found
}

// finding is the form of a finding of the kind that the address names.
func (m *Room) finding(r *http.Request) (v findView, actor people.Actor, err error) {
	actor = visit.From(r.Context()).Actor
	if v.Case, err = m.find(r); err != nil {
		return v, actor, err
	}
	ef, err := m.Engine().Form(r.Context(), actor, v.Case, "find", nil)
	if err != nil {
		return v, actor, err
	}
	here := "/joint/" + v.Case.ID.String() + "/find"
	q := r.URL.Query()
	if q.Get("spot") != "" {
		v.Spot = "/enforcement/leads/new?" + url.Values{"open": {operation.Spot + "/s_start"}, "incident": {v.Case.ID.String()}}.Encode()
	}
	for _, o := range ef.Step.FieldOf("kind").Options {
		if o.Value == q.Get("kind") {
			v.Kind = o.Value
		}
		v.Kinds = append(v.Kinds, ui.Step{Label: o.Label.In(i18n.LangOf(r.Context())), Icon: icons[o.Value], Href: here + "?kind=" + o.Value, Primary: o.Value == operation.ToIncident})
	}
	if v.Kind == "" {
		return v, actor, nil
	}
	shop, at := len(operation.Rows(v.Case, "targets")) > 0 || q.Get("shop") != "", here+"?kind="+v.Kind
	if shop {
		at += "&shop=1"
	} else {
		v.Shop = at + "&shop=1"
	}
	fields := slices.DeleteFunc(stepform.Fields(ef), func(f form.Field) bool {
		return f.Name == "kind" || f.Name == "address" || !shop && slices.Contains(premises, f.Name) || !asked(ef.Step, f.Name, v.Kind)
	})
	for i := range fields {
		fields[i].Auto = fields[i].Type == form.Place
		fields[i].ShowWhen = "" // the kind stands in the address
	}
	v.Form = form.New("find", at, fields).Fill(stepform.Filled(ef), calendar.Zone)
	v.Form.Draft = "joint-find-" + v.Case.ID.String() + v.Kind
	v.Form.Steps = []ui.Step{{Label: i18n.T(r.Context(), "joint.find.send"), Icon: "check", Primary: true}}
	return v, actor, nil
}

// premises are the fields about a business.
var premises = []string{"shop", "scan", "exception"}

var icons = map[string]string{operation.ToIncident: "send", operation.Enforcement: "gavel", operation.OnTheSpot: "ticket", operation.Persuade: "message", operation.Nothing: "circle-check"}

// asked: a field of the step is asked for when a finding of the kind has it.
func asked(step *procedure.Step, name, kind string) bool {
	f := step.FieldOf(name)
	if f == nil {
		return true
	}
	return f.Shown(procedure.Input{"kind": kind})
}

func (m *Room) askFind(w http.ResponseWriter, r *http.Request) error {
	v, _, err := m.finding(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, findPage(v))
}

// sendFind takes the step; an on-the-spot penalty goes on at its own page.
func (m *Room) sendFind(w http.ResponseWriter, r *http.Request) error {
	v, actor, err := m.finding(r)
	if err != nil {
		return err
	}
	if v.Kind == "" {
		return fault.New(fault.Invalid, "fault.bad_request")
	}
	sent, err := m.Photos.Read(r, v.Form.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	unfound, address, err := m.locate(r.Context(), v.Case.Division, sent)
	if err != nil {
		return err
	}
	wrong := stepform.Join(sent.Wrong, unfound)
	if wrong == nil {
		in := stepform.Values(sent.Input)
		in["kind"], in["address"] = v.Kind, address
		_, err := m.Engine().Act(r.Context(), engine.Act{Case: v.Case.ID, Step: "find", Actor: actor, Input: in, Files: sent.Uploads, Key: sent.Key})
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "joint.found." + v.Kind}); err != nil {
				return err
			}
			to := "/joint/" + v.Case.ID.String() + "/find"
			if v.Kind == operation.OnTheSpot {
				to += "?spot=1"
			}
			return httpx.Redirect(w, r, to)
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	v.Form = sent.Refused(r.Context(), v.Form, wrong)
	return httpx.Render(w, r, wrong.Kind.Status(), findPage(v))
}
