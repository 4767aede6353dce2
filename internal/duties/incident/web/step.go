package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
)

// stepView is the form of one step.
type stepView struct {
	Case    caseView
	Name    string
	Form    form.Form
	Preview []string
	Draft   templ.Component // of the papers the step makes; nil for none
	Back    string
	Field   bool // opened on the street: one hand, the "before" photo first
}

// room is the room of the navigation in which the step is taken.
func (v stepView) room() string {
	if v.Case.Room == "enforcement" {
		return v.Case.Room
	}
	return "desk"
}

func (d *Desk) blank(r *http.Request, s *engine.Snapshot, actor people.Actor, answered procedure.Input) (stepView, error) {
	ef, err := d.Engine.Form(r.Context(), actor, s, r.PathValue("step"), answered)
	if err != nil {
		return stepView{}, err
	}
	fields := stepform.Fields(ef)
	if slices.ContainsFunc(fields, func(x form.Field) bool { return x.Type == form.Photo }) {
		b := i18n.From(r.Context()).Bundle
		fields = append(fields, form.Field{Name: stepform.Here, Type: form.Place, Label: b.Text("desk.here"), Help: b.Text("desk.here_help"), Auto: true})
	}
	f := form.New("step", r.URL.RequestURI(), fields).Fill(stepform.Filled(ef), calendar.Zone)
	if r.Method == http.MethodGet { // an address may begin an answer: the case to merge into
		for _, x := range fields {
			if v := r.URL.Query().Get(x.Name); v != "" {
				f.Raw.Set(x.Name, v)
			}
		}
	}
	f.Version, f.Draft = s.Version, "case-"+s.ID.String()+"-"+ef.Step.ID
	f.Ground = mapview.Map{Base: "/map/base.json"}
	f.Steps = []ui.Step{{Label: ef.Step.Name.In(i18n.LangOf(r.Context())), Icon: "check", Primary: true}}
	v := stepView{Name: ef.Step.Name.In(i18n.LangOf(r.Context())), Form: f, Back: "/cases/" + s.ID.String()}
	if d.Drafts != nil {
		v.Draft = d.Drafts(s, ef.Step)
	}
	switch {
	case r.URL.Query().Get("desk") != "":
		v.Back = "/desk?view=case&case=" + s.ID.String()
	case r.URL.Query().Get("field") != "":
		v.Back, v.Field = "/field", true
	}
	return v, nil
}

func (d *Desk) stepForm(w http.ResponseWriter, r *http.Request) error {
	s, actor, err := d.find(r)
	if err != nil {
		return err
	}
	v, err := d.blank(r, s, actor, stepform.Answered(r.URL.Query()))
	if err != nil {
		return err
	}
	if v.Preview, err = d.preview(r, s, actor); err != nil {
		return err
	}
	return d.showStep(w, r, http.StatusOK, s, actor, v)
}

// preview says what a step without a form begins, and until when the clocks would
// run if the step were taken now with what the form begins with; a step that needs
// more answers says nothing of them.
func (d *Desk) preview(r *http.Request, s *engine.Snapshot, actor people.Actor) (out []string, err error) {
	ctx := r.Context()
	ef, err := d.Engine.Form(ctx, actor, s, r.PathValue("step"), nil)
	if err != nil {
		return nil, err
	}
	lang := i18n.LangOf(ctx)
	for _, o := range ef.Step.Open {
		if p, err := d.Engine.Library().Latest(o.Procedure); err == nil && len(ef.Step.Form) == 0 {
			out = append(out, i18n.T(ctx, "desk.opens", "what", p.Title))
		}
	}
	for _, c := range ef.Choices["dept"] {
		if c.Value == ef.Filled["dept"] && c.Hint.ZH != "" {
			out = append(out, i18n.T(ctx, "desk.proposal", "dept", c.Label.In(lang), "why", c.Hint.In(lang)))
		}
	}
	pv, err := d.Engine.Preview(ctx, engine.Act{Case: s.ID, Version: s.Version, Step: r.PathValue("step"), Actor: actor, Input: ef.Filled})
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		return out, nil
	}
	for _, c := range pv.Clocks {
		if c.Due == 0 || c.Name.ZH == "" {
			continue
		}
		line := i18n.T(ctx, "desk.preview", "clock", c.Name, "due", calendar.FormatDue(clock.FromMicro(c.Due)))
		if c.Provisional {
			line += i18n.T(ctx, "desk.clock.provisional")
		}
		out = append(out, line)
	}
	return out, err
}

func (d *Desk) showStep(w http.ResponseWriter, r *http.Request, status int, s *engine.Snapshot, actor people.Actor, v stepView) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	if v.Case, err = d.caseView(r, n, s, actor); err != nil {
		return err
	}
	if v.Field {
		return httpx.Render(w, r, status, fieldStep(v, d.fieldFrame(r, "tasks", v.Name)))
	}
	return httpx.Render(w, r, status, stepPage(v))
}

func (d *Desk) step(w http.ResponseWriter, r *http.Request) error {
	s, actor, err := d.find(r)
	if err != nil {
		return err
	}
	v, err := d.blank(r, s, actor, nil)
	if err != nil {
		return err
	}
	sent, err := d.Photos.Read(r, v.Form.Fields, calendar.Zone, d.Clock.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	if wrong == nil {
		_, err = d.Engine.Act(r.Context(), engine.Act{Case: s.ID, Version: sent.Version, Step: r.PathValue("step"), Actor: actor,
			Input: stepform.Values(sent.Input), Files: sent.Uploads, Key: sent.Key})
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "desk.done", Args: map[string]any{"step": v.Name}}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, v.Back)
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	again, err := d.blank(r, s, actor, stepform.Answered(url.Values(sent.Raw)))
	if err != nil {
		return err
	}
	v.Form.Fields = again.Form.Fields
	v.Form = sent.Refused(r.Context(), v.Form, wrong)
	return d.showStep(w, r, wrong.Kind.Status(), s, actor, v)
}
