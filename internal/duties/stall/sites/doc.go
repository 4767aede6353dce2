// Package sites is where the next stall clusters 便民摊点群 are thought over:
// candidates that officers found, scenarios that were calculated and kept, two of
// them side by side, and the decision, which is a person's.
//
// It owns candidates, scenarios and their pages. The calculation is the room
// siting's; residents and clusters are the room cluster's.
package sites

import (
	"context"
	"embed"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds candidates and scenarios.
var Migration = dbx.Migration{Name: "stall_sites", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	People   *people.Service
	Places   *place.Service
	Clusters func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Clock    clock.Clock
}

// Room keeps candidates and scenarios and shows them.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Roles read the scenarios; planners find candidates and calculate, deciders
// decide.
var (
	Roles    = []string{"stall_clerk", "stall_head", "street_head", "section_head", "leader", "supervisor"}
	planners = []string{"stall_clerk", "stall_head", "street_head", "section_head"}
	deciders = []string{"stall_head", "section_head", "leader"}
)
