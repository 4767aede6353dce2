// Package paperwork is where the papers of enforcement are looked after: one
// paper as it reads, with its numbers, its seal 用印, its signed copy 扫描件 and how
// it was served 送达; the register of the seal; the whole dossier 案卷 as one file.
//
// It owns no table: papers and their register are casework/paper's, service is a
// case of its own.
package paperwork

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Deps are what the room stands on.
type Deps struct {
	DB      *dbx.DB
	Engine  *engine.Engine
	People  *people.Service
	Papers  *paper.Room
	Photos  *stepform.Desk
	Clock   clock.Clock
	Readers []string // who reads the papers of a division
}

// Room serves the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Who asks for the seal, who answers, who files signed copies.
var (
	askers    = []string{"officer", "clerk", "unit_head"}
	answerers = []string{"unit_head", "agency_head", "chief"}
	filers    = []string{"officer", "clerk", "archivist"}
)

// maxScan is what a signed copy may weigh.
const maxScan = 40 << 20

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read := httpx.Only(m.Readers...)
	slow := 2 * time.Minute
	return append([]httpx.Route{
		{Method: "GET", Pattern: "/enforcement/papers/{id}", Access: read, Handler: m.one, Name: "enf.paper"},
		{Method: "GET", Pattern: "/enforcement/papers/{id}/public", Access: read, Handler: m.public, Name: "enf.paper.public", Timeout: slow},
		{Method: "POST", Pattern: "/enforcement/papers/{id}/print", Access: read, Handler: m.print, Name: "enf.paper.print"},
		{Method: "POST", Pattern: "/enforcement/papers/{id}/seal", Access: httpx.Only(askers...), Handler: m.ask, Name: "enf.paper.seal"},
		{Method: "GET", Pattern: "/enforcement/papers/{id}/scan", Access: read, Handler: m.scan, Name: "enf.paper.scan"},
		{Method: "POST", Pattern: "/enforcement/papers/{id}/scan", Access: httpx.Only(filers...), Handler: m.keepScan, Name: "enf.paper.scan.keep",
			MaxBody: maxScan + 1<<20, Timeout: slow},
		{Method: "GET", Pattern: "/enforcement/seals", Access: read, Handler: m.seals, Name: "enf.seals"},
		{Method: "GET", Pattern: "/enforcement/seals/print", Access: read, Handler: m.printSeals, Name: "enf.seals.print"},
		{Method: "POST", Pattern: "/enforcement/seals/{id}", Access: httpx.Only(answerers...), Handler: m.answer, Name: "enf.seal.answer"},
		{Method: "GET", Pattern: "/enforcement/dossiers/{id}/volume.pdf", Access: read, Handler: m.volume, Name: "enf.volume", Timeout: slow},
	}, sheet.Routes("/enforcement/seals/table", "enf.seals", read, m.sheet)...)
}

// find is the paper of the address, if it belongs to enforcement.
func (m *Room) find(r *http.Request) (paper.Paper, *engine.Snapshot, error) {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return paper.Paper{}, nil, fault.Missing("paper")
	}
	division := visit.From(r.Context()).Division.ID
	p, err := paper.Find(r.Context(), m.DB, division, key)
	if err != nil {
		return p, nil, err
	}
	s, err := m.dossier(r.Context(), division, p.Case)
	return p, s, err
}

// dossier is a case of enforcement; every other is NotFound.
func (m *Room) dossier(ctx context.Context, division, caseID id.ID) (*engine.Snapshot, error) {
	s, err := m.Engine.Find(ctx, division, caseID)
	if err != nil || !strings.HasPrefix(s.Procedure, "enf.") {
		return nil, fault.Missing("case")
	}
	return s, nil
}

// may reports whether the visitor has one of the roles.
func may(ctx context.Context, roles []string) bool {
	return slices.ContainsFunc(roles, visit.From(ctx).Actor.Has)
}

// name is who an account belongs to.
func name(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return account
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

// local is an instant as tables show it, "" for none.
func local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}

// send sends a file that the browser shows.
func send(w http.ResponseWriter, kind, name string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `inline; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(body)
	return err
}
