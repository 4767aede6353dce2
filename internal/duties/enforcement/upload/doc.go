// Package upload takes in big files of a case over bad networks: the core of tus
// 1.0 with creation and termination (https://tus.io/protocols/resumable-upload).
// A cut upload goes on where it stopped; a finished one is hashed and waits to be
// taken over as evidence; what nobody goes on with or takes is swept after a day.
//
// It owns the parts in its folder and what is known of them. Bytes that became
// evidence lie in blob; what they mean is said by the rooms that take them.
package upload

import (
	"context"
	"embed"
	"sync"

	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/blob"
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

// Migration makes the table of this room.
var Migration = dbx.Migration{Name: "enforcement_upload", FS: dbx.Sub(files, "migrations")}

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Blobs    *blob.Store
	Dir      string // of the parts; it is made when it is first needed
	Roles    []string
	Settings func(context.Context, id.ID) (*pack.Settings, error)
	// Case refuses a case that is none of enforcement.
	Case  func(ctx context.Context, division id.ID, key string) (id.ID, error)
	Clock clock.Clock
}

// Room takes uploads in.
type Room struct {
	Deps
	busy sync.Map // id of an upload that is being written
}

// New returns the room.
func New(d Deps) *Room { return &Room{Deps: d} }
