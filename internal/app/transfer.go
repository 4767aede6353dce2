package app

import (
	"context"
	"path/filepath"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
)

// ImportRequests brings the cases of another system's file into a division.
// Without a name for the file of what is set aside it lies in the data folder.
func (a *App) ImportRequests(ctx context.Context, division, file, rejects string, m *history.Mapping, into *geo.Box, tell func(history.Progress)) (p history.Progress, kept string, err error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return p, "", err
	}
	if rejects == "" {
		rejects = filepath.Join(a.cfg.Data, "imports", filepath.Base(file)+".rejects.csv")
	}
	im := history.Import{DB: a.db, Division: d.ID, Now: a.clk.Now(), Mapping: m, File: file, Rejects: rejects, Relocate: into, OnProgress: tell}
	if im.Procedure, err = a.engine.Library().Latest(incident.Procedure); err != nil {
		return p, "", err
	}
	if im.Places, err = a.places.Map(ctx, d.ID); err != nil {
		return p, "", err
	}
	if im.Catalogue, err = a.catalogues.Catalogue(ctx, d.ID); err != nil {
		return p, "", err
	}
	if im.Directory, err = a.people.Directory(ctx, d.ID); err != nil {
		return p, "", err
	}
	set, err := a.packs.Settings(ctx, d.ID)
	if err != nil {
		return p, "", err
	}
	if set.Text("chain.digest") == record.SM3 {
		im.Digest = record.SM3
	}
	for i, name := range []string{"desk", "dept"} {
		if im.Calendars[i], err = a.calendars.Calendar(ctx, d.ID, name); err != nil {
			return p, "", err
		}
	}
	p, err = im.Run(ctx)
	return p, rejects, err
}

// ContinueNumbers makes a procedure's numbers go on from n in a period (a day
// as 20261123 or a year as 2026, as the number's shape begins anew). A series
// never goes back: with a number that is already given it is an Invalid fault.
func (a *App) ContinueNumbers(ctx context.Context, division, procedure, period string, n int64) error {
	d, err := a.pick(ctx, division)
	if err != nil {
		return err
	}
	if _, err := a.engine.Library().Latest(procedure); err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *dbx.Tx) error { return record.ContinueNumbers(ctx, tx, d.ID, procedure, period, n) })
}
