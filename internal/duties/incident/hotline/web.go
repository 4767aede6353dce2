package hotline

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// maxUpload is what one file may weigh.
const maxUpload = 8 << 20

// Routes is the room's part of the route table.
func (r *Room) Routes() []httpx.Route {
	takers := httpx.Only(incident.Takers...)
	slow := 5 * time.Minute
	return append([]httpx.Route{
		{Method: "GET", Pattern: "/hotline", Access: takers, Handler: r.orders, Name: "hotline"},
		{Method: "GET", Pattern: "/hotline/files", Access: takers, Handler: r.fileList, Name: "hotline.files"},
		{Method: "POST", Pattern: "/hotline/files", Access: takers, Handler: r.upload, Name: "hotline.file.upload", MaxBody: maxUpload + 1<<20, Timeout: slow},
		{Method: "GET", Pattern: "/hotline/files/{id}", Access: takers, Handler: r.file, Name: "hotline.file"},
		{Method: "POST", Pattern: "/hotline/files/{id}", Access: takers, Handler: r.takeIn, Name: "hotline.file.take", Timeout: slow},
		{Method: "GET", Pattern: "/hotline/exports", Access: takers, Handler: r.exports, Name: "hotline.exports"},
		{Method: "POST", Pattern: "/hotline/exports", Access: takers, Handler: r.export, Name: "hotline.export.make", Timeout: slow},
		{Method: "GET", Pattern: "/hotline/return", Access: httpx.Only("acceptor"), Handler: r.askReturn, Name: "hotline.return.form"},
		{Method: "POST", Pattern: "/hotline/return", Access: httpx.Only("acceptor"), Handler: r.sendReturn, Name: "hotline.return"},
	}, sheet.Routes("/hotline/exports/{n}/file", "hotline.export", takers, r.sheet)...)
}

// ordersMost is how many orders a page shows.
const ordersMost = 100

// orderLine is an order as its list shows it.
type orderLine struct {
	Order
	Chip   ui.Chip
	State  string // of the case
	Left   ui.Left
	Dept   string
	Return bool
}

func (r *Room) orders(w http.ResponseWriter, q *http.Request) error {
	ctx, v := q.Context(), visit.From(q.Context())
	before, _ := id.Parse(q.URL.Query().Get("before")) // unreadable begins at the start
	list, err := r.List(ctx, v.Division.ID, before, ordersMost)
	if err != nil {
		return err
	}
	dir, err := r.People.Directory(ctx, v.Division.ID)
	if err != nil {
		return err
	}
	p := ui.Pager{Shown: len(list)}
	if len(list) == ordersMost {
		p.Next = "/hotline?before=" + list[len(list)-1].ID.String()
	}
	lines := make([]orderLine, 0, len(list))
	for _, o := range list {
		l, err := r.line(ctx, v.Actor, dir, o)
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	return httpx.Render(w, q, http.StatusOK, ordersPage(lines, r.uploadForm(q), p))
}

// soon is when a promise turns amber.
const soon = 8 * time.Hour

// tones of where orders stand.
var tones = map[string]ui.Tone{Waiting: ui.Amber, InProgress: ui.Blue, Resolved: ui.Green, Returning: ui.Amber}

func (r *Room) line(ctx context.Context, actor people.Actor, dir *people.Directory, o Order) (l orderLine, err error) {
	lang, now := i18n.LangOf(ctx), r.Clock.Now()
	l = orderLine{Order: o, Chip: ui.Chip{Label: i18n.T(ctx, "hotline.stands."+o.Stands()), Tone: tones[o.Stands()]}}
	switch {
	case o.Case.IsZero():
		l.Left = ui.LeftUntil(ctx, now, time.Time{}, soon)
		if o.Returned.IsZero() {
			l.Left = ui.LeftUntil(ctx, now, o.Due, soon)
		}
	case o.Ended:
		l.Left = ui.Left{Label: l.Chip.Label, Icon: "circle-check"}
	default:
		l.Left = ui.LeftUntil(ctx, now, o.Promise, soon)
	}
	if p, err := r.Engine.Library().Latest(incident.Procedure); err == nil && !o.Case.IsZero() {
		if st := p.StateOf(o.State); st != nil {
			l.State = st.Name.In(lang)
		}
	}
	if d, err := dir.Department(o.Dept); err == nil {
		l.Dept = d.Name.In(lang)
	}
	if actor.Has("acceptor") {
		err := r.Returnable(ctx, o)
		if err != nil && !ours(err) {
			return l, err
		}
		l.Return = err == nil
	}
	return l, nil
}

func text(q *http.Request, key string) i18n.Text { return i18n.From(q.Context()).Bundle.Text(key) }

func (r *Room) uploadForm(q *http.Request) form.Form {
	kind := form.Field{Name: "kind", Type: form.Enum, Label: text(q, "hotline.kind"), Required: true}
	for _, k := range Kinds {
		kind.Options = append(kind.Options, form.Option{Value: k, Label: text(q, "hotline.kind."+k)})
	}
	f := form.New("upload", "/hotline/files", []form.Field{kind,
		{Name: "file", Type: form.File, Label: text(q, "hotline.file"), Help: text(q, "hotline.file_help"), Required: true}})
	f = f.Fill(map[string]any{"kind": Orders}, calendar.Zone)
	f.Steps = []ui.Step{{Label: i18n.T(q.Context(), "hotline.upload_do"), Icon: "upload", Primary: true}}
	return f
}

func body(files []*multipart.FileHeader) (string, []byte, error) {
	if len(files) == 0 {
		return "", nil, fault.New(fault.Invalid, "form.refused").Field("file", "hotline.file_needed")
	}
	f, err := files[0].Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxUpload))
	return files[0].Filename, b, err
}

