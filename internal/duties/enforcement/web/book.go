package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiucheng/internal/duties/enforcement/permit"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// shown is how many rows a page shows.
const shown = 50

// bookView is a register's list.
type bookView struct {
	Text  string
	Rows  []register.Near // Metres is 0 where nobody asked for a place
	Near  bool
	Pager ui.Pager
	Today calendar.Date
	Form  form.Form // where the officer stands
}

// search reads a page of a register as the address asks.
func (m *Room) search(r *http.Request, kind register.Kind, path string) (v bookView, err error) {
	q := r.URL.Query()
	list, next, err := register.Search(r.Context(), m.DB, visit.From(r.Context()).Division.ID, kind, q.Get("q"), q.Get("after"), shown)
	v = bookView{Text: q.Get("q"), Today: m.today(), Pager: ui.Pager{Shown: len(list)}}
	for _, x := range list {
		v.Rows = append(v.Rows, register.Near{Row: x})
	}
	if next != "" {
		v.Pager.Next = path + "?" + url.Values{"q": {v.Text}, "after": {next}}.Encode()
	}
	if q.Get("after") != "" {
		v.Pager.First = path + "?" + url.Values{"q": {v.Text}}.Encode()
	}
	return v, err
}

func (m *Room) powers(w http.ResponseWriter, r *http.Request) error {
	v, err := m.search(r, power.Items, "/enforcement/powers")
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, powersPage(v))
}

// hereForm asks where the officer stands.
func hereForm(ctx context.Context) form.Form {
	b := i18n.From(ctx).Bundle
	f := form.New("here", "/enforcement/permits", []form.Field{{Name: "place", Type: form.Place, Required: true, Label: b.Text("enf.permits.here"), Help: b.Text("enf.permits.here_help")}})
	f.Ground = mapview.Map{Base: "/map/base.json"}
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "enf.permits.near"), Icon: "current-location", Primary: true}}
	return f
}

func (m *Room) permits(w http.ResponseWriter, r *http.Request) error {
	v, err := m.search(r, permit.Permits, "/enforcement/permits")
	if err != nil {
		return err
	}
	v.Form = hereForm(r.Context())
	return httpx.Render(w, r, http.StatusOK, permitsPage(v))
}

// permitsNear lists the permits around a place.
func (m *Room) permitsNear(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	v := bookView{Near: true, Today: m.today(), Form: hereForm(ctx)}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	var at geo.Point
	if err == nil {
		where, _ := in.Values["place"].(form.Point)
		at, err = m.locate(ctx, where)
	}
	if err == nil {
		v.Rows, err = permit.Around(ctx, m.DB, division, at)
	}
	status := http.StatusOK
	if ours(err) {
		v.Near, status = false, http.StatusUnprocessableEntity
		v.Form = v.Form.Refused(ctx, in, err)
	} else if err != nil {
		return err
	}
	v.Pager.Shown = len(v.Rows)
	return httpx.Render(w, r, status, permitsPage(v))
}

// locate finds the point of a place: as given, else from its words.
func (m *Room) locate(ctx context.Context, where form.Point) (geo.Point, error) {
	if where.Located {
		return geo.Point{Lat: where.Lat, Lng: where.Lng}, nil
	}
	town, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return geo.Point{}, err
	}
	if found := town.Find(where.Address, m.Clock.Now()); len(found) > 0 {
		return found[0].Point, nil
	}
	return geo.Point{}, fault.New(fault.Invalid, "form.refused").Field("place", "enf.permits.unknown")
}

// standing is a permit's state today as a chip.
func standing(ctx context.Context, c register.Cells, day calendar.Date) ui.Chip {
	s := permit.Standing(c, day)
	tones := map[string]ui.Tone{"valid": ui.Green, "early": ui.Amber}
	t, ok := tones[s]
	if !ok {
		t = ui.Red
	}
	return ui.Chip{Tone: t, Label: i18n.T(ctx, "enf.value.state."+s)}
}

// row shows one row of a register with its history.
func (m *Room) row(w http.ResponseWriter, r *http.Request) error {
	ctx, division, q := r.Context(), visit.From(r.Context()).Division.ID, r.URL.Query()
	kind, ok := m.kinds()[q.Get("register")]
	if !ok {
		return fault.Missing("register")
	}
	x, err := register.Find(ctx, m.DB, division, kind, q.Get("code"))
	if err != nil {
		return err
	}
	h, err := register.History(ctx, m.DB, division, kind, x.Code)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, rowPage(kind, x, facts(ctx, kind, x.Cells), history(ctx, kind, h)))
}

