package admin

import (
	"bytes"
	"net/http"
	"strconv"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

func workbookForm(r *http.Request) form.Form {
	return form.New("workbook", "/admin/import", []form.Field{
		{Name: "workbook", Type: form.File, Label: words(r, "admin.workbook_file"), Help: words(r, "admin.workbook_help"), Required: true}})
}

func (d *Door) workbook(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, workbookPage(workbookForm(r), nil))
}

func (d *Door) importWorkbook(w http.ResponseWriter, r *http.Request) error {
	f := workbookForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	var body []byte
	if err == nil {
		body, err = upload(in.Files["workbook"], "workbook")
	}
	var n int
	var problems pack.Problems
	if err == nil {
		wb, found := pack.ReadWorkbook(bytes.NewReader(body))
		n, problems = len(wb.Rows)+len(wb.Grids), found
		if err = problems.Err(); err == nil {
			problems, err = d.Packs.Import(r.Context(), visit.From(r.Context()).Actor, wb)
		}
	}
	if len(problems) > 0 {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, workbookPage(f, problems))
	}
	if refused(err) {
		return httpx.Render(w, r, fault.As(err).Kind.Status(), workbookPage(f.Refused(r.Context(), in, err), nil))
	} else if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "admin.workbook_done", Args: map[string]any{"n": n}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/admin/import")
}

func (d *Door) template(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pack.Template(&b, dir, i18n.LangOf(r.Context())); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="xiucheng-template.xlsx"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, err = b.WriteTo(w)
	return err
}
