// Package duty is the pages of people on the street: my duty 我的值守 with
// sign-in and tracking, who is on duty, rosters 排班, volunteers 志愿者, party
// groups, and the watch 值守 around a cluster: which stretch was seen when, and
// which was not 盲区.
//
// It owns the pages alone. Turns and signs are the roster's, points the room
// track's, what was seen is counted by the room coverage, records by the room
// watch, what a cluster changed is said by the room change.
package duty

import (
	"context"
	_ "embed"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/change"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/coverage"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB       *dbx.DB
	Engine   *engine.Engine
	People   *people.Service
	Roster   *roster.Room
	Tracks   *track.Store
	Watch    *watch.Room
	Changes  *change.Room
	Clusters func(ctx context.Context, division id.ID) (*cluster.Book, error)
	Settings func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Photos   *stepform.Desk
	Places   *place.Service
	Press    *pdf.Press
	Clock    clock.Clock
}

// Room is the pages.
type Room struct {
	Deps
	days *coverage.Days
}

// New returns the room.
func New(d Deps) *Room { return &Room{d, coverage.NewDays(d.Tracks, reach)} }

// Walkers are the roles that go on duty; Readers also see who is there.
var (
	Walkers = []string{"party_member", "volunteer", "officer", "stall_manager", "collector", "community_inspector", roster.Lead}
	Readers = append([]string{"stall_clerk", "stall_head", "street_head", "section_head", "supervisor", "leader"}, Walkers...)
	// Keepers read what people on duty left: records, tracks laid over streets.
	Keepers = []string{roster.Lead, "party_member", "stall_manager", "stall_head", "street_head", "section_head", "officer", "supervisor", "leader"}
)

// Bounds of what a phone and a device may send.
const (
	maxBatch = 256 << 10
	maxFile  = 33 << 20
	maxTalk  = 96 << 20
	slow     = 5 * time.Minute
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	walk, lead, read, keep := httpx.Only(Walkers...), httpx.Only(roster.Lead), httpx.Only(Readers...), httpx.Only(Keepers...)
	return []httpx.Route{
		{Method: "GET", Pattern: "/street/duty", Access: read, Handler: m.duty, Name: "street.duty"},
		{Method: "POST", Pattern: "/street/duty/in", Access: walk, Handler: m.signIn, Name: "street.duty.in"},
		{Method: "POST", Pattern: "/street/duty/out", Access: walk, Handler: m.signOut, Name: "street.duty.out"},
		{Method: "GET", Pattern: "/street/duty/hours", Access: walk, Handler: m.hours, Name: "street.duty.hours"},
		{Method: "POST", Pattern: "/street/track", Access: walk, Handler: m.batch, Name: "street.track", MaxBody: maxBatch},
		{Method: "POST", Pattern: "/street/track/device.json", Access: httpx.Public(), Handler: m.device, Name: "street.track.device", MaxBody: maxFile, Timeout: slow, Rate: httpx.Rate{Every: time.Second, Burst: 60}},
		{Method: "POST", Pattern: "/street/track/file", Access: walk, Handler: m.file, Name: "street.track.file", MaxBody: maxFile, Timeout: slow},
		{Method: "GET", Pattern: "/street/talk", Access: httpx.Only(talkers...), Handler: m.ask, Name: "street.talk"},
		{Method: "POST", Pattern: "/street/talk", Access: httpx.Only(talkers...), Handler: m.talk, Name: "street.talk.send", MaxBody: maxTalk, Timeout: slow},
		{Method: "GET", Pattern: "/street/rosters", Access: read, Handler: m.rosters, Name: "street.rosters"},
		{Method: "POST", Pattern: "/street/rosters", Access: lead, Handler: m.plan, Name: "street.rosters.plan"},
		{Method: "POST", Pattern: "/street/rosters/copy", Access: lead, Handler: m.copyWeek, Name: "street.rosters.copy"},
		{Method: "POST", Pattern: "/street/rosters/drop", Access: lead, Handler: m.drop, Name: "street.rosters.drop"},
		{Method: "GET", Pattern: "/street/volunteers", Access: lead, Handler: m.volunteers, Name: "street.volunteers"},
		{Method: "POST", Pattern: "/street/volunteers/{id}", Access: lead, Handler: m.decide, Name: "street.volunteers.decide"},
		{Method: "GET", Pattern: "/street/groups", Access: read, Handler: m.groups, Name: "street.groups"},
		{Method: "POST", Pattern: "/street/groups/{code}/meetings", Access: httpx.Only(roster.Lead, "party_member", "stall_manager"), Handler: m.meet, Name: "street.groups.meet"},
		{Method: "GET", Pattern: "/volunteer", Access: httpx.Public(), Handler: m.offer, Name: "volunteer"},
		{Method: "POST", Pattern: "/volunteer", Access: httpx.Public(), Handler: m.signUp, Name: "volunteer.send", Rate: httpx.Rate{Every: 20 * time.Second, Burst: 5}},
		{Method: "GET", Pattern: "/street/watch", Access: keep, Handler: m.watch, Name: "street.watch"},
		{Method: "GET", Pattern: "/street/watch/areas.json", Access: keep, Handler: m.areas, Name: "street.watch.areas"},
		{Method: "GET", Pattern: "/street/watch/points.json", Access: keep, Handler: m.points, Name: "street.watch.points"},
	}
}
