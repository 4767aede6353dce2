package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/visit"
)

// exportRoutes are the files of this room's lists.
func (d *Door) exportRoutes() []httpx.Route {
	of := func(list string, fn func(*http.Request) (sheet.Sheet, error)) []httpx.Route {
		return sheet.Routes("/admin/"+list, "admin."+list, httpx.Only(people.Admin), fn)
	}
	return slices.Concat(of("people", d.accountSheet), of("certificates", d.certificateSheet), of("departments", d.departmentSheet), of("delegations", d.delegationSheet),
		of("keys", d.keySheet), of("audit", d.auditSheet), of("catalogue", d.classSheet), of("calendar", d.daySheet))
}

// held is a sheet of lines that are in memory anyway.
func held(ctx context.Context, title string, heads []sheet.Head, lines [][]any) sheet.Sheet {
	return sheet.Sheet{Title: i18n.T(ctx, title), Columns: sheet.Heads(ctx, heads...), Rows: func(_ context.Context, put sheet.Put) error {
		for _, line := range lines {
			if err := put(line...); err != nil {
				return err
			}
		}
		return nil
	}}
}

// either is one of two words.
func either(ctx context.Context, yes bool, a, b string) string {
	if yes {
		return i18n.T(ctx, a)
	}
	return i18n.T(ctx, b)
}

func (d *Door) accountSheet(r *http.Request) (sheet.Sheet, error) {
	ctx := r.Context()
	dir, err := d.directory(r)
	if err != nil {
		return sheet.Sheet{}, err
	}
	var lines [][]any
	for _, a := range d.accountLines(r, dir) {
		lines = append(lines, []any{a.Login, a.Name, a.Department, strings.Join(a.Posts, "、"), a.Phone, either(ctx, a.Active, "admin.active", "admin.inactive")})
	}
	return held(ctx, "admin.people", []sheet.Head{{Word: "admin.login"}, {Word: "admin.name"}, {Word: "admin.department", Width: 26}, {Word: "admin.posts", Width: 30},
		{Word: "admin.phone"}, {Word: "admin.state"}}, lines), nil
}

func (d *Door) departmentSheet(r *http.Request) (sheet.Sheet, error) {
	ctx := r.Context()
	dir, err := d.directory(r)
	if err != nil {
		return sheet.Sheet{}, err
	}
	var lines [][]any
	for _, x := range dir.Departments(time.Time{}) {
		lines = append(lines, []any{x.Code, x.Name.ZH, x.Name.EN, i18n.T(ctx, "admin.kind."+x.Kind), x.Parent, x.Street, x.Phone, x.From, x.To, i18n.T(ctx, "admin.provenance."+x.Provenance)})
	}
	return held(ctx, "admin.departments", []sheet.Head{{Word: "admin.code"}, {Word: "admin.name_zh", Width: 28}, {Word: "admin.name_en", Width: 34}, {Word: "admin.kind"},
		{Word: "admin.parent"}, {Word: "admin.street"}, {Word: "admin.phone"}, {Word: "admin.from"}, {Word: "admin.to"}, {Word: "admin.provenance"}}, lines), nil
}

func (d *Door) delegationSheet(r *http.Request) (sheet.Sheet, error) {
	dir, err := d.directory(r)
	if err != nil {
		return sheet.Sheet{}, err
	}
	var lines [][]any
	for _, x := range d.delegationLines(r, dir) {
		lines = append(lines, []any{x.FromName, x.ToName, strings.Join(x.Roles, "、"), x.From, x.Until, x.Reason, x.Revoked})
	}
	return held(r.Context(), "admin.delegations", []sheet.Head{{Word: "admin.giver"}, {Word: "admin.taker"}, {Word: "admin.roles", Width: 26}, {Word: "admin.from", Width: 17},
		{Word: "admin.until", Width: 17}, {Word: "admin.reason", Width: 30}, {Word: "admin.revoke", Width: 17}}, lines), nil
}

