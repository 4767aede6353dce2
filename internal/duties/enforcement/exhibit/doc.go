// Package exhibit keeps what is known of each piece of evidence 证据 of a dossier:
// which of the eight kinds it is (PL 46), where it came from, what it proves,
// whether it is an original, whether it was admitted, and the chain of custody:
// who took, holds, moved, sent away and returned it, when and why. It also keeps
// the lists of recordings 执法记录 of body cameras, linked by digest to the acts
// they show.
//
// It owns these rows. Files lie in blob and come in through steps of the case, so
// that their digests stand in its record; every movement is a line there, too.
package exhibit

import (
	"context"
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/enforcement/upload"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "enforcement_exhibit", FS: dbx.Sub(files, "migrations")}

// Deps are what the room stands on.
type Deps struct {
	DB        *dbx.DB
	Engine    func() *engine.Engine
	People    *people.Service
	Uploads   *upload.Room
	Photos    *stepform.Desk
	Press     *pdf.Press
	Templates func(context.Context) (*paper.Library, error)
	Clock     clock.Clock
}

// Room keeps exhibits.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
