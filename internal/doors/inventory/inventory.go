package inventory

import (
	"net/http"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/visit"
)

// Deps are the rooms whose pages these are.
type Deps struct {
	DB         *dbx.DB
	Components *component.Service
	Catalogues *catalogue.Service
	Places     *place.Service
	Engine     *engine.Engine
	Clock      clock.Clock
}

// Door serves the pages.
type Door struct{ Deps }

// New returns the door.
func New(d Deps) *Door { return &Door{Deps: d} }

// maxUpload is the largest register a page takes; larger ones are for the
// command line.
const maxUpload = 64 << 20

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	open, staff, admin := httpx.Public(), httpx.SignedIn(), httpx.Only(people.Admin)
	look := httpx.Rate{Every: time.Second, Burst: 120} // a map that is moved asks often
	slow := 10 * time.Minute
	return []httpx.Route{
		{Method: "GET", Pattern: "/components", Access: staff, Handler: d.list, Name: "inventory.list"},
		{Method: "GET", Pattern: "/components/map.json", Access: staff, Handler: d.points, Name: "inventory.map"},
		{Method: "GET", Pattern: "/components/export", Access: staff, Handler: d.export, Name: "inventory.export", Timeout: slow, Plain: true},
		{Method: "GET", Pattern: "/components/near", Access: open, Handler: d.near, Name: "inventory.near", Rate: look},
		{Method: "GET", Pattern: "/components/near.json", Access: open, Handler: d.pickable, Name: "inventory.pickable", Rate: look},
		{Method: "GET", Pattern: "/components/pairs", Access: staff, Handler: d.pairs, Name: "inventory.pairs"},
		{Method: "POST", Pattern: "/components/pairs", Access: admin, Handler: d.answer, Name: "inventory.answer"},
		{Method: "GET", Pattern: "/components/import", Access: admin, Handler: d.upload, Name: "inventory.import"},
		{Method: "POST", Pattern: "/components/import", Access: admin, Handler: d.check, Name: "inventory.check", MaxBody: maxUpload, Timeout: slow},
		{Method: "POST", Pattern: "/components/import/apply", Access: admin, Handler: d.apply, Name: "inventory.apply", Timeout: slow},
		{Method: "GET", Pattern: "/components/{code}", Access: staff, Handler: d.one, Name: "inventory.one"},
		{Method: "GET", Pattern: "/components/{code}/shape.json", Access: staff, Handler: d.shape, Name: "inventory.shape"},
		{Method: "GET", Pattern: "/components/{code}/edit", Access: admin, Handler: d.edit, Name: "inventory.edit"},
		{Method: "POST", Pattern: "/components/{code}/edit", Access: admin, Handler: d.save, Name: "inventory.save"},
	}
}

// page is what every page of this room has in common.
func page(title string) layout.Page {
	return layout.Page{Title: title, Active: "components", Scripts: []string{"map.js"}}
}

// refused reports whether err is something the form can show.
func refused(err error) bool {
	f := fault.As(err)
	return f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// names says classes in the visitor's language.
type names struct {
	cat     *catalogue.Catalogue
	lang    i18n.Lang
	classes map[string]i18n.Text // of components, by code
}

func (d *Door) names(r *http.Request) (n names, err error) {
	n.lang = i18n.LangOf(r.Context())
	n.cat, err = d.Catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return n, err
	}
	n.classes = map[string]i18n.Text{}
	for _, x := range n.cat.Classes(catalogue.Component, time.Time{}) {
		n.classes[x.Code] = x.Name
	}
	return n, nil
}

// class is the name of a component's class, its code where the catalogue has
// none.
func (n names) class(code string) string {
	if name, ok := n.classes[code]; ok {
		return name.In(n.lang)
	}
	return code
}
