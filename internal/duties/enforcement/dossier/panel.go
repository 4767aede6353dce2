package dossier

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/paperwork"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table; the dossier itself has the page
// of every case.
func (m *Room) Routes() []httpx.Route {
	read := httpx.Only(people.Enforcers...)
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
	Line     string // what is missing, by when, by which article; "" at an end
	Late     bool
	Case     string
	Matter   []ui.Fact
	Papers   []paperwork.Line
	Children []child
	Overseen []child   // supervisions with an opinion or decision to obey
	Openers  []ui.Step // steps of the visitor that open a child
}

type child struct {
	Kind, Title, Href string
	Procedure, At     string // and its state
	State             ui.Chip
	Left              ui.Left
}

// Panel is what a page shows of a dossier.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (_ templ.Component, err error) {
	p := panel{Case: s.ID.String()}
	offers, err := m.Engine().Offers(ctx, visit.From(ctx).Actor, s)
	if err != nil {
		return nil, err
	}
	if p.Line, p.Late, err = m.line(ctx, s, offers); err != nil {
		return nil, err
	}
	if p.Matter, err = m.matter(ctx, s); err != nil {
		return nil, err
	}
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, err
	}
	if p.Papers, err = paperwork.Of(ctx, m.DB, lib, s.Division, s.ID); err != nil {
		return nil, err
	}
	if p.Children, err = m.children(ctx, s); err != nil {
		return nil, err
	}
	p.Overseen = overseen(p.Children)
	for _, o := range offers {
		if o.Allowed && len(o.Step.Open) > 0 {
			p.Openers = append(p.Openers, ui.Step{Label: o.Step.Name.In(i18n.LangOf(ctx)), Icon: "plus", Href: "/cases/" + s.ID.String() + "/steps/" + o.Step.ID})
		}
	}
	return view(p), nil
}

// near is from when on the time left of a child is amber.
const near = 24 * time.Hour

func (m *Room) children(ctx context.Context, s *engine.Snapshot) (out []child, err error) {
	list, err := record.Children(ctx, m.DB, s.Division, s.ID)
	lang := i18n.LangOf(ctx)
	for _, c := range list {
		row := child{Title: c.Title, Href: "/cases/" + c.ID.String(), Procedure: c.Procedure, At: c.State, State: ui.Chip{Label: c.State, Tone: ui.Blue}}
		if proc, err := m.Engine().Library().Version(c.Procedure, c.ProcVersion); err == nil {
			row.Kind = proc.Title.In(lang)
			if st := proc.StateOf(c.State); st != nil {
				row.State.Label = st.Name.In(lang)
			}
		}
		switch {
		case c.Terminal:
			row.State.Tone = ui.Green
		case c.Due != record.NoDue && c.DueState != "paused":
			row.Left = ui.LeftUntil(ctx, m.Clock.Now(), clock.FromMicro(c.Due), near)
		}
		out = append(out, row)
	}
	return out, err
}

// overseen are the supervisions whose opinion or decision is not settled yet: the
// case does not close before.
func overseen(list []child) (out []child) {
	for _, c := range list {
		if c.Procedure == "enf.supervise" && slices.Contains([]string{"opinion", "selffix", "reported", "decision", "report2"}, c.At) {
			out = append(out, c)
		}
	}
	return out
}

// line says what stands between the case and its next step, who takes it, by
// which article and by when: first the visitor's own step, else the usual one.
func (m *Room) line(ctx context.Context, s *engine.Snapshot, offers []engine.Offer) (said string, late bool, err error) {
	if s.Terminal {
		return "", false, nil
	}
	dir, err := m.People.Directory(ctx, s.Division)
	if err != nil {
		return "", false, err
	}
	law, err := m.Next(ctx, s)
	if err != nil {
		return "", false, err
	}
	lang := i18n.LangOf(ctx)
	parts := []string{i18n.T(ctx, "dossier.wait")}
	if step, why := next(s, law, offers, lang); step != nil {
		var roles []string
		for _, w := range step.Who {
			if r, ok := dir.Roles()[w]; ok {
				roles = append(roles, r.Name.In(lang))
			}
		}
		parts[0] = i18n.T(ctx, "dossier.next", "step", step.Name, "who", strings.Join(roles, i18n.T(ctx, "dossier.and")))
		switch {
		case why != "":
			parts = append(parts, i18n.T(ctx, "dossier.missing", "why", why))
		case len(step.Law) > 0:
			parts = append(parts, i18n.T(ctx, "dossier.law", "law", strings.Join(step.Law, i18n.T(ctx, "dossier.and"))))
		}
	}
	if st := s.StateOf(); st != nil && st.Clock != "" {
		if c := s.Clock(st.Clock); c != nil && !c.DueAt().IsZero() {
			late = c.DueAt().Before(m.Clock.Now())
			parts = append(parts, i18n.T(ctx, "dossier.by", "clock", clockName(s, st.Clock), "due", calendar.FormatDue(c.DueAt())))
		}
	}
	return strings.Join(parts, " · "), late, nil
}

// next is the step the case waits for, and in words why the visitor may not take
// it yet: what the law asks for where it asks for one, else one of theirs that
// can be taken, one that is blocked, or another's.
func next(s *engine.Snapshot, law string, offers []engine.Offer, lang i18n.Lang) (step *procedure.Step, why string) {
	if step, _ := s.Proc.Step(law, s.State); step != nil {
		for _, o := range offers {
			if o.Step == step && !o.Allowed && !o.Aside() {
				why = o.Reason.In(lang)
			}
		}
		return step, why
	}
	for _, o := range offers {
		switch {
		case !o.Step.Primary || o.Aside():
		case o.Allowed:
			return o.Step, ""
		case step == nil:
			step, why = o.Step, o.Reason.In(lang)
		}
	}
	for _, x := range s.Proc.From(s.State) {
		if step == nil && x.Primary && !x.Hidden {
			step = x
		}
	}
	return step, why
}

func clockName(s *engine.Snapshot, id string) i18n.Text {
	if c := s.Proc.ClockOf(id); c != nil {
		return c.Name
	}
	return i18n.Text{}
}

// local is an instant as tables show it.
func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }
