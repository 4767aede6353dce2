package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/permit"
	"xiucheng/internal/duties/enforcement/power"
	interview "xiucheng/internal/duties/enforcement/question"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Deps are the rooms whose pages these are.
type Deps struct {
	DB        *dbx.DB
	Registers *register.Service
	Library   *library.Service
	Parties   *party.Service
	Places    *place.Service
	Settings  func(context.Context, id.ID) (*pack.Settings, error)
	Clock     clock.Clock
	Others    []register.Kind // of other duties, imported and looked up on the same pages
}

// Room serves the pages.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Readers are the roles that read the registers.
var Readers = append(slices.Clone(people.Dossiers), people.Admin)

// maxUpload is what one file may weigh.
const maxUpload = 32 << 20

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read, admin, deal := httpx.Only(Readers...), httpx.Only(people.Admin), httpx.Only(party.Roles...)
	slow := 5 * time.Minute
	return append([]httpx.Route{
		{Method: "GET", Pattern: "/enforcement", Access: read, Handler: m.laws, Name: "enf.laws"},
		{Method: "GET", Pattern: "/enforcement/law/{code}", Access: read, Handler: m.law, Name: "enf.law"},
		{Method: "GET", Pattern: "/enforcement/rules/{id}", Access: admin, Handler: m.askConfirm, Name: "enf.rule"},
		{Method: "POST", Pattern: "/enforcement/rules/{id}", Access: admin, Handler: m.confirm, Name: "enf.rule.confirm"},
		{Method: "GET", Pattern: "/enforcement/benchmark", Access: read, Handler: m.benchmark, Name: "enf.benchmark"},
		{Method: "GET", Pattern: "/enforcement/powers", Access: read, Handler: m.powers, Name: "enf.powers"},
		{Method: "GET", Pattern: "/enforcement/permits", Access: read, Handler: m.permits, Name: "enf.permits"},
		{Method: "POST", Pattern: "/enforcement/permits", Access: read, Handler: m.permitsNear, Name: "enf.permits.near"},
		{Method: "GET", Pattern: "/enforcement/row", Access: read, Handler: m.row, Name: "enf.row"},
		{Method: "GET", Pattern: "/enforcement/import", Access: admin, Handler: m.askImport, Name: "enf.import"},
		{Method: "POST", Pattern: "/enforcement/import", Access: admin, Handler: m.doImport, Name: "enf.import.do", MaxBody: maxUpload + 1<<20, Timeout: slow},
		{Method: "GET", Pattern: "/enforcement/parties", Access: deal, Handler: m.parties, Name: "enf.parties"},
		{Method: "POST", Pattern: "/enforcement/parties/find", Access: deal, Handler: m.findParty, Name: "enf.parties.find"},
		{Method: "GET", Pattern: "/enforcement/parties/new", Access: deal, Handler: m.askParty, Name: "enf.party.new"},
		{Method: "POST", Pattern: "/enforcement/parties/new", Access: deal, Handler: m.saveParty, Name: "enf.party.save"},
		{Method: "GET", Pattern: "/enforcement/parties/{id}", Access: deal, Handler: m.party, Name: "enf.party"},
		{Method: "POST", Pattern: "/enforcement/parties/{id}", Access: deal, Handler: m.reveal, Name: "enf.party.reveal"},
	}, sheet.Routes("/enforcement/files/{register}/table", "enf.file", read, m.sheet)...)
}

// kinds are the registers by the name that addresses give them.
func (m *Room) kinds() map[string]register.Kind {
	out := map[string]register.Kind{"power": power.Items, "permit": permit.Permits, "violation": library.Violations, "rule": library.Rules,
		"factor": library.Factors, "grade": library.Grades, "interview": interview.Standard, "term": library.Terms}
	for _, k := range m.Others {
		out[k.ID] = k
	}
	return out
}

// names are the registers in the order people meet them.
func (m *Room) names() []string {
	out := []string{"power", "violation", "rule", "factor", "grade", "permit", "interview", "term"}
	for _, k := range m.Others {
		out = append(out, k.ID)
	}
	return out
}

// local is an instant as tables show it.
func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

