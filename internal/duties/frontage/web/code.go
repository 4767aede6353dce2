package web

import (
	"net/http"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// codeView gives a shop that lost its code another one.
type codeView struct {
	Shop shop.Shop
	Form form.Form
	Done []drafted // one, once it is given
}

// newCode is the step that gives it.
const newCode = "new_code"

// blankCode finds the case a shop's new code is given on. A shop that never had one
// gets it with its first.
func (m *Room) blankCode(r *http.Request) (v codeView, s *engine.Snapshot, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	if v.Shop, err = shop.Find(ctx, m.DB, division, r.PathValue("code")); err != nil {
		return v, nil, err
	}
	keyed, err := frontage.Keyed(ctx, m.DB, division, v.Shop.Code)
	if err != nil {
		return v, nil, err
	}
	if keyed.IsZero() {
		return v, nil, fault.Missing("receipt")
	}
	if s, err = m.Engine().Find(ctx, division, keyed); err != nil {
		return v, nil, err
	}
	ef, err := m.Engine().Form(ctx, visit.From(ctx).Actor, s, newCode, nil)
	if err != nil {
		return v, nil, err
	}
	v.Form = form.New("code", r.URL.Path, stepform.Fields(ef))
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "frontage.code.do"), Icon: "refresh", Primary: true}}
	return v, s, nil
}

func (m *Room) askCode(w http.ResponseWriter, r *http.Request) error {
	v, _, err := m.blankCode(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, codePage(v))
}

// giveCode shows the new code this once.
func (m *Room) giveCode(w http.ResponseWriter, r *http.Request) error {
	v, s, err := m.blankCode(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	sent, err := m.Photos.Read(r, v.Form.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	var res engine.Result
	if wrong == nil {
		res, err = m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: newCode, Actor: visit.From(ctx).Actor, Input: stepform.Values(sent.Input), Key: sent.Key})
		if err != nil && !ours(err) {
			return err
		}
		wrong = fault.As(err)
	}
	if wrong != nil {
		v.Form = sent.Refused(ctx, v.Form, wrong)
		return httpx.Render(w, r, wrong.Kind.Status(), codePage(v))
	}
	d, err := m.slip(r, v.Shop, res.Receipt)
	if err != nil {
		return err
	}
	v.Done = []drafted{d}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, codePage(v))
}
