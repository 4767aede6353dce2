// Package money is what finance does for dossiers: statements of the collecting
// bank and of the non-tax system 非税 come in as files, each line is matched to
// the decision it pays, and a match takes the step of the procedure that records
// the payment. It shows what a case owes as a ledger: due, surcharge, paid,
// refunded.
//
// It owns statements, their lines and refunds. What was paid is the record of the
// case; receipts are those of their room. No figure here is ever broken down by
// officer or unit: fines may not be used for appraisal or ranking (PL 74).
package money

import (
	"embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "enforcement_money", FS: dbx.Sub(files, "migrations")}

// Finance is the post that matches, refunds and keeps receipts.
const Finance = "finance"

// Readers see the statements and receipts.
var Readers = []string{Finance, "agency_head"}

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Engine   func() *engine.Engine
	People   *people.Service
	Receipts *receipt.Service
	Clock    clock.Clock
}

// Room is the money of enforcement.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// payment is the step that records what the bank says was paid.
const payment = "exe_pay"

// payable are the procedures that have the step.
func (m *Room) payable() (out []string) {
	for _, p := range m.Engine().Library().All() {
		if p.Named(payment) != nil {
			out = append(out, p.ID)
		}
	}
	return out
}
