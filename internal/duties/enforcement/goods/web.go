package goods

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read, keep := httpx.Only(people.Dossiers...), httpx.Only(Keepers...)
	return append([]httpx.Route{
		{Method: "GET", Pattern: "/enforcement/goods", Access: read, Handler: m.list, Name: "goods.list"},
		{Method: "GET", Pattern: "/enforcement/cases/{id}/goods", Access: keep, Handler: m.ask, Name: "goods.new"},
		{Method: "POST", Pattern: "/enforcement/cases/{id}/goods", Access: keep, Handler: m.receive, Name: "goods.receive"},
		{Method: "GET", Pattern: "/enforcement/goods/{id}", Access: read, Handler: m.lot, Name: "goods.lot"},
		{Method: "POST", Pattern: "/enforcement/goods/{id}", Access: keep, Handler: m.pass, Name: "goods.move"},
	}, sheet.Routes("/enforcement/goods-list/table", "goods.file", read, m.table)...)
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// ours reports whether err is something the form can show.
func ours(err error) bool {
	f := fault.As(err)
	return f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden}, f.Kind)
}

func again(ctx context.Context, f form.Form, in form.Input, err error) form.Form {
	return stepform.Sent{Input: in}.Refused(ctx, f, fault.As(err))
}

// listView is the store.
type listView struct {
	Lots   []Standing
	All    bool
	Urgent int
	Now    time.Time
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	v := listView{All: r.URL.Query().Get("all") != "", Now: m.Clock.Now()}
	lots, err := List(ctx, m.DB, division, v.All)
	if err != nil {
		return err
	}
	if v.Lots, err = m.Standings(ctx, division, lots); err != nil {
		return err
	}
	for _, x := range v.Lots {
		if x.Urgent(v.Now) {
			v.Urgent++
		}
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// table is the inventory list: what came in, went out and is kept.
func (m *Room) table(r *http.Request) (s sheet.Sheet, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	b := i18n.From(ctx).Bundle
	s.Title = i18n.T(ctx, "goods.title")
	for _, c := range []string{"name", "source", "condition", "unit", "in", "out", "kept", "shelf", "due", "case", "at"} {
		s.Columns = append(s.Columns, sheet.Column{Title: b.Text("goods.f." + c).In(i18n.LangOf(ctx))})
	}
	s.Rows = func(ctx context.Context, put sheet.Put) error {
		lots, err := List(ctx, m.DB, division, r.URL.Query().Get("all") != "")
		if err != nil {
			return err
		}
		list, err := m.Standings(ctx, division, lots)
		for i := 0; err == nil && i < len(list); i++ {
			x := list[i]
			due := ""
			if !x.Due.IsZero() {
				due = calendar.FormatDue(x.Due)
			}
			err = put(x.Name, b.Text("goods.source."+x.Source).In(i18n.LangOf(ctx)), x.Condition, x.Unit, x.Quantity, x.Out(), x.Kept(), x.Shelf(), due, x.Title, local(x.At))
		}
		return err
	}
	return s, nil
}

// partners are those who may be the second person.
func (m *Room) partners(ctx context.Context, actor people.Actor) (out []form.Option, err error) {
	dir, err := m.People.Directory(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	seen := map[id.ID]bool{actor.Account: true}
	for _, role := range Keepers {
		for _, a := range dir.Holders(role, "", "", m.Clock.Now()) {
			if !seen[a.Account] {
				seen[a.Account] = true
				out = append(out, form.Option{Value: a.Account.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
			}
		}
	}
	return out, nil
}

// partner is the second person that the form names; the zero actor for none.
func (m *Room) partner(ctx context.Context, division id.ID, in form.Input) (people.Actor, error) {
	text, _ := in.Values["second"].(string)
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
		return people.Actor{}, fault.New(fault.Invalid, "form.refused").Field("second", "goods.needed")
	}
	return a, nil
}

// newView is the form by which goods come in.
type newView struct {
	Case *engine.Snapshot
	Form form.Form
}

// sources guesses from the case why goods come in.
var sources = map[string]string{"enf.hold": "hold", "enf.measure": "measure"}

func (m *Room) newView(r *http.Request) (v newView, err error) {
	ctx := r.Context()
	if v.Case, err = dossier.Of(ctx, m.Engine(), visit.From(ctx).Division.ID, r.PathValue("id")); err != nil {
		return v, err
	}
	second, err := m.partners(ctx, visit.From(ctx).Actor)
	if err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	text := func(name string) i18n.Text { return b.Text("goods.f." + name) }
	source := form.Field{Name: "source", Type: form.Enum, Required: true, Label: text("source")}
	for _, s := range Sources {
		source.Options = append(source.Options, form.Option{Value: s, Label: b.Text("goods.source." + s)})
	}
	yes := []form.Option{{Value: "no", Label: b.Text("goods.no")}, {Value: "yes", Label: b.Text("goods.yes")}}
	one := 1
	v.Form = form.New("goods", "/enforcement/cases/"+v.Case.ID.String()+"/goods", []form.Field{source,
		{Name: "items", Type: form.Rows, Required: true, Label: text("items"), Help: text("items_help"), Columns: []form.Field{
			{Name: "name", Type: form.Text, Required: true, Label: text("name")}, {Name: "qty", Type: form.Int, Min: &one, Required: true, Label: text("quantity")},
			{Name: "unit", Type: form.Text, Label: text("unit")}, {Name: "state", Type: form.Text, Label: text("condition")},
			{Name: "shelf", Type: form.Text, Required: true, Label: text("shelf")}, {Name: "fresh", Type: form.Enum, Label: text("perishable"), Options: yes}}},
		{Name: "second", Type: form.Person, Required: true, Label: text("second"), Options: second}})
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "goods.receive"), Icon: "package", Primary: true}}
	begin := map[string]any{"source": sources[v.Case.Procedure]}
	if rows, ok := v.Case.Data["items"].([]map[string]string); ok {
		begin["items"] = rows
	}
	v.Form = v.Form.Fill(begin, calendar.Zone)
	return v, nil
}

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	v, err := m.newView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, newPage(v))
}

