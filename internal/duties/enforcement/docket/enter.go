package docket

import (
	"encoding/json"
	"net/http"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/entry"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// The step by which officers enter, from where.
const (
	enterStep  = "i_enter"
	enterState = "told"
)

// enter is where the code at the premises leads: to the entry of the inspection
// that was approved and told to this business. Without one nobody may enter, and
// the page says so.
func (m *Room) enter(w http.ResponseWriter, r *http.Request) error {
	p, err := m.party(r, "party")
	if err != nil {
		return err
	}
	ctx := r.Context()
	page, err := record.List(ctx, m.DB, visit.From(ctx).Division.ID, record.Filter{Procedures: []string{entry.Inspection}, States: []string{enterState},
		Sort: record.ByOpened, Limit: 500})
	if err != nil {
		return err
	}
	cases := make([]id.ID, len(page.Rows))
	for i, x := range page.Rows {
		cases[i] = x.ID
	}
	of := map[id.ID]bool{}
	err = record.Data(ctx, m.DB, visit.From(ctx).Division.ID, cases, func(caseID id.ID, data map[string]json.RawMessage) error {
		of[caseID] = string(data["party_ref"]) == `"`+p.ID.String()+`"`
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range page.Rows {
		if of[x.ID] {
			return httpx.Redirect(w, r, "/cases/"+x.ID.String()+"/steps/"+enterStep+"?code="+p.ID.String())
		}
	}
	return httpx.Render(w, r, http.StatusOK, noEntry(p))
}

func (m *Room) party(r *http.Request, name string) (p party.Party, err error) {
	key, err := id.Parse(r.PathValue(name))
	if err != nil {
		return p, fault.Missing("party")
	}
	return party.Find(r.Context(), m.DB, visit.From(r.Context()).Division.ID, key)
}

// codeView is the sheet with the code that a business puts up.
type codeView struct {
	party.Party
	Picture templ.Component
	Address string
}

func (m *Room) code(w http.ResponseWriter, r *http.Request) error {
	p, err := m.party(r, "id")
	if err != nil {
		return err
	}
	v := codeView{Party: p, Address: m.site(r) + "/enforcement/enter/" + p.ID.String()}
	if v.Picture, err = ui.QR(v.Address, i18n.T(r.Context(), "docket.code")); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, codePage(v, m.Clock.Now().In(calendar.Zone)))
}

// site is our own address, from outside.
func (m *Room) site(r *http.Request) string {
	switch {
	case m.BaseURL != "":
		return m.BaseURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
