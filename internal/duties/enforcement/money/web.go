package money

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/law"
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
	read, finance, dossiers := httpx.Only(Readers...), httpx.Only(Finance), httpx.Only(people.Dossiers...)
	return []httpx.Route{
		{Method: "GET", Pattern: "/enforcement/money", Access: read, Handler: m.queue, Name: "enf.money"},
		{Method: "POST", Pattern: "/enforcement/money", Access: finance, Handler: m.bring, Name: "enf.money.import", MaxBody: 33 << 20, Timeout: 2 * time.Minute},
		{Method: "GET", Pattern: "/enforcement/money/{id}", Access: read, Handler: m.line, Name: "enf.money.line"},
		{Method: "POST", Pattern: "/enforcement/money/{id}", Access: finance, Handler: m.settleLine, Name: "enf.money.settle"},
		{Method: "GET", Pattern: "/enforcement/receipts", Access: read, Handler: m.books, Name: "enf.receipts"},
		{Method: "POST", Pattern: "/enforcement/receipts", Access: finance, Handler: m.addBook, Name: "enf.receipts.add"},
		{Method: "GET", Pattern: "/enforcement/receipts/{id}", Access: read, Handler: m.book, Name: "enf.receipts.book"},
		{Method: "POST", Pattern: "/enforcement/receipts/{id}", Access: finance, Handler: m.changeBook, Name: "enf.receipts.change"},
		{Method: "GET", Pattern: "/enforcement/cases/{id}/money", Access: dossiers, Handler: m.ledger, Name: "enf.ledger"},
		{Method: "POST", Pattern: "/enforcement/cases/{id}/money", Access: finance, Handler: m.payBack, Name: "enf.ledger.refund"},
	}
}

// yuan writes an amount with separators.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "−", -fen
	}
	whole, part, _ := strings.Cut(law.Fen(fen).Yuan(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	return sign + whole
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// ours reports whether err is something the form can show.
func ours(err error) bool {
	f := fault.As(err)
	return f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden}, f.Kind)
}

// again draws a form with what was wrong; a procedure's refusal says its own
// sentence.
func again(ctx context.Context, f form.Form, in form.Input, err error) form.Form {
	return stepform.Sent{Input: in}.Refused(ctx, f, fault.As(err))
}

func options(ctx context.Context, prefix string, values ...string) (out []form.Option) {
	for _, v := range values {
		out = append(out, form.Option{Value: v, Label: i18n.From(ctx).Bundle.Text(prefix + v)})
	}
	return out
}

func button(ctx context.Context, key, icon string) []ui.Step {
	return []ui.Step{{Label: i18n.T(ctx, key), Icon: icon, Primary: true}}
}

// queueView is the page of statements.
type queueView struct {
	Open       []openLine
	Settled    []Line
	Statements []Statement
	Form       form.Form
	Problems   []string
	Finance    bool
}

// openLine is a line that waits, with the claim it most likely pays.
type openLine struct {
	Line
	Best     *Candidate
	Possible int // claims that something speaks for
}

func importForm(ctx context.Context) form.Form {
	b := i18n.From(ctx).Bundle
	f := form.New("statement", "/enforcement/money", []form.Field{
		{Name: "kind", Type: form.Enum, Required: true, Label: b.Text("money.kind"), Options: options(ctx, "money.kind.", Bank, NonTax)},
		{Name: "file", Type: form.File, Required: true, Label: b.Text("money.file"), Help: b.Text("money.file_help")}})
	f.Steps = button(ctx, "money.import", "upload")
	return f
}

func (m *Room) queueView(r *http.Request) (v queueView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	v.Form, v.Finance = importForm(ctx), visit.From(ctx).Actor.Has(Finance)
	open, err := Lines(ctx, m.DB, division, Open)
	if err != nil {
		return v, err
	}
	claims, err := m.Claims(ctx, division)
	if err != nil {
		return v, err
	}
	for _, x := range open {
		o := openLine{Line: x}
		k := Candidates(x, claims)
		if o.Possible = len(k); o.Possible > 0 && k[0].Sure() {
			o.Best = &k[0]
		}
		v.Open = append(v.Open, o)
	}
	if v.Settled, err = Lines(ctx, m.DB, division, Matched); err != nil {
		return v, err
	}
	aside, err := Lines(ctx, m.DB, division, Aside)
	if err != nil {
		return v, err
	}
	v.Settled = append(v.Settled, aside...)
	slices.SortStableFunc(v.Settled, func(a, b Line) int { return b.Settled.Compare(a.Settled) })
	v.Settled = v.Settled[:min(50, len(v.Settled))]
	v.Statements, err = Statements(ctx, m.DB, division, 20)
	return v, err
}

