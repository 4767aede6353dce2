package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// bulkAct is a step that may be taken for many cases with one reason. Each case
// is judged and written by itself, as if it had been opened.
type bulkAct struct {
	step   string
	roles  []string
	fields []string                                         // of the one form
	fill   func(in procedure.Input, said map[string]string) // what was said, into a case's own form
}

// bulkActs are offered in this order. What a case's own form proposes stands
// where nothing else was said: its department, its condition, its reply.
var bulkActs = []bulkAct{
	{"dispatch", []string{"dispatcher"}, []string{"dept", "reason"}, func(in procedure.Input, said map[string]string) {
		put(in, "dept", said["dept"])
		put(in, "override", said["reason"])
	}},
	{"correct", []string{"dispatcher", "shift_leader"}, []string{"class", "reason"}, func(in procedure.Input, said map[string]string) {
		put(in, "class", said["class"])
		put(in, "reason", said["reason"])
	}},
	{"reroute", []string{"dispatcher"}, []string{"dept", "reason"}, func(in procedure.Input, said map[string]string) {
		put(in, "dept", said["dept"])
		put(in, "reason", said["reason"])
	}},
	{"close", []string{"shift_leader"}, []string{"reply"}, func(in procedure.Input, said map[string]string) { put(in, "reply", said["reply"]) }},
}

func put(in procedure.Input, name, v string) {
	if v != "" {
		in[name] = v
	}
}

// bulkMost is how many cases one act may hold.
const bulkMost = 100

// bulkRow is one case and what would become, or became, of it.
type bulkRow struct {
	ID      string
	Line    line
	Chosen  bool
	Outcome ui.Chip
	Why     string
}

// bulkView is the page.
type bulkView struct {
	Back   string
	Query  string // the list's filter, kept in the form's address
	Act    string
	Acts   []ui.Tab
	Form   form.Form
	Rows   []bulkRow
	Key    string // of this act, so that sending it twice is doing it once
	Ready  bool   // at least one case would go through
	Done   bool
	Chosen int
}

func (d *Desk) bulk(w http.ResponseWriter, r *http.Request) error {
	v, err := d.bulkView(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, bulkPage(v))
}

func (d *Desk) bulkView(r *http.Request) (v bulkView, err error) {
	n, err := d.names(r)
	if err != nil {
		return v, err
	}
	page, err := d.page(r, bulkMost)
	if err != nil {
		return v, err
	}
	q := r.URL.Query()
	act := actOf(q.Get("act"))
	q.Del("act")
	v = bulkView{Back: "/desk?" + q.Encode(), Query: q.Encode(), Act: act.step, Key: id.New().String()}
	for _, a := range bulkActs {
		if !slices.ContainsFunc(a.roles, visit.From(r.Context()).Actor.Has) {
			continue
		}
		q.Set("act", a.step)
		v.Acts = append(v.Acts, ui.Tab{Label: i18n.T(r.Context(), "desk.bulk."+a.step), Href: "/desk/bulk?" + q.Encode(), Active: a.step == act.step})
	}
	chosen := r.PostForm["case"]
	rows, err := d.withChosen(r, page.Rows, chosen)
	if err != nil {
		return v, err
	}
	lines := n.lines(r.Context(), rows)
	for i, x := range rows {
		v.Rows = append(v.Rows, bulkRow{ID: x.ID.String(), Line: lines[i], Chosen: slices.Contains(chosen, x.ID.String())})
	}
	v.Form = form.New("bulk", "/desk/bulk?act="+act.step+"&"+v.Query, n.bulkFields(r.Context(), act))
	return v, nil
}

// withChosen adds the chosen cases that the list no longer holds, because an
// earlier try has moved them on.
func (d *Desk) withChosen(r *http.Request, rows []record.Row, chosen []string) ([]record.Row, error) {
	var gone []id.ID
	for _, c := range chosen[:min(len(chosen), bulkMost)] {
		key, err := id.Parse(c)
		if err == nil && !slices.ContainsFunc(rows, func(x record.Row) bool { return x.ID == key }) {
			gone = append(gone, key)
		}
	}
	actor := visit.From(r.Context()).Actor
	more, err := record.Rows(r.Context(), d.DB, actor.Division, incident.Narrow(actor, record.Filter{}), gone)
	return append(more, rows...), err
}

func actOf(step string) bulkAct {
	i := slices.IndexFunc(bulkActs, func(a bulkAct) bool { return a.step == step })
	return bulkActs[max(i, 0)]
}

func (n names) bulkFields(ctx context.Context, act bulkAct) (out []form.Field) {
	b := i18n.From(ctx).Bundle
	for _, name := range act.fields {
		f := form.Field{Name: name, Label: b.Text("desk.bulk_" + name)}
		switch name {
		case "dept":
			f.Type, f.Required = form.Dept, act.step == "reroute"
			if !f.Required {
				f.Help = b.Text("desk.bulk_dept_help")
			}
			for _, x := range n.dir.Departments(n.now) {
				if x.Kind != "centre" {
					f.Options = append(f.Options, form.Option{Value: x.Code, Label: x.Name})
				}
			}
		case "class":
			f.Type, f.Required = form.Class, true
			for _, c := range n.cat.Classes(catalogue.Event, n.now) {
				f.Options = append(f.Options, form.Option{Value: c.ID, Label: i18n.Text{ZH: c.ID + " " + c.Name.ZH, EN: c.ID + " " + c.Name.EN}})
			}
		case "reply":
			f.Type, f.Help = form.Long, b.Text("desk.bulk_reply_help")
		default:
			f.Type, f.Required = form.Text, act.step != "dispatch"
		}
		out = append(out, f)
	}
	return out
}

