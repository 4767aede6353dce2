package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

// boardView is the day as it goes.
type boardView struct {
	Case    *engine.Snapshot
	State   ui.Chip
	Left    ui.Left
	Span    string
	Figures []ui.KPI
	Teams   []teamView
	Finds   []findLine
	Map     mapview.Map
	Find    string // "" where nothing can be found now
	Refresh string
}

type teamView struct {
	N      int
	Out    bool
	People []member
}

type member struct {
	Name, Unit, Duty string
	Here             bool
}

// findLine is one finding in a list.
type findLine struct {
	N                 int
	At, By            string
	Kind              ui.Chip
	Outside           bool   // of the area
	Text, Unit, Child string // Child is the address of its case
	Photos            []ui.Photo
}

var findTones = map[string]ui.Tone{operation.ToIncident: ui.Amber, operation.Enforcement: ui.Blue, operation.OnTheSpot: ui.Blue, operation.Persuade: ui.Plain, operation.Nothing: ui.Green}

func (m *Room) board(w http.ResponseWriter, r *http.Request) error {
	s, err := m.find(r)
	if err != nil {
		return err
	}
	v, err := m.boardOf(r.Context(), s)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, boardPage(v))
}

func (m *Room) boardOf(ctx context.Context, s *engine.Snapshot) (v boardView, err error) {
	now, here := m.Clock.Now(), "/joint/"+s.ID.String()
	v = boardView{Case: s, State: stateChip(ctx, s), Span: span(s), Refresh: here + "/board", Map: areaMap(ctx, s)}
	switch s.State {
	case "running":
		v.Left = ui.LeftUntil(ctx, now, at(s, "end"), soon)
	default:
		v.Left = due(ctx, s, now)
	}
	dir, err := m.Directory(ctx, s.Division)
	if err != nil {
		return v, err
	}
	g, err := m.Operations.Count(ctx, m.DB, s, operation.Rows(s, "reasons"))
	if err != nil {
		return v, err
	}
	v.Teams = m.teams(ctx, s, dir)
	v.Figures = figures(ctx, g)
	if s.State != "ready" && len(v.Teams) > 0 {
		// seven fit in a row: who came stands in for the photos, which lie below
		v.Figures = append([]ui.KPI{{Label: i18n.T(ctx, "joint.fig.roll"), Value: strconv.Itoa(len(operation.Texts(s, "roll"))), Note: i18n.T(ctx, "joint.fig.of", "n", len(operation.Rows(s, "crew")))}}, v.Figures[:len(v.Figures)-1]...)
	}
	if s.State == "running" || s.State == "wrapping" {
		v.Find = here + "/find"
	}
	v.Finds, err = m.findLines(ctx, s)
	slices.Reverse(v.Finds)
	return v, err
}

// figures are what was counted, in the order of a report.
func figures(ctx context.Context, g operation.Figures) (out []ui.KPI) {
	for _, x := range []struct {
		key string
		n   int
	}{{"places", g.Places}, {"found", g.Found}, {"incidents", g.Incidents}, {"leads", g.Leads}, {"spots", g.Spots}, {"persuaded", g.Persuaded}, {"photos", g.Photos}} {
		out = append(out, ui.KPI{Label: i18n.T(ctx, "joint.fig."+x.key), Value: strconv.Itoa(x.n)})
	}
	return out
}

// teams are who goes with whom, and who is there.
func (m *Room) teams(ctx context.Context, s *engine.Snapshot, dir *people.Directory) (out []teamView) {
	roll, crew := operation.Texts(s, "roll"), operation.Rows(s, "crew")
	gone, _ := s.Data["out"].([]int64)
	unit := func(p string) string {
		for _, c := range crew {
			if c["person"] == p && c["unit"] != "" {
				return m.unitNames(ctx, s, []string{c["unit"]})
			}
		}
		return ""
	}
	for _, t := range operation.Rows(s, "teams") {
		n, err := strconv.Atoi(t["team"])
		if err != nil {
			continue
		}
		i := slices.IndexFunc(out, func(x teamView) bool { return x.N == n })
		if i < 0 {
			out = append(out, teamView{N: n, Out: slices.Contains(gone, int64(n))})
			i = len(out) - 1
		}
		out[i].People = append(out[i].People, member{operation.PersonName(dir, t["person"]), unit(t["person"]), i18n.T(ctx, "joint.duty."+t["duty"]), slices.Contains(roll, t["person"])})
	}
	slices.SortFunc(out, func(a, b teamView) int { return a.N - b.N })
	return out
}

