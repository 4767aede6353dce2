// Package change says what a stall cluster 便民摊点群 changed around it, week by
// week before and after it opened 前后对比, beside the streets that no cluster is
// near.
//
// It owns the pages and from when to when is compared. The comparison is the room
// effect's, which incidents count the room watch's.
package change

import (
	"context"
	_ "embed"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Clusters func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Clock    clock.Clock
}

// Room compares.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Roles read what clusters changed: those who think over where they should be.
var Roles = []string{"stall_clerk", "stall_head", "street_head", "section_head", "leader", "supervisor"}
