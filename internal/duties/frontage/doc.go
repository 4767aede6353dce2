// Package frontage runs 门前五包: the pledge a shop signs for the pavement before
// its door, the inspections that score it, and the red and black lists.
//
// It owns the five duties as data, what the procedures compute (overlapping
// stretches, how often a shop may be checked, when the condition of a list
// holds) and one row for each case, kept by the steps, from which shops, boards
// and lists are read. The shops themselves are a register of the ground.
package frontage

import (
	"context"
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// The procedures.
const (
	Pledge     = "frontage-pledge"
	Inspection = "frontage-inspection"
	Listing    = "frontage-list"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the table of cases by shop.
var Migration = dbx.Migration{Name: "frontage", FS: dbx.Sub(files, "migrations")}

// Deps are what the room stands on.
type Deps struct {
	DB        *dbx.DB
	Engine    func() *engine.Engine
	Places    *place.Service
	Registers *register.Service
	Settings  func(context.Context, id.ID) (*pack.Settings, error)
	Clock     clock.Clock
	// Templates are those of the papers; the pledge at the door is one.
	Templates func(context.Context) (*paper.Library, error)
	// InForce reports whether a violation of the law library has a rule in force
	// on the day, Violations lists what a lead can be about.
	InForce    func(ctx context.Context, division id.ID, violation string, on calendar.Date) (bool, error)
	Violations func(ctx context.Context, division id.ID) ([]engine.Choice, error)
}

// Room is the duty.
type Room struct {
	Deps
	shops *dbx.Kept[[]shop.Shop] // of each division, as long as its registers stay
	cases *dbx.Kept[[]Entry]     // and those of its boards, until a step is taken
}

// New returns the room.
func New(d Deps) *Room {
	m := &Room{Deps: d}
	m.shops = dbx.NewKept(d.DB, register.Generation, func(ctx context.Context, division id.ID) ([]shop.Shop, error) {
		return shop.All(ctx, m.DB, division)
	})
	m.cases = dbx.NewKept(d.DB, generation, func(ctx context.Context, division id.ID) ([]Entry, error) {
		return remembered(ctx, m.DB, division, m.Clock.Now())
	})
	return m
}