func (m *Room) receive(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.newView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	if err == nil {
		var second people.Actor
		if second, err = m.partner(ctx, v.Case.Division, in); err == nil {
			source, _ := in.Values["source"].(string)
			_, err = m.Receive(ctx, visit.From(ctx).Actor, second, v.Case, source, itemsOf(in))
		}
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, newPage(v))
	}
	return httpx.Redirect(w, r, "/cases/"+v.Case.ID.String())
}

func itemsOf(in form.Input) (out []Item) {
	rows, _ := in.Values["items"].([]map[string]string)
	for _, r := range rows {
		n, _ := strconv.ParseInt(r["qty"], 10, 64) // the form read it
		out = append(out, Item{Name: r["name"], Unit: r["unit"], Condition: r["state"], Shelf: r["shelf"], Quantity: n, Perishable: r["fresh"] == "yes"})
	}
	return out
}

// lotView is one lot with the form that moves it.
type lotView struct {
	Standing
	Form form.Form
	Acts bool
	Now  time.Time
}

func (m *Room) lotView(r *http.Request) (v lotView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, fault.Missing("goods")
	}
	l, err := Find(ctx, m.DB, division, key)
	if err != nil {
		return v, err
	}
	list, err := m.Standings(ctx, division, []Lot{l})
	if err != nil {
		return v, err
	}
	actor := visit.From(ctx).Actor
	v.Standing, v.Now, v.Acts = list[0], m.Clock.Now(), l.Kept() > 0 && slices.ContainsFunc(Keepers, actor.Has)
	second, err := m.partners(ctx, actor)
	if err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	text := func(name string) i18n.Text { return b.Text("goods.f." + name) }
	what := form.Field{Name: "what", Type: form.Enum, Required: true, Label: text("what")}
	for _, k := range append([]string{Shelve}, Outs...) {
		if k != Early || l.Perishable {
			what.Options = append(what.Options, form.Option{Value: k, Label: whats[k]})
		}
	}
	one, kept := 1, int(l.Kept())
	v.Form = form.New("move", "/enforcement/goods/"+key.String(), []form.Field{what,
		{Name: "shelf", Type: form.Text, Label: text("shelf"), ShowWhen: "what=shelve"},
		{Name: "quantity", Type: form.Int, Min: &one, Max: &kept, Required: true, Label: text("quantity"), Unit: i18n.Text{ZH: l.Unit, EN: l.Unit}, ShowWhen: "what=return|transfer|auction|destroy|early"},
		{Name: "receiver", Type: form.Text, Label: text("receiver"), ShowWhen: "what=return|transfer"},
		{Name: "paper", Type: form.Text, Label: text("paper"), Help: text("paper_help"), ShowWhen: "what=auction|destroy|early"},
		{Name: "proceeds", Type: form.Money, Label: text("proceeds"), Help: text("proceeds_help"), ShowWhen: "what=auction|early"},
		{Name: "witness", Type: form.Text, Label: text("witness"), ShowWhen: "what=destroy"},
		{Name: "why", Type: form.Text, Required: true, Label: text("why")},
		{Name: "second", Type: form.Person, Required: true, Label: text("second"), Options: second}})
	v.Form = v.Form.Fill(map[string]any{"quantity": l.Kept()}, calendar.Zone)
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "goods.do"), Icon: "check", Primary: true}}
	return v, nil
}

func (m *Room) lot(w http.ResponseWriter, r *http.Request) error {
	v, err := m.lotView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, lotPage(v))
}

func (m *Room) pass(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.lotView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	if err == nil {
		str := func(name string) string { s, _ := in.Values[name].(string); return s }
		whole := func(name string) int64 { n, _ := in.Values[name].(int64); return n }
		var second people.Actor
		if second, err = m.partner(ctx, visit.From(ctx).Division.ID, in); err == nil {
			err = m.Pass(ctx, visit.From(ctx).Actor, second, v.ID, Step{What: str("what"), Shelf: str("shelf"), Receiver: str("receiver"), Why: str("why"), Paper: str("paper"),
				Witness: str("witness"), Quantity: whole("quantity"), Proceeds: whole("proceeds")})
		}
	}
	if err != nil {
		if !ours(err) {
			return err
		}
		v.Form = again(ctx, v.Form, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, lotPage(v))
	}
	return httpx.Redirect(w, r, v.Form.Action)
}

// Panel is what the page of a case shows of its goods, those of its holds and
// measures too.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	cases := []id.ID{s.ID}
	children, err := record.Children(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		cases = append(cases, c.ID)
	}
	lots, err := Of(ctx, m.DB, s.Division, cases...)
	if err != nil {
		return nil, err
	}
	_, lists := s.Data["items"].([]map[string]string)
	keep := slices.ContainsFunc(Keepers, visit.From(ctx).Actor.Has)
	if len(lots) == 0 && !(keep && (lists || sources[s.Procedure] != "" || s.Text("way") == "sample")) {
		return nil, nil
	}
	return panelView(lots, keep, "/enforcement/cases/"+s.ID.String()+"/goods"), nil
}
