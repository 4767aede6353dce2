// Package visit is who is looking at the page: the actor, the session and the
// division, put into the request by the gate and read by every handler.
package visit

import (
	"context"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/session"
)

// Visit is one request's visitor.
type Visit struct {
	Actor    people.Actor // a citizen without a receipt on public pages
	Session  *session.Session
	Division people.Division
	// MustChange asks for a new password before anything else.
	MustChange bool
	IP         string
}

// SignedIn reports whether a member of staff is looking.
func (v *Visit) SignedIn() bool { return v.Session != nil }

type key struct{}

// With puts the visit into the context.
func With(ctx context.Context, v *Visit) context.Context { return context.WithValue(ctx, key{}, v) }

// From returns the request's visit; outside a gate, an anonymous one.
func From(ctx context.Context) *Visit {
	if v, ok := ctx.Value(key{}).(*Visit); ok {
		return v
	}
	return &Visit{}
}