func (m *Room) queue(w http.ResponseWriter, r *http.Request) error {
	v, err := m.queueView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, queuePage(v))
}

func (m *Room) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, err := form.Read(r, importForm(ctx).Fields, calendar.Zone)
	var file register.File
	if err == nil {
		file, err = uploaded(in)
	}
	var s Statement
	var problems []register.Problem
	if err == nil {
		kind, _ := in.Values["kind"].(string)
		s, problems, err = m.Import(ctx, visit.From(ctx).Actor, kind, file)
	}
	if err != nil && !ours(err) {
		return err
	}
	if err != nil || len(problems) > 0 {
		v, bad := m.queueView(r)
		if bad != nil {
			return bad
		}
		v.Form.Raw = in.Raw
		if err != nil {
			v.Form = again(ctx, v.Form, in, err)
		}
		for _, p := range problems {
			v.Problems = append(v.Problems, i18n.T(ctx, "money.line_wrong", "n", p.Line, "why", i18n.From(ctx).Bundle.Text(p.Key).Fill(i18n.LangOf(ctx), headed(ctx, p.Args))))
		}
		return httpx.Render(w, r, http.StatusUnprocessableEntity, queuePage(v))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "money.imported", Args: map[string]any{"added": s.Added, "same": s.Same}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/money")
}

// headed names a column as the visitor's language does.
func headed(ctx context.Context, args fault.Args) fault.Args {
	out := fault.Args{}
	for k, v := range args {
		out[k] = v
	}
	if name, ok := out["column"].(string); ok && i18n.From(ctx).Bundle.Has("money.col."+name) {
		out["column"] = i18n.T(ctx, "money.col."+name)
	}
	return out
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

// lineView is one line with the claims it may pay.
type lineView struct {
	Line
	Candidates []Candidate
	Form       form.Form
	Finance    bool
}

// offered is how many claims a form offers beside those something speaks for.
const offered = 100

func (m *Room) lineView(r *http.Request) (v lineView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, fault.Missing("statement line")
	}
	if v.Line, err = FindLine(ctx, m.DB, division, key); err != nil {
		return v, err
	}
	v.Finance = visit.From(ctx).Actor.Has(Finance)
	claims, err := m.Claims(ctx, division)
	if err != nil {
		return v, err
	}
	v.Candidates = Candidates(v.Line, claims)
	b := i18n.From(ctx).Bundle
	which := form.Field{Name: "case", Type: form.Code, Required: true, Label: b.Text("money.case"), ShowWhen: "act=match"}
	likely, others := b.Text("money.likely"), b.Text("money.others")
	seen := map[id.ID]bool{}
	for _, c := range v.Candidates {
		seen[c.Case] = true
		which.Options = append(which.Options, form.Option{Value: c.Case.String(), Label: c.label(ctx), Group: likely})
	}
	for _, c := range claims[:min(offered, len(claims))] {
		if !seen[c.Case] {
			which.Options = append(which.Options, form.Option{Value: c.Case.String(), Label: Candidate{Claim: c}.label(ctx), Group: others})
		}
	}
	v.Form = form.New("settle", "/enforcement/money/"+key.String(), []form.Field{
		{Name: "act", Type: form.Enum, Required: true, Label: b.Text("money.act"), Options: options(ctx, "money.act.", "match", "aside")},
		which,
		{Name: "channel", Type: form.Enum, Required: true, Label: b.Text("money.channel"), Options: options(ctx, "money.channel.", "bank", "epay"), ShowWhen: "act=match"},
		{Name: "why", Type: form.Text, Required: true, Label: b.Text("money.aside_why"), ShowWhen: "act=aside"}})
	begin := map[string]any{"act": "match", "channel": "bank"}
	if len(v.Candidates) > 0 && v.Candidates[0].Sure() {
		begin["case"] = v.Candidates[0].Case.String()
	}
	v.Form = v.Form.Fill(begin, calendar.Zone)
	v.Form.Steps = button(ctx, "money.settle", "check")
	return v, nil
}

