package exhibit

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/upload"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read, officer := httpx.Only(people.Dossiers...), httpx.Only("officer")
	keeper := httpx.Only("officer", "unit_head", "finance", "archivist")
	const of = "/enforcement/cases/{id}/evidence"
	return []httpx.Route{
		{Method: "GET", Pattern: of, Access: read, Handler: m.list, Name: "exhibit.list"},
		{Method: "GET", Pattern: of + "/photos", Access: read, Handler: m.photos, Name: "exhibit.photos", Timeout: 2 * time.Minute},
		{Method: "GET", Pattern: of + "/new", Access: officer, Handler: m.ask, Name: "exhibit.new"},
		{Method: "POST", Pattern: of + "/new", Access: officer, Handler: m.add, Name: "exhibit.add", Timeout: 5 * time.Minute},
		{Method: "GET", Pattern: of + "/{item}", Access: read, Handler: m.item, Name: "exhibit.item"},
		{Method: "POST", Pattern: of + "/{item}/move", Access: keeper, Handler: m.move, Name: "exhibit.move"},
		{Method: "POST", Pattern: of + "/{item}/rule", Access: officer, Handler: m.rule, Name: "exhibit.rule"},
		{Method: "GET", Pattern: of + "/files/{sha}", Access: read, Handler: m.file, Name: "exhibit.file", Timeout: 10 * time.Minute},
		{Method: "GET", Pattern: "/enforcement/recordings", Access: read, Handler: m.recordings, Name: "exhibit.recordings"},
		{Method: "POST", Pattern: "/enforcement/recordings", Access: httpx.Only(stewards...), Handler: m.bring, Name: "exhibit.recordings.import", MaxBody: 33 << 20, Timeout: 2 * time.Minute},
	}
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// taken is when a file was captured, else when it arrived.
func taken(e evidence.Exhibit) time.Time {
	if e.Taken.IsZero() {
		return e.Received
	}
	return e.Taken
}

// ours reports whether err is something the form can show.
func ours(err error) bool {
	f := fault.As(err)
	return f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden}, f.Kind)
}

func again(ctx context.Context, f form.Form, in form.Input, err error) form.Form {
	return stepform.Sent{Input: in}.Refused(ctx, f, fault.As(err))
}

func button(ctx context.Context, key, icon string) []ui.Step {
	return []ui.Step{{Label: i18n.T(ctx, key), Icon: icon, Primary: true}}
}

func (m *Room) caseOf(r *http.Request) (*engine.Snapshot, error) {
	return dossier.Of(r.Context(), m.Engine(), visit.From(r.Context()).Division.ID, r.PathValue("id"))
}

// home is the address of a case's evidence.
func home(s *engine.Snapshot) string { return "/enforcement/cases/" + s.ID.String() + "/evidence" }

// listView is the evidence of a case.
type listView struct {
	Case    *engine.Snapshot
	Items   []Exhibit
	Loose   []evidence.Exhibit // files that no piece names yet
	Acts    []Act
	Officer bool
	Photos  bool
}

func (m *Room) listView(r *http.Request) (v listView, err error) {
	ctx := r.Context()
	if v.Case, err = m.caseOf(r); err != nil {
		return v, err
	}
	v.Officer = visit.From(ctx).Actor.Has("officer")
	if v.Items, err = Of(ctx, m.DB, v.Case.Division, v.Case.ID); err != nil {
		return v, err
	}
	if v.Loose, err = m.loose(ctx, v.Case, v.Items); err != nil {
		return v, err
	}
	all, err := evidence.Of(ctx, m.DB, v.Case.Division, v.Case.ID)
	if err != nil {
		return v, err
	}
	v.Photos = slices.ContainsFunc(all, evidence.Exhibit.Photo)
	v.Acts, err = m.Acts(ctx, v.Case)
	return v, err
}

