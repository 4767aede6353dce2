package sketch

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read := httpx.Only(people.Dossiers...)
	const at = "/enforcement/cases/{id}/sketch"
	return []httpx.Route{
		{Method: "GET", Pattern: at, Access: read, Handler: m.show, Name: "sketch.show"},
		{Method: "POST", Pattern: at, Access: httpx.Only("officer"), Handler: m.keep, Name: "sketch.keep"},
		{Method: "GET", Pattern: at + "/{file}", Access: read, Handler: m.file, Name: "sketch.file"},
	}
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// page is the drawing board of a case with the sketches that were kept.
type page struct {
	Case    *engine.Snapshot
	Kept    []Sketch
	Form    form.Form
	Map     mapview.Map
	Officer bool
}

func home(s *engine.Snapshot) string { return "/enforcement/cases/" + s.ID.String() + "/sketch" }

func (m *Room) page(r *http.Request) (p page, err error) {
	ctx := r.Context()
	if p.Case, err = dossier.Of(ctx, m.Engine(), visit.From(ctx).Division.ID, r.PathValue("id")); err != nil {
		return p, err
	}
	p.Officer = visit.From(ctx).Actor.Has("officer")
	if p.Kept, err = Of(ctx, m.DB, p.Case.Division, p.Case.ID); err != nil {
		return p, err
	}
	p.Map = mapview.Map{ID: "board", Base: "/map/base.json", Label: i18n.T(ctx, "sketch.board")}
	if at, ok := p.Case.Data["place"].(procedure.Point); ok {
		p.Map.Center, p.Map.Zoom = [2]float64{at.Lng, at.Lat}, 18
	}
	b := i18n.From(ctx).Bundle
	p.Form = form.New("sketch", home(p.Case), []form.Field{
		{Name: "title", Type: form.Text, Required: true, Label: b.Text("sketch.title"), Help: b.Text("sketch.title_help")},
		{Name: "drawn", Type: form.Long, Max: &longest, Label: b.Text("sketch.drawn"), Help: b.Text("sketch.drawn_help")},
		{Name: "tapes", Type: form.Rows, Label: b.Text("sketch.tapes"), Help: b.Text("sketch.tapes_help"), Columns: []form.Field{
			{Name: "name", Type: form.Text, Label: b.Text("sketch.name")}, {Name: "length", Type: form.Text, Required: true, Label: b.Text("sketch.length")},
			{Name: "width", Type: form.Text, Label: b.Text("sketch.width")}}}})
	p.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "sketch.keep"), Icon: "device-floppy", Primary: true}}
	return p, nil
}

// longest is how much a drawing may hold in letters.
var longest = 60_000

func (m *Room) show(w http.ResponseWriter, r *http.Request) error {
	p, err := m.page(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, boardPage(p))
}

func (m *Room) keep(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := m.page(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, p.Form.Fields, calendar.Zone)
	if err == nil {
		var list []Measure
		drawn, _ := in.Values["drawn"].(string)
		if list, err = Read(drawn, tapesOf(in)); err == nil {
			title, _ := in.Values["title"].(string)
			_, err = m.Keep(ctx, visit.From(ctx).Actor, p.Case, title, list)
		}
	}
	if f := fault.As(err); f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden}, f.Kind) {
		p.Form = stepform.Sent{Input: in}.Refused(ctx, p.Form, f)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, boardPage(p))
	}
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, home(p.Case))
}

// tapesOf reads what was taken by tape; a length that is none is 0 and refused.
func tapesOf(in form.Input) (out []Tape) {
	rows, _ := in.Values["tapes"].([]map[string]string)
	for _, r := range rows {
		t := Tape{Name: r["name"]}
		t.Length, _ = strconv.ParseFloat(r["length"], 64)
		if r["width"] != "" {
			var err error
			if t.Width, err = strconv.ParseFloat(r["width"], 64); err != nil {
				t.Width = -1
			}
		}
		out = append(out, t)
	}
	return out
}

// file sends the picture of a sketch (….png) or its drawing (….geojson).
func (m *Room) file(w http.ResponseWriter, r *http.Request) error {
	p, err := m.page(r)
	if err != nil {
		return err
	}
	name, ext, _ := strings.Cut(r.PathValue("file"), ".")
	for _, s := range p.Kept {
		switch {
		case s.ID.String() != name:
		case ext == "png":
			return m.Photos.Send(w, r, stepform.Plain(s.Picture), "screen")
		case ext == "geojson":
			w.Header().Set("Content-Type", "application/geo+json")
			_, err := w.Write([]byte(s.Doc))
			return err
		}
	}
	return fault.Missing("sketch")
}

// Panel leads from the page of a case to its sketches.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	if s.Proc.Named("svy_inspect") == nil {
		return nil, nil
	}
	list, err := Of(ctx, m.DB, s.Division, s.ID)
	if err != nil || len(list) == 0 && (s.Terminal || !visit.From(ctx).Actor.Has("officer")) {
		return nil, err
	}
	return panelView(list, home(s)), nil
}

// pressed marks the tool that the board begins with.
func pressed(tool string) string { return strconv.FormatBool(tool == Area) }
