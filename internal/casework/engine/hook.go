package engine

import (
	"context"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Hooks are what a duty adds to a procedure. Every part may be nil.
type Hooks struct {
	// Fact computes a declared fact when an expression first asks for it.
	// A nil value is "unknown": it refuses the step that needs it, except
	// where an empty text or list will do.
	Fact func(ctx context.Context, a Asked, name string) (any, error)
	// Choices lists what a form field with this choices name can be.
	Choices func(ctx context.Context, a Asked, name string) ([]Choice, error)
	// Do are the hooks of Step.Do, run inside the transaction. An error undoes
	// the step.
	Do map[string]func(ctx context.Context, d *Doing) error
	// Targets resolves a Tell.To the engine does not know; nil targets mean
	// that nobody is told.
	Targets func(ctx context.Context, a Asked, to string) ([]notice.Notice, error)
	// Words adds placeholders to public words and notices.
	Words func(ctx context.Context, a Asked) fault.Args
}

// Asked is the situation in which a duty is asked something.
type Asked struct {
	Q        dbx.Querier
	Snapshot *Snapshot
	Step     *procedure.Step // nil when no step is being judged
	Actor    people.Actor
	Input    procedure.Input // nil while offers are drawn
	Files    []Upload
	Now      time.Time
}

// Choice is one value a form field can take.
type Choice struct {
	Value string
	Label i18n.Text
	Hint  i18n.Text // why this one, how far, how busy
	Best  bool      // the proposal
}

// Doing is a step being applied. A hook may add to Event (links, children)
// before it is sealed and may write its own tables through Tx. Other cases are
// opened and stepped with the engine's OpenIn and ActIn.
type Doing struct {
	Tx     *dbx.Tx
	Engine *Engine
	Before *Snapshot // as the step found it; its State is "none" when it opens
	After  *Snapshot // as the step leaves it
	Step   *procedure.Step
	Actor  people.Actor
	Input  procedure.Input
	Event  *record.Body
	Now    time.Time
	// Receipt is a code that the hook gave to somebody of the case: the result
	// shows it this once.
	Receipt string
}