// label names a claim in a list of choices.
func (c Candidate) label(ctx context.Context) i18n.Text {
	parts := slices.DeleteFunc([]string{c.Decision, c.Number, i18n.Said(ctx, c.Title)}, func(s string) bool { return s == "" })
	zh, en := strings.Join(parts, " · "), strings.Join(parts, " · ")
	return i18n.Text{ZH: zh + " · 应缴" + yuan(c.Owed) + "元", EN: en + " · " + yuan(c.Owed) + " yuan owed"}
}

func (m *Room) line(w http.ResponseWriter, r *http.Request) error {
	v, err := m.lineView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, linePage(v))
}

func (m *Room) settleLine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.lineView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	str := func(name string) string { s, _ := in.Values[name].(string); return s }
	flash := "money.matched"
	if err == nil {
		if actor := visit.From(ctx).Actor; str("act") == "aside" {
			flash, err = "money.set_aside", m.SetAside(ctx, actor, v.ID, str("why"))
		} else if caseID, bad := id.Parse(str("case")); bad != nil {
			err = fault.New(fault.Invalid, "form.refused").Field("case", "money.no_claim")
		} else {
			err = m.Match(ctx, actor, v.ID, caseID, str("channel"))
		}
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, linePage(v))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: flash}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/money")
}

// ledgerView is the money of one case.
type ledgerView struct {
	Ledger
	Case    *engine.Snapshot
	Form    form.Form
	Finance bool
}

func (m *Room) ledgerView(r *http.Request) (v ledgerView, err error) {
	ctx := r.Context()
	if v.Case, err = dossier.Of(ctx, m.Engine(), visit.From(ctx).Division.ID, r.PathValue("id")); err != nil {
		return v, err
	}
	if v.Ledger, err = m.Ledger(ctx, v.Case); err != nil {
		return v, err
	}
	v.Finance = visit.From(ctx).Actor.Has(Finance) && v.Refundable() > 0
	b := i18n.From(ctx).Bundle
	v.Form = form.New("refund", "/enforcement/cases/"+v.Case.ID.String()+"/money", []form.Field{
		{Name: "amount", Type: form.Money, Required: true, Label: b.Text("money.refund.amount"), Help: i18n.Text{
			ZH: "最多" + yuan(v.Refundable()) + "元", EN: "At most " + yuan(v.Refundable()) + " yuan"}},
		{Name: "paid_on", Type: form.Date, Required: true, Label: b.Text("money.refund.paid_on")},
		{Name: "basis", Type: form.Text, Required: true, Label: b.Text("money.refund.basis"), Help: b.Text("money.refund.basis_help")},
		{Name: "reason", Type: form.Text, Required: true, Label: b.Text("money.refund.reason")},
		{Name: "ref", Type: form.Text, Label: b.Text("money.refund.ref")}})
	v.Form.Steps = button(ctx, "money.refund", "arrow-back-up")
	return v, nil
}

func (m *Room) ledger(w http.ResponseWriter, r *http.Request) error {
	v, err := m.ledgerView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, ledgerPage(v))
}

func (m *Room) payBack(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.ledgerView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	if err == nil {
		str := func(name string) string { s, _ := in.Values[name].(string); return s }
		amount, _ := in.Values["amount"].(int64)
		day, _ := in.Values["paid_on"].(time.Time)
		err = m.Refund(ctx, visit.From(ctx).Actor, v.Case, Refund{Amount: amount, PaidOn: calendar.DateOf(day), Basis: str("basis"), Reason: str("reason"), Ref: str("ref")})
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, ledgerPage(v))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "money.refund.done"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, v.Form.Action)
}

// Panel is what the page of a case shows of its money; nil before a fine is
// decided or taken.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	l, err := m.Ledger(ctx, s)
	if err != nil || len(l.Entries) == 0 {
		return nil, err
	}
	return panelView(l, "/enforcement/cases/"+s.ID.String()+"/money"), nil
}
