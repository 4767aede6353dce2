package dossier

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/paperwork"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table; the dossier itself has the page
// of every case.
func (m *Room) Routes() []httpx.Route {
	read := httpx.Only(Roles...)
	return []httpx.Route{
		{Method: "GET", Pattern: "/enforcement/papers/{id}/pdf", Access: read, Handler: m.file, Name: "enf.paper.pdf", Timeout: time.Minute},
		{Method: "GET", Pattern: "/enforcement/papers/{id}/docx", Access: read, Handler: m.file, Name: "enf.paper.docx", Timeout: time.Minute},
	}
}

// file sends a paper. Others than the roles of enforcement do not come this far.
func (m *Room) file(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("paper")
	}
	division := visit.From(r.Context()).Division.ID
	p, err := paper.Find(r.Context(), m.DB, division, key)
	if err != nil {
		return err
	}
	if s, err := m.Engine().Find(r.Context(), division, p.Case); err != nil || !Mine(s.Procedure) {
		return fault.Missing("paper")
	}
	set, kind, ext := m.Papers().PDF, "application/pdf", ".pdf"
	if strings.HasSuffix(r.URL.Path, "/docx") {
		set, kind, ext = m.Papers().Word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"
	}
	body, err := set(r.Context(), division, key)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `inline; filename="`+p.Template+ext+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(body)
	return err
}

// panel is what the page of a dossier shows beside every case's.
type panel struct {
	Line     string // what is missing, by when, by which article
	Case     string
	Papers   []paperwork.Line
	Services []service
}

type service struct{ Title, State, Href string }

// Panel is what a page shows of a dossier.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (_ templ.Component, err error) {
	p := panel{Case: s.ID.String()}
	lang := i18n.LangOf(ctx)
	if p.Line, err = m.line(ctx, s); err != nil {
		return nil, err
	}
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, err
	}
	if p.Papers, err = paperwork.Of(ctx, m.DB, lib, s.Division, s.ID); err != nil {
		return nil, err
	}
	children, err := record.Children(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		row := service{Title: c.Title, State: c.State, Href: "/cases/" + c.ID.String()}
		if proc, err := m.Engine().Library().Version(c.Procedure, c.ProcVersion); err == nil && proc.StateOf(c.State) != nil {
			row.State = proc.StateOf(c.State).Name.In(lang)
		}
		p.Services = append(p.Services, row)
	}
	return view(p), nil
}

// line says what stands between the case and its next step: the sentence of the
// refusal names the article. The visitor's own steps come first.
func (m *Room) line(ctx context.Context, s *engine.Snapshot) (string, error) {
	if s.Terminal {
		return "", nil
	}
	offers, err := m.Engine().Offers(ctx, visit.From(ctx).Actor, s)
	if err != nil {
		return "", err
	}
	lang, said := i18n.LangOf(ctx), ""
	for _, o := range offers {
		if !o.Step.Primary || o.Aside() {
			continue
		}
		if said = i18n.T(ctx, "dossier.ready", "step", o.Step.Name); !o.Allowed {
			said = i18n.T(ctx, "dossier.missing", "step", o.Step.Name, "why", o.Reason)
			break
		}
	}
	if said == "" {
		said = next(ctx, s)
	}
	if st := s.StateOf(); st != nil && st.Clock != "" {
		if c := s.Clock(st.Clock); c != nil && !c.DueAt().IsZero() {
			said += " · " + i18n.T(ctx, "dossier.by", "clock", clockName(s, st.Clock).In(lang), "due", calendar.FormatDue(c.DueAt()))
		}
	}
	return said, nil
}

// next is the usual next step of somebody else.
func next(ctx context.Context, s *engine.Snapshot) string {
	for i := range s.Proc.Steps {
		x := &s.Proc.Steps[i]
		if known, _ := s.Proc.Step(x.ID, s.State); known == x && x.Primary {
			return i18n.T(ctx, "dossier.ready", "step", x.Name)
		}
	}
	return i18n.T(ctx, "dossier.wait")
}

func clockName(s *engine.Snapshot, clock string) i18n.Text {
	for i := range s.Proc.Clocks {
		if s.Proc.Clocks[i].ID == clock {
			return s.Proc.Clocks[i].Name
		}
	}
	return i18n.Text{}
}
