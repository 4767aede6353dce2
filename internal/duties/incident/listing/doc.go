// Package listing is the lists of cases: what an address asks of a list, the
// bar in which staff choose it, the filters they keep under a name, the cases
// they watch, and the files of every list.
//
// It owns kept filters and watched cases. How a list looks on a page belongs to
// the pages; who may read a case to the duty; finding by words to the search.
package listing

import (
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/heat"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "listing", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the lists stand on.
type Deps struct {
	DB         *dbx.DB
	Heat       *heat.Map
	Engine     *engine.Engine
	People     *people.Service
	Catalogues *catalogue.Service
	Places     *place.Service
	Clock      clock.Clock
	Bundle     *i18n.Bundle // for what is told when nobody looks
}

// Room serves the lists.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