func (m *Room) today() calendar.Date { return calendar.DateOf(m.Clock.Now()) }

// asked is the date a query names, else the one given.
func asked(s string, other calendar.Date) calendar.Date {
	if d, err := calendar.ParseDate(s); err == nil {
		return d
	}
	return other
}

// until is a last day in words; 0 is none.
func until(ctx context.Context, d calendar.Date) string {
	if d == 0 {
		return i18n.T(ctx, "enf.open")
	}
	return d.String()
}

// first is a first day in words; 0 is unknown.
func first(ctx context.Context, d calendar.Date) string {
	if d == 0 {
		return i18n.T(ctx, "enf.unknown")
	}
	return d.String()
}

// tabRoles are those that a section is for, where not all readers may open it.
var tabRoles = map[string][]string{"dossiers": people.Dossiers, "parties": party.Roles, "import": {people.Admin}, "money": {"finance", "agency_head"}, "supervision": {"supervisor", "leader", "agency_head", "unit_head", "legal"},
	"goods": append([]string{"finance", "clerk", "archivist"}, party.Roles...), "recordings": append([]string{"clerk"}, party.Roles...)}

// tabs are the sections a visitor may open.
func tabs(ctx context.Context, active string) (out []ui.Tab) {
	actor := visit.From(ctx).Actor
	for _, t := range []struct{ name, href string }{{"dossiers", "/enforcement/dossiers"}, {"law", "/enforcement"}, {"supervision", "/enforcement/board"}, {"powers", "/enforcement/powers"}, {"benchmark", "/enforcement/benchmark"},
		{"parties", "/enforcement/parties"},
		{"permits", "/enforcement/permits"}, {"goods", "/enforcement/goods"}, {"recordings", "/enforcement/recordings"}, {"money", "/enforcement/money"},
		{"import", "/enforcement/import"}} {
		if only := tabRoles[t.name]; only != nil && !slices.ContainsFunc(only, actor.Has) {
			continue
		}
		out = append(out, ui.Tab{Label: i18n.T(ctx, "enf."+t.name), Href: t.href, Active: t.name == active})
	}
	if slices.ContainsFunc(party.Roles, actor.Has) { // the papers' own room draws it
		out = append(out, ui.Tab{Label: i18n.T(ctx, "enf.seals"), Href: "/enforcement/seals"})
	}
	return out
}

// ours reports whether err is something the form can show.
func ours(err error) bool {
	f := fault.As(err)
	return f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// cell is a value of a register's row in the visitor's words.
func cell(ctx context.Context, kind, name, v string) string {
	b := i18n.From(ctx).Bundle
	switch {
	case v == "":
		return ""
	case name == "kinds" || name == "forced":
		var said []string
		for _, k := range (register.Cells{name: v}).List(name) {
			said = append(said, i18n.T(ctx, "law.kind."+k))
		}
		return strings.Join(said, i18n.T(ctx, "enf.and"))
	case name == "territory" && v == power.All:
		return i18n.T(ctx, "enf.territory.all")
	}
	for _, key := range []string{"enf." + kind + "." + name + "." + v, "enf.value." + name + "." + v, "law." + name + "." + v} {
		if b.Has(key) {
			return i18n.T(ctx, key)
		}
	}
	return v
}

// column is the heading of a register's column.
func column(ctx context.Context, name string) string { return i18n.T(ctx, "enf.col."+name) }

// facts are a row's cells that are meant for people.
func facts(ctx context.Context, kind register.Kind, c register.Cells) (out []ui.Fact) {
	english := i18n.LangOf(ctx) == i18n.EN
	for _, col := range kind.Columns {
		name := col.Name
		if base, zh := strings.CutSuffix(name, "_zh"); zh && english && c[base+"_en"] != "" {
			continue
		}
		if _, en := strings.CutSuffix(name, "_en"); en && !english || c[name] == "" {
			continue
		}
		label := strings.TrimSuffix(strings.TrimSuffix(name, "_zh"), "_en")
		out = append(out, ui.Fact{Label: column(ctx, label), Text: cell(ctx, kind.ID, name, c[name]), Wide: len(c[name]) > 40})
	}
	return out
}
