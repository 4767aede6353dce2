package app

import (
	"slices"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/platform/httpx"
)

// stalls are the rooms of stall clusters and their vendors.
type stalls struct {
	clusters *cluster.Room
	permits  *permit.Room
}

func (a *App) openStalls() {
	a.stalls.clusters = cluster.New(cluster.Deps{DB: a.db, Clock: a.clk, Held: permit.Held})
	a.stalls.permits = permit.New(permit.Deps{DB: a.db, Book: a.stalls.clusters.Book, Settings: a.packs.Settings})
}

func (s stalls) routes() []httpx.Route {
	return slices.Concat(s.clusters.Routes())
}
