package listing

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/reveal"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/visit"
)

// pageful is how many lines an export reads at once.
const pageful = 500

// ofCase are the columns of a list of cases. Nothing tells who reported.
func ofCase(ctx context.Context) []sheet.Column {
	return sheet.Heads(ctx, sheet.Head{Word: "desk.col.number", Width: 22}, sheet.Head{Word: "desk.col.title", Width: 36}, sheet.Head{Word: "listing.col.code", Width: 10}, sheet.Head{Word: "desk.col.class", Width: 22},
		sheet.Head{Word: "desk.col.state", Width: 12}, sheet.Head{Word: "desk.fact.priority", Width: 12}, sheet.Head{Word: "desk.fact.source", Width: 14}, sheet.Head{Word: "desk.col.place", Width: 36},
		sheet.Head{Word: "desk.fact.grid", Width: 18}, sheet.Head{Word: "listing.col.lat", Width: 12}, sheet.Head{Word: "listing.col.lng", Width: 12}, sheet.Head{Word: "desk.col.dept", Width: 22},
		sheet.Head{Word: "desk.fact.assignee", Width: 12}, sheet.Head{Word: "desk.col.opened", Width: 17}, sheet.Head{Word: "listing.col.due", Width: 17}, sheet.Head{Word: "listing.col.ended", Width: 17})
}

func (n names) line(ctx context.Context, r record.Row) []any {
	var lat, lng any
	if r.Place != nil {
		lat, lng = r.Place.Lat, r.Place.Lng
	}
	var due, ended time.Time
	if r.Due != record.NoDue {
		due = clock.FromMicro(r.Due)
	}
	if r.Terminal {
		due, ended = time.Time{}, clock.FromMicro(r.Entered)
	}
	priority := ""
	if r.Priority != "" {
		priority = i18n.T(ctx, "desk.priority."+r.Priority)
	}
	return []any{r.Number, r.Title, r.Class, n.class(r.Class), stateName(n.lib, r, r.State).In(n.lang), priority, sourceName(ctx, r.Source), r.Address,
		r.Grid, lat, lng, n.dept(r.Dept), n.person(r.Assignee), clock.FromMicro(r.Opened), due, ended}
}

// cases is the list of an address as a file. That it was taken is written to
// the audit trail, however much of it arrived.
func (m *Room) cases(r *http.Request) (sheet.Sheet, error) {
	v, q := visit.From(r.Context()), r.URL.Query()
	n, err := m.names(r.Context(), v.Division.ID)
	s := sheet.Sheet{Title: i18n.T(r.Context(), "desk.cases"), Columns: ofCase(r.Context())}
	s.Rows = func(ctx context.Context, put sheet.Put) error {
		return m.each(ctx, q, v.Actor, func(x record.Row) error { return put(n.line(ctx, x)...) })
	}
	s.After = func(ctx context.Context, count int) error {
		return m.note(ctx, v.Actor, "case.export", map[string]any{"filter": Canonical(q), "rows": count})
	}
	return s, err
}

// each hands over every case of the list, page by page.
func (m *Room) each(ctx context.Context, q url.Values, actor people.Actor, fn func(record.Row) error) error {
	f := Asked(q, actor, m.Clock.Now())
	for f.After = ""; ; {
		p, err := m.Page(ctx, q, actor, f, pageful)
		if err != nil {
			return err
		}
		for _, x := range p.Rows {
			if err := fn(x); err != nil {
				return err
			}
		}
		if f.After = p.Next; p.Next == "" {
			return nil
		}
	}
}

func (m *Room) note(ctx context.Context, actor people.Actor, what string, of map[string]any) error {
	ctx = context.WithoutCancel(ctx) // a visitor who leaves in the middle has taken what arrived
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		return people.Note(ctx, tx, actor, m.Clock.Now(), what, actor.Login, nil, of)
	})
}

// tasksMost is how many tasks one list holds.
const tasksMost = 200

// Tasks are what the actor has to do outside: what is theirs by name, and for
// handlers what their department has and nobody took yet.
func (m *Room) Tasks(ctx context.Context, actor people.Actor) ([]record.Row, error) {
	page, err := record.List(ctx, m.DB, actor.Division, record.Filter{Terminal: record.No, Assignee: actor.Account.String(), Limit: tasksMost})
	if err != nil {
		return nil, err
	}
	rows := page.Rows
	depts := slices.Concat(actor.Departments("handler"), actor.Departments("officer"))
	if len(depts) == 0 {
		return rows, nil
	}
	page, err = record.List(ctx, m.DB, actor.Division, record.Filter{Terminal: record.No, States: []string{"dispatched", "handling"}, Depts: depts, Limit: tasksMost})
	for _, r := range page.Rows {
		if r.Assignee == "" {
			rows = append(rows, r)
		}
	}
	return rows, err
}

func (m *Room) tasks(r *http.Request) (sheet.Sheet, error) {
	v := visit.From(r.Context())
	n, err := m.names(r.Context(), v.Division.ID)
	return sheet.Sheet{Title: i18n.T(r.Context(), "desk.field"), Columns: ofCase(r.Context()), Rows: func(ctx context.Context, put sheet.Put) error {
		rows, err := m.Tasks(ctx, v.Actor)
		for i := 0; err == nil && i < len(rows); i++ {
			err = put(n.line(ctx, rows[i])...)
		}
		return err
	}}, err
}

func (m *Room) inbox(r *http.Request) (sheet.Sheet, error) {
	v, lang := visit.From(r.Context()), i18n.LangOf(r.Context())
	cols := sheet.Heads(r.Context(), sheet.Head{Word: "listing.col.at", Width: 17}, sheet.Head{Word: "listing.col.text", Width: 60}, sheet.Head{Word: "listing.col.read", Width: 8})
	return sheet.Sheet{Title: i18n.T(r.Context(), "desk.inbox"), Columns: cols, Rows: func(ctx context.Context, put sheet.Put) error {
		for before := (time.Time{}); ; {
			list, err := notice.Inbox(ctx, m.DB, v.Division.ID, v.Actor.Account.String(), incident.Inbox(v.Actor), before, pageful)
			if err != nil {
				return err
			}
			if before, err = putNotices(ctx, list, lang, put); err != nil || len(list) < pageful {
				return err
			}
		}
	}}, nil
}

// putNotices writes a page of notices and says where the next one begins: pages
// are cut between instants, so the last instant of a full page is read again.
func putNotices(ctx context.Context, list []notice.Item, lang i18n.Lang, put sheet.Put) (next time.Time, err error) {
	if len(list) == pageful && !list[0].At.Equal(list[pageful-1].At) {
		next = list[pageful-1].At.Add(time.Microsecond)
		for len(list) > 0 && list[len(list)-1].At.Before(next) {
			list = list[:len(list)-1]
		}
	} else if len(list) > 0 {
		next = list[len(list)-1].At
	}
	for _, x := range list {
		read := i18n.T(ctx, "listing.no")
		if x.Read {
			read = i18n.T(ctx, "listing.yes")
		}
		if err := put(x.At, x.Text.In(lang), read); err != nil {
			return next, err
		}
	}
	return next, nil
}

func (m *Room) reveals(r *http.Request) (sheet.Sheet, error) {
	v := visit.From(r.Context())
	cols := sheet.Heads(r.Context(), sheet.Head{Word: "desk.reveals.at", Width: 17}, sheet.Head{Word: "desk.reveals.who", Width: 14}, sheet.Head{Word: "desk.reveals.purpose", Width: 40}, sheet.Head{Word: "desk.reveals.case", Width: 38})
	return sheet.Sheet{Title: i18n.T(r.Context(), "desk.reveals"), Columns: cols, Rows: func(ctx context.Context, put sheet.Put) error {
		for before := (id.ID{}); ; {
			list, err := reveal.List(ctx, m.DB, v.Division.ID, before, pageful)
			if err != nil {
				return err
			}
			for _, x := range list {
				if err := put(x.At, x.Name, x.Purpose, x.Case.String()); err != nil {
					return err
				}
				before = x.ID
			}
			if len(list) < pageful {
				return nil
			}
		}
	}}, nil
}
