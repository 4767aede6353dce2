package hotline

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Answer is what became of one line.
type Answer struct {
	Line    int64     `json:"line"`
	No      string    `json:"no"`
	Outcome string    `json:"outcome"`
	Why     i18n.Text `json:"why,omitzero"`
	Case    string    `json:"case,omitempty"`
	Title   string    `json:"title,omitempty"`
}

// The outcomes. The first is what a check answers for a line that would be taken.
const (
	Fine      = "fine"
	Created   = "created"
	Known     = "known" // already there: nothing was done
	Urged     = "urged"
	Added     = "added"
	Withdrawn = "withdrawn"
	Refused   = "refused"
	Rated     = "rated"
	Objected  = "objected"
	Noted     = "noted" // kept with the order; the case was not changed, Why says why
)

// line is one line of a file of orders.
type line struct {
	m        *history.Mapping
	cells    map[string]string
	v        map[string]string
	received time.Time
	due      time.Time
	at       *geo.Point
}

// ground is what lines are held against.
type ground struct {
	m   *place.Map
	cat *catalogue.Catalogue
	now time.Time
}

func (r *Room) ground(ctx context.Context, division id.ID) (g ground, err error) {
	g.now = r.Clock.Now()
	if g.m, err = r.Places.Map(ctx, division); err != nil {
		return g, err
	}
	g.cat, err = r.Catalogues.Catalogue(ctx, division)
	return g, err
}

func bad(key string, kv ...any) error { return fault.New(fault.Invalid, key, kv...) }

// read reads a line; an error is why it is refused.
func (g ground) read(m *history.Mapping, raw history.Line) (l line, err error) {
	l = line{m: m, cells: raw.Cells}
	if l.v, err = values(m, raw); err != nil {
		return l, err
	}
	if l.v["kind"] == "" {
		l.v["kind"] = "new"
	}
	if l.received, err = m.At("received", raw.Cells); err != nil {
		return l, err
	}
	if l.due, err = m.At("due", raw.Cells); err != nil {
		return l, err
	}
	if l.at, err = m.Point(raw.Cells); err != nil {
		return l, err
	}
	if class := l.v["class"]; class != "" {
		if _, err := g.cat.Class(class); err != nil {
			return l, bad("hotline.class_unknown", "class", class)
		}
	}
	return l, nil
}

// locate finds the place of a new order: by coordinates, else by its words.
func (g ground) locate(l *line) error {
	if l.at == nil {
		found := g.m.Find(l.v["address"], g.now)
		if len(found) == 0 {
			return bad("hotline.place_unknown", "address", l.v["address"])
		}
		l.at = &found[0].Point
	}
	if !incident.InArea(g.m, *l.at, g.now) {
		return bad("hotline.outside")
	}
	return nil
}

// digest tells a line from all others, whatever its kind.
func digest(kind string, v map[string]string) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", kind, raw))
	return sum[:]
}

// title is the order's first words.
func (l line) title() string {
	t := l.v["title"]
	if t == "" {
		t = l.v["desc"]
	}
	if r := []rune(t); len(r) > 40 {
		t = string(r[:40]) + "…"
	}
	return t
}

func (l line) text() string {
	t, d := l.v["title"], l.v["desc"]
	if t == "" || strings.Contains(d, t) {
		return d
	}
	return t + "\n" + d
}

// take does what a line wants. dry only says what would be done.
func (r *Room) take(ctx context.Context, actor people.Actor, g ground, l line, dry bool) (a Answer, err error) {
	o, err := r.Find(ctx, actor.Division, l.v["id"])
	if err != nil && !fault.Is(err, fault.NotFound) {
		return a, err
	}
	known := err == nil
	if l.v["kind"] == "new" {
		if known && !o.Case.IsZero() {
			return Answer{Outcome: Known, Case: o.Now.String(), Title: o.Title}, nil
		}
		return r.open(ctx, actor, g, l, o, known, dry)
	}
	if !known || o.Case.IsZero() {
		return a, bad("hotline.order_unknown")
	}
	return r.tell(ctx, l, o, dry)
}

// open makes a case of a new order. An order that cannot become one is kept
// all the same, so that it can be returned.
func (r *Room) open(ctx context.Context, actor people.Actor, g ground, l line, o Order, known, dry bool) (a Answer, err error) {
	a = Answer{Outcome: Fine, Title: l.title()}
	no := g.locate(&l)
	if dry || no != nil && known && o.Refused == r.words(no) {
		return a, no
	}
	if !known {
		o = Order{Division: actor.Division, No: l.v["id"], ID: id.New(), Title: l.title(), Received: l.received}
	}
	o.Address, o.Due = l.v["address"], l.due
	if o.Due.IsZero() && !l.received.IsZero() {
		if o.Due, err = r.within(ctx, actor.Division, l.received, l.m.Limit); err != nil {
			return a, err
		}
	}
	if no == nil {
		var res engine.Result
		res, no = r.Citizens.Take(ctx, actor, incident.Report{Division: actor.Division, Source: "hotline", Desc: l.text(), Class: l.v["class"], Point: *l.at,
			Address: l.v["address"], Name: l.v["name"], Phone: l.v["phone"], HotlineNo: o.No, AnswerBy: o.Due, CallBack: l.v["phone"] != "", Key: "hotline:" + o.No})
		if no == nil {
			if err := r.carry(ctx, &o, res.Case); err != nil {
				return a, err
			}
			a.Outcome, a.Case, o.Refused = Created, res.Case.String(), i18n.Text{}
			return a, r.keep(ctx, o)
		}
	}
	if !ours(no) {
		return a, no
	}
	o.Refused = r.words(no)
	if err := r.keep(ctx, o); err != nil {
		return a, err
	}
	return a, no
}

// carry notes the case and the caller in it.
func (r *Room) carry(ctx context.Context, o *Order, caseID id.ID) error {
	list, err := party.Of(ctx, r.DB, o.Division, caseID)
	if err == nil && len(list) > 0 {
		o.Case, o.Party = caseID, list[0].ID
	}
	return err
}

// steps are what updates become, by their kind.
var steps = map[string]struct{ step, text, outcome string }{
	"urge": {"urge", "text", Urged}, "add": {"add", "text", Added}, "withdraw": {"withdraw", "reason", Withdrawn},
}

// tell takes the caller's step in the case.
func (r *Room) tell(ctx context.Context, l line, o Order, dry bool) (a Answer, err error) {
	what := steps[l.v["kind"]]
	a = Answer{Outcome: what.outcome, Case: o.Now.String(), Title: o.Title}
	if what.step == "" {
		return a, bad("hotline.kind_unknown", "kind", l.v["kind"])
	}
	sum := digest(Orders, l.v)
	fresh, err := r.first(ctx, o.Division, sum)
	if err != nil || !fresh {
		a.Outcome = Known
		return a, err
	}
	if dry {
		a.Outcome = Fine
		return a, nil
	}
	_, err = r.Engine.Act(ctx, engine.Act{Case: o.Now, Step: what.step, Actor: people.SpokenFor(o.Division, o.Party, Speaker),
		Input: procedure.Input{what.text: clip(l.text(), 200)}, Key: fmt.Sprintf("hotline:%x", sum)})
	if err != nil {
		return a, err
	}
	return a, r.remember(ctx, o.Division, sum)
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
