package openness

import (
	"context"
	"fmt"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// told are the procedures whose cases can be told.
var told = []string{"enf.ordinary", "enf.simple", "enf.exempt", "enf.build"}

// fact answers for a precedent.
func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	if name != "settled" {
		return nil, fmt.Errorf("openness: no fact %q", name)
	}
	text, _ := a.Input["case"].(string)
	key, err := id.Parse(text)
	if err != nil {
		return false, nil
	}
	s, err := m.Engine().Find(ctx, a.Snapshot.Division, key)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || !slices.Contains(told, s.Procedure) || s.State != "closed" && s.State != "archived" {
		return false, err
	}
	return settled(ctx, m, a, s)
}

// settled reports whether nothing can change the closed case any more: no remedy
// is under way, and one became final or the terms for each are over (CL 53).
// A clock that was stopped when the file was closed still says when it was due.
func settled(ctx context.Context, m *Room, a engine.Asked, s *engine.Snapshot) (bool, error) {
	below, err := record.Children(ctx, m.DB, s.Division, s.ID)
	final := false
	for _, c := range below {
		if c.Procedure == "enf.remedy" {
			if !c.Terminal {
				return false, err
			}
			final = final || c.State == "final"
		}
	}
	if final || err != nil {
		return final, err
	}
	for _, term := range []string{"recon60", "suit6m"} {
		if c := s.Clock(term); c != nil && clock.FromMicro(c.Due).After(a.Now) {
			return false, nil
		}
	}
	return true, nil
}
