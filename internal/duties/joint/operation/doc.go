// Package operation runs joint operations 联合执法: which unit holds which power,
// how often a business may still be checked, who comes and with what certificate,
// what was found, where it went, and the figures of the report. How that goes is
// the procedure packs/cn-base/procedures/joint-operation.yaml.
//
// It owns the register of the units' powers. The power list of enforcement says
// what this bureau may penalise; here stands what the police, market regulation
// and the others who come along may do, of which that list knows nothing. What a
// finding becomes (an incident, a lead) belongs to other duties: the procedure
// opens it.
package operation

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Procedure is the id of the procedure.
const Procedure = "joint-operation"

// Spot is the procedure of a penalty on the spot, begun on its own page and
// linked to the operation as a part of it.
const (
	Spot   = "enf.simple"
	partOf = "part_of"
)

// Deps are what the room stands on. What it is told of enforcement comes through
// functions: duties do not know each other.
type Deps struct {
	DB        *dbx.DB
	Engine    func() *engine.Engine // it is made of this room's hooks
	Directory func(ctx context.Context, division id.ID) (*people.Directory, error)
	Settings  func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Clock     clock.Clock
	// Inspected is how many inspections entered the business with the credit code
	// between two instants, outside joint operations.
	Inspected func(ctx context.Context, q dbx.Querier, division id.ID, code string, from, to time.Time) (int, error)
	// Violations names the violations of the law library.
	Violations func(ctx context.Context, division id.ID) (map[string]i18n.Text, error)
}

// Room runs operations.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
