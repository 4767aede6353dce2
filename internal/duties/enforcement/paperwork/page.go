package paperwork

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// view is the page of one paper.
type view struct {
	paper.Paper
	Title    string
	External bool
	Code     string // for verification
	Case     *engine.Snapshot
	Facts    []ui.Fact
	Sheet    document.Document
	Seals    []sealLine
	Ask      *form.Form // where the visitor may ask for the seal
	Answer   *form.Form // where the visitor may answer
	Scan     scanView
	Services []service
}

// scanView is the signed copy, and the form to bring it.
type scanView struct {
	Photo bool // else a PDF
	Facts []ui.Fact
	Form  *form.Form
}

// service is one addressee's service of the paper.
type service struct {
	Title, Href string
	State       ui.Chip
	Facts       []ui.Fact
	Photos      []ui.Photo
}

func (m *Room) one(w http.ResponseWriter, r *http.Request) error {
	v, err := m.view(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, page(v))
}

func (m *Room) view(r *http.Request) (v view, err error) {
	ctx := r.Context()
	if v.Paper, v.Case, err = m.find(r); err != nil {
		return v, err
	}
	lib, err := m.Papers.Library(ctx)
	if err != nil {
		return v, err
	}
	v.Title = title(ctx, lib, v.Template, v.Version)
	if t := lib.Version(v.Template, v.Version); t != nil {
		v.External = t.Kind == paper.External
	}
	if v.Sheet, err = m.Papers.Document(ctx, v.Division, v.ID); err != nil {
		return v, err
	}
	if v.Code, err = m.Papers.Code(ctx, v.Paper); err != nil {
		return v, err
	}
	dir, err := m.People.Directory(ctx, v.Division)
	if err != nil {
		return v, err
	}
	v.Facts = facts(ctx, v.Paper, name(dir, v.IssuedBy), name(dir, v.EndedBy))
	list, err := paper.SealsOf(ctx, m.DB, v.Division, v.ID)
	if err != nil {
		return v, err
	}
	open := id.ID{}
	for _, u := range list {
		v.Seals = append(v.Seals, lineOf(ctx, dir, lib, u))
		if u.Answer == paper.Open {
			open = u.ID
		}
	}
	if v.State == paper.Issued {
		if open.IsZero() && may(ctx, askers) {
			v.Ask = askForm(ctx, v.ID)
		}
		if !open.IsZero() && may(ctx, answerers) {
			v.Answer = answerForm(ctx, open)
		}
		if may(ctx, filers) {
			v.Scan.Form = scanForm(ctx, v.ID)
		}
	}
	if err := m.scanned(ctx, &v, name(dir, v.Paper.Scan.By)); err != nil {
		return v, err
	}
	v.Services, err = m.services(ctx, v.Paper)
	return v, err
}

// facts are what is known of the paper itself.
func facts(ctx context.Context, p paper.Paper, by, ended string) (out []ui.Fact) {
	add := func(word, text string, wide bool) {
		if text != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "paperwork.fact."+word), Text: text, Wide: wide})
		}
	}
	add("number", p.Number, true)
	add("issued", local(p.IssuedAt), false)
	add("by", by, false)
	if p.Pages > 0 {
		add("pages", strconv.Itoa(p.Pages), false)
	}
	add("sealed", local(p.SealedAt), false)
	if p.Prints > 0 {
		add("printed", i18n.T(ctx, "paperwork.prints", "n", p.Prints, "at", local(p.PrintedAt)), false)
	}
	if !p.EndedAt.IsZero() {
		add("ended", local(p.EndedAt)+" · "+ended+" · "+p.Reason, true)
	}
	if !p.ErasedAt.IsZero() {
		add("erased", i18n.T(ctx, "paperwork.erased", "at", local(p.ErasedAt), "rule", p.ErasedRule), true)
	}
	add("digest", p.SHA256, true)
	return out
}

// services are the cases that bring this kind of paper to somebody.
func (m *Room) services(ctx context.Context, p paper.Paper) (out []service, err error) {
	children, err := record.Children(ctx, m.DB, p.Division, p.Case)
	if err != nil {
		return nil, err
	}
	lang := i18n.LangOf(ctx)
	for _, c := range children {
		if c.Procedure != "enf.service" {
			continue
		}
		s, err := m.Engine.Find(ctx, p.Division, c.ID)
		if err != nil {
			return nil, err
		}
		if s.Text("paper") != p.Template {
			continue
		}
		x := service{Title: s.Text("addressee"), Href: "/cases/" + c.ID.String(), State: ui.Chip{Label: c.State, Tone: ui.Blue}}
		if st := s.StateOf(); st != nil {
			x.State.Label = st.Name.In(lang)
		}
		if s.Terminal {
			x.State.Tone = map[bool]ui.Tone{true: ui.Green, false: ui.Red}[c.State == "done"]
		}
		x.Facts = served(ctx, s)
		if x.Photos, err = m.proofs(ctx, s); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// served says how and when a paper reached its addressee.
func served(ctx context.Context, s *engine.Snapshot) (out []ui.Fact) {
	if way := s.Text("way"); way != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "paperwork.service.way"), Text: i18n.T(ctx, "paperwork.way."+way)})
	}
	if on, ok := s.Data["served_on"].(time.Time); ok {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "paperwork.service.on"), Text: local(on)})
	}
	return out
}

// proofs are the photos and signatures of a service.
func (m *Room) proofs(ctx context.Context, s *engine.Snapshot) (out []ui.Photo, err error) {
	list, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	for _, e := range list {
		base := "/cases/" + s.ID.String() + "/photo/" + e.SHA256
		p := ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", Label: i18n.T(ctx, "paperwork.service.photo"), At: local(e.Received)}
		switch {
		case e.Kind == evidence.Signature:
			p.Thumb, p.Full, p.Label = base+"/full", base+"/full", i18n.T(ctx, "paperwork.service.sign")
		case !e.Photo():
			continue
		}
		p.Alt = p.Label
		out = append(out, p)
	}
	return out, err
}

// public is the masked copy.
func (m *Room) public(w http.ResponseWriter, r *http.Request) error {
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	body, err := m.Papers.PublicPDF(r.Context(), p.Division, p.ID)
	if err != nil {
		return err
	}
	return send(w, "application/pdf", p.Template+"-public.pdf", body)
}

// print counts a printing and leads to the file, which has room for the seal.
func (m *Room) print(w http.ResponseWriter, r *http.Request) error {
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	err = m.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return paper.Printed(r.Context(), tx, p.Division, p.ID, m.Clock.Now())
	})
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/papers/"+p.ID.String()+"/pdf")
}

// refused shows the page again with what was wrong in one of its forms.
func (m *Room) refused(w http.ResponseWriter, r *http.Request, in form.Input, err error, which func(*view) *form.Form) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.TooLarge {
		return err
	}
	v, err := m.view(r)
	if err != nil {
		return err
	}
	if again := which(&v); again != nil {
		*again = again.Refused(r.Context(), in, f)
		return httpx.Render(w, r, f.Kind.Status(), page(v))
	}
	return f
}

// done leads back to the paper with a sentence.
func (m *Room) done(w http.ResponseWriter, r *http.Request, p id.ID, word string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: word}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/papers/"+p.String())
}

// act runs one change of a paper.
func (m *Room) act(r *http.Request, do func(context.Context, *dbx.Tx, string) error) error {
	return m.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return do(r.Context(), tx, visit.From(r.Context()).Actor.Account.String())
	})
}
