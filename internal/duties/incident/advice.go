package incident

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
)

// Advice is what the desk should know of a case before it decides.
type Advice struct {
	Hints []Hint // cases that may be the same problem, likeliest first
	Route Route
}

// Certain reports whether a machine may dispatch by it: the rules R0 to R4 name
// one department only, no border is near, and nothing strong says that the case
// is there already (service procedures §1.2, dispatch).
func (a Advice) Certain() bool {
	sure := func(r Route) bool { return r.Rule != "R5" && r.Rule != "R6" }
	return a.Route.Department != "" && sure(a.Route) && a.Route.Boundary.ZH == "" && !slices.ContainsFunc(a.Hints, Hint.Strong) &&
		!slices.ContainsFunc(a.Route.Also, func(r Route) bool { return sure(r) && r.Department != a.Route.Department })
}

// Advise looks at a case as it is; one without a place or class has no advice.
func (d *Duty) Advise(ctx context.Context, q dbx.Querier, s *engine.Snapshot, now time.Time) (a Advice, err error) {
	at, err := d.scene(ctx, engine.Asked{Q: q, Snapshot: s, Actor: people.SystemActor(s.Division), Now: now})
	if err != nil {
		return a, err
	}
	if a.Hints, err = at.hints(ctx); err != nil {
		return a, err
	}
	a.Route, err = at.route(ctx)
	return a, err
}
