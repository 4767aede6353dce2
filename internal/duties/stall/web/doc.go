// Package web is where vendors and staff meet over stalls: the application on a
// phone or at the window, the vendor's own page by receipt code with points and
// their appeal, the card with its QR code, the scan of a card by the manager, the
// desk of street order with the waiting list, and the page on which a batch is
// assigned.
//
// It decides nothing: steps are taken by the engine, stalls are matched by the
// room assign.
package web

import (
	"context"
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Door is one way from the page of street order: the key of its name, where it
// leads, and whose it is.
type Door struct {
	Name, Icon, Href string
	Roles            []string
}

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Engine   func() *engine.Engine // it is made of hooks that come first
	People   *people.Service
	Permits  *permit.Room
	Clusters *cluster.Room
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Book     func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Photos   *stepform.Desk
	Press    *pdf.Press
	Clock    clock.Clock
	Doors    []Door
	// BaseURL is the program's address on a card; "" takes the request's.
	BaseURL string
}

// Room draws the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Roles who read the permits; those who keep the stalls.
var (
	Roles  = []string{"stall_clerk", "stall_head", "stall_manager", "street_head", "officer", "legal", "leader", "supervisor"}
	onSite = []string{"stall_manager", "officer"}
)
