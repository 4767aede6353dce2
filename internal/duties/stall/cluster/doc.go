// Package cluster keeps the stall clusters 便民摊点群: where a cluster lies, the
// designation 公告 that makes selling there lawful (place, hours, goods), its
// numbered stalls 摊位, and what neighbours think of it.
//
// It owns the three registers, their typed reading, the public pages and the
// ratings. Who has which stall belongs to the room permit.
package cluster

import (
	"context"
	"embed"

	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the ratings of neighbours.
var Migration = dbx.Migration{Name: "stall_rating", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB    *dbx.DB
	Clock clock.Clock
	// Unit is what a department is called, by its code.
	Unit func(ctx context.Context, division id.ID, code string) i18n.Text
	// Held lists the bands in which each stall is somebody's, by its code.
	Held func(ctx context.Context, q dbx.Querier, division id.ID) (map[string][]string, error)
	// Settings are the division's.
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
}

// Room shows clusters to the public.
type Room struct {
	Deps
	books *dbx.Kept[*Book]
}

// New returns the room.
func New(d Deps) *Room {
	return &Room{d, dbx.NewKept(d.DB, register.Generation, func(ctx context.Context, division id.ID) (*Book, error) { return Read(ctx, d.DB, division) })}
}

// Book is all clusters of a division, as the registers say now. It must not be
// changed.
func (m *Room) Book(ctx context.Context, division id.ID) (*Book, error) {
	return m.books.Get(ctx, division)
}
