package web

import (
	"net/http"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/incident/reveal"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

func purposeForm(r *http.Request, s *engine.Snapshot) form.Form {
	b := i18n.From(r.Context()).Bundle
	most := 200
	f := form.New("reveal", "/cases/"+s.ID.String()+"/reporter", []form.Field{
		{Name: "purpose", Type: form.Text, Label: b.Text("desk.reveal.purpose"), Help: b.Text("desk.reveal.help"), Required: true, Max: &most}})
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "desk.reveal.do"), Icon: "eye", Primary: true}}
	return f
}

// askReporter asks what the identity is needed for.
func (d *Desk) askReporter(w http.ResponseWriter, r *http.Request) error {
	s, _, err := d.find(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, revealPage(s.Title, s.ID.String(), purposeForm(r, s), nil, false))
}

// reveal shows the identity this once; the page is not kept by the browser.
func (d *Desk) reveal(w http.ResponseWriter, r *http.Request) error {
	s, actor, err := d.find(r)
	if err != nil {
		return err
	}
	f := purposeForm(r, s)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	var told []reveal.Told
	if err == nil {
		purpose, _ := in.Values["purpose"].(string)
		told, err = reveal.Identity(r.Context(), d.DB, actor, s.ID, purpose, d.Clock.Now())
	}
	if fault.Is(err, fault.Invalid) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, revealPage(s.Title, s.ID.String(), f.Refused(r.Context(), in, err), nil, false))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	facts := make([]ui.Fact, 0, len(told))
	for _, t := range told {
		facts = append(facts, ui.Fact{Label: i18n.T(r.Context(), "desk.reveal."+t.Field), Text: t.Value})
	}
	return httpx.Render(w, r, http.StatusOK, revealPage(s.Title, s.ID.String(), f, facts, true))
}

// revealsMost is how many lines of the log a page shows.
const revealsMost = 100

func (d *Desk) reveals(w http.ResponseWriter, r *http.Request) error {
	before, _ := id.Parse(r.URL.Query().Get("before")) // unreadable begins at the start
	list, err := reveal.List(r.Context(), d.DB, visit.From(r.Context()).Division.ID, before, revealsMost)
	if err != nil {
		return err
	}
	p := ui.Pager{Shown: len(list)}
	if len(list) == revealsMost {
		p.Next = "/reveals?before=" + list[len(list)-1].ID.String()
	}
	return httpx.Render(w, r, http.StatusOK, revealsPage(list, p))
}
