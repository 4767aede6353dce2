package app

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/money"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/platform/httpx"
)

// keepers are the rooms that keep something of a dossier beside its record:
// money, goods, exhibits.
type keepers struct {
	money *money.Room
}

func (a *App) openKeepers() {
	eng := func() *engine.Engine { return a.engine }
	a.keepers.money = money.New(money.Deps{DB: a.db, Engine: eng, People: a.people, Receipts: receipt.New(a.db, a.clk), Clock: a.clk})
}

func (k keepers) routes() []httpx.Route { return slices.Concat(k.money.Routes()) }

// panel makes what a page shows of a case; nil for nothing.
type panel = func(context.Context, *engine.Snapshot) (templ.Component, error)

// beside lets the rooms draw below what the page of a dossier shows.
func (k keepers) beside(first panel) panel {
	return func(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
		var parts []templ.Component
		for _, draw := range []panel{first, k.money.Panel} {
			c, err := draw(ctx, s)
			if err != nil {
				return nil, err
			}
			if c != nil {
				parts = append(parts, c)
			}
		}
		return templ.Join(parts...), nil
	}
}
