// Package web is where joint operations are planned, run and read: the list, the
// plan, the board of the day, a finding in three taps on a phone, the order of
// the day and the report on paper, and the public list of what was announced.
//
// It keeps nothing; what an operation is and may do belongs to operation.
package web

import (
	"context"
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Roles are those that work with operations; the handlers of a unit come along.
var Roles = []string{"officer", "unit_clerk", "unit_head", "agency_head", "leader", "supervisor", "handler"}

// Deps are what the room stands on.
type Deps struct {
	DB         *dbx.DB
	Engine     func() *engine.Engine
	Operations *operation.Room
	Directory  func(ctx context.Context, division id.ID) (*people.Directory, error)
	Places     *place.Service
	Photos     *stepform.Desk
	Press      *pdf.Press
	Clock      clock.Clock
}

// Room serves the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
