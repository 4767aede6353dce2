package dossier

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// DraftRoutes is the room's part of the route table for papers that are being
// written.
func (m *Room) DraftRoutes() []httpx.Route {
	return []httpx.Route{{Method: "POST", Pattern: "/enforcement/cases/{id}/steps/{step}/draft", Access: httpx.Only(people.Dossiers...), Handler: m.draft, Name: "enf.draft",
		MaxBody: 4 << 20, Timeout: time.Minute}}
}

// Draft is where the form of a step shows the papers that it makes, nil for a
// step that makes none.
func (m *Room) Draft(s *engine.Snapshot, step *procedure.Step) templ.Component {
	if !Mine(s.Procedure) || !slices.ContainsFunc(step.Do, isPaper) {
		return nil
	}
	return draftPane("/enforcement/cases/" + s.ID.String() + "/steps/" + step.ID + "/draft")
}

func isPaper(do string) bool { return slices.Contains(papers, do) }

// draft shows the step's papers with what is typed so far. Nothing is kept, and
// what cannot be understood yet is left blank.
func (m *Room) draft(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	s, err := Of(ctx, m.Engine(), v.Division.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	ef, err := m.Engine().Form(ctx, v.Actor, s, r.PathValue("step"), nil)
	if fault.Is(err, fault.NotFound) { // the case went on while the page asked
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	in, err := form.Read(r, stepform.Fields(ef), calendar.Zone)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	d := &engine.Doing{Engine: m.Engine(), Before: s, After: s, Step: ef.Step, Actor: v.Actor, Input: stepform.Values(in), Event: &record.Body{}, Now: m.Clock.Now()}
	docs, err := m.drafts(ctx, d)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, draftSheets(docs))
}

// drafts are the papers of a step before it is taken.
func (m *Room) drafts(ctx context.Context, d *engine.Doing) (out []document.Document, err error) {
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := m.People.Directory(ctx, d.After.Division)
	if err != nil {
		return nil, err
	}
	if other, ok := d.Input[procedure.SecondOfficer].(string); ok && other != "" {
		d.Event.Officers = []record.Actor{{Account: other, Name: name(dir, other)}}
	}
	for _, do := range d.Step.Do {
		t := lib.Latest(do)
		if !isPaper(do) || t == nil {
			continue
		}
		c, err := m.content(ctx, m.DB, d, t, dir)
		if err != nil {
			return nil, err
		}
		c.Files = func(sha string) ([]byte, error) { return m.Papers().Blobs.Read(sha) }
		x, err := t.Compose(c)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