// findLines are the findings with their cases, the first one first.
func (m *Room) findLines(ctx context.Context, s *engine.Snapshot) (out []findLine, err error) {
	finds, err := operation.Finds(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	children, err := record.Children(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range finds {
		l := findLine{N: f.N, At: f.At.In(calendar.Zone).Format("15:04"), By: f.By, Kind: ui.Chip{Label: i18n.T(ctx, "joint.kind."+f.Kind), Tone: findTones[f.Kind]}, Text: f.Words}
		l.Outside = f.Place != nil && !operation.Inside(s, *f.Place)
		if f.Problem() {
			l.Unit = m.unitNames(ctx, s, []string{f.Unit})
		}
		if f.Address != "" {
			l.Text = f.Address + i18n.T(ctx, "joint.colon") + f.Words
		}
		if slices.ContainsFunc(children, func(c record.Row) bool { return c.ID == f.Child }) {
			l.Child = "/cases/" + f.Child.String()
		}
		for _, sha := range f.Photos {
			base := "/cases/" + s.ID.String() + "/photo/" + sha
			l.Photos = append(l.Photos, ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", At: l.At, Blurred: s.Proc.Faces == procedure.Blurred})
		}
		out = append(out, l)
	}
	return out, nil
}

// areaMap shows the area with what was found in it.
func areaMap(ctx context.Context, s *engine.Snapshot) mapview.Map {
	here := "/joint/" + s.ID.String()
	v := mapview.Map{ID: "joint-map", Base: "/map/base.json", Areas: here + "/area", Points: here + "/points", Label: i18n.T(ctx, "joint.map")}
	if s.Place != nil {
		v.Center, v.Zoom = [2]float64{s.Place.Lng, s.Place.Lat}, 15
	}
	shape := mapview.Circle
	if operation.Area(s) != nil {
		shape = mapview.Area
	}
	v.Legend = []mapview.Key{{Label: i18n.T(ctx, "joint.area"), Shape: shape}, {Label: i18n.T(ctx, "joint.problem"), Shape: mapview.Dot, Tone: ui.Amber}, {Label: i18n.T(ctx, "joint.kind.persuade"), Shape: mapview.Dot, Tone: ui.Blue}, {Label: i18n.T(ctx, "joint.kind.nothing"), Shape: mapview.Dot, Tone: ui.Green}}
	return v
}

// area is the outline of the operation as GeoJSON, else the circle.
func (m *Room) area(w http.ResponseWriter, r *http.Request) error {
	s, err := m.find(r)
	if err != nil {
		return err
	}
	features := []any{}
	if shape := operation.Area(s); shape != nil {
		f := geo.Feature{Shape: shape}
		features = append(features, map[string]any{"type": "Feature", "geometry": f.MarshalGeometry(), "properties": map[string]any{"kind": "zone", "label": i18n.Said(r.Context(), s.Text("area_name"))}})
	} else if s.Place != nil {
		radius, _ := s.Data["radius"].(int64)
		features = append(features, map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{s.Place.Lng, s.Place.Lat}},
			"properties": map[string]any{"kind": "zone", "label": i18n.Said(r.Context(), s.Text("area_name")), "radius": radius}})
	}
	return sendJSON(w, map[string]any{"type": "FeatureCollection", "features": features})
}

// points are the findings on the map.
func (m *Room) points(w http.ResponseWriter, r *http.Request) error {
	s, err := m.find(r)
	if err != nil {
		return err
	}
	finds, err := operation.Finds(r.Context(), m.DB, s.Division, s.ID)
	if err != nil {
		return err
	}
	out := mapview.Points{Points: []mapview.Point{}}
	for _, f := range finds {
		if f.Place == nil {
			continue
		}
		tone := findTones[f.Kind]
		switch {
		case f.Problem():
			tone = ui.Amber
		case f.Kind == "persuade":
			tone = ui.Blue
		}
		out.Points = append(out.Points, mapview.Point{ID: "find-" + strconv.Itoa(f.N), Lng: f.Place.Lng, Lat: f.Place.Lat, Tone: tone, Label: strconv.Itoa(f.N)})
	}
	return sendJSON(w, out)
}

func sendJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the visitor may have left
	return nil
}

// panelView is what the page of an operation shows beside every case's.
type panelView struct {
	Facts   []ui.Fact
	Links   []ui.Step
	Answers []answerLine
	Targets []map[string]string
	boardView
	Summary, Lessons string
}

type answerLine struct {
	Unit, Reason string
	Come         ui.Chip
	People       string
}

// Panel is what a page shows of an operation.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	v := panelView{Targets: operation.Rows(s, "targets"), Summary: s.Text("summary"), Lessons: s.Text("lessons")}
	var err error
	if v.boardView, err = m.boardOf(ctx, s); err != nil {
		return nil, err
	}
	slices.Reverse(v.Finds)
	v.Map = areaMap(ctx, s)
	dir, err := m.Directory(ctx, s.Division)
	if err != nil {
		return nil, err
	}
	v.Facts = m.facts(ctx, s, dir)
	v.Answers = m.answers(ctx, s, dir)
	v.Links = links(ctx, s)
	return panel(v), nil
}

