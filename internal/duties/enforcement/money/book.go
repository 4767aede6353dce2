package money

import (
	"net/http"

	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// booksView is the stock.
type booksView struct {
	Books   []receipt.Book
	Form    form.Form
	Finance bool
}

func (m *Room) booksView(r *http.Request) (v booksView, err error) {
	ctx := r.Context()
	b := i18n.From(ctx).Bundle
	zero, digits, most := 0, 20, 999_999_999
	v.Finance = visit.From(ctx).Actor.Has(Finance)
	v.Form = form.New("book", "/enforcement/receipts", []form.Field{
		{Name: "series", Type: form.Text, Label: b.Text("money.book.series"), Help: b.Text("money.book.series_help")},
		{Name: "digits", Type: form.Int, Required: true, Min: &zero, Max: &digits, Label: b.Text("money.book.digits")},
		{Name: "first", Type: form.Int, Required: true, Min: &zero, Max: &most, Label: b.Text("money.book.first")},
		{Name: "last", Type: form.Int, Required: true, Min: &zero, Max: &most, Label: b.Text("money.book.last")}})
	v.Form = v.Form.Fill(map[string]any{"digits": int64(8)}, calendar.Zone)
	v.Form.Steps = button(ctx, "money.book.add", "plus")
	v.Books, err = receipt.Books(ctx, m.DB, visit.From(ctx).Division.ID)
	return v, err
}

func (m *Room) books(w http.ResponseWriter, r *http.Request) error {
	v, err := m.booksView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, booksPage(v))
}

func (m *Room) addBook(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.booksView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	whole := func(name string) int64 { n, _ := in.Values[name].(int64); return n }
	var key id.ID
	if err == nil {
		series, _ := in.Values["series"].(string)
		key, err = m.Receipts.Add(ctx, visit.From(ctx).Actor, receipt.Range{Series: series, Digits: int(whole("digits")), First: whole("first"), Last: whole("last")})
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, booksPage(v))
	}
	return httpx.Redirect(w, r, "/enforcement/receipts/"+key.String())
}

// bookView is one book with what became of its numbers.
type bookView struct {
	receipt.Book
	Gone []receipt.Receipt
	Form form.Form
	Acts bool // the visitor may change it
}

func (m *Room) bookView(r *http.Request) (v bookView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, fault.Missing("receipt book")
	}
	if v.Book, err = receipt.Find(ctx, m.DB, division, key); err != nil {
		return v, err
	}
	if v.Gone, err = receipt.Of(ctx, m.DB, division, key); err != nil {
		return v, err
	}
	v.Acts = visit.From(ctx).Actor.Has(Finance) && v.Returned.IsZero()
	dir, err := m.People.Directory(ctx, division)
	if err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	acts, first := []string{"return", "void"}, "return"
	if v.Holder == "" {
		acts, first = []string{"hand", "void"}, "hand"
	}
	officer := form.Field{Name: "officer", Type: form.Person, Required: true, Label: b.Text("money.book.officer"), ShowWhen: "act=hand"}
	for _, a := range dir.Holders("officer", "", "", m.Clock.Now()) {
		if a.Certified(people.Enforcement) {
			officer.Options = append(officer.Options, form.Option{Value: a.Account.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
		}
	}
	low, high := int(v.First), int(v.Last)
	v.Form = form.New("book", "/enforcement/receipts/"+key.String(), []form.Field{
		{Name: "act", Type: form.Enum, Required: true, Label: b.Text("money.book.act"), Options: options(ctx, "money.book.act.", acts...)},
		officer,
		{Name: "number", Type: form.Int, Required: true, Min: &low, Max: &high, Label: b.Text("money.book.number"), ShowWhen: "act=void"},
		{Name: "why", Type: form.Text, Required: true, Label: b.Text("money.book.why"), ShowWhen: "act=void"}})
	v.Form = v.Form.Fill(map[string]any{"act": first}, calendar.Zone)
	v.Form.Steps = button(ctx, "money.book.do", "check")
	return v, nil
}

func (m *Room) book(w http.ResponseWriter, r *http.Request) error {
	v, err := m.bookView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, bookPage(v))
}

func (m *Room) changeBook(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.bookView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	if err == nil {
		err = m.changed(r, v.Book, in)
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, bookPage(v))
	}
	return httpx.Redirect(w, r, v.Form.Action)
}

// changed does what the form asks of a book.
func (m *Room) changed(r *http.Request, b receipt.Book, in form.Input) error {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	str := func(name string) string { s, _ := in.Values[name].(string); return s }
	switch str("act") {
	case "return":
		return m.Receipts.Return(ctx, actor, b.ID)
	case "void":
		n, _ := in.Values["number"].(int64)
		return m.Receipts.Spoil(ctx, actor, b.ID, n, str("why"))
	}
	dir, err := m.People.Directory(ctx, actor.Division)
	if err != nil {
		return err
	}
	key, err := id.Parse(str("officer"))
	if err != nil {
		return fault.New(fault.Invalid, "form.refused").Field("officer", "receipt.officer")
	}
	officer, err := dir.Actor(key, m.Clock.Now())
	if err != nil {
		return fault.New(fault.Invalid, "form.refused").Field("officer", "receipt.officer")
	}
	return m.Receipts.Hand(ctx, actor, b.ID, officer)
}
