package app

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/duty"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// onStreet are the rooms of people on duty around stall clusters.
type onStreet struct {
	roster *roster.Room
	tracks *track.Store
	watch  *watch.Room
	pages  *duty.Room
}

func (a *App) openStreet() {
	a.onStreet.roster = roster.New(a.db, a.clk)
	a.onStreet.tracks = track.Open(tracks(a.cfg.Data), calendar.Zone)
	a.onStreet.watch = watch.New(watch.Deps{Roster: a.onStreet.roster, Permits: a.stalls.permits, Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings,
		Grid: a.gridAt, Violations: a.violationsOf, Shops: doorsAt})
	a.jobs.Every("forgotten sign-outs", time.Minute, func(ctx context.Context) error { return a.everywhere(ctx, a.onStreet.roster.Close) })
	a.jobs.Every("old tracks", 12*time.Hour, a.forgetTracks)
}

// doorsAt are the shops that somebody on the pavement may stand before.
func doorsAt(ctx context.Context, q dbx.Querier, division id.ID, p geo.Point) (out []engine.Choice, err error) {
	list, err := shop.Around(ctx, q, division, p, doorReach)
	for _, s := range list {
		out = append(out, engine.Choice{Value: s.Code, Label: i18n.Text{ZH: s.Name, EN: s.Name}})
	}
	return out, err
}

// doorReach is how far a shop may be whose door somebody stands at, in metres.
const doorReach = 60

func (a *App) gridAt(ctx context.Context, division id.ID, p geo.Point) (string, error) {
	m, err := a.places.Map(ctx, division)
	if err != nil {
		return "", err
	}
	return m.Locate(p, a.clk.Now()).Grid, nil
}

// violationsOf are those of the law library, the ones that the class is found by
// first.
func (a *App) violationsOf(ctx context.Context, _ dbx.Querier, division id.ID, class string) (out []engine.Choice, err error) {
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
	_, err = a.onStreet.tracks.Forget(a.clk.Now().AddDate(0, 0, -keep))
	return err
}

// layTick is how often what was tracked since is laid over the streets: one of
// them is at night, when yesterday is complete.
const layTick = 6 * time.Hour

// openWatch makes the pages of people on duty.
func (a *App) openWatch() {
	a.onStreet.pages = duty.New(duty.Deps{DB: a.db, Engine: a.engine, People: a.people, Roster: a.onStreet.roster, Tracks: a.onStreet.tracks, Watch: a.onStreet.watch, Changes: a.stalls.changes,
		Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings, Photos: a.photos, Places: a.places, Press: a.papers.Press, Clock: a.clk})
	a.jobs.Every("tracks over streets", layTick, func(ctx context.Context) error { return a.everywhere(ctx, a.onStreet.pages.Lay) })
}
