// Package openness shows the public what enforcement publishes: penalty
// decisions 行政处罚公示 and cases told as precedents 以案释法, masked, as long as
// they stand. What is published is fixed by the step that publishes it and gone
// with the step that withdraws it, in the same transaction.
//
// It ranks nobody: its figures are of matters and months, never of persons,
// units or sums (PL 74 para 3).
package openness

import (
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds what was published.
var Migration = dbx.Migration{Name: "enforcement_publication", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB     *dbx.DB
	Engine func() *engine.Engine // it is made of this room's hooks
	Papers func() *paper.Room
	Clock  clock.Clock
	// BaseURL is the program's address in the feed; "" takes the request's.
	BaseURL string
}

// Room keeps publications.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