// history is told newest first: by whom, why, and each cell before and after.
func history(ctx context.Context, kind register.Kind, list []register.Change) (out []ui.Entry) {
	for i, c := range list {
		e := ui.Entry{At: local(c.At), Time: c.At, Who: c.Who, Tone: ui.Green, Title: i18n.T(ctx, "enf.changed")}
		if c.Who == "system" {
			e.Who = i18n.T(ctx, "enf.system")
		}
		said := []string{c.Why}
		if i == len(list)-1 {
			e.Title = i18n.T(ctx, "enf.entered")
		} else {
			for _, name := range slices.Sorted(maps.Keys(c.New)) {
				said = append(said, i18n.T(ctx, "enf.turned", "what", column(ctx, strings.TrimSuffix(strings.TrimSuffix(name, "_zh"), "_en")),
					"old", cell(ctx, kind.ID, name, c.Old[name]), "new", cell(ctx, kind.ID, name, c.New[name])))
			}
		}
		e.Text = strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), i18n.T(ctx, "enf.and"))
		out = append(out, e)
	}
	return out
}

// sheet is a whole register as a table, which can be filled in and imported.
func (m *Room) sheet(r *http.Request) (s sheet.Sheet, err error) {
	kind, ok := m.kinds()[r.PathValue("register")]
	if !ok {
		return s, fault.Missing("register")
	}
	s.Title = i18n.T(r.Context(), "enf.register."+kind.ID)
	for _, c := range kind.Columns {
		s.Columns = append(s.Columns, sheet.Column{Title: c.ZH})
	}
	division := visit.From(r.Context()).Division.ID
	s.Rows = func(ctx context.Context, put sheet.Put) error {
		list, err := register.All(ctx, m.DB, division, kind)
		for i := 0; err == nil && i < len(list); i++ {
			cells := make([]any, len(kind.Columns))
			for j, c := range kind.Columns {
				cells[j] = list[i].Cells[c.Name]
			}
			err = put(cells...)
		}
		return err
	}
	return s, nil
}

func (m *Room) importForm(r *http.Request) form.Form {
	b := i18n.From(r.Context()).Bundle
	which := form.Field{Name: "register", Type: form.Enum, Required: true, Label: b.Text("enf.import.which")}
	for _, n := range m.names() {
		which.Options = append(which.Options, form.Option{Value: n, Label: b.Text("enf.register." + n)})
	}
	f := form.New("table", "/enforcement/import", []form.Field{which, {Name: "file", Type: form.File, Required: true, Label: b.Text("enf.import.file"), Help: b.Text("enf.import.help")}})
	if n := r.URL.Query().Get("register"); slices.Contains(m.names(), n) {
		f = f.Fill(map[string]any{"register": n}, calendar.Zone)
	}
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "enf.import.do"), Icon: "upload", Primary: true}}
	return f
}

func (m *Room) askImport(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, importPage(m.importForm(r), nil, m.names()))
}

func (m *Room) doImport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f := m.importForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	name, _ := in.Values["register"].(string)
	var file register.File
	if err == nil {
		file, err = uploaded(in)
	}
	var plan register.Plan
	if err == nil {
		plan, err = m.Registers.Import(ctx, visit.From(ctx).Actor, m.kinds()[name], file)
	}
	if ours(err) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, importPage(f.Refused(ctx, in, err), nil, m.names()))
	}
	if err != nil {
		return err
	}
	if !plan.Done {
		f.Raw = in.Raw
		return httpx.Render(w, r, http.StatusUnprocessableEntity, importPage(f, plan.Problems, m.names()))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "enf.imported", Args: map[string]any{"added": plan.Added, "changed": plan.Changed, "same": plan.Same}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, cmp.Or(homes[name], "/enforcement"))
}

// homes are the pages of registers that are not read in the law library.
var homes = map[string]string{"power": "/enforcement/powers", "permit": "/enforcement/permits", "factor": "/enforcement/benchmark", "grade": "/enforcement/benchmark"}

func uploaded(in form.Input) (f register.File, err error) {
	head := in.Files["file"]
	if len(head) == 0 {
		return f, fault.New(fault.Invalid, "form.refused").Field("file", "register.no_lines")
	}
	body, err := head[0].Open()
	if err != nil {
		return f, err
	}
	defer func() { _ = body.Close() }()
	f.Name = head[0].Filename
	f.Body, err = io.ReadAll(body)
	return f, err
}

// problem is what is wrong with a line, in words; columns by their names.
func problem(ctx context.Context, p register.Problem) string {
	args := maps.Clone(p.Args)
	if name, ok := args["column"].(string); ok && i18n.From(ctx).Bundle.Has("enf.col."+base(name)) {
		args["column"] = column(ctx, base(name))
	}
	return i18n.From(ctx).Bundle.Text(p.Key).Fill(i18n.LangOf(ctx), args)
}

func base(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, "_zh"), "_en")
}

// metres is a distance in words.
func metres(ctx context.Context, n float64) string {
	return i18n.T(ctx, "enf.metres", "n", fmt.Sprintf("%.0f", n))
}

// rowHref is the address of one row.
func rowHref(kind register.Kind, code string) string {
	return "/enforcement/row?" + url.Values{"register": {kind.ID}, "code": {code}}.Encode()
}
