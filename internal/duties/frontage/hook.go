package frontage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Hooks are what the room adds to its procedures.
func (m *Room) Hooks() map[string]engine.Hooks {
	h := engine.Hooks{Fact: m.fact, Choices: m.choices, Words: m.words,
		Do: map[string]func(context.Context, *engine.Doing) error{"track": track, "person": person, "redraft": redraft, "recode": recode, "keep": m.keep}}
	return map[string]engine.Hooks{Pledge: h, Inspection: h, Listing: h}
}

// asking is one question of a procedure.
type asking struct {
	*Room
	engine.Asked
	ctx context.Context
}

type answer = func(asking) (any, error)

var facts = merged(ofShop, ofPledge, ofInspection, ofList)

func merged(topics ...map[string]answer) map[string]answer {
	out := map[string]answer{}
	for _, t := range topics {
		maps.Copy(out, t)
	}
	return out
}

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	f := facts[name]
	if f == nil {
		return nil, fmt.Errorf("frontage: no fact %q", name)
	}
	return f(asking{m, a, ctx})
}

// text is an answer of the form, else what the case knows.
func (a asking) text(name string) string {
	if s, ok := a.Input[name].(string); ok && s != "" {
		return s
	}
	return a.Snapshot.Text(name)
}

func (a asking) list(name string) []string {
	out, _ := a.Input[name].([]string)
	return out
}

func (a asking) day() calendar.Date { return calendar.DateOf(a.Now) }

// shop is the shop of the case; none that trades is the zero shop.
func (a asking) shop() (shop.Shop, error) {
	s, err := shop.Find(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"))
	if fault.Is(err, fault.NotFound) || err == nil && !s.Open(a.day()) {
		return shop.Shop{}, nil
	}
	return s, err
}

func (a asking) duties() ([]Duty, error) { return InForce(a.ctx, a.Q, a.Snapshot.Division, a.day()) }

// said is a fact that is a property of the shop.
func said(f func(shop.Shop) any) answer {
	return func(a asking) (any, error) { s, err := a.shop(); return f(s), err }
}

// located is a fact of where the door lies in the tree of divisions.
func located(f func(grid, street string) string) answer {
	return func(a asking) (any, error) {
		s, err := a.shop()
		if err != nil {
			return nil, err
		}
		town, err := a.Places.Map(a.ctx, a.Snapshot.Division)
		if err != nil {
			return nil, err
		}
		at := town.Locate(s.At, a.Now)
		return f(at.Grid, at.Street), nil
	}
}

var ofShop = map[string]answer{
	"shop_name":  said(func(s shop.Shop) any { return s.Name }),
	"address":    said(func(s shop.Shop) any { return s.Address }),
	"place":      said(func(s shop.Shop) any { return procedure.Point{Lat: s.At.Lat, Lng: s.At.Lng} }),
	"provenance": said(func(s shop.Shop) any { return s.Provenance }),
	"grid":       located(func(grid, _ string) string { return grid }),
	"street":     located(func(_, street string) string { return street }),
}

var ofPledge = map[string]answer{
	"stretch": func(a asking) (any, error) { l, err := a.stretch(); return l.String(), err },
	"duties": func(a asking) (any, error) {
		all, err := a.duties()
		codes := a.list("items")
		if len(codes) == 0 {
			for _, d := range all {
				codes = append(codes, d.Code)
			}
		}
		return codes, err
	},
	"pledged": func(a asking) (any, error) {
		list, err := Of(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), Pledge)
		return slices.ContainsFunc(list, func(e Entry) bool { return !e.Terminal }), err
	},
	"clash": func(a asking) (any, error) {
		l, err := a.stretch()
		if err != nil || len(l) == 0 {
			return "", err
		}
		return clash(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), l)
	},
}

// stretch is the line of the form, else the one the case has, else that of the
// register; none where it is no line.
func (a asking) stretch() (shop.Line, error) {
	if s := a.text("stretch"); s != "" {
		l, _ := shop.ParseLine(s)
		return l, nil
	}
	s, err := a.shop()
	return s.Stretch, err
}

