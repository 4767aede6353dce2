// Package dossier runs a penalty by the ordinary procedure 普通程序: what the law
// computes of a case, the papers its steps fix, and what its page shows. How
// it goes from step to step is packs/cn-base/procedures/enf.ordinary.yaml.
//
// It owns no table. Registers, parties and papers are those of their rooms.
package dossier

import (
	"context"
	_ "embed"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/ground/calendar"
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

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Procedure is the id of the procedure.
const Procedure = "enf.ordinary"

// Deps are what the room stands on.
type Deps struct {
	DB        *dbx.DB
	Engine    func() *engine.Engine // it is made of this room's hooks
	People    *people.Service
	Places    *place.Service
	Library   *library.Service
	Papers    func() *paper.Room
	Templates func(context.Context) (*paper.Library, error)
	Pages     func(ctx context.Context, division, caseID id.ID) (int, error) // of the dossier as one file
	Settings  func(context.Context, id.ID) (*pack.Settings, error)
	Calendar  func(context.Context, id.ID, string) (*calendar.Calendar, error)
	// Operated is how many joint operations checked the party between two instants.
	Operated func(ctx context.Context, q dbx.Querier, division id.ID, party string, from, to time.Time) (int, error)
	Clock    clock.Clock
}

// Room keeps dossiers.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
