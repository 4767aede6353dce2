package inventory

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// listView is the list with its filter.
type listView struct {
	Filter  component.Filter
	Classes []catalogue.Class // those of the catalogue, for the filter
	Lines   []line
	Pager   ui.Pager
	Pairs   int
	Admin   bool
	Map     mapview.Map
}

// line is one component of a list.
type line struct {
	component.Component
	ClassName string
}

// shownInList is how many components a page shows.
const shownInList = 30

// asked is the filter that an address names.
func asked(q url.Values) component.Filter {
	return component.Filter{Text: q.Get("q"), Class: q.Get("class"), State: component.State(q.Get("state")), Grid: q.Get("grid"), After: q.Get("after")}
}

// query is the filter as an address, without its place in the list.
func query(f component.Filter) url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"q": f.Text, "class": f.Class, "state": string(f.State), "grid": f.Grid} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (d *Door) list(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	n, err := d.names(r)
	if err != nil {
		return err
	}
	f := asked(r.URL.Query())
	f.Limit = shownInList
	list, next, err := component.List(ctx, d.DB, v.Division.ID, f)
	if err != nil {
		return err
	}
	total, err := component.Count(ctx, d.DB, v.Division.ID, f)
	if err != nil {
		return err
	}
	out := listView{Filter: f, Classes: n.cat.Classes(catalogue.Component, d.Clock.Now()), Admin: v.Actor.Has(people.Admin),
		Pager: ui.Pager{Shown: len(list), Total: strconv.Itoa(total)},
		Map:   mapview.Map{ID: "map", Base: "/map/base.json", Points: address("/components/map.json", query(f)), Label: i18n.T(ctx, "inventory.map"), Legend: legend(r)}}
	if _, out.Pairs, err = component.OpenPairs(ctx, d.DB, v.Division.ID, 0); err != nil {
		return err
	}
	for _, c := range list {
		out.Lines = append(out.Lines, line{c, n.class(c.Class())})
	}
	if f.After != "" {
		out.Pager.First = address("/components", query(f))
	}
	if next != "" {
		q := query(f)
		q.Set("after", next)
		out.Pager.Next = address("/components", q)
	}
	return httpx.Render(w, r, http.StatusOK, listPage(out))
}

// tones are the states on the map and in chips.
var tones = map[component.State]ui.Tone{component.Intact: ui.Green, component.Damaged: ui.Amber, component.Lost: ui.Red, component.Abandoned: ui.Blue}

func legend(r *http.Request) (out []mapview.Key) {
	for _, s := range component.States() {
		if s != component.Removed {
			out = append(out, mapview.Key{Label: i18n.T(r.Context(), "component.state."+string(s)), Shape: mapview.Dot, Tone: tones[s]})
		}
	}
	return out
}

// pointsMost is how many components a map draws one by one.
const pointsMost = 400

// points is the list's map: one by one where few are in view, else counted.
func (d *Door) points(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	in, zoom := mapview.Asked(r.URL.Query())
	f := asked(r.URL.Query())
	f.After = ""
	list, err := component.Inside(ctx, d.DB, division, in, f, pointsMost+1)
	if err != nil {
		return err
	}
	doc := mapview.Points{Points: []mapview.Point{}, Href: "/components/{id}"}
	if len(list) <= pointsMost {
		for _, c := range list {
			p := c.Point()
			doc.Points = append(doc.Points, mapview.Point{ID: "part-" + c.Code, Lng: p.Lng, Lat: p.Lat, Tone: tones[c.State], Label: c.Name})
		}
		return httpx.JSON(w, http.StatusOK, doc)
	}
	groups, err := component.Groups(ctx, d.DB, division, in, f, max(4, min(zoom, 24)))
	for _, g := range groups {
		doc.Groups = append(doc.Groups, mapview.Group{Lng: g.Point.Lng, Lat: g.Point.Lat, N: g.N})
	}
	if err != nil {
		return err
	}
	return httpx.JSON(w, http.StatusOK, doc)
}

// contentTypes of the formats.
var contentTypes = map[component.Format]string{component.GeoJSON: "application/geo+json", component.CSV: "text/csv; charset=utf-8",
	component.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// export gives the list as a file in a named coordinate system.
func (d *Door) export(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	q := r.URL.Query()
	kind, known := contentTypes[component.Format(q.Get("format"))]
	if !known {
		return fault.New(fault.Invalid, "component.format_bad", "name", q.Get("format"))
	}
	crs, err := geo.ParseCRS(q.Get("crs"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "component.crs_missing")
	}
	n, err := d.names(r)
	if err != nil {
		return err
	}
	name := "components-" + crs.String() + "-" + d.Clock.Now().Format(time.DateOnly) + "." + q.Get("format")
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return component.Write(w, component.Format(q.Get("format")), crs, component.All(ctx, d.DB, v.Division.ID, asked(q)), n.class)
}
