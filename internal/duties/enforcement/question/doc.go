// Package question takes a questioning record 询问笔录 on a phone: questions and
// answers one below the other, beginning with the standard questions of the
// violation, read back page by page, confirmed and signed on the screen. It takes
// the same step of the case as its ordinary form: what was said becomes the text of
// that step's field qa.
//
// It owns the register of standard questions and these pages, and no table.
package question

import (
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// step of the procedure, and its field that holds what was said.
const (
	step = "inv_question"
	said = "qa"
)

// Deps are what the room stands on.
type Deps struct {
	DB     *dbx.DB
	Engine func() *engine.Engine
	Photos *stepform.Desk
	Clock  clock.Clock
}

// Room takes questionings.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