func (d *Door) keySheet(r *http.Request) (sheet.Sheet, error) {
	list, err := d.People.Keys(r.Context(), visit.From(r.Context()).Actor)
	var lines [][]any
	for _, k := range list {
		lines = append(lines, []any{k.Name, k.Created, k.LastUsed, k.Revoked})
	}
	return held(r.Context(), "admin.keys", []sheet.Head{{Word: "admin.key_name", Width: 30}, {Word: "admin.created", Width: 17}, {Word: "admin.last_used", Width: 17},
		{Word: "admin.revoke", Width: 17}}, lines), err
}

// auditSheet reads the whole trail, page by page; it is the one list here that
// never ends.
func (d *Door) auditSheet(r *http.Request) (sheet.Sheet, error) {
	actor := visit.From(r.Context()).Actor
	s := held(r.Context(), "admin.audit", []sheet.Head{{Word: "admin.at", Width: 17}, {Word: "admin.who"}, {Word: "admin.what", Width: 22}, {Word: "admin.subject", Width: 24},
		{Word: "admin.old", Width: 40}, {Word: "admin.new", Width: 40}}, nil)
	s.Rows = func(ctx context.Context, put sheet.Put) error {
		for before := (id.ID{}); ; {
			list, err := d.People.Audit(ctx, actor, before, auditPage)
			if err != nil {
				return err
			}
			for _, x := range list {
				if err := put(x.At, x.ActorName, x.What, x.Subject, x.Old, x.New); err != nil {
					return err
				}
				before = x.ID
			}
			if len(list) < auditPage {
				return nil
			}
		}
	}
	return s, nil
}

// classSheet has a row for each condition of each class found.
func (d *Door) classSheet(r *http.Request) (sheet.Sheet, error) {
	ctx, lang := r.Context(), i18n.LangOf(r.Context())
	_, found, err := d.classLines(r)
	var lines [][]any
	for _, x := range found {
		head := []any{x.ID, x.Name.In(lang), x.GroupName.In(lang), x.Standard, x.Legacy}
		if len(x.Lines) == 0 {
			lines = append(lines, append(head, nil, nil, nil, nil, nil))
		}
		for _, c := range x.Lines {
			lines = append(lines, append(slices.Clone(head), c.ID, c.Filing.In(lang), c.Closing.In(lang), i18n.T(ctx, c.Limit.Word(), "n", c.Limit.N), c.Provenance))
		}
	}
	return held(ctx, "admin.catalogue", []sheet.Head{{Word: "admin.code"}, {Word: "admin.class", Width: 26}, {Word: "admin.group", Width: 20}, {Word: "admin.export.standard", Width: 22},
		{Word: "admin.export.legacy"}, {Word: "admin.export.line"}, {Word: "admin.export.filing", Width: 40}, {Word: "admin.export.closing", Width: 40},
		{Word: "admin.export.limit"}, {Word: "admin.provenance"}}, lines), err
}

// daySheet has the special days of the year of the address, this one without.
func (d *Door) daySheet(r *http.Request) (sheet.Sheet, error) {
	ctx := r.Context()
	c, err := d.desk(r, calendar.Desk)
	if err != nil {
		return sheet.Sheet{}, err
	}
	year, err := strconv.Atoi(r.URL.Query().Get("year"))
	if err != nil {
		year = d.Clock.Now().In(calendar.Zone).Year()
	}
	var lines [][]any
	for _, x := range c.Days(year) {
		lines = append(lines, []any{x.Date.String(), either(ctx, x.Off, "admin.export.off", "admin.export.work"), holidayName(ctx, x.Name), x.Source})
	}
	return held(ctx, "admin.calendar", []sheet.Head{{Word: "admin.export.day"}, {Word: "admin.kind"}, {Word: "admin.name_zh", Width: 24}, {Word: "admin.provenance", Width: 50}}, lines), nil
}
