package shift

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
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

// Routes is the room's part of the route table. One handover has the page of
// every case.
func (m *Room) Routes() []httpx.Route {
	return []httpx.Route{
		{Method: "GET", Pattern: "/shift", Access: httpx.Only(Roles...), Handler: m.list, Name: "shift"},
		{Method: "POST", Pattern: "/shift", Access: httpx.Only(Roles...), Handler: m.begin, Name: "shift.begin"},
	}
}

// view is the page of handovers.
type view struct {
	Refused   string
	Day, Desk string
	Desks     []form.Option
	Begin     []form.Option // desks that the visitor may hand over
	Key       string
	Mine      []mine
	Rows      []row
	Pager     ui.Pager
}

// mine is a handover that waits for the visitor.
type mine struct{ Text, Href string }

// row is one handover.
type row struct {
	ID, Number, Desk   string
	Outgoing, HandedAt string
	Incoming, TakenAt  string
	Items              int
	State              ui.Chip
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, http.StatusOK, "")
}

// show draws the page, with what was refused.
func (m *Room) show(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	v := visit.From(r.Context())
	out := view{Refused: refused, Day: r.URL.Query().Get("day"), Desk: r.URL.Query().Get("desk"), Key: id.New().String()}
	for _, d := range Desks {
		o := form.Option{Value: d.ID, Label: deskNames[d.ID]}
		out.Desks = append(out.Desks, o)
		if d.KeptBy(v.Actor) {
			out.Begin = append(out.Begin, o)
		}
	}
	f := record.Filter{Procedures: []string{Procedure}, Sort: record.ByOpened, After: r.URL.Query().Get("after")}
	if day, err := time.ParseInLocation(time.DateOnly, out.Day, calendar.Zone); err == nil {
		f.OpenedFrom, f.OpenedTo = clock.Micro(day), clock.Micro(day.AddDate(0, 0, 1))
	} else {
		out.Day = "" // what cannot be understood does not narrow
	}
	if f.After == "" {
		if err := m.waiting(r, v.Actor, &out); err != nil {
			return err
		}
	}
	p, err := record.List(r.Context(), m.DB, v.Division.ID, f)
	if err != nil {
		return err
	}
	if out.Rows, err = m.rows(r, v.Actor, p.Rows, out.Desk); err != nil {
		return err
	}
	out.Pager = ui.Pager{Shown: len(out.Rows)}
	if p.Next != "" {
		out.Pager.Next = "/shift?" + url.Values{"day": {out.Day}, "desk": {out.Desk}, "after": {p.Next}}.Encode()
	}
	return httpx.Render(w, r, status, page(out))
}

// may reports whether the actor may see handovers of the desk: those who keep
// the whole, and those who keep the desk.
func may(a people.Actor, d Desk) bool {
	return d.KeptBy(a) || slices.ContainsFunc([]string{"acceptor", "shift_leader", "dispatcher", "supervisor", "leader"}, a.Has)
}

// rows are the handovers of the desk ("" is every one) that the actor may see.
func (m *Room) rows(r *http.Request, actor people.Actor, list []record.Row, desk string) (out []row, err error) {
	ctx, lang := r.Context(), i18n.LangOf(r.Context())
	dir, err := m.People.Directory(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	cases := make([]id.ID, len(list))
	for i, x := range list {
		cases[i] = x.ID
	}
	data := map[id.ID]kept{}
	err = record.Data(ctx, m.DB, actor.Division, cases, func(caseID id.ID, raw map[string]json.RawMessage) error {
		data[caseID] = keptOf(raw)
		return nil
	})
	for _, x := range list {
		k := data[x.ID]
		if desk != "" && k.Desk != desk || !may(actor, at(k.Desk)) {
			continue
		}
		out = append(out, row{ID: x.ID.String(), Number: x.Number, Desk: deskNames[k.Desk].In(lang), Outgoing: name(dir, k.Outgoing), HandedAt: k.Handed,
			Incoming: name(dir, k.Incoming), TakenAt: k.Taken, Items: k.Items, State: ui.Chip{Label: m.stateName(x, x.State).In(lang), Tone: stateTones[x.State]}})
	}
	return out, err
}

var stateTones = map[string]ui.Tone{"draft": ui.Plain, "returned": ui.Red, "handed": ui.Amber, "received": ui.Green, "cancelled": ui.Plain}

// kept is what a list shows of a handover's data.
type kept struct {
	Desk, Outgoing, Incoming string
	Handed, Taken            string
	Items                    int
}

func keptOf(raw map[string]json.RawMessage) (k kept) {
	var handed, taken int64
	for field, to := range map[string]any{"desk": &k.Desk, "outgoing": &k.Outgoing, "incoming": &k.Incoming, "items": &k.Items, "handed_at": &handed, "taken_at": &taken} {
		if raw[field] != nil {
			_ = json.Unmarshal(raw[field], to) // of the field's type, or empty
		}
	}
	if handed != 0 {
		k.Handed = minute(handed)
	}
	if taken != 0 {
		k.Taken = minute(taken)
	}
	return k
}

// waiting are the handovers that the visitor can go on with: taking over, or
// finishing one's own.
func (m *Room) waiting(r *http.Request, actor people.Actor, out *view) error {
	ctx := r.Context()
	p, err := record.List(ctx, m.DB, actor.Division, record.Filter{Procedures: []string{Procedure}, Terminal: record.No, Sort: record.ByOpened})
	if err != nil {
		return err
	}
	for _, x := range p.Rows {
		s, err := m.Engine().Find(ctx, x.Division, x.ID)
		if err != nil {
			return err
		}
		own := s.Text("outgoing") == actor.Account.String()
		key := ""
		switch {
		case x.State == "handed" && !own && at(s.Text("desk")).KeptBy(actor):
			key = "shift.mine.take"
		case x.State != "handed" && own:
			key = "shift.mine.finish"
		default:
			continue
		}
		out.Mine = append(out.Mine, mine{i18n.T(ctx, key, "no", x.Number, "desk", deskNames[s.Text("desk")], "n", s.Data["items"]), "/cases/" + x.ID.String()})
	}
	return nil
}

// begin opens a handover and leads to its page.
func (m *Room) begin(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	res, err := m.Engine().Open(r.Context(), engine.Opening{Procedure: Procedure, Division: v.Division.ID, Step: "open", Actor: v.Actor,
		Input: procedure.Input{"desk": strings.TrimSpace(r.PostForm.Get("desk"))}, Key: r.PostForm.Get(form.KeyInput), Party: &engine.NewParty{NoReceipt: true}})
	if f := fault.As(err); f != nil {
		if text, ok := f.Args["text"].(i18n.Text); ok {
			return m.show(w, r, f.Kind.Status(), text.In(i18n.LangOf(r.Context())))
		}
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+res.Case.String())
}
