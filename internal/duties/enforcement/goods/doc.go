// Package goods is the store of seized goods 涉案财物: what was held, seized,
// sampled or confiscated comes in lot by lot, lies on a shelf and goes out to its
// owner, to auction, to destruction or to another agency, always by two persons.
// What came in is at any time what went out and what is kept.
//
// It owns lots and their movements. Whether a hold still runs and what was
// confiscated is said by the cases; every movement is a line in their record, too.
package goods

import (
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "enforcement_goods", FS: dbx.Sub(files, "migrations")}

// Keepers are the posts that move goods.
var Keepers = []string{"finance", "officer", "unit_head"}

// Deps are what the room stands on.
type Deps struct {
	DB     *dbx.DB
	Engine func() *engine.Engine
	People *people.Service
	Clock  clock.Clock
}

// Room keeps the store.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
