// Package sketch draws what was measured on the spot 现场示意图: points, lines and
// areas over the map, or lengths taken by tape, with length and area computed here.
// A sketch is kept as GeoJSON and as a picture that becomes evidence of the case.
//
// It owns sketches. The map below them is the division's; what a sketch proves is
// said where evidence is described.
package sketch

import (
	"context"
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the table of this room.
var Migration = dbx.Migration{Name: "enforcement_sketch", FS: dbx.Sub(files, "migrations")}

// Deps are what the room stands on.
type Deps struct {
	DB     *dbx.DB
	Engine func() *engine.Engine
	Photos *stepform.Desk
	Map    func(ctx context.Context, division id.ID) (*place.Map, error)
	Clock  clock.Clock
}

// Room draws sketches.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
