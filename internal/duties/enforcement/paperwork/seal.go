package paperwork

import (
	"context"
	"net/http"
	"net/url"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// shown is how many lines of the register stand on a page, most how many on paper.
const (
	shown = 50
	most  = 1000
)

// sealLine is one use of the seal in words.
type sealLine struct {
	paper.SealUse
	Title, Asked, By, Answered string
	State                      ui.Chip
	Href                       string
}

func lineOf(ctx context.Context, dir *people.Directory, lib *paper.Library, u paper.SealUse) sealLine {
	tone := map[string]ui.Tone{paper.Open: ui.Amber, paper.Approved: ui.Green, paper.Refused: ui.Red}[u.Answer]
	return sealLine{SealUse: u, Title: title(ctx, lib, u.Template, u.Version), Asked: name(dir, u.AskedBy), By: name(dir, u.AnsweredBy), Answered: local(u.AnsweredAt),
		State: ui.Chip{Label: i18n.T(ctx, "paperwork.answer."+u.Answer), Tone: tone}, Href: "/enforcement/papers/" + u.Paper.String()}
}

func askForm(ctx context.Context, p id.ID) *form.Form {
	b := i18n.From(ctx).Bundle
	least, top, long := 1, 99, 200
	f := form.New("ask", "/enforcement/papers/"+p.String()+"/seal", []form.Field{
		{Name: "copies", Type: form.Int, Label: b.Text("paperwork.copies"), Required: true, Min: &least, Max: &top},
		{Name: "purpose", Type: form.Text, Label: b.Text("paperwork.purpose"), Help: b.Text("paperwork.purpose_help"), Required: true, Max: &long}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "paperwork.ask"), Icon: "rubber-stamp", Primary: true}}
	return &f
}

// The button of the answer's form.
const answerInput = "answer"

func answerForm(ctx context.Context, request id.ID) *form.Form {
	b := i18n.From(ctx).Bundle
	long := 300
	f := form.New("answer", "/enforcement/seals/"+request.String(), []form.Field{
		{Name: "reason", Type: form.Text, Label: b.Text("paperwork.reason"), Help: b.Text("paperwork.reason_help"), Max: &long}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "paperwork.approve"), Icon: "rubber-stamp", Primary: true, Name: answerInput, Value: paper.Approved},
		{Label: i18n.T(ctx, "paperwork.refuse"), Icon: "x", Name: answerInput, Value: paper.Refused}}
	return &f
}

// ask asks for the seal.
func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, askForm(r.Context(), p.ID).Fields, calendar.Zone)
	if err == nil {
		copies, _ := in.Values["copies"].(int64)
		purpose, _ := in.Values["purpose"].(string)
		err = m.act(r, func(ctx context.Context, tx *dbx.Tx, by string) error {
			_, err := paper.AskSeal(ctx, tx, p.Division, paper.SealUse{Paper: p.ID, AskedBy: by, AskedAt: m.Clock.Now(), Copies: int(copies), Purpose: purpose})
			return err
		})
	}
	if err != nil {
		return m.refused(w, r, in, err, func(v *view) *form.Form { return v.Ask })
	}
	return m.done(w, r, p.ID, "paperwork.asked")
}

// answer approves or refuses a request; the address names the request.
func (m *Room) answer(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("request")
	}
	u, err := paper.FindSeal(r.Context(), m.DB, visit.From(r.Context()).Division.ID, key)
	if err != nil {
		return err
	}
	r.SetPathValue("id", u.Paper.String()) // what follows shows the paper
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, answerForm(r.Context(), key).Fields, calendar.Zone)
	if said := r.PostForm.Get(answerInput); err == nil && said != paper.Approved && said != paper.Refused {
		err = fault.New(fault.Invalid, "paperwork.no_answer")
	}
	if err == nil {
		reason, _ := in.Values["reason"].(string)
		err = m.act(r, func(ctx context.Context, tx *dbx.Tx, by string) error {
			return paper.AnswerSeal(ctx, tx, p.Division, key, by, r.PostForm.Get(answerInput) == paper.Approved, reason, m.Clock.Now())
		})
	}
	if err != nil {
		return m.refused(w, r, in, err, func(v *view) *form.Form { return v.Answer })
	}
	return m.done(w, r, p.ID, "paperwork.answered")
}

