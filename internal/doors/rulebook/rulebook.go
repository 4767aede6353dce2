package rulebook

import (
	"net/http"

	"xiucheng/internal/casework/drawing"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/visit"
)

// Door serves the pages.
type Door struct {
	engine *engine.Engine
	people *people.Service
}

// New returns the door.
func New(e *engine.Engine, p *people.Service) *Door { return &Door{e, p} }

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	only := httpx.Only(people.Admin)
	return []httpx.Route{
		{Method: "GET", Pattern: "/admin/procedures", Access: only, Handler: d.list, Name: "rulebook.list"},
		{Method: "GET", Pattern: "/admin/procedures/{id}", Access: only, Handler: d.one, Name: "rulebook.one"},
		{Method: "GET", Pattern: "/admin/procedures/{id}/drawing.svg", Access: only, Handler: d.picture, Name: "rulebook.picture"},
	}
}

func page(title string) layout.Page { return layout.Page{Title: title, Active: "admin"} }

func (d *Door) list(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, listPage(d.engine.Library().All()))
}

// read is the procedure of the address, newest version, and the visitor's language.
func (d *Door) read(r *http.Request) (*procedure.Procedure, drawing.Speech, error) {
	p, err := d.engine.Library().Latest(r.PathValue("id"))
	if err != nil {
		return nil, drawing.Speech{}, err
	}
	dir, err := d.people.Directory(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return nil, drawing.Speech{}, err
	}
	say := i18n.From(r.Context())
	return p, drawing.Speech{Lang: say.Lang, Words: say.Bundle, Roles: dir.Roles()}, nil
}

func (d *Door) one(w http.ResponseWriter, r *http.Request) error {
	p, s, err := d.read(r)
	if err != nil {
		return err
	}
	set, err := d.engine.Settings(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, procedurePage(viewOf(p, s, set)))
}

func (d *Door) picture(w http.ResponseWriter, r *http.Request) error {
	p, s, err := d.read(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="`+p.ID+`.svg"`)
	_, _ = w.Write([]byte(drawing.Draw(p, s))) // the visitor may have left
	return nil
}
