package app

import (
	"context"

	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/fault"
)

// seal brings the sealed log of every division up to date.
func (a *App) seal(ctx context.Context) error {
	list, err := a.people.Divisions(ctx)
	for i := 0; err == nil && i < len(list); i++ {
		err = a.sealer.Pass(ctx, list[i])
	}
	return err
}

// CheckSeals looks at the sealed log of every division.
func (a *App) CheckSeals(ctx context.Context) (all seal.Report, err error) {
	defer fault.Trace(&err, "app.CheckSeals")
	list, err := a.people.Divisions(ctx)
	for i := 0; err == nil && i < len(list); i++ {
		var r seal.Report
		r, err = a.sealer.Check(ctx, list[i])
		all.Leaves, all.Checkpoints, all.Waiting = all.Leaves+r.Leaves, all.Checkpoints+r.Checkpoints, all.Waiting+r.Waiting
		all.Findings = append(all.Findings, r.Findings...)
	}
	return all, err
}

// SealKeys lists the public keys of a division's log, the one in use last.
func (a *App) SealKeys(ctx context.Context, division string) ([]seal.Key, error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return nil, err
	}
	return seal.Keys(ctx, a.db, d.ID)
}

// RotateSeal makes a new key for a division's log.
func (a *App) RotateSeal(ctx context.Context, division string) error {
	d, err := a.pick(ctx, division)
	if err != nil {
		return err
	}
	return a.sealer.Rotate(ctx, d)
}
