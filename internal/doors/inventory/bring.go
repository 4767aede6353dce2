package inventory

import (
	"context"
	"io"
	"net/http"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// planView is what a file would do.
type planView struct {
	component.Plan
	Name, CRS string
}

func uploadForm(b *i18n.Bundle) form.Form {
	crs := form.Field{Name: "crs", Type: form.Enum, Required: true, Label: b.Text("inventory.crs"), Help: b.Text("inventory.crs_help")}
	for _, c := range []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
		crs.Options = append(crs.Options, form.Option{Value: c.String(), Label: b.Text("inventory.crs." + c.String())})
	}
	return form.New("register", "/components/import", []form.Field{
		{Name: "file", Type: form.File, Required: true, Label: b.Text("inventory.file"), Help: b.Text("inventory.file_help")}, crs})
}

func (d *Door) upload(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, importPage(uploadForm(i18n.From(r.Context()).Bundle), nil))
}

// check reads an uploaded file, keeps it and says what it would do.
func (d *Door) check(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visit.From(r.Context())
	f := uploadForm(i18n.From(ctx).Bundle)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	file := component.File{Provenance: place.Real}
	if err == nil {
		file, err = uploaded(in)
	}
	var plan component.Plan
	if err == nil {
		plan, err = d.Components.SaveDraft(ctx, v.Actor, file)
	}
	if refused(err) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, importPage(f.Refused(ctx, in, err), nil))
	} else if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, importPage(f, &planView{plan, file.Name, file.CRS}))
}

func uploaded(in form.Input) (f component.File, err error) {
	f = component.File{Provenance: place.Real}
	f.CRS, _ = in.Values["crs"].(string)
	head := in.Files["file"]
	if len(head) == 0 {
		return f, fault.New(fault.Invalid, "component.file_empty").Field("file", "component.file_empty")
	}
	f.Name = head[0].Filename
	body, err := head[0].Open()
	if err != nil {
		return f, err
	}
	defer func() { _ = body.Close() }()
	f.Body, err = io.ReadAll(body)
	return f, err
}

// apply writes the file that was checked: all of it, or without its wrong lines.
func (d *Door) apply(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	mode := component.Strict
	if r.PostForm.Get("mode") == "skip" {
		mode = component.Skip
	}
	plan, err := d.Components.ImportDraft(r.Context(), visit.From(r.Context()).Actor, mode)
	if err != nil {
		return err
	}
	if !plan.Done {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, importPage(uploadForm(i18n.From(r.Context()).Bundle), &planView{Plan: plan}))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "inventory.done", Args: map[string]any{"added": plan.Added, "changed": plan.Changed, "left": len(plan.Problems)}}); err != nil {
		return err
	}
	if len(plan.Twins) > 0 {
		return httpx.Redirect(w, r, "/components/pairs")
	}
	return httpx.Redirect(w, r, "/components")
}

// problem is what is wrong with a line, in words; columns by their names.
func problem(ctx context.Context, p component.Problem) string {
	args := fault.Args{}
	for k, v := range p.Args {
		args[k] = v
		if name, ok := v.(string); ok && k == "column" && i18n.From(ctx).Bundle.Has(component.ColumnWord(name)) {
			args[k] = i18n.T(ctx, component.ColumnWord(name))
		}
	}
	return i18n.From(ctx).Bundle.Text(p.Key).Fill(i18n.LangOf(ctx), args)
}

// pairsMost is how many pairs a page shows.
const pairsMost = 50

// pairView is two components that may be one thing.
type pairView struct {
	component.Pair
	Class string
}

func (d *Door) pairs(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	v := visit.From(r.Context())
	list, total, err := component.OpenPairs(r.Context(), d.DB, v.Division.ID, pairsMost)
	if err != nil {
		return err
	}
	var out []pairView
	for _, p := range list {
		out = append(out, pairView{p, n.class(p.A.Class())})
	}
	return httpx.Render(w, r, http.StatusOK, pairsPage(out, total, v.Actor.Has(people.Admin)))
}

func (d *Door) answer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	get := r.PostForm.Get
	if err := d.Components.Answer(r.Context(), visit.From(r.Context()).Actor, get("a"), get("b"), get("answer")); err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "inventory.answered"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/components/pairs")
}
