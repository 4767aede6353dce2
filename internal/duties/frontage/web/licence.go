package web

import (
	"context"
	"io"
	"maps"
	"net/http"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// maxList is what one list of licences may weigh.
const maxList = 8 << 20

// licenceView is a list of licences and what became of it.
type licenceView struct {
	Form    form.Form
	Columns []string
	Done    *frontage.Brought
	Wrong   []refused
}

func licenceForm(ctx context.Context) licenceView {
	b := i18n.From(ctx).Bundle
	f := form.New("licences", "/street/frontage/licences", []form.Field{{Name: "file", Type: form.File, Required: true, Label: b.Text("frontage.licence.file"), Help: b.Text("frontage.licence.help")}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "frontage.licence.do"), Icon: "upload", Primary: true}}
	v := licenceView{Form: f}
	for _, c := range frontage.Licences.Columns {
		name := c.ZH
		if i18n.LangOf(ctx) == i18n.EN {
			name += " (" + i18n.T(ctx, "frontage.col."+c.Name) + ")"
		}
		if c.Required {
			name += " *"
		}
		v.Columns = append(v.Columns, name)
	}
	return v
}

func (m *Room) askLicences(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, licencePage(licenceForm(r.Context())))
}

// licences brings a list in and says what became of it.
func (m *Room) licences(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := licenceForm(ctx)
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	var b frontage.Brought
	if err == nil {
		b, err = m.bring(ctx, in)
	}
	if ours(err) {
		v.Form = v.Form.Refused(ctx, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, licencePage(v))
	}
	if err != nil {
		return err
	}
	v.Done = &b
	for _, x := range b.Refused {
		v.Wrong = append(v.Wrong, refused{who(ctx, x), problem(ctx, x.Problem)})
	}
	status := http.StatusOK
	if len(v.Wrong) > 0 && b.Added+b.Changed+b.Same == 0 {
		status = http.StatusUnprocessableEntity
	}
	return httpx.Render(w, r, status, licencePage(v))
}

func (m *Room) bring(ctx context.Context, in form.Input) (b frontage.Brought, err error) {
	head := in.Files["file"]
	if len(head) == 0 {
		return b, fault.New(fault.Invalid, "form.refused").Field("file", "register.no_lines")
	}
	body, err := head[0].Open()
	if err != nil {
		return b, err
	}
	defer func() { _ = body.Close() }()
	f := register.File{Name: head[0].Filename}
	if f.Body, err = io.ReadAll(body); err != nil {
		return b, err
	}
	return m.Duty.Bring(ctx, visit.From(ctx).Actor, f)
}

// who is the row that was refused: its shop, else its line.
func who(ctx context.Context, x frontage.Refusal) string {
	if x.Name != "" {
		return x.Name
	}
	return i18n.T(ctx, "frontage.licence.line", "n", x.Line)
}

// problem is what is wrong with a row, in words; columns by their names.
func problem(ctx context.Context, p register.Problem) string {
	b, args := i18n.From(ctx).Bundle, maps.Clone(p.Args)
	if name, ok := args["column"].(string); ok && b.Has("frontage.col."+name) {
		args["column"] = b.Text("frontage.col." + name)
	}
	return b.Text(p.Key).Fill(i18n.LangOf(ctx), args)
}