func (r *Room) upload(w http.ResponseWriter, q *http.Request) error {
	f := r.uploadForm(q)
	in, err := form.Read(q, f.Fields, calendar.Zone)
	var laid File
	if err == nil {
		var name string
		var b []byte
		if name, b, err = body(in.Files["file"]); err == nil {
			kind, _ := in.Values["kind"].(string)
			laid, err = r.Lay(q.Context(), visit.From(q.Context()).Actor, kind, name, b)
		}
	}
	if fault.Is(err, fault.Invalid) {
		list, more := r.Files(q.Context(), visit.From(q.Context()).Division.ID, filesMost)
		if more != nil {
			return more
		}
		return httpx.Render(w, q, http.StatusUnprocessableEntity, filesPage(list, f.Refused(q.Context(), in, err)))
	}
	if err != nil {
		return err
	}
	return httpx.Redirect(w, q, "/hotline/files/"+laid.ID.String())
}

// filesMost is how many files a page lists.
const filesMost = 50

func (r *Room) fileList(w http.ResponseWriter, q *http.Request) error {
	list, err := r.Files(q.Context(), visit.From(q.Context()).Division.ID, filesMost)
	if err != nil {
		return err
	}
	return httpx.Render(w, q, http.StatusOK, filesPage(list, r.uploadForm(q)))
}

func (r *Room) file(w http.ResponseWriter, q *http.Request) error {
	key, err := id.Parse(q.PathValue("id"))
	if err != nil {
		return fault.Missing("file")
	}
	v := visit.From(q.Context())
	f, err := r.File(q.Context(), v.Division.ID, key)
	if err != nil {
		return err
	}
	if f.Taken.IsZero() {
		if len(f.body) == 0 {
			return fault.New(fault.Conflict, "hotline.file_taken")
		}
		if f.Answers, err = r.Check(q.Context(), v.Actor, f); err != nil {
			return err
		}
	}
	return httpx.Render(w, q, http.StatusOK, filePage(f, refusedOf(f.Answers)))
}

func refusedOf(list []Answer) (n int) {
	for _, a := range list {
		if a.Outcome == Refused {
			n++
		}
	}
	return n
}

func (r *Room) takeIn(w http.ResponseWriter, q *http.Request) error {
	key, err := id.Parse(q.PathValue("id"))
	if err != nil {
		return fault.Missing("file")
	}
	f, err := r.TakeIn(q.Context(), visit.From(q.Context()).Actor, key)
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "hotline.taken_in", Args: map[string]any{"n": len(f.Answers) - refusedOf(f.Answers)}}); err != nil {
		return err
	}
	return httpx.Redirect(w, q, "/hotline/files/"+key.String())
}

// exportsMost is how many exports a page lists.
const exportsMost = 50

func (r *Room) exports(w http.ResponseWriter, q *http.Request) error {
	list, err := r.Exports(q.Context(), visit.From(q.Context()).Division.ID, exportsMost)
	if err != nil {
		return err
	}
	return httpx.Render(w, q, http.StatusOK, exportsPage(list))
}

func (r *Room) export(w http.ResponseWriter, q *http.Request) error {
	n, err := r.Export(q.Context(), visit.From(q.Context()).Actor)
	if err != nil {
		return err
	}
	flash := httpx.Flash{Key: "hotline.exported", Args: map[string]any{"n": n}}
	if n == 0 {
		flash = httpx.Flash{Key: "hotline.export_none"}
	}
	if err := httpx.SetFlash(w, flash); err != nil {
		return err
	}
	return httpx.Redirect(w, q, "/hotline/exports")
}

