package duty

import (
	"net/http"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// near is the zoom at which a map begins that knows about where somebody is.
const near = 16

// talkers are the roles that speak to people.
var talkers = []string{"party_member", "volunteer", "officer", "stall_manager"}

// talkForm is the form, and whether the visitor is on duty.
func (m *Room) talkForm(r *http.Request) (f form.Form, on bool, o engine.Opening, err error) {
	ctx := r.Context()
	at := visit.From(ctx)
	o = engine.Opening{Procedure: watch.Procedure, Division: at.Division.ID, Step: "talk", Actor: at.Actor}
	step, err := m.Engine.FormOpening(ctx, o)
	if err != nil {
		return f, false, o, err
	}
	fields := stepform.Fields(step)
	for i := range fields {
		fields[i].Auto = fields[i].Type == form.Place
	}
	f = form.New("talk", "/street/talk", fields).Fill(stepform.Filled(step), calendar.Zone)
	f.Draft, f.Ground = "street-talk", mapview.Map{Base: "/map/base.json"}
	if s, err := roster.Current(ctx, m.DB, at.Division.ID, at.Actor.Account, m.Clock.Now()); err == nil {
		f.Ground.Center, f.Ground.Zoom, on = [2]float64{s.At.Lng, s.At.Lat}, near, true
	} else if !fault.Is(err, fault.NotFound) {
		return f, false, o, err
	}
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "duty.record"), Icon: "check", Primary: true}}
	return f, on, o, nil
}

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	f, on, _, err := m.talkForm(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, talkPage(f, on))
}

// talk opens the record. What is refused comes back filled, with the sentence.
func (m *Room) talk(w http.ResponseWriter, r *http.Request) error {
	f, on, o, err := m.talkForm(r)
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	o.Key, o.Files, o.Input = sent.Key, sent.Uploads, stepform.Values(sent.Input)
	wrong := sent.Wrong
	if wrong == nil {
		res, err := m.Engine.Open(r.Context(), o)
		if err == nil {
			return m.done(w, r, "duty.recorded", "/cases/"+res.Case.String())
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	return httpx.Render(w, r, wrong.Kind.Status(), talkPage(sent.Refused(r.Context(), f, wrong), on))
}
