// Package roster keeps people on the street: joint party groups 联合党小组 with
// their members, pledges and meetings, volunteers 志愿者, who is to be where and
// when 排班, and who signed in for it 到岗.
//
// Groups, members and duty stretches 值守路段 are registers. Tables of its own
// hold what people write from day to day: volunteers, turns, signs, meetings.
// What is done on duty belongs to duties.
package roster

import (
	"context"
	"embed"

	"xiucheng/internal/ground/register"
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

// Migration holds volunteers, turns, signs and meetings.
var Migration = dbx.Migration{Name: "roster", FS: dbx.Sub(files, "migrations")}

// Room keeps the roster. It is safe for concurrent use.
type Room struct {
	db    *dbx.DB
	clk   clock.Clock
	books *dbx.Kept[*Book]
}

// New returns the room.
func New(db *dbx.DB, clk clock.Clock) *Room {
	return &Room{db, clk, dbx.NewKept(db, register.Generation, func(ctx context.Context, division id.ID) (*Book, error) { return Read(ctx, db, division) })}
}

// Book is the groups and stretches of a division as the registers say now. It
// must not be changed.
func (m *Room) Book(ctx context.Context, division id.ID) (*Book, error) {
	return m.books.Get(ctx, division)
}
