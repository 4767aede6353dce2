package app

import (
	"context"
	"errors"
	"os"

	"xiucheng/internal/casework/bundle"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
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

// Bundle writes the bundle of a case, named by its number or its id, into a new
// file; without a name it is called as the case. It returns the file's name.
func (a *App) Bundle(ctx context.Context, division, ref, path string, personal bool) (_ string, err error) {
	defer fault.Trace(&err, "app.Bundle(%s)", ref)
	d, err := a.pick(ctx, division)
	if err != nil {
		return "", err
	}
	caseID, err := id.Parse(ref)
	if err != nil {
		if caseID, err = record.ByNumber(ctx, a.db, d.ID, ref); err != nil {
			return "", err
		}
	}
	if path == "" {
		path = ref + ".zip"
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = a.bundles().Write(ctx, f, d, caseID, personal)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return path, err
}

func (a *App) bundles() bundle.Maker {
	return bundle.Maker{DB: a.db, Files: a.blobs, Sealer: a.sealer}
}
