// Package review scores files of enforcement 案卷评审: campaigns that draw files by
// a seed, schemes as data, what the record itself decides of an item with the
// event that proves it, the score, how far two reviewers agree, and what a unit
// can learn from another. Who does what in which order is enf.campaign.yaml and
// enf.review.yaml.
//
// It owns no table. Amounts and numbers of fines are no part of any score
// (PL 74 para 3).
package review

import (
	"context"
	_ "embed"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// The procedures of the room.
const (
	Procedure = "enf.review"
	Campaign  = "enf.campaign"
	Supervise = "enf.supervise"
)

// Overseers are those that see all of supervision; Roles read campaigns and results.
var (
	Overseers = []string{"supervisor", "leader", "agency_head", "unit_head", "legal"}
	Roles     = append([]string{"officer"}, Overseers...)
)

// Deps are what the room stands on.
type Deps struct {
	DB        *dbx.DB
	Engine    func() *engine.Engine // it is made of this room's hooks
	People    *people.Service
	Library   *library.Service
	Templates func(context.Context) (*paper.Library, error)
	Schemes   []Scheme
	Clock     clock.Clock
}

// Room keeps reviews.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }
