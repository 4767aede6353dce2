package app

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/duty"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
)

// onStreet are the rooms of people on duty around stall clusters.
type onStreet struct {
	roster *roster.Room
	tracks *track.Store
	watch  *watch.Room
}

func (a *App) openStreet() {
	a.street.roster = roster.New(a.db, a.clk)
	a.street.tracks = track.Open(filepath.Join(a.cfg.Data, "tracks"), calendar.Zone)
	a.street.watch = watch.New(watch.Deps{Roster: a.street.roster, Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings,
		Grid: a.gridAt, Violations: a.violations,
		Shops: func(context.Context, dbx.Querier, id.ID, geo.Point) ([]engine.Choice, error) { return nil, nil }})
	a.jobs.Every("forgotten sign-outs", time.Minute, func(ctx context.Context) error { return a.everywhere(ctx, a.street.roster.Close) })
	a.jobs.Every("old tracks", 12*time.Hour, a.forgetTracks)
}

func (a *App) gridAt(ctx context.Context, division id.ID, p geo.Point) (string, error) {
	m, err := a.places.Map(ctx, division)
	if err != nil {
		return "", err
	}
	return m.Locate(p, a.clk.Now()).Grid, nil
}

// violations are those of the law library, the ones that the class is found by
// first.
func (a *App) violations(ctx context.Context, _ dbx.Querier, division id.ID, class string) (out []engine.Choice, err error) {
	lib, err := a.library.Library(ctx, division)
	if err != nil {
		return nil, err
	}
	for _, v := range lib.Violations() {
		out = append(out, engine.Choice{Value: v.Code, Label: v.Name, Best: slices.Contains(v.Classes, class)})
	}
	slices.SortStableFunc(out, func(x, y engine.Choice) int {
		switch {
		case x.Best == y.Best:
			return 0
		case x.Best:
			return -1
		}
		return 1
	})
	return out, nil
}

// forgetTracks deletes the days of tracks that no division keeps any longer: a
// day's file holds nothing else.
func (a *App) forgetTracks(ctx context.Context) error {
	keep := 0
	err := a.everywhere(ctx, func(ctx context.Context, division id.ID) error {
		set, err := a.packs.Settings(ctx, division)
		if err == nil {
			keep = max(keep, set.Int("watch.keep_days"))
		}
		return err
	})
	if err != nil || keep == 0 {
		return err
	}
	_, err = a.street.tracks.Forget(a.clk.Now().AddDate(0, 0, -keep))
	return err
}

func (s onStreet) routes(a *App) []httpx.Route {
	return duty.New(duty.Deps{DB: a.db, Engine: a.engine, People: a.people, Roster: s.roster, Tracks: s.tracks, Watch: s.watch,
		Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings, Photos: a.photos, Places: a.places, Press: a.papers.Press, Clock: a.clk}).Routes()
}
