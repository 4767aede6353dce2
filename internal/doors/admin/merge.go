package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"xiucheng/internal/duties/incident/succession"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// mergeView is the page on which a department is merged into another.
type mergeView struct {
	Form  form.Form
	Moved []succession.Moved
	Done  bool
	Left  []leftLine
}

// leftLine is a merged department that still has open cases.
type leftLine struct {
	Name string
	N    int
}

func mergeFields(r *http.Request, dir *people.Directory, now time.Time) []form.Field {
	var all []form.Option
	for _, x := range dir.Departments(now) {
		all = append(all, form.Option{Value: x.Code, Label: x.Name})
	}
	old := all
	for _, x := range dir.Departments(time.Time{}) {
		if x.Heir != "" {
			old = append(old[:len(old):len(old)], form.Option{Value: x.Code, Label: x.Name})
		}
	}
	return []form.Field{
		{Name: "from", Type: form.Dept, Label: words(r, "admin.merge_from"), Required: true, Options: old},
		{Name: "into", Type: form.Dept, Label: words(r, "admin.merge_into"), Required: true, Options: all},
		{Name: "reason", Type: form.Text, Label: words(r, "admin.merge_reason"), Help: words(r, "admin.merge_reason_help"), Required: true, Max: new(200)},
	}
}

func (d *Door) mergePage(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.People.Directory(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	return d.showMerge(w, r, http.StatusOK, dir, mergeView{Form: form.New("merge", "/admin/departments/merge", mergeFields(r, dir, d.Clock.Now()))})
}

func (d *Door) showMerge(w http.ResponseWriter, r *http.Request, status int, dir *people.Directory, v mergeView) error {
	for _, x := range dir.Departments(time.Time{}) {
		if x.Heir == "" {
			continue
		}
		n, err := d.Succession.Left(r.Context(), visit.From(r.Context()).Actor, x.Code)
		if err != nil {
			return err
		}
		if n > 0 {
			v.Left = append(v.Left, leftLine{x.Name.In(i18n.LangOf(r.Context())), n})
		}
	}
	return httpx.Render(w, r, status, mergeDepartmentsPage(v))
}

func (d *Door) merge(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	dir, err := d.People.Directory(ctx, actor.Division)
	if err != nil {
		return err
	}
	v := mergeView{Form: form.New("merge", "/admin/departments/merge", mergeFields(r, dir, d.Clock.Now()))}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	if err == nil {
		v.Moved, err = d.Succession.Merge(ctx, actor, str(in, "from"), str(in, "into"), strings.TrimSpace(str(in, "reason")))
	}
	if refused(err) {
		v.Form = v.Form.Refused(ctx, in, err)
		return d.showMerge(w, r, fault.As(err).Kind.Status(), dir, v)
	} else if err != nil {
		return err
	}
	v.Done = true
	if dir, err = d.People.Directory(ctx, actor.Division); err != nil {
		return err
	}
	return d.showMerge(w, r, http.StatusOK, dir, v)
}

// whyStays is what kept a case where it was, "" when it was moved.
func whyStays(ctx context.Context, m succession.Moved) string {
	if m.Err == nil {
		return ""
	}
	return httpx.ProblemOf(ctx, m.Err).Detail
}