// bulkDo checks what an act would do to each chosen case, or does it.
func (d *Desk) bulkDo(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "form.refused")
	}
	v, err := d.bulkView(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, v.Form.Fields, calendar.Zone)
	for i := range v.Rows {
		if v.Rows[i].Chosen {
			v.Chosen++
		}
	}
	if err == nil && v.Chosen == 0 {
		err = fault.New(fault.Invalid, "desk.bulk_none")
	}
	if err != nil {
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid {
			return err
		}
		v.Form = v.Form.Refused(r.Context(), in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, bulkPage(v))
	}
	v.Form.Raw = in.Raw
	if key := r.PostFormValue("bulk"); key != "" {
		v.Key = key
	}
	said := map[string]string{}
	for name, x := range in.Values {
		said[name], _ = x.(string)
	}
	v.Done = r.PostFormValue("stage") == "run"
	for i := range v.Rows {
		if v.Rows[i].Chosen {
			ok, err := d.bulkOne(r, &v, &v.Rows[i], said)
			if err != nil {
				return err
			}
			v.Ready = v.Ready || ok
		}
	}
	return httpx.Render(w, r, http.StatusOK, bulkPage(v))
}

// bulkOne judges one case, and takes the step when the act is to be done. What
// refuses it is said beside it; only failures of ours end the whole.
func (d *Desk) bulkOne(r *http.Request, v *bulkView, row *bulkRow, said map[string]string) (bool, error) {
	ctx := r.Context()
	refuse := func(err error) (bool, error) {
		if f := fault.As(err); f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			return false, err
		}
		row.Outcome = ui.Chip{Label: i18n.T(ctx, "desk.bulk_refused"), Tone: ui.Red}
		p := httpx.ProblemOf(ctx, err)
		row.Why = p.Detail
		for _, f := range p.Fields {
			row.Why += " " + f.Detail
		}
		return false, nil
	}
	a, err := d.bulkActOf(ctx, visit.From(ctx).Actor, row.ID, actOf(v.Act), said)
	if err != nil {
		return refuse(err)
	}
	if !v.Done {
		pv, err := d.Engine.Preview(ctx, a)
		if err != nil {
			return refuse(err)
		}
		row.Outcome, row.Why = ui.Chip{Label: i18n.T(ctx, "desk.bulk_can"), Tone: ui.Blue}, d.bulkWhy(ctx, a, pv)
		return true, nil
	}
	a.Key = "bulk:" + v.Key + ":" + row.ID
	if _, err := d.Engine.Act(ctx, a); err != nil {
		return refuse(err)
	}
	row.Outcome = ui.Chip{Label: i18n.T(ctx, "desk.bulk_done"), Tone: ui.Green}
	return true, nil
}

// bulkActOf is the step for one case: what its own form proposes, and over it
// what was said for all.
func (d *Desk) bulkActOf(ctx context.Context, actor people.Actor, caseID string, act bulkAct, said map[string]string) (a engine.Act, err error) {
	key, err := id.Parse(caseID)
	if err != nil {
		return a, fault.Missing("case")
	}
	s, err := d.Engine.Find(ctx, actor.Division, key)
	if err != nil {
		return a, err
	}
	answered := procedure.Input(nil)
	if said["class"] != "" {
		answered = procedure.Input{"class": said["class"]}
	}
	ef, err := d.Engine.Form(ctx, actor, s, act.step, answered)
	if err != nil {
		return a, err
	}
	in := procedure.Input{}
	maps.Copy(in, ef.Filled)
	act.fill(in, said)
	if list := ef.Choices["condition"]; len(list) > 0 && !slices.ContainsFunc(list, func(c engine.Choice) bool { return c.Value == in["condition"] }) {
		best := max(slices.IndexFunc(list, func(c engine.Choice) bool { return c.Best }), 0)
		in["condition"] = list[best].Value // the class changed, and the condition with it
	}
	return engine.Act{Case: s.ID, Version: s.Version, Step: act.step, Actor: actor, Input: in}, nil
}

// bulkWhy says what the step would mean: which department, until when.
func (d *Desk) bulkWhy(ctx context.Context, a engine.Act, pv engine.Preview) string {
	var out []string
	if code, ok := a.Input["dept"].(string); ok {
		if dir, err := d.People.Directory(ctx, a.Actor.Division); err == nil {
			if x, err := dir.Department(code); err == nil {
				out = append(out, x.Name.In(i18n.LangOf(ctx)))
			}
		}
	}
	for _, c := range pv.Clocks {
		if c.ID == "handle" && c.Due != 0 {
			out = append(out, i18n.T(ctx, "desk.preview", "clock", c.Name, "due", calendar.FormatDue(clock.FromMicro(c.Due))))
		}
	}
	return strings.Join(out, " · ")
}

// bulkHref leads from a list to acting on many of its cases.
func bulkHref(q url.Values) string {
	act := map[string]string{"filed": "dispatch", "to_close": "close"}[q.Get("state")]
	if act == "" {
		act = "correct"
	}
	out := url.Values{"act": {act}}
	for _, name := range []string{"state", "dept", "class", "group", "q", "overdue", "mine", "priority", "street", "source", "days"} {
		if v := q.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return "/desk/bulk?" + out.Encode()
}