var ofInspection = map[string]answer{
	"scored":  func(a asking) (any, error) { _, ok, err := a.scores(); return ok, err },
	"total":   func(a asking) (any, error) { t, _, err := a.scores(); return int64(t.sum), err },
	"floor":   asking.floor,
	"at_door": asking.atDoor,
	"recent": func(a asking) (any, error) {
		list, err := Of(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), Inspection)
		return slices.ContainsFunc(list, func(e Entry) bool {
			return e.Routine && e.State != "cancelled" && a.Now.Sub(e.Opened) < between
		}), err
	},
	"term_n":    func(a asking) (any, error) { t, err := a.term(); return t.N, err },
	"term_unit": func(a asking) (any, error) { t, err := a.term(); return t.Unit, err },
	"known": func(a asking) (any, error) {
		all, err := a.duties()
		for _, c := range a.list("items") {
			if !slices.ContainsFunc(all, func(d Duty) bool { return d.Code == c }) {
				return false, err
			}
		}
		return true, err
	},
	"law_holds": func(a asking) (any, error) {
		code, _ := a.Input["law"].(string)
		if code == "" {
			return false, nil
		}
		return a.InForce(a.ctx, a.Snapshot.Division, code, a.day())
	},
}

// tally is what the scores of a form come to.
type tally struct{ sum, least int }

// scores reads the form's scores; false when one is missing, strange or beyond
// its points.
func (a asking) scores() (t tally, ok bool, err error) {
	all, err := a.duties()
	given, _ := a.Input["scores"].(map[string]string)
	if err != nil || len(all) == 0 || len(given) != len(all) {
		return t, false, err
	}
	t.least = 100
	for _, d := range all {
		n, err := strconv.Atoi(given[d.Code])
		if err != nil || n < 0 || n > d.Points {
			return t, false, nil
		}
		t.sum, t.least = t.sum+n, min(t.least, n)
	}
	return t, true, nil
}

func (a asking) floor() (any, error) {
	t, ok, err := a.scores()
	if err != nil || !ok {
		return false, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return false, err
	}
	return t.least >= set.Int("frontage.floor"), nil
}

// reach is how far from the door a photo may be taken, in metres, and how old it
// may be.
const (
	reach = 50
	fresh = 30 * time.Minute
)

func (a asking) atDoor() (any, error) {
	s, err := a.shop()
	for _, u := range a.Files {
		if u.Field != "photos" || u.At == nil || !u.Taken.IsZero() && u.Taken.Before(a.Now.Add(-fresh)) {
			continue
		}
		if geo.Distance(s.At, geo.Point{Lat: u.At.Lat, Lng: u.At.Lng}) <= reach+u.At.Accuracy {
			return true, err
		}
	}
	return false, err
}

// term is the longest usual one of the items to correct: all of them are due
// together, and none before its time.
func (a asking) term() (t Term, err error) {
	all, err := a.duties()
	for _, d := range all {
		if slices.Contains(a.list("items"), d.Code) && d.Term.longer(t) {
			t = d.Term
		}
	}
	return t, err
}

var ofList = map[string]answer{
	"met":       func(a asking) (any, error) { v, err := a.verdict(); return v.Met, err },
	"still_met": func(a asking) (any, error) { v, err := a.verdict(); return v.Met, err },
	"counted":   func(a asking) (any, error) { v, err := a.verdict(); return v.Counted, err },
	"grounds":   func(a asking) (any, error) { v, err := a.verdict(); return v.Grounds, err },
	"listed": func(a asking) (any, error) {
		list, err := Of(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), Listing)
		return slices.ContainsFunc(list, func(e Entry) bool { return !e.Terminal && e.List == a.text("list") }), err
	},
	"better": func(a asking) (any, error) {
		list, err := Of(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), Inspection)
		since, _ := a.Snapshot.Data["since"].(time.Time)
		n := int64(0)
		for _, e := range list {
			if e.Good() && e.Opened.After(since) {
				n++
			}
		}
		return n, err
	},
}

func (a asking) verdict() (Verdict, error) {
	list, err := Of(a.ctx, a.Q, a.Snapshot.Division, a.text("shop"), Inspection)
	if err != nil {
		return Verdict{}, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return Verdict{}, err
	}
	return Judge(a.text("list"), list, set.Int("frontage.red_checks"), a.Now), nil
}

