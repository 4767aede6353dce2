package docket

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// The tabs beside those of the six stages.
const (
	everything = ""      // what is open
	besides    = "other" // open cases of procedures without the six stages
	ended      = "ended"
)

// stages are the six of a penalty, by the ids that procedures give them.
var stages = []string{"s1", "s2", "s3", "s4", "s5", "s6"}

// asked is what an address asks of the list. What cannot be understood does not
// narrow.
type asked struct {
	Tab, Procedure, Dept, Officer, Text, After string
	Mine, Late                                 bool
}

func askedBy(q url.Values) asked {
	return asked{q.Get("stage"), q.Get("procedure"), q.Get("dept"), q.Get("officer"), q.Get("q"), q.Get("after"), q.Get("mine") != "", q.Get("late") != ""}
}

// parts are what narrows the list, by name, in the order of addresses.
func (a asked) parts() (out [][2]string) {
	flag := map[bool]string{true: "1"}
	for _, p := range [][2]string{{"stage", a.Tab}, {"procedure", a.Procedure}, {"dept", a.Dept}, {"officer", a.Officer}, {"q", a.Text}, {"mine", flag[a.Mine]},
		{"late", flag[a.Late]}} {
		if p[1] != "" {
			out = append(out, p)
		}
	}
	return out
}

// kept are the parts but those that a form asks for itself.
func (a asked) kept(but ...string) [][2]string {
	return slices.DeleteFunc(a.parts(), func(p [2]string) bool { return slices.Contains(but, p[0]) })
}