// loose are the files of the case that no piece of evidence names, signatures apart.
func (m *Room) loose(ctx context.Context, s *engine.Snapshot, items []Exhibit) ([]evidence.Exhibit, error) {
	all, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, x := range items {
		seen[x.Signed] = true
		for _, f := range x.Files {
			seen[f.SHA256] = true
		}
	}
	return slices.DeleteFunc(all, func(e evidence.Exhibit) bool {
		out := seen[e.SHA256] || e.Kind == evidence.Signature
		seen[e.SHA256] = true
		return out
	}), nil
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	v, err := m.listView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

func (m *Room) photos(w http.ResponseWriter, r *http.Request) error {
	s, err := m.caseOf(r)
	if err != nil {
		return err
	}
	body, err := m.PhotoSheet(r.Context(), s, r.URL.Query()["sha"])
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="P14.pdf"`)
	_, err = w.Write(body)
	return err
}

// others are the officers with a certificate beside the actor.
func (m *Room) others(ctx context.Context, actor people.Actor) (out []form.Option, err error) {
	dir, err := m.People.Directory(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	for _, a := range dir.Holders("officer", "", "", m.Clock.Now()) {
		if a.Account != actor.Account && a.Certified(people.Enforcement) {
			out = append(out, form.Option{Value: a.Account.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
		}
	}
	return out, nil
}

// second is the officer that the form names; the zero actor for none.
func (m *Room) second(ctx context.Context, division id.ID, text string) (people.Actor, error) {
	key, err := id.Parse(text)
	if err != nil {
		return people.Actor{}, nil
	}
	dir, err := m.People.Directory(ctx, division)
	if err != nil {
		return people.Actor{}, err
	}
	a, err := dir.Actor(key, m.Clock.Now())
	if err != nil {
		return people.Actor{}, fault.New(fault.Invalid, "form.refused").Field("second", "exhibit.needed")
	}
	return a, nil
}

// newView is the form for one piece.
type newView struct {
	Case    *engine.Snapshot
	Form    form.Form
	Waiting []upload.Upload
	Loose   []evidence.Exhibit
}

func (m *Room) newView(r *http.Request) (v newView, err error) {
	ctx := r.Context()
	if v.Case, err = m.caseOf(r); err != nil {
		return v, err
	}
	actor := visit.From(ctx).Actor
	items, err := Of(ctx, m.DB, v.Case.Division, v.Case.ID)
	if err != nil {
		return v, err
	}
	if v.Loose, err = m.loose(ctx, v.Case, items); err != nil {
		return v, err
	}
	if v.Waiting, err = m.Uploads.Waiting(ctx, v.Case.Division, actor.Account, v.Case.ID); err != nil {
		return v, err
	}
	second, err := m.others(ctx, actor)
	if err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	text := func(name string) i18n.Text { return b.Text("exhibit.f." + name) }
	kind := form.Field{Name: "kind", Type: form.Enum, Required: true, Label: text("kind")}
	for _, k := range Kinds {
		kind.Options = append(kind.Options, form.Option{Value: k, Label: kindNames[k]})
	}
	fields := []form.Field{kind, {Name: "name", Type: form.Text, Required: true, Label: text("name")},
		{Name: "source", Type: form.Text, Required: true, Label: text("source"), Help: text("source_help")},
		{Name: "proves", Type: form.Text, Required: true, Label: text("proves")},
		{Name: "at", Type: form.Time, Required: true, Label: text("at")},
		{Name: "place", Type: form.Text, Required: true, Label: text("place")},
		{Name: "second", Type: form.Person, Required: true, Label: text("second"), Options: second}}
	if files := (form.Field{Name: "files", Type: form.Enum, List: true, Label: text("files"), Help: text("files_help")}); len(v.Loose)+len(v.Waiting) > 0 {
		for _, u := range v.Waiting {
			files.Options = append(files.Options, form.Option{Value: u.ID.String(), Label: both(u.Name + " · " + size(u.Size))})
		}
		for _, e := range v.Loose {
			files.Options = append(files.Options, form.Option{Value: e.SHA256, Label: both(local(taken(e)) + " " + e.Name)})
		}
		fields = append(fields, files)
	}
	fields = append(fields, form.Field{Name: "form", Type: form.Enum, Required: true, Label: text("form"), Options: []form.Option{
		{Value: "original", Label: text("original")}, {Value: "copy", Label: text("copy")}}},
		form.Field{Name: "kept_at", Type: form.Text, Required: true, Label: text("kept_at"), ShowWhen: "form=copy"},
		form.Field{Name: "holder", Type: form.Sign, Label: text("holder"), Help: text("holder_help"), ShowWhen: "form=copy"})
	v.Form = form.New("exhibit", home(v.Case)+"/new", fields)
	v.Form.Steps = button(ctx, "exhibit.save", "check")
	begin := map[string]any{"form": "original"}
	if pick := r.URL.Query().Get("file"); pick != "" {
		begin["files"] = []string{pick}
	}
	v.Form = v.Form.Fill(begin, calendar.Zone)
	return v, nil
}

func both(s string) i18n.Text { return i18n.Text{ZH: s, EN: s} }

// size is a file's size in words.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, n>>10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	v, err := m.newView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, newPage(v))
}

func (m *Room) add(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.newView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	var x Exhibit
	if err == nil {
		x, err = m.added(ctx, v, in)
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, newPage(v))
	}
	return httpx.Redirect(w, r, home(v.Case)+"/"+x.ID.String())
}

// added enters what the form says.
func (m *Room) added(ctx context.Context, v newView, in form.Input) (x Exhibit, err error) {
	str := func(name string) string { s, _ := in.Values[name].(string); return s }
	d := Draft{Kind: str("kind"), Name: str("name"), Source: str("source"), Proves: str("proves"), Place: str("place"), KeptAt: str("kept_at"), Original: str("form") == "original"}
	d.At, _ = in.Values["at"].(time.Time)
	if sign, ok := in.Values["holder"].(form.Signature); ok {
		d.Holder, d.Ink = sign.Name, sign.PNG
	}
	if d.Second, err = m.second(ctx, v.Case.Division, str("second")); err != nil {
		return x, err
	}
	list, _ := in.Values["files"].([]string)
	for _, f := range list {
		if i := slices.IndexFunc(v.Waiting, func(u upload.Upload) bool { return u.ID.String() == f }); i >= 0 {
			d.Uploads = append(d.Uploads, v.Waiting[i])
		} else {
			d.Digests = append(d.Digests, f)
		}
	}
	return m.Add(ctx, visit.From(ctx).Actor, v.Case, d)
}

// itemView is one piece with the forms that move and rule it.
type itemView struct {
	Exhibit
	Case       *engine.Snapshot
	Move, Rule form.Form
	Keeper     bool // the visitor may move it
	Officer    bool
}

func (m *Room) itemView(r *http.Request) (v itemView, err error) {
	ctx := r.Context()
	if v.Case, err = m.caseOf(r); err != nil {
		return v, err
	}
	key, err := id.Parse(r.PathValue("item"))
	if err != nil {
		return v, fault.Missing("exhibit")
	}
	if v.Exhibit, err = Find(ctx, m.DB, v.Case.Division, v.Case.ID, key); err != nil {
		return v, err
	}
	actor := visit.From(ctx).Actor
	v.Officer = actor.Has("officer")
	v.Keeper = !v.Gone() && slices.ContainsFunc([]string{"officer", "unit_head", "finance", "archivist"}, actor.Has)
	second, err := m.others(ctx, actor)
	if err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	text := func(name string) i18n.Text { return b.Text("exhibit.f." + name) }
	what := form.Field{Name: "what", Type: form.Enum, Required: true, Label: text("what")}
	for _, k := range Movements {
		if away := v.Chain[len(v.Chain)-1].What == Send; away == (k == Back) {
			what.Options = append(what.Options, form.Option{Value: k, Label: moveNames[k]})
		}
	}
	v.Move = form.New("move", home(v.Case)+"/"+key.String()+"/move", []form.Field{what,
		{Name: "to", Type: form.Text, Label: text("to"), ShowWhen: "what=hand|send|back|return|transfer"},
		{Name: "place", Type: form.Text, Label: text("place")},
		{Name: "at", Type: form.Time, Required: true, Label: text("when")},
		{Name: "why", Type: form.Text, Required: true, Label: text("why")},
		{Name: "second", Type: form.Person, Label: text("second"), Help: text("second_help"), Options: second}})
	begin := map[string]any{"at": m.Clock.Now()}
	if len(what.Options) == 1 {
		begin["what"] = what.Options[0].Value
	}
	v.Move = v.Move.Fill(begin, calendar.Zone)
	v.Move.Steps = button(ctx, "exhibit.move", "arrows-exchange")
	v.Rule = form.New("rule", home(v.Case)+"/"+key.String()+"/rule", []form.Field{
		{Name: "ruling", Type: form.Enum, Required: true, Label: text("ruling"), Options: []form.Option{{Value: Verified, Label: b.Text("exhibit.verified")},
			{Value: Excluded, Label: b.Text("exhibit.excluded")}}},
		{Name: "reason", Type: form.Text, Required: true, Label: text("reason")}})
	v.Rule.Steps = button(ctx, "exhibit.rule", "gavel")
	return v, nil
}

func (m *Room) item(w http.ResponseWriter, r *http.Request) error {
	v, err := m.itemView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, itemPage(v))
}

func (m *Room) move(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.itemView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Move.Fields, calendar.Zone)
	if err == nil {
		str := func(name string) string { s, _ := in.Values[name].(string); return s }
		step := Step{What: str("what"), To: str("to"), Place: str("place"), Why: str("why")}
		step.At, _ = in.Values["at"].(time.Time)
		if step.Second, err = m.second(ctx, v.Case.Division, str("second")); err == nil {
			err = m.Pass(ctx, visit.From(ctx).Actor, v.Case, v.ID, step)
		}
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Move = again(ctx, v.Move, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, itemPage(v))
	}
	return httpx.Redirect(w, r, home(v.Case)+"/"+v.ID.String())
}

func (m *Room) rule(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.itemView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Rule.Fields, calendar.Zone)
	if err == nil {
		str := func(name string) string { s, _ := in.Values[name].(string); return s }
		err = m.Rule(ctx, visit.From(ctx).Actor, v.Case, v.ID, str("ruling") == Verified, str("reason"))
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Rule = again(ctx, v.Rule, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, itemPage(v))
	}
	return httpx.Redirect(w, r, home(v.Case)+"/"+v.ID.String())
}

// file sends a file of the case as it came in, in parts where the reader asks so.
func (m *Room) file(w http.ResponseWriter, r *http.Request) error {
	s, err := m.caseOf(r)
	if err != nil {
		return err
	}
	list, err := evidence.Of(r.Context(), m.DB, s.Division, s.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(e evidence.Exhibit) bool { return e.SHA256 == r.PathValue("sha") })
	if i < 0 {
		return fault.Missing("file")
	}
	f, err := m.Uploads.Blobs.Open(list[i].SHA256)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", list[i].Received, f)
	return nil
}

// recordingsView is the page of recorder lists.
type recordingsView struct {
	Latest   []Recording
	Form     form.Form
	Steward  bool
	Problems []string
}

func (m *Room) recordingsView(r *http.Request) (v recordingsView, err error) {
	ctx := r.Context()
	b := i18n.From(ctx).Bundle
	v.Steward = slices.ContainsFunc(stewards, visit.From(ctx).Actor.Has)
	v.Form = form.New("recordings", "/enforcement/recordings", []form.Field{{Name: "file", Type: form.File, Required: true, Label: b.Text("exhibit.f.station"), Help: b.Text("exhibit.f.station_help")}})
	v.Form.Steps = button(ctx, "exhibit.recordings.import", "upload")
	v.Latest, err = Latest(ctx, m.DB, visit.From(ctx).Division.ID, 100)
	return v, err
}

func (m *Room) recordings(w http.ResponseWriter, r *http.Request) error {
	v, err := m.recordingsView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, recordingsPage(v))
}

func (m *Room) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.recordingsView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	var file register.File
	if err == nil {
		file, err = uploaded(in)
	}
	var added int64
	var problems []register.Problem
	if err == nil {
		added, problems, err = m.ImportRecordings(ctx, visit.From(ctx).Actor, file)
	}
	if err != nil && !ours(err) {
		return err
	}
	if err != nil || len(problems) > 0 {
		if err != nil {
			v.Form = again(ctx, v.Form, in, err)
		}
		for _, p := range problems {
			v.Problems = append(v.Problems, i18n.T(ctx, "exhibit.line_wrong", "n", p.Line, "why", i18n.From(ctx).Bundle.Text(p.Key).Fill(i18n.LangOf(ctx), p.Args)))
		}
		return httpx.Render(w, r, http.StatusUnprocessableEntity, recordingsPage(v))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "exhibit.recordings.done", Args: map[string]any{"n": added}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/recordings")
}

func uploaded(in form.Input) (f register.File, err error) {
	if len(in.Files["file"]) == 0 {
		return f, fault.New(fault.Invalid, "form.refused").Field("file", "register.no_lines")
	}
	head := in.Files["file"][0]
	body, err := head.Open()
	if err != nil {
		return f, err
	}
	defer func() { _ = body.Close() }()
	f.Name = head.Filename
	f.Body, err = io.ReadAll(body)
	return f, err
}

// Panel is what the page of a case shows of its evidence.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	items, err := Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	loose, err := m.loose(ctx, s, items)
	if err != nil {
		return nil, err
	}
	if len(items)+len(loose) == 0 && !visit.From(ctx).Actor.Has("officer") { // a meeting has none
		return nil, nil
	}
	return panelView(items, len(loose), home(s)), nil
}
