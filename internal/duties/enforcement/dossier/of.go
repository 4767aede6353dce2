package dossier

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Of reads a case of enforcement by the text of its id, for the rooms that keep
// something of it; any other case is NotFound.
func Of(ctx context.Context, e *engine.Engine, division id.ID, key string) (*engine.Snapshot, error) {
	caseID, err := id.Parse(key)
	if err != nil {
		return nil, fault.Missing("case")
	}
	s, err := e.Find(ctx, division, caseID)
	if err == nil && !Mine(s.Procedure) {
		return nil, fault.Missing("case")
	}
	return s, err
}
