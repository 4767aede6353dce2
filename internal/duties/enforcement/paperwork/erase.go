package paperwork

import (
	"context"
	"net/http"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// erasers may erase personal data from what has ended.
var erasers = []string{"archivist"}

func eraseForm(ctx context.Context, caseID id.ID) form.Form {
	b := i18n.From(ctx).Bundle
	long := 100
	f := form.New("erase", "/enforcement/dossiers/"+caseID.String()+"/erase", []form.Field{
		{Name: "rule", Type: form.Text, Label: b.Text("paperwork.erase.rule"), Help: b.Text("paperwork.erase.rule_help"), Required: true, Max: &long},
		{Name: "sure", Type: form.Bool, Label: b.Text("paperwork.erase.sure"), Required: true}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "paperwork.erase.do"), Icon: "trash", Danger: true}}
	return f
}

// ended is the dossier of the address, if nothing more happens to it.
func (m *Room) ended(r *http.Request) (*engine.Snapshot, error) {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return nil, fault.Missing("case")
	}
	s, err := m.dossier(r.Context(), visit.From(r.Context()).Division.ID, key)
	if err == nil && !s.Terminal {
		err = fault.New(fault.Conflict, "paperwork.erase.open")
	}
	return s, err
}

func (m *Room) askErase(w http.ResponseWriter, r *http.Request) error {
	s, err := m.ended(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, erasePage(s, eraseForm(r.Context(), s.ID)))
}

// erase erases the personal data of the dossier and of all that arose from it.
func (m *Room) erase(w http.ResponseWriter, r *http.Request) error {
	s, err := m.ended(r)
	if err != nil {
		return err
	}
	f := eraseForm(r.Context(), s.ID)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if sure, _ := in.Values["sure"].(bool); err == nil && !sure {
		err = fault.New(fault.Invalid, "form.refused").Field("sure", "paperwork.erase.tick")
	}
	if bad := fault.As(err); bad != nil && bad.Kind == fault.Invalid {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, erasePage(s, f.Refused(r.Context(), in, bad)))
	}
	if err != nil {
		return err
	}
	tree, err := m.tree(r.Context(), s.Division, s.Row)
	if err != nil {
		return err
	}
	rule, _ := in.Values["rule"].(string)
	for _, row := range tree {
		if _, err := m.Papers.Erase(r.Context(), row.Division, row.ID, rule, m.Clock.Now()); err != nil {
			return err
		}
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "paperwork.erase.done"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+s.ID.String())
}
