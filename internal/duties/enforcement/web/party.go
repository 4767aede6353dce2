package web

import (
	"net/http"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

func (m *Room) parties(w http.ResponseWriter, r *http.Request) error {
	list, err := party.Search(r.Context(), m.DB, visit.From(r.Context()).Division.ID, "", shown)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, partiesPage(list, "", m.today()))
}

// findParty searches by post: a number must not stand in an address, nor in the
// lists of addresses that browsers and proxies keep.
func (m *Room) findParty(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	text := r.PostForm.Get("q")
	list, err := party.Search(r.Context(), m.DB, visit.From(r.Context()).Division.ID, text, shown)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, partiesPage(list, text, m.today()))
}

func partyForm(r *http.Request) form.Form {
	b := i18n.From(r.Context()).Bundle
	kind := form.Field{Name: "kind", Type: form.Enum, Required: true, Label: b.Text("enf.party.kind")}
	for _, k := range law.Parties() {
		kind.Options = append(kind.Options, form.Option{Value: string(k), Label: b.Text("law.party." + string(k))})
	}
	f := form.New("party", "/enforcement/parties/new", []form.Field{kind,
		{Name: "name", Type: form.Text, Required: true, Label: b.Text("enf.party.name"), Personal: true},
		{Name: "number", Type: form.Text, Required: true, Label: b.Text("enf.party.number"), Help: b.Text("enf.party.number_help"), Personal: true},
		{Name: "operator", Type: form.Text, Label: b.Text("enf.party.operator"), Help: b.Text("enf.party.operator_help"), Personal: true, ShowWhen: "kind=soletrader|organisation"},
		{Name: "address", Type: form.Text, Label: b.Text("enf.party.address"), Personal: true},
		{Name: "phone", Type: form.Phone, Label: b.Text("enf.party.phone"), Personal: true}})
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "enf.party.save"), Icon: "check", Primary: true}}
	return f
}

func (m *Room) askParty(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, newPartyPage(partyForm(r)))
}

func (m *Room) saveParty(w http.ResponseWriter, r *http.Request) error {
	f := partyForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	str := func(name string) string { s, _ := in.Values[name].(string); return s }
	var key id.ID
	if err == nil {
		key, err = m.Parties.Save(r.Context(), visit.From(r.Context()).Actor, party.Draft{Kind: law.PartyKind(str("kind")), Name: str("name"), Number: str("number"),
			Operator: str("operator"), Address: str("address"), Phone: str("phone")})
	}
	if ours(err) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, newPartyPage(f.Refused(r.Context(), in, err)))
	}
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/parties/"+key.String())
}

// partyView is one party with what was decided before.
type partyView struct {
	party.Party
	Decisions []party.Decision
	Law       *library.Library
	Looks     []party.Look
	Today     calendar.Date
	Form      form.Form
	Whole     *party.Whole // shown this once
}

func (m *Room) viewOf(r *http.Request) (v partyView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, fault.Missing("party")
	}
	v.Today = m.today()
	if v.Party, err = party.Find(ctx, m.DB, division, key); err != nil {
		return v, err
	}
	if v.Decisions, err = party.Decisions(ctx, m.DB, division, v.Party); err != nil {
		return v, err
	}
	if v.Law, err = m.Library.Library(ctx, division); err != nil {
		return v, err
	}
	v.Looks, err = party.Looks(ctx, m.DB, division, key)
	b := i18n.From(ctx).Bundle
	most := 200
	v.Form = form.New("reveal", "/enforcement/parties/"+key.String(), []form.Field{
		{Name: "purpose", Type: form.Text, Label: b.Text("enf.party.purpose"), Help: b.Text("enf.party.purpose_help"), Required: true, Max: &most}})
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "enf.party.reveal"), Icon: "eye", Primary: true}}
	return v, err
}

func (m *Room) party(w http.ResponseWriter, r *http.Request) error {
	v, err := m.viewOf(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, partyPage(v))
}

// reveal shows the number this once; the page is not kept by the browser.
func (m *Room) reveal(w http.ResponseWriter, r *http.Request) error {
	v, err := m.viewOf(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	var whole party.Whole
	if err == nil {
		purpose, _ := in.Values["purpose"].(string)
		whole, err = m.Parties.Reveal(r.Context(), visit.From(r.Context()).Actor, v.ID, purpose)
	}
	if ours(err) {
		v.Form = v.Form.Refused(r.Context(), in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, partyPage(v))
	}
	if err != nil {
		return err
	}
	if v, err = m.viewOf(r); err != nil {
		return err
	}
	v.Whole = &whole
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, partyPage(v))
}

// name is what the library calls a violation, its code where it has none.
func (v partyView) name(lang i18n.Lang, code string) string {
	if x, err := v.Law.Violation(code); err == nil {
		return x.Name.In(lang)
	}
	return code
}
