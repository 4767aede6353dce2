package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/enforcement/board"
	"xiucheng/internal/duties/enforcement/openness"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/platform/httpx"
	"xiucheng/packs"
)

// oversight are the rooms that look at enforcement from outside its files.
type oversight struct {
	reviews  *review.Room
	openness *openness.Room
	board    *board.Room
}

// oversee makes them.
func (a *App) oversee() error {
	dir, err := packs.FS("cn-base")
	if err != nil {
		return err
	}
	schemes, err := review.Load(dir)
	if err != nil {
		return err
	}
	now := func() *engine.Engine { return a.engine }
	a.over.openness = openness.New(openness.Deps{DB: a.db, Engine: now, Papers: func() *paper.Room { return a.papers }, Clock: a.clk, BaseURL: a.cfg.BaseURL})
	a.over.reviews = review.New(review.Deps{DB: a.db, Engine: now, People: a.people, Library: a.library, Templates: a.paperLibrary, Schemes: schemes, Clock: a.clk})
	a.over.board = board.New(board.Deps{DB: a.db, Engine: now, People: a.people, Reviews: a.over.reviews, Clock: a.clk})
	a.jobs.Every("supervise dossiers", signalTick, a.signal)
	return nil
}

// hooks are what the rooms add to procedures that have their papers already.
func (o oversight) hooks(out map[string]engine.Hooks) {
	maps.Copy(out, o.openness.Hooks(out))
	maps.Copy(out, o.reviews.Hooks(out[review.Procedure].Do))
	out[board.Meeting] = o.board.Hooks(out[board.Meeting])
}

func (o oversight) routes() []httpx.Route {
	return slices.Concat(o.reviews.Routes(), o.openness.Routes(), o.board.Routes())
}

// signalTick is how late a missed time limit may be noticed by supervision.
const signalTick = 10 * time.Minute

// signal opens a supervision for time limits of law that were missed.
func (a *App) signal(ctx context.Context) error {
	if a.telling.Load() {
		return nil
	}
	return a.everywhere(ctx, a.over.board.Signal)
}