// with is the address of the list with one part changed, from its first page.
func (a asked) with(path, name, value string) string {
	q := url.Values{}
	for _, p := range a.kept(name) {
		q.Set(p[0], p[1])
	}
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// switched is the address with a flag turned.
func (a asked) switched(name string, on bool) string {
	return a.with(dossiers, name, map[bool]string{false: "1"}[on])
}

// set is how many filters are set in the form.
func (a asked) set() int { return len(a.parts()) - len(a.kept("procedure", "dept", "officer")) }

// book is the procedures in force of enforcement.
type book []*procedure.Procedure

func (m *Room) book() (out book) {
	for _, p := range m.Engine.Library().All() {
		if dossier.Mine(p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// staged reports whether the procedure has the six stages.
func staged(p *procedure.Procedure) bool {
	return slices.ContainsFunc(p.States, func(s procedure.State) bool { return s.Stage == stages[0] })
}

// chosen are the procedures the list is about: the named one, else all but those
// whose cases hang on a dossier.
func (b book) chosen(a asked) (out book) {
	for _, p := range b {
		if p.ID == a.Procedure || a.Procedure == "" && !p.Child {
			out = append(out, p)
		}
	}
	if out == nil { // an unknown one does not narrow
		a.Procedure = ""
		return b.chosen(a)
	}
	return out
}

// filter is what the address asks for.
func (m *Room) filter(a asked, actor people.Actor) record.Filter {
	f := record.Filter{Terminal: record.No, Sort: record.ByDue, After: a.After, Assignee: a.Officer, Limit: shown}
	if a.Dept != "" {
		f.Depts = []string{a.Dept}
	}
	if a.Mine {
		f.Assignee = actor.Account.String()
	}
	if a.Late {
		f.DueBefore = clock.Micro(m.Clock.Now())
	}
	for _, p := range m.book().chosen(a) {
		if a.Tab == besides && staged(p) || slices.Contains(stages, a.Tab) && !staged(p) {
			continue
		}
		f.Procedures = append(f.Procedures, p.ID)
		for _, s := range p.States {
			if s.Stage == a.Tab && !s.Terminal && !slices.Contains(f.States, s.ID) {
				f.States = append(f.States, s.ID)
			}
		}
	}
	if f.Procedures == nil {
		f.Procedures = []string{"-"} // none has such a stage
	}
	if a.Tab == ended {
		f.Terminal, f.Sort = record.Yes, record.ByOpened
	}
	return f
}

// dossiers is the address of the list.
const dossiers = "/enforcement/dossiers"

// shown is how many cases a page holds, printed how many a printed list does.
const (
	shown   = 50
	printed = 300
)

// read reads a page of the list.
func (m *Room) read(ctx context.Context, a asked, limit int) (record.Page, error) {
	actor := visit.From(ctx).Actor
	f := m.filter(a, actor)
	f.Limit = limit
	if a.Text == "" {
		return record.List(ctx, m.DB, actor.Division, f)
	}
	f.Terminal = record.Either // whoever names a case wants it, ended or not
	h, err := search.Find(ctx, m.DB, actor.Division, a.Text, f, f.After, limit)
	return record.Page{Rows: h.Rows, Next: h.Next}, err
}

// counts are how many open cases stand in each tab, and how many of all are late.
func (m *Room) counts(ctx context.Context, a asked) (n map[string]int, late int, err error) {
	actor := visit.From(ctx).Actor
	a.Tab, a.After, a.Late = everything, "", false
	list, err := record.Counts(ctx, m.DB, actor.Division, m.filter(a, actor), clock.Micro(m.Clock.Now()))
	n = map[string]int{}
	for _, c := range list {
		tab := besides
		if p, err := m.Engine.Library().Latest(c.Procedure); err == nil && staged(p) {
			if s := p.StateOf(c.State); s != nil {
				tab = s.Stage
			}
		}
		n[tab] += c.N
		n[everything] += c.N
		late += c.Late
	}
	return n, late, err
}

// line is a dossier in the table.
type line struct {
	Number, Title, Href, Procedure, Stage, State, Dept, Officer, Place string
	Opened, Due                                                        time.Time
	Tone                                                               ui.Tone
	Left                                                               ui.Left
}

func (m *Room) lines(ctx context.Context, rows []record.Row) (out []line, err error) {
	dir, err := m.People.Directory(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return nil, err
	}
	lang, now := i18n.LangOf(ctx), m.Clock.Now()
	for _, r := range rows {
		x := line{Number: r.Number, Title: r.Title, Href: "/cases/" + r.ID.String(), State: r.State, Officer: nameOf(dir, r.Assignee), Place: r.Address,
			Opened: clock.FromMicro(r.Opened), Left: left(ctx, r, now), Tone: ui.Blue}
		if d, err := dir.Department(r.Dept); err == nil {
			x.Dept = d.Name.In(lang)
		}
		if p, err := m.Engine.Library().Version(r.Procedure, r.ProcVersion); err == nil {
			x.Procedure = p.Title.In(lang)
			if s := p.StateOf(r.State); s != nil {
				x.State = s.Name.In(lang)
				x.Stage = stageOf(p, s.Stage).In(lang)
			}
		}
		if r.Terminal {
			x.Tone = ui.Plain
		}
		if r.Due != record.NoDue && !r.Terminal {
			x.Due = clock.FromMicro(r.Due)
		}
		out = append(out, x)
	}
	return out, nil
}

func stageOf(p *procedure.Procedure, stage string) i18n.Text {
	for _, s := range p.Stages {
		if s.ID == stage {
			return s.Name
		}
	}
	return i18n.Text{}
}

// near is from when on the time left is amber: terms of law are days.
const near = 3 * 24 * time.Hour

func left(ctx context.Context, r record.Row, now time.Time) ui.Left {
	switch {
	case r.Terminal:
		return ui.Took(ctx, clock.FromMicro(r.Opened), clock.FromMicro(r.Entered))
	case r.DueState == "paused":
		return ui.Paused(ctx)
	case r.Due == record.NoDue:
		return ui.LeftUntil(ctx, now, time.Time{}, near)
	}
	return ui.LeftUntil(ctx, now, clock.FromMicro(r.Due), near)
}

func nameOf(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

// listView is the page of dossiers.
type listView struct {
	asked
	Tabs       []ui.Tab
	Procedures []choice
	Depts      []choice
	Officers   []choice
	Lines      []line
	Late       int
	Pager      ui.Pager
	New        bool
}

// choice is one value of a filter.
type choice struct{ Value, Label string }

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{asked: askedBy(r.URL.Query())}
	page, err := m.read(ctx, v.asked, shown)
	if err != nil {
		return err
	}
	if v.Lines, err = m.lines(ctx, page.Rows); err != nil {
		return err
	}
	n, late, err := m.counts(ctx, v.asked)
	if err != nil {
		return err
	}
	v.Late, v.Tabs = late, m.tabs(ctx, v.asked, n)
	if err := m.choose(ctx, &v); err != nil {
		return err
	}
	v.Pager.Shown = len(v.Lines)
	if page.Next != "" {
		v.Pager.Next = v.with(r.URL.Path, "after", page.Next)
	}
	if v.After != "" {
		v.Pager.First = v.with(r.URL.Path, "after", "")
	}
	starts, err := m.starts(ctx)
	v.New = len(starts) > 0
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// tabs are the stages with how many cases stand in each.
func (m *Room) tabs(ctx context.Context, a asked, n map[string]int) (out []ui.Tab) {
	lang := i18n.LangOf(ctx)
	names := map[string]i18n.Text{}
	if p, err := m.Engine.Library().Latest(usual[0]); err == nil {
		for _, s := range p.Stages {
			names[s.ID] = s.Name
		}
	}
	add := func(tab, label string) {
		t := ui.Tab{Label: label, Href: a.with(dossiers, "stage", tab), Active: a.Tab == tab}
		if n[tab] > 0 {
			t.Count = strconv.Itoa(n[tab])
		}
		out = append(out, t)
	}
	add(everything, i18n.T(ctx, "docket.open"))
	for _, s := range stages {
		add(s, names[s].In(lang))
	}
	add(besides, i18n.T(ctx, "docket.besides"))
	add(ended, i18n.T(ctx, "docket.ended"))
	return out
}

// choose fills the filters with what they may say.
func (m *Room) choose(ctx context.Context, v *listView) error {
	lang, now := i18n.LangOf(ctx), m.Clock.Now()
	dir, err := m.People.Directory(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	for _, p := range m.book() {
		v.Procedures = append(v.Procedures, choice{p.ID, p.Title.In(lang)})
	}
	seen := map[string]bool{}
	for _, role := range []string{"officer", "unit_head"} {
		for _, a := range dir.Holders(role, "", "", now) {
			for _, d := range a.Departments(role) {
				if dept, err := dir.Department(d); err == nil && !seen[d] {
					seen[d] = true
					v.Depts = append(v.Depts, choice{d, dept.Name.In(lang)})
				}
			}
			if key := a.Account.String(); role == "officer" && !seen[key] {
				seen[key] = true
				v.Officers = append(v.Officers, choice{key, a.Name})
			}
		}
	}
	return nil
}

func (m *Room) print(w http.ResponseWriter, r *http.Request) error {
	a := askedBy(r.URL.Query())
	page, err := m.read(r.Context(), a, printed)
	if err != nil {
		return err
	}
	list, err := m.lines(r.Context(), page.Rows)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, printPage(list, a.with(dossiers, "", ""), m.Clock.Now().In(calendar.Zone)))
}

// sheet is the list as a table to download.
func (m *Room) sheet(r *http.Request) (sheet.Sheet, error) {
	ctx, a := r.Context(), askedBy(r.URL.Query())
	rows := func(ctx context.Context, put sheet.Put) error {
		for a := a; ; {
			page, err := m.read(ctx, a, 500)
			if err != nil {
				return err
			}
			list, err := m.lines(ctx, page.Rows)
			if err != nil {
				return err
			}
			for _, x := range list {
				if err := put(x.Number, x.Title, x.Procedure, x.Stage, x.State, x.Dept, x.Officer, x.Place, x.Opened, x.Due); err != nil {
					return err
				}
			}
			if a.After = page.Next; page.Next == "" {
				return nil
			}
		}
	}
	col := func(name string, width float64) sheet.Head {
		return sheet.Head{Word: "docket.col." + name, Width: width}
	}
	return sheet.Sheet{Title: i18n.T(ctx, "docket.title"), Rows: rows, Columns: sheet.Heads(ctx, col("number", 18), col("title", 36), col("procedure", 18),
		col("stage", 14), col("state", 16), col("dept", 20), col("officer", 10), col("place", 30), col("opened", 18), col("due", 18))}, nil
}
