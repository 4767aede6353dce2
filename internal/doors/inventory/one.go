package inventory

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// oneView is a component with all that happened to it.
type oneView struct {
	component.Component
	Class   string
	Facts   []ui.Fact
	History []ui.Entry
	Cases   []ui.Row
	Named   int // cases that name it, also those the visitor may not read
	Map     mapview.Map
	Admin   bool
}

// casesMost is how many cases a component's page lists.
const casesMost = 200

func (d *Door) one(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	n, err := d.names(r)
	if err != nil {
		return err
	}
	c, err := component.Find(ctx, d.DB, v.Division.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	out := oneView{Component: c, Class: n.class(c.Class()), Admin: v.Actor.Has(people.Admin)}
	out.Facts = facts(ctx, c, out.Class)
	changes, err := component.History(ctx, d.DB, v.Division.ID, c.Code)
	if err != nil {
		return err
	}
	out.History = history(ctx, changes)
	f := record.Filter{Component: c.Code, Sort: record.ByOpened, Limit: casesMost}
	if out.Named, err = record.Upto(ctx, d.DB, v.Division.ID, f, casesMost); err != nil {
		return err
	}
	page, err := record.List(ctx, d.DB, v.Division.ID, incident.Narrow(v.Actor, f))
	if err != nil {
		return err
	}
	for _, x := range page.Rows {
		out.Cases = append(out.Cases, d.caseRow(n, x))
	}
	p := c.Point()
	out.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: "/components/map.json", Selected: "part-" + c.Code, Label: c.Name,
		Center: [2]float64{p.Lng, p.Lat}, Zoom: 17}
	if c.Geometry.Point == nil {
		out.Map.Zoom = 18.5 // a flower bed is seen from near only
		out.Map.Areas = "/components/" + c.Code + "/shape.json"
	}
	return httpx.Render(w, r, http.StatusOK, onePage(out))
}

// shape is the line or the area of a component for its map.
func (d *Door) shape(w http.ResponseWriter, r *http.Request) error {
	c, err := component.Find(r.Context(), d.DB, visit.From(r.Context()).Division.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	f := c.Geometry
	f.Properties = map[string]any{"kind": "green"}
	var b bytes.Buffer
	if err := geo.Write(&b, []geo.Feature{f}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentTypes[component.GeoJSON])
	_, err = b.WriteTo(w)
	return err
}

// facts are the attributes of the standard that have a value.
func facts(ctx context.Context, c component.Component, class string) (out []ui.Fact) {
	unit := func(u component.Unit) string { return strings.TrimSpace(u.Name + " " + u.Code) }
	for _, x := range []struct {
		name, text string
		wide       bool
	}{{"code", c.Code, true}, {"former", c.Former, true}, {"class", class + " " + c.Class(), false}, {"state", i18n.T(ctx, "component.state."+string(c.State)), false},
		{"address", c.Address, true}, {"grid", c.Grid, true}, {"maintainer", unit(c.Maintainer), true}, {"owner", unit(c.Owner), true},
		{"supervisor", unit(c.Supervisor), true}, {"initial", c.Initial, false}, {"changed", c.Changed, false}, {"source", c.Source, false},
		{"accuracy", c.Accuracy, false}, {"provenance", i18n.T(ctx, "inventory."+c.Provenance), false}, {"note", c.Note, true}} {
		if x.text != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, component.ColumnWord(x.name)), Text: x.text, Wide: x.wide})
		}
	}
	return out
}

// history is told newest first: what, by whom, and each attribute before and after.
func history(ctx context.Context, list []component.Change) (out []ui.Entry) {
	for _, c := range list {
		var said []string
		for _, name := range slices.Sorted(maps.Keys(c.New)) {
			if c.What == "create" {
				break // everything is new
			}
			said = append(said, i18n.T(ctx, "inventory.turned", "what", i18n.T(ctx, component.ColumnWord(name)), "old", value(ctx, name, c.Old[name]), "new", value(ctx, name, c.New[name])))
		}
		who := c.Who
		if who == "system" {
			who = i18n.T(ctx, "inventory.system")
		}
		out = append(out, ui.Entry{At: c.At.In(calendar.Zone).Format("2006-01-02 15:04"), Time: c.At, Title: i18n.T(ctx, "component.what."+c.What), Who: who,
			Text: strings.Join(said, i18n.T(ctx, "inventory.and")), Tone: ui.Green})
	}
	return out
}