// links lead to the pages of the day.
func links(ctx context.Context, s *engine.Snapshot) (out []ui.Step) {
	here := "/joint/" + s.ID.String()
	add := func(key, icon, href string, primary bool) {
		out = append(out, ui.Step{Label: i18n.T(ctx, key), Icon: icon, Href: href, Primary: primary})
	}
	after := slices.Contains([]string{"running", "wrapping", "reported", "closed"}, s.State)
	if s.State == "running" || s.State == "wrapping" {
		add("joint.find.new", "plus", here+"/find", true)
	}
	if after || s.State == "ready" {
		add("joint.board", "layout-dashboard", here+"/board", false)
	} else {
		add("joint.map", "map", here+"/board", false)
	}
	if after || s.State == "ready" {
		add("joint.order", "file-text", here+"/order.pdf", false)
	}
	if s.State == "reported" || s.State == "closed" {
		add("joint.report_pdf", "report", here+"/report.pdf", false)
	}
	return out
}

func (m *Room) facts(ctx context.Context, s *engine.Snapshot, dir *people.Directory) (out []ui.Fact) {
	add := func(field, text string) {
		if text != "" {
			out = append(out, ui.Fact{Label: s.Proc.FieldOf(field).Label.In(i18n.LangOf(ctx)), Text: text, Wide: true})
		}
	}
	add("goal", s.Text("goal"))
	out = append(out, ui.Fact{Label: i18n.T(ctx, "joint.time"), Text: span(s), Wide: true})
	add("area_name", i18n.Said(ctx, s.Text("area_name"))+size(ctx, s))
	add("dept", m.unitNames(ctx, s, []string{s.Text("dept")}))
	add("assignee", operation.PersonName(dir, s.Text("assignee")))
	add("units", m.unitNames(ctx, s, operation.Texts(s, "units")))
	laws, err := m.Operations.LawNames(ctx, s.Division, operation.Texts(s, "laws"))
	for _, l := range laws {
		if err == nil {
			add("laws", l.Name.In(i18n.LangOf(ctx))+i18n.T(ctx, "joint.basis", "basis", l.Basis))
		}
	}
	add("people", number(s, "people"))
	add("vehicles", number(s, "vehicles"))
	add("route", s.Text("route"))
	add("risk", s.Text("risk"))
	add("assembly", s.Text("assembly"))
	for _, flag := range []string{"recording", "announce"} {
		if s.Data[flag] == true {
			add(flag, i18n.T(ctx, "joint.yes"))
		}
	}
	return out
}

// size is how large the area of an operation is.
func size(ctx context.Context, s *engine.Snapshot) string {
	if shape := operation.Area(s); shape != nil {
		return i18n.T(ctx, "joint.within", "n", fmt.Sprintf("%.1f", shape.Area()/10_000))
	}
	return i18n.T(ctx, "joint.radius", "n", s.Data["radius"])
}

func number(s *engine.Snapshot, name string) string {
	n, ok := s.Data[name].(int64)
	if !ok || n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

var comes = map[string]ui.Tone{"yes": ui.Green, "instead": ui.Blue, "no": ui.Plain, "silent": ui.Amber}

// answers are what the units said; those that said nothing stand there, too.
func (m *Room) answers(ctx context.Context, s *engine.Snapshot, dir *people.Directory) (out []answerLine) {
	if slices.Contains([]string{"drafted", "in_review"}, s.State) {
		return nil
	}
	for _, u := range operation.Texts(s, "units") {
		l := answerLine{Unit: m.unitNames(ctx, s, []string{u})}
		come := "silent"
		for _, a := range operation.Rows(s, "answers") {
			if a["unit"] == u {
				come, l.Reason = a["come"], a["reason"]
			}
		}
		l.Come = ui.Chip{Label: i18n.T(ctx, "joint.come."+come), Tone: comes[come]}
		for _, c := range operation.Rows(s, "crew") {
			if c["unit"] != u {
				continue
			}
			if l.People != "" {
				l.People += i18n.T(ctx, "joint.and")
			}
			l.People += operation.PersonName(dir, c["person"])
			switch {
			case !operation.HasAccount(c["person"]):
				l.People += i18n.T(ctx, "joint.named")
			case c["penal"] == "yes":
				l.People += i18n.T(ctx, "joint.certified")
			}
		}
		out = append(out, l)
	}
	return out
}

// minute is an instant as pages say it.
func minute(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }
