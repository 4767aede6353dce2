// Package board is what supervisors of enforcement see at once: time limits that
// were missed or soon will be, what became of them, spot checks drawn by a seed,
// the instruments under way; and the analysis meeting 问题分析会, whose agenda and
// effect are counted from the timelines.
//
// Units stand in the order of their codes. Nothing here counts or ranks fines
// (PL 74 para 3).
package board

import (
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// The procedures that the room looks at or serves.
const (
	Meeting  = "enf.meeting"
	Ordinary = "enf.ordinary"
)

// Roles are those that see the board.
var Roles = review.Overseers

// Deps are what the room stands on.
type Deps struct {
	DB      *dbx.DB
	Engine  func() *engine.Engine // it is made of this room's hooks
	People  *people.Service
	Reviews *review.Room
	Clock   clock.Clock
}

// Room serves the board.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
