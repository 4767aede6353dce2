// Package web is where frontages are worked with: the street board and the list
// of shops with their map, one shop with what can be done at its door, the
// inspection taken on a phone, pledges drafted one by one or for a whole list and
// set as PDF; the shop's own page behind its receipt code; and what anybody reads
// who scans the code at a door.
package web

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the pages stand on.
type Deps struct {
	DB       *dbx.DB
	Engine   func() *engine.Engine
	Duty     *frontage.Room
	Places   *place.Service
	Settings func(context.Context, id.ID) (*pack.Settings, error)
	Photos   *stepform.Desk
	Papers   *paper.Room
	Clock    clock.Clock
	BaseURL  string // of the program, for codes that phones read; "" takes the request's
}

// Room serves the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Roles are the posts that work with frontages or look at how they stand.
var Roles = []string{"officer", "community_inspector", "outreach", "street_head", "section_head", "supervisor", "leader", people.Admin}

// maxPhotos is how many photos one form may carry.
const maxPhotos = 9

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	staff, open := httpx.Only(Roles...), httpx.Public()
	check, offer := httpx.Only("officer", "community_inspector"), httpx.Only("officer", "outreach")
	recode := httpx.Only("officer", "outreach", "community_inspector")
	bring := httpx.Only(append([]string{people.Admin}, frontage.Bringers...)...)
	slow, big := 5*time.Minute, int64(maxPhotos*photo.MaxBytes+1<<20)
	return []httpx.Route{
		{Method: "GET", Pattern: "/street/frontage", Access: staff, Handler: m.board, Name: "frontage"},
		{Method: "GET", Pattern: "/street/frontage/shops", Access: staff, Handler: m.shops, Name: "frontage.shops"},
		{Method: "POST", Pattern: "/street/frontage/shops", Access: staff, Handler: m.near, Name: "frontage.shops.near"},
		{Method: "GET", Pattern: "/street/frontage/map.json", Access: staff, Handler: m.points, Name: "frontage.map", Plain: true},
		{Method: "GET", Pattern: "/street/frontage/shops/{code}", Access: staff, Handler: m.shop, Name: "frontage.shop"},
		{Method: "GET", Pattern: "/street/frontage/shops/{code}/inspect", Access: check, Handler: m.askInspect, Name: "frontage.inspect"},
		{Method: "POST", Pattern: "/street/frontage/shops/{code}/inspect", Access: check, Handler: m.inspect, Name: "frontage.inspect.do", MaxBody: big, Timeout: slow},
		{Method: "GET", Pattern: "/street/frontage/shops/{code}/code", Access: recode, Handler: m.askCode, Name: "frontage.code"},
		{Method: "POST", Pattern: "/street/frontage/shops/{code}/code", Access: recode, Handler: m.giveCode, Name: "frontage.code.do"},
		{Method: "POST", Pattern: "/street/frontage/pledges", Access: offer, Handler: m.draft, Name: "frontage.draft", Timeout: slow},
		{Method: "GET", Pattern: "/street/frontage/batch", Access: offer, Handler: m.askBatch, Name: "frontage.batch"},
		{Method: "GET", Pattern: "/street/frontage/licences", Access: bring, Handler: m.askLicences, Name: "frontage.licences"},
		{Method: "POST", Pattern: "/street/frontage/licences", Access: bring, Handler: m.licences, Name: "frontage.licences.do", MaxBody: maxList + 1<<20, Timeout: slow},
		{Method: "GET", Pattern: "/street/frontage/pledges/{id}/pdf", Access: staff, Handler: m.pledgePDF, Name: "frontage.pledge.pdf"},

		{Method: "GET", Pattern: "/shop", Access: open, Handler: m.lists, Name: "shop.lists"},
		{Method: "GET", Pattern: "/shop/{code}", Access: open, Handler: m.door, Name: "shop.door"},
		{Method: "GET", Pattern: "/frontage/line/{code}", Access: open, Handler: m.line, Name: "shop.line", Plain: true},
		{Method: "GET", Pattern: "/shop/my/{receipt}", Access: open, Handler: m.own, Name: "shop.own"},
		{Method: "GET", Pattern: "/shop/my/{receipt}/pdf", Access: open, Handler: m.ownPDF, Name: "shop.own.pdf"},
		{Method: "GET", Pattern: "/shop/my/{receipt}/{case}/{step}", Access: open, Handler: m.askStep, Name: "shop.step"},
		{Method: "POST", Pattern: "/shop/my/{receipt}/{case}/{step}", Access: open, Handler: m.step, Name: "shop.step.do", MaxBody: big, Timeout: slow},
		{Method: "GET", Pattern: "/shop/my/{receipt}/{case}/photo/{sha}/{size}", Access: open, Handler: m.photo, Name: "shop.photo"},
	}
}

// base is the address of the program, for what phones read.
func (m *Room) base(r *http.Request) string {
	if m.BaseURL != "" {
		return strings.TrimSuffix(m.BaseURL, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format(time.DateOnly)
}

// until is the last day before an instant that mostly is a midnight.
func until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t.Add(-time.Microsecond))
}

func (m *Room) today() calendar.Date { return calendar.DateOf(m.Clock.Now()) }

// stateName is a state of a procedure in words.
func (m *Room) stateName(proc, state string) i18n.Text {
	p, err := m.Engine().Library().Latest(proc)
	if err == nil {
		if s := p.StateOf(state); s != nil {
			return s.Name
		}
	}
	return i18n.Text{ZH: state, EN: state}
}

// tones of states, by what they ask for.
var tones = map[string]ui.Tone{"active": ui.Green, "passed": ui.Green, "closed": ui.Green, "to_correct": ui.Amber, "claimed": ui.Amber, "sent": ui.Amber, "disputed": ui.Amber,
	"appealed": ui.Amber, "objecting": ui.Amber, "notified": ui.Amber, "failed": ui.Red, "passed_on": ui.Red}

func (m *Room) chip(ctx context.Context, e frontage.Entry) ui.Chip {
	return ui.Chip{Label: m.stateName(e.Procedure, e.State).In(i18n.LangOf(ctx)), Tone: tones[e.State]}
}

// ours reports whether err is something the page can show.
func ours(err error) bool {
	f := fault.As(err)
	return f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden, fault.Stale}, f.Kind)
}

// sentence is a refusal in the reader's language.
func sentence(ctx context.Context, err error) string {
	f := fault.As(err)
	if text, ok := f.Args["text"].(i18n.Text); ok {
		return text.In(i18n.LangOf(ctx))
	}
	return i18n.From(ctx).Bundle.Text(f.Key).Fill(i18n.LangOf(ctx), f.Args)
}