// sheet is an export as it was, to be downloaded again and again.
func (r *Room) sheet(q *http.Request) (sheet.Sheet, error) {
	n, err := strconv.ParseInt(q.PathValue("n"), 10, 64)
	if err != nil {
		return sheet.Sheet{}, fault.Missing("export")
	}
	return r.Sheet(q.Context(), visit.From(q.Context()).Division.ID, n)
}

// Sheet is an export as a table to be written; unknown is NotFound.
func (r *Room) Sheet(ctx context.Context, division id.ID, n int64) (s sheet.Sheet, err error) {
	e, rows, err := r.Sent(ctx, division, n)
	if err != nil {
		return s, err
	}
	s.Title = i18n.T(ctx, "hotline.file_title", "n", n)
	for _, h := range e.Head {
		s.Columns = append(s.Columns, sheet.Column{Title: h, Width: 20})
	}
	s.Rows = func(_ context.Context, put sheet.Put) error {
		for _, cells := range rows {
			row := make([]any, len(cells))
			for i, c := range cells {
				row[i] = c
			}
			if err := put(row...); err != nil {
				return err
			}
		}
		return nil
	}
	return s, nil
}

func (r *Room) returnForm(q *http.Request, no string) form.Form {
	kind := form.Field{Name: "kind", Type: form.Enum, Label: text(q, "hotline.return.kind"), Required: true}
	for _, k := range ReturnKinds {
		kind.Options = append(kind.Options, form.Option{Value: k, Label: text(q, "hotline.return."+k)})
	}
	f := form.New("return", "/hotline/return?no="+no, []form.Field{kind,
		{Name: "why", Type: form.Long, Label: text(q, "hotline.return.why"), Required: true},
		{Name: "basis", Type: form.Text, Label: text(q, "hotline.return.basis"), Required: true},
		{Name: "refer_to", Type: form.Text, Label: text(q, "hotline.return.refer_to"), Required: true},
		{Name: "phone", Type: form.Text, Label: text(q, "hotline.return.phone")}})
	f.Steps = []ui.Step{{Label: i18n.T(q.Context(), "hotline.return"), Icon: "arrow-back-up", Primary: true}}
	return f
}

func (r *Room) askReturn(w http.ResponseWriter, q *http.Request) error {
	o, err := r.Find(q.Context(), visit.From(q.Context()).Division.ID, q.URL.Query().Get("no"))
	if err != nil {
		return err
	}
	return r.showReturn(w, q, http.StatusOK, o, r.returnForm(q, o.No))
}

func (r *Room) showReturn(w http.ResponseWriter, q *http.Request, status int, o Order, f form.Form) error {
	blocked := r.Returnable(q.Context(), o)
	if blocked != nil && !ours(blocked) {
		return blocked
	}
	why := ""
	if blocked != nil {
		why = r.words(blocked).In(i18n.LangOf(q.Context()))
	}
	by, err := r.ReturnBy(q.Context(), o)
	if err != nil {
		return err
	}
	return httpx.Render(w, q, status, returnPage(o, calendar.FormatDue(by), why, f))
}

func (r *Room) sendReturn(w http.ResponseWriter, q *http.Request) error {
	ctx, v := q.Context(), visit.From(q.Context())
	o, err := r.Find(ctx, v.Division.ID, q.URL.Query().Get("no"))
	if err != nil {
		return err
	}
	f := r.returnForm(q, o.No)
	in, err := form.Read(q, f.Fields, calendar.Zone)
	str := func(name string) string { s, _ := in.Values[name].(string); return s }
	if err == nil {
		err = r.GiveBack(ctx, v.Actor, o.No, Return{Kind: str("kind"), Why: str("why"), Basis: str("basis"), ReferTo: str("refer_to"), Phone: str("phone")})
	}
	if e := fault.As(err); err != nil && (e.Kind == fault.Invalid || e.Kind == fault.Conflict || e.Key == "R04") {
		f = f.Refused(ctx, in, err)
		if _, own := e.Args["text"]; own {
			f.General = r.words(err).In(i18n.LangOf(ctx))
		}
		return r.showReturn(w, q, e.Kind.Status(), o, f)
	}
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "hotline.return_done"}); err != nil {
		return err
	}
	return httpx.Redirect(w, q, "/hotline")
}

// local is an instant as tables show it.
func local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("01-02 15:04")
}
