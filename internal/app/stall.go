package app

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/change"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/sites"
	stallweb "xiucheng/internal/duties/stall/web"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// stalls are the rooms of stall clusters and their vendors.
type stalls struct {
	clusters *cluster.Room
	permits  *permit.Room
	web      *stallweb.Room
	sites    *sites.Room
	changes  *change.Room
}

func (a *App) openStalls() {
	a.stalls.clusters = cluster.New(cluster.Deps{DB: a.db, Clock: a.clk, Held: permit.Held, Unit: a.unit, Settings: a.packs.Settings})
	a.stalls.permits = permit.New(permit.Deps{DB: a.db, Book: a.stalls.clusters.Book, Settings: a.packs.Settings})
	a.stalls.web = stallweb.New(stallweb.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, People: a.people, Permits: a.stalls.permits, Clusters: a.stalls.clusters, Settings: a.packs.Settings, Book: a.stalls.clusters.Book,
		Photos: a.photos, Press: a.papers.Press, Clock: a.clk, Doors: street(), BaseURL: a.cfg.BaseURL})
	a.jobs.Every("offers of stalls", 10*time.Minute, func(ctx context.Context) error { return a.everywhere(ctx, a.stalls.web.OfferList) })
	a.stalls.sites = sites.New(sites.Deps{DB: a.db, People: a.people, Places: a.places, Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings, Clock: a.clk})
	a.stalls.changes = change.New(change.Deps{DB: a.db, Clusters: a.stalls.clusters.Book, Settings: a.packs.Settings, Clock: a.clk})
}

func (s stalls) routes() []httpx.Route {
	return slices.Concat(s.clusters.Routes(), s.web.Routes(), s.sites.Routes(), s.changes.Routes())
}

// unit is what a department is called; its code where nobody knows it.
func (a *App) unit(ctx context.Context, division id.ID, code string) i18n.Text {
	if dir, err := a.people.Directory(ctx, division); err == nil {
		if d, err := dir.Department(code); err == nil {
			return d.Name
		}
	}
	return i18n.Text{ZH: code, EN: code}
}