// choices are the duties, those of the case that lost points, and the law.
func (m *Room) choices(ctx context.Context, a engine.Asked, name string) (out []engine.Choice, err error) {
	if name == "violations" {
		return m.Violations(ctx, a.Snapshot.Division)
	}
	all, err := InForce(ctx, a.Q, a.Snapshot.Division, calendar.DateOf(a.Now))
	scores, _ := a.Snapshot.Data["scores"].(map[string]string)
	for _, d := range all {
		if n, err := strconv.Atoi(scores[d.Code]); name == "lacking" && err == nil && n >= d.Points {
			continue
		}
		out = append(out, engine.Choice{Value: d.Code, Label: d.Name, Hint: d.Text})
	}
	return out, err
}

// words are what the sentences of a case say beside its data.
func (m *Room) words(ctx context.Context, a engine.Asked) fault.Args {
	s := a.Snapshot
	out := fault.Args{"date": clockOf(s).In(calendar.Zone).Format(time.DateOnly)}
	if codes, ok := s.Data["items"].([]string); ok && s.Procedure == Inspection {
		all, err := InForce(ctx, a.Q, s.Division, calendar.DateOf(a.Now))
		if err == nil {
			out["wrong"] = Names(all, codes)
		}
	}
	if t, ok := listNames[s.Text("list")]; ok {
		out["listed"] = t
	}
	if t, ok := turned[s.Text("kind")]; ok {
		out["turned"] = t
	}
	if t, ok := s.Data["until"].(time.Time); ok {
		out["until"] = t.In(calendar.Zone).Format(time.DateOnly)
	}
	return out
}

var (
	listNames = map[string]i18n.Text{Red: {ZH: "红榜", EN: "red list"}, Black: {ZH: "黑榜", EN: "black list"}}
	turned    = map[string]i18n.Text{"incident": {ZH: "数字城管案件", EN: "an incident"}, "lead": {ZH: "执法线索", EN: "a lead for enforcement"}}
)

func clockOf(s *engine.Snapshot) time.Time { return instant(s.Opened) }

// person lets the shop that holds the pledge's receipt code speak in a case that
// hangs on the pledge.
func person(ctx context.Context, d *engine.Doing) error {
	if d.After.Parent.IsZero() {
		return nil // the opening brought a receipt of its own
	}
	return party.Insert(ctx, d.Tx, party.Party{Division: d.After.Division, ID: id.New(), Case: d.After.ID, Now: d.After.ID, Kind: party.Reporter, Seq: 1, At: d.Now})
}

// recode gives the shop another receipt code on the pledge at hand, or the
// inspection with which it got its first. The one it
// lost dies, though it was given with a pledge above: it would open this one, too.
// Of a line of pledges one at most has a code.
func recode(ctx context.Context, d *engine.Doing) error {
	all, err := Of(ctx, d.Tx, d.After.Division, d.After.Text("shop"), Pledge)
	if err != nil {
		return err
	}
	above := map[id.ID]id.ID{}
	for _, e := range all {
		above[e.Case] = e.Parent
	}
	if d.After.Procedure == Inspection && !d.After.Parent.IsZero() {
		return fault.New(fault.Conflict, "frontage.code_above")
	}
	code := id.Receipt()
	d.Receipt = code
	for at, next := d.After.ID, code; !at.IsZero(); at, next = above[at], "" {
		list, err := party.Of(ctx, d.Tx, d.After.Division, at)
		if err != nil {
			return err
		}
		for _, p := range list {
			held := len(p.Receipt) > 0
			if err := party.Renew(ctx, d.Tx, d.After.Division, p.ID, next); err != nil || held {
				return err
			}
			next = ""
		}
	}
	return nil
}

// redraft drafts the next pledge when one has run its term. A shop that closed or
// whose line is in question gets none: that is seen on the board.
func redraft(ctx context.Context, d *engine.Doing) error {
	_, err := d.Engine.OpenIn(ctx, d.Tx, engine.Opening{Procedure: Pledge, Division: d.After.Division, Step: "draft", Actor: people.SystemActor(d.After.Division),
		Input: procedure.Input{"shop": d.After.Text("shop"), "stretch": d.After.Text("stretch"), "from": d.Now}, Parent: d.After.ID})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}
