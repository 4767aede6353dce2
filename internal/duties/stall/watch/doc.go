// Package watch is the watch of one kilometre around stall clusters: people on
// duty speak to whoever disturbs the order of the street 劝导, and what they
// wrote is counted by shop or spot. How a record goes is the procedure
// packs/cn-base/procedures/persuasion.yaml.
//
// It owns the counts and which incidents are watched. Who is on duty is the roster's to say, which stall is free
// the room permit's; its pages belong to the room street.
package watch

import (
	"context"
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the counts of persuasion.
var Migration = dbx.Migration{Name: "persuasion", FS: dbx.Sub(files, "migrations")}

// Procedure is the id of the procedure.
const Procedure = "persuasion"

// Deps are what the room stands on.
type Deps struct {
	Roster   *roster.Room
	Permits  *permit.Room
	Clusters func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
	// Grid is the grid at a place, "" outside.
	Grid func(ctx context.Context, division id.ID, p geo.Point) (string, error)
	// Violations are those that a class may be, Shops those near a place.
	Violations func(ctx context.Context, q dbx.Querier, division id.ID, class string) ([]engine.Choice, error)
	Shops      func(ctx context.Context, q dbx.Querier, division id.ID, p geo.Point) ([]engine.Choice, error)
}

// Room counts persuasion.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Hooks are what the room adds to its procedure.
func (m *Room) Hooks() map[string]engine.Hooks {
	return map[string]engine.Hooks{Procedure: {Fact: m.fact, Choices: m.choices,
		Do: map[string]func(context.Context, *engine.Doing) error{"keep": m.keep, "pass": m.pass}}}
}
