package app

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/exhibit"
	"xiucheng/internal/duties/enforcement/goods"
	"xiucheng/internal/duties/enforcement/money"
	"xiucheng/internal/duties/enforcement/question"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/duties/enforcement/upload"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
)

// keepers are the rooms that keep something of a dossier beside its record:
// money, goods, exhibits.
type keepers struct {
	money    *money.Room
	uploads  *upload.Room
	exhibits *exhibit.Room
	goods    *goods.Room
	question *question.Room
}

func (a *App) openKeepers() {
	eng := func() *engine.Engine { return a.engine }
	a.keepers.money = money.New(money.Deps{DB: a.db, Engine: eng, People: a.people, Receipts: receipt.New(a.db, a.clk), Clock: a.clk})
	a.keepers.uploads = upload.New(upload.Deps{DB: a.db, Blobs: a.blobs, Dir: filepath.Join(a.cfg.Data, "uploads"), Roles: []string{"officer"}, Settings: a.packs.Settings, Clock: a.clk,
		Case: func(ctx context.Context, division id.ID, key string) (id.ID, error) {
			s, err := dossier.Of(ctx, a.engine, division, key)
			if err != nil {
				return id.ID{}, err
			}
			return s.ID, nil
		}})
	a.keepers.goods = goods.New(goods.Deps{DB: a.db, Engine: eng, People: a.people, Clock: a.clk})
	a.keepers.question = question.New(question.Deps{DB: a.db, Engine: eng, Photos: a.photos, Clock: a.clk})
	a.jobs.Every("sweep uploads", time.Hour, a.keepers.uploads.Sweep)
	a.keepers.exhibits = exhibit.New(exhibit.Deps{DB: a.db, Engine: eng, People: a.people, Uploads: a.keepers.uploads, Photos: a.photos,
		Press: a.papers.Press, Templates: a.paperLibrary, Clock: a.clk})
}

func (k keepers) routes() []httpx.Route {
	return slices.Concat(k.exhibits.Routes(), k.uploads.Routes(), k.question.Routes(), k.goods.Routes(), k.money.Routes())
}

// panel makes what a page shows of a case; nil for nothing.
type panel = func(context.Context, *engine.Snapshot) (templ.Component, error)

// beside lets the rooms draw below what the page of a dossier shows.
func (k keepers) beside(first panel) panel {
	return func(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
		var parts []templ.Component
		for _, draw := range []panel{first, k.question.Panel, k.exhibits.Panel, k.goods.Panel, k.money.Panel} {
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
