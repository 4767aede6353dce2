// Package permit runs stalls 摊位 and their vendors 摊主 by two procedures, the
// permit (packs/cn-base/procedures/stall-permit.yaml) and its points 记分
// (stall-points.yaml): who holds which stall in which hours, who waits and in
// which order, how many points are left, who was there on which day.
//
// It owns what steps and scans write beside the cases: holders, points,
// attendance and day passes. Its pages belong to the room web; where stalls lie
// and what is designated there, to the room cluster.
package permit

import (
	"context"
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds permits, points, attendance and day passes.
var Migration = dbx.Migration{Name: "stall_permit", FS: dbx.Sub(files, "migrations")}

// The procedures.
const (
	Procedure = "stall-permit"
	Points    = "stall-points"
)

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Book     func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
}

// Room keeps permits.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Hooks are what the room adds to its procedures.
func (m *Room) Hooks() map[string]engine.Hooks {
	return map[string]engine.Hooks{
		Procedure: {Fact: m.fact, Choices: m.choices, Words: m.words, Do: effects{"keep": m.keep, "swap": m.swap}},
		Points:    {Fact: m.pointFact, Words: m.pointWords, Do: effects{"keep": m.keepPoints, "bring": m.bring}},
	}
}

type effects = map[string]func(context.Context, *engine.Doing) error
