package dossier

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
)

// procedures are those the room serves.
var procedures = []string{"ordinary", "simple", "exempt", "correct", "measure", "substitute", "clear", "build", "remedy", "supervise", "review", "campaign", "session", "precedent",
	"meeting", "inspect", "service", "recusal", "hold"}

// papers are the templates that a step fixes by naming them in its do.
var papers = strings.Fields(`P01 P02 P03 P04 P05 P05a P06 P07 P08 P09 P10 P10a P11 P12 P13 P13a P14 P15 P16 P17 P18 P19 P19a P19b P19c P20 P21 P22 P23 P24
	P24a P25 P25a P25b P26 P27 P28 P29 P30 P31 P32 P33 P34 P35 P36 P37 P37a P38 P39 P40 P41 P42 P43 P44 P50 P51 P52 P53 P54 P55 P56 P57 P57a P58 P59 P60 P61
	P62 P63 P64 P65 P66 P67 P68 P69 P70`)

// question answers one fact of a procedure, effect is one of its do beside the
// papers. A topic with some of its own keeps them in its file and adds its map
// here.
type (
	question = func(asking) (any, error)
	effect   = func(*Room, context.Context, *engine.Doing) error
)

var (
	facts   = merged(ordinary, bound, money, inspecting, receipts, force, onSpot, discretion)
	effects = merged(outcomes, arising, upward, receiptEffects)

	// sayings are what papers say in words of their own, by template.
	sayings = merged(ownWords, ofChildren, forceWords, spotWords, remedyWords)
)

func merged[T any](topics ...map[string]T) map[string]T {
	out := map[string]T{}
	for _, t := range topics {
		maps.Copy(out, t)
	}
	return out
}

// Hooks are what the room adds to every procedure of enforcement.
func (m *Room) Hooks() map[string]engine.Hooks {
	do := map[string]func(context.Context, *engine.Doing) error{}
	for _, name := range papers {
		do[name] = func(ctx context.Context, d *engine.Doing) error { return m.fix(ctx, d, name) }
	}
	for name, f := range effects {
		do[name] = func(ctx context.Context, d *engine.Doing) error { return f(m, ctx, d) }
	}
	out := map[string]engine.Hooks{}
	for _, name := range procedures {
		out["enf."+name] = engine.Hooks{Fact: m.fact, Choices: m.choices, Do: do}
	}
	return out
}

// Panels are what the page of a case shows of each procedure of enforcement.
func (m *Room) Panels() map[string]func(context.Context, *engine.Snapshot) (templ.Component, error) {
	out := map[string]func(context.Context, *engine.Snapshot) (templ.Component, error){}
	for _, name := range procedures {
		out["enf."+name] = m.Panel
	}
	return out
}

// Mine reports whether the procedure is one of enforcement.
func Mine(procedure string) bool {
	name, ok := strings.CutPrefix(procedure, "enf.")
	return ok && slices.Contains(procedures, name)
}

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	f := facts[name]
	if f == nil {
		return nil, fmt.Errorf("dossier: no fact %q", name)
	}
	return f(asking{m, a, ctx})
}
