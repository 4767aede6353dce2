package component

import (
	"context"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// SaveDraft keeps an uploaded file of the actor until it is imported or
// another one is uploaded, so that what was checked is what is written. The
// actor must be an administrator; a file that cannot be read at all, or
// without a coordinate system, is Invalid.
func (s *Service) SaveDraft(ctx context.Context, actor people.Actor, f File) (plan Plan, err error) {
	defer fault.Trace(&err, "component.SaveDraft(%s)", f.Name)
	if plan, err = s.Import(ctx, actor, f, Look); err != nil {
		return plan, err
	}
	now := s.clk.Now()
	return plan, s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO component_draft (division, account, name, crs, body, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (division, account) DO UPDATE SET name = excluded.name, crs = excluded.crs, body = excluded.body, at = excluded.at`,
			actor.Division, actor.Account, f.Name, f.CRS, f.Body, clock.Micro(now))
		return err
	})
}

// ImportDraft imports the actor's kept file and lets go of it when it was
// written. Without one it is NotFound.
func (s *Service) ImportDraft(ctx context.Context, actor people.Actor, mode Mode) (plan Plan, err error) {
	defer fault.Trace(&err, "component.ImportDraft")
	f := File{Provenance: place.Real}
	err = s.db.QueryRow(ctx, `SELECT name, crs, body FROM component_draft WHERE division = $1 AND account = $2`, actor.Division, actor.Account).Scan(&f.Name, &f.CRS, &f.Body)
	if fault.Is(err, fault.NotFound) {
		return plan, fault.Missing("file")
	}
	if err != nil {
		return plan, err
	}
	if plan, err = s.Import(ctx, actor, f, mode); err != nil || !plan.Done {
		return plan, err
	}
	return plan, s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM component_draft WHERE division = $1 AND account = $2`, actor.Division, actor.Account)
		return err
	})
}
