package web

import (
	"net/http"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// acts in the order in which they are met.
var acts = []string{"line", "dirt", "card", "absent", "block", "banned", "build", "damage", "sublet", "abuse", "good_turn"}

// asked are the fields of a record that are left to ask at the stall: the act was
// tapped, the time is now, and the button says that the vendor was told.
var askedThere = []string{"photo", "kind", "corrected"}

// record is the form of a record of points for a card.
func (m *Room) record(r *http.Request) (s *engine.Snapshot, act string, f form.Form, err error) {
	if s, err = m.ofNumber(r); err != nil {
		return s, "", f, err
	}
	if act = r.URL.Query().Get("act"); !slices.Contains(acts, act) {
		return s, "", f, fault.Missing("page")
	}
	ef, err := m.Engine().FormOpening(r.Context(), engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: visit.From(r.Context()).Actor, Parent: s.ID})
	if err != nil {
		return s, act, f, err
	}
	fields := slices.DeleteFunc(stepform.Fields(ef), func(x form.Field) bool { return !slices.Contains(askedThere, x.Name) })
	if act == "good_turn" {
		fields = slices.DeleteFunc(fields, func(x form.Field) bool { return x.Name != "photo" })
	}
	slices.SortFunc(fields, func(a, b form.Field) int { return slices.Index(askedThere, a.Name) - slices.Index(askedThere, b.Name) })
	f = form.New("points", r.URL.RequestURI(), fields).Fill(stepform.Filled(ef), calendar.Zone)
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "stallweb.told"), Icon: "check", Primary: true}}
	return s, act, f, nil
}

func (m *Room) pointForm(w http.ResponseWriter, r *http.Request) error {
	s, act, f, err := m.record(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, formPage(permit.Acts[act].In(i18n.LangOf(r.Context())), s.Number, "/stalls/card/"+s.Number, f))
}

func (m *Room) point(w http.ResponseWriter, r *http.Request) error {
	s, act, f, err := m.record(r)
	if err != nil {
		return err
	}
	now := m.Clock.Now()
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, now)
	if err != nil {
		return err
	}
	back := "/stalls/card/" + s.Number
	wrong := sent.Wrong
	if wrong == nil {
		in := procedure.Input{"kind": "points"}
		for name, v := range stepform.Values(sent.Input) {
			in[name] = v
		}
		in["act"], in["at"], in["explained_to"] = act, now, true
		_, err = m.Engine().Open(r.Context(), engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: visit.From(r.Context()).Actor, Parent: s.ID,
			Input: in, Files: sent.Uploads, Key: sent.Key})
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "stallweb.recorded"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, back)
		}
		if wrong = fault.As(err); wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict {
			return err
		}
	}
	return httpx.Render(w, r, wrong.Kind.Status(), formPage(permit.Acts[act].In(i18n.LangOf(r.Context())), s.Number, back, sent.Refused(r.Context(), f, wrong)))
}