// register is the page of the register.
type register struct {
	Answer, From, To string
	Lines            []sealLine
	Pager            ui.Pager
	Here             string // the query of this list, for its files
}

func filter(q url.Values) (f paper.SealFilter, v register) {
	f.After = q.Get("after")
	switch a := q.Get("answer"); a {
	case paper.Open, paper.Approved, paper.Refused:
		f.Answer, v.Answer = a, a
	}
	if d, err := calendar.ParseDate(q.Get("from")); err == nil {
		f.From, v.From = d.At(0), d.String()
	}
	if d, err := calendar.ParseDate(q.Get("to")); err == nil {
		f.To, v.To = d.End(), d.String()
	}
	return f, v
}

func (v register) query(after string) string {
	q := url.Values{}
	for k, s := range map[string]string{"answer": v.Answer, "from": v.From, "to": v.To, "after": after} {
		if s != "" {
			q.Set(k, s)
		}
	}
	return q.Encode()
}

// read is one page of the register in words.
func (m *Room) read(r *http.Request, limit int) (v register, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	f, v := filter(r.URL.Query())
	f.Limit = limit
	list, next, err := paper.Seals(ctx, m.DB, division, f)
	if err != nil {
		return v, err
	}
	lib, err := m.Papers.Library(ctx)
	if err != nil {
		return v, err
	}
	dir, err := m.People.Directory(ctx, division)
	for _, u := range list {
		v.Lines = append(v.Lines, lineOf(ctx, dir, lib, u))
	}
	v.Here = v.query("")
	v.Pager.Shown = len(v.Lines)
	if next != "" {
		v.Pager.Next = "/enforcement/seals?" + v.query(next)
	}
	if f.After != "" {
		v.Pager.First = "/enforcement/seals?" + v.Here
	}
	return v, err
}

func (m *Room) seals(w http.ResponseWriter, r *http.Request) error {
	v, err := m.read(r, shown)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, sealsPage(v))
}

func (m *Room) printSeals(w http.ResponseWriter, r *http.Request) error {
	v, err := m.read(r, most)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, sealsSheet(v, m.Clock.Now().In(calendar.Zone)))
}

// sheet is the register as a file.
func (m *Room) sheet(r *http.Request) (sheet.Sheet, error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	f, _ := filter(r.URL.Query())
	f.After, f.Limit = "", most
	lib, err := m.Papers.Library(ctx)
	if err != nil {
		return sheet.Sheet{}, err
	}
	dir, err := m.People.Directory(ctx, division)
	return sheet.Sheet{Title: i18n.T(ctx, "paperwork.seals"), Columns: sheet.Heads(ctx, sheet.Head{Word: "paperwork.col.number", Width: 30},
		sheet.Head{Word: "paperwork.col.paper", Width: 24}, sheet.Head{Word: "paperwork.col.asked", Width: 12}, sheet.Head{Word: "paperwork.col.asked_at", Width: 18},
		sheet.Head{Word: "paperwork.copies", Width: 8}, sheet.Head{Word: "paperwork.purpose", Width: 30}, sheet.Head{Word: "paperwork.col.state", Width: 10},
		sheet.Head{Word: "paperwork.col.by", Width: 12}, sheet.Head{Word: "paperwork.col.at", Width: 18}, sheet.Head{Word: "paperwork.reason", Width: 30}),
		Rows: func(ctx context.Context, put sheet.Put) error {
			for {
				list, next, err := paper.Seals(ctx, m.DB, division, f)
				if err != nil {
					return err
				}
				for _, u := range list {
					x := lineOf(ctx, dir, lib, u)
					if err := put(x.Number, x.Title, x.Asked, x.AskedAt, x.Copies, x.Purpose, x.State.Label, x.By, x.AnsweredAt, x.Reason); err != nil {
						return err
					}
				}
				if f.After = next; next == "" {
					return nil
				}
			}
		}}, err
}