func value(ctx context.Context, name, v string) string {
	switch {
	case v == "":
		return i18n.T(ctx, "inventory.none")
	case name == "state":
		return i18n.T(ctx, "component.state."+v)
	case name == "geometry" && len(v) > 60:
		return i18n.T(ctx, "inventory.shape")
	}
	return v
}

// caseRow is a case that named the component.
func (d *Door) caseRow(n names, r record.Row) ui.Row {
	row := ui.Row{Href: "/cases/" + r.ID.String(), Title: r.Title, Meta: []string{r.Number, clock.FromMicro(r.Opened).In(calendar.Zone).Format("2006-01-02"), r.Address}}
	if p, err := d.Engine.Library().Version(r.Procedure, r.ProcVersion); err == nil {
		if s := p.StateOf(r.State); s != nil {
			row.Chips = []ui.Chip{{Label: s.Name.In(n.lang), Tone: caseTone(r)}}
		}
	}
	return row
}

func caseTone(r record.Row) ui.Tone {
	switch {
	case r.End == "fixed":
		return ui.Green
	case r.Terminal:
		return ui.Plain
	}
	return ui.Blue
}

// editable are the attributes changed by hand, in the form's order; the place
// and the identifier come from surveys.
func editable(b *i18n.Bundle) []form.Field {
	states := form.Field{Name: "state", Type: form.Enum, Required: true, Label: b.Text(component.ColumnWord("state"))}
	for _, s := range component.States() {
		states.Options = append(states.Options, form.Option{Value: string(s), Label: b.Text("component.state." + string(s))})
	}
	out := []form.Field{{Name: "name", Type: form.Text, Required: true, Label: b.Text(component.ColumnWord("name"))}, states}
	for _, name := range []string{"maintainer_code", "maintainer", "owner_code", "owner", "supervisor_code", "supervisor", "address", "accuracy"} {
		out = append(out, form.Field{Name: name, Type: form.Text, Label: b.Text(component.ColumnWord(name))})
	}
	return append(out, form.Field{Name: "note", Type: form.Long, Label: b.Text(component.ColumnWord("note"))})
}

// inputs are where the answers of the form go.
func inputs(c *component.Component) map[string]*string {
	return map[string]*string{"name": &c.Name, "maintainer_code": &c.Maintainer.Code, "maintainer": &c.Maintainer.Name, "owner_code": &c.Owner.Code, "owner": &c.Owner.Name,
		"supervisor_code": &c.Supervisor.Code, "supervisor": &c.Supervisor.Name, "address": &c.Address, "accuracy": &c.Accuracy, "note": &c.Note}
}

func (d *Door) edit(w http.ResponseWriter, r *http.Request) error {
	c, err := component.Find(r.Context(), d.DB, visit.From(r.Context()).Division.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	values := map[string]any{"state": string(c.State)}
	for name, v := range inputs(&c) {
		values[name] = *v
	}
	f := form.New("component", "/components/"+c.Code+"/edit", editable(i18n.From(r.Context()).Bundle)).Fill(values, calendar.Zone)
	return httpx.Render(w, r, http.StatusOK, editPage(c, f))
}

func (d *Door) save(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	c, err := component.Find(ctx, d.DB, v.Division.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	f := form.New("component", "/components/"+c.Code+"/edit", editable(i18n.From(ctx).Bundle))
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		err = d.Components.Edit(ctx, v.Actor, c.Code, func(c *component.Component) {
			for name, at := range inputs(c) {
				*at, _ = in.Values[name].(string)
			}
			s, _ := in.Values["state"].(string)
			c.State = component.State(s)
		})
	}
	if refused(err) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, editPage(c, f.Refused(ctx, in, err)))
	} else if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "inventory.saved"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/components/"+c.Code)
}
