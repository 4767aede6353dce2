// Package engine runs cases: it opens them, takes steps, offers what can be
// done next with the reason why not, and lets clocks act.
//
// A step is planned outside the writer (load, authorise, judge guards, keep
// files, compute effects, seal the event) and applied inside it as a few
// versioned writes. A refused step changes nothing. Order of judgement:
// authorised, not stale, state, separation, guards, form; the first failure is
// the refusal, its sentence and article come from the procedure.
//
// It owns no table and knows no duty: what only a duty can know (facts,
// choices, further writes) comes in through Hooks.
package engine

import (
	"context"
	_ "embed"
	"log/slog"
	"sync/atomic"

	"xiucheng/internal/casework/library"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

// Config is what the engine stands on.
type Config struct {
	DB        *dbx.DB
	Clock     clock.Clock
	Blobs     *blob.Store
	Directory func(ctx context.Context, division id.ID) (*people.Directory, error)
	Calendar  func(ctx context.Context, division id.ID, name string) (*calendar.Calendar, error)
	Settings  func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Wake      func()            // after a commit, so that the relay looks at once; may be nil
	Refused   func(code string) // after a request was refused, which leaves no event; may be nil
	Log       *slog.Logger
	FileLimit int64 // bytes of one file; 0 is 20 MB
}

// Engine runs cases. It is safe for concurrent use.
type Engine struct {
	Config
	library atomic.Pointer[library.Library]
	hooks   map[string]Hooks
}

const fileLimit = 20 << 20

// New returns an engine with hooks by procedure id. Use gives it procedures.
func New(c Config, hooks map[string]Hooks) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Refused == nil {
		c.Refused = func(string) {}
	}
	if c.FileLimit == 0 {
		c.FileLimit = fileLimit
	}
	e := &Engine{Config: c, hooks: hooks}
	e.library.Store(&library.Library{})
	return e
}

// Use makes a library the one in force, also while the engine runs.
func (e *Engine) Use(l *library.Library) { e.library.Store(l) }

// Library is the one in force.
func (e *Engine) Library() *library.Library { return e.library.Load() }
