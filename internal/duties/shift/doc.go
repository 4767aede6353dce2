// Package shift hands a desk over from one shift to the next 交接班: the list of
// what is open there, frozen in the record when the outgoing person signs, and
// what became of it since. How that goes is the procedure
// packs/cn-base/procedures/shift-handover.yaml.
//
// It owns the list, the page of handovers and what the page of one handover
// shows beside every case's. The cases on the list belong to other duties.
package shift

import (
	"context"
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Procedure is the id of the procedure.
const Procedure = "shift-handover"

// Deps are what the room stands on.
type Deps struct {
	DB     *dbx.DB
	Engine func() *engine.Engine // it is made of this room's hooks
	People *people.Service
	Clock  clock.Clock
	// Watching are the open cases that an actor watches.
	Watching func(ctx context.Context, actor people.Actor) ([]record.Row, error)
}

// Room hands desks over.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// A Desk is a post that is kept in shifts, by people of several roles. Axis is
// the side of the wall over whose times it watches.
type Desk struct {
	ID    string
	Roles []string
	Axis  procedure.Axis
}

// Desks in the order in which they are shown.
var Desks = []Desk{
	{"supervision", []string{"acceptor", "shift_leader"}, procedure.Supervision},
	{"command", []string{"dispatcher"}, procedure.Command},
}

// Roles are those that hand over or read handovers.
var Roles = []string{"acceptor", "shift_leader", "dispatcher", "supervisor", "leader"}
