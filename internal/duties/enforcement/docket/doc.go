// Package docket is the way to dossiers 案卷: the page on which a case of
// enforcement is begun, from a lead on the street, from another case or at the
// desk, and the lists in which dossiers are found by stage, unit, officer and
// time left. The dossier itself has the page of every case.
package docket

import (
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB      *dbx.DB
	Engine  *engine.Engine
	People  *people.Service
	Places  *place.Service
	Library *library.Service
	Photos  *stepform.Desk
	Clock   clock.Clock
	BaseURL string // of the program, for codes that phones read; "" takes the request's
	// Reads reports whether an actor may open a case of another duty.
	Reads func(people.Actor, record.Row) bool
}

// Room serves the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// maxBody is what a form with its photos may weigh.
const maxBody = 9*photo.MaxBytes + 1<<20

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read := httpx.Only(people.Dossiers...)
	return append([]httpx.Route{
		{Method: "GET", Pattern: "/enforcement/leads/new", Access: read, Handler: m.ask, Name: "enf.new"},
		{Method: "POST", Pattern: "/enforcement/leads/new", Access: read, Handler: m.open, Name: "enf.new.send", MaxBody: maxBody, Timeout: slow},
		{Method: "GET", Pattern: "/enforcement/dossiers", Access: read, Handler: m.list, Name: "enf.dossiers"},
		{Method: "GET", Pattern: "/enforcement/dossiers/print", Access: read, Handler: m.print, Name: "enf.dossiers.print"},
		{Method: "GET", Pattern: "/enforcement/enter/{party}", Access: httpx.Only(people.Enforcers...), Handler: m.enter, Name: "enf.enter"},
		{Method: "GET", Pattern: "/enforcement/parties/{id}/code", Access: httpx.Only(party.Roles...), Handler: m.code, Name: "enf.party.code"},
	}, sheet.Routes("/enforcement/dossiers/table", "enf.dossiers.file", read, m.sheet)...)
}
