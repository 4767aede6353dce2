package unitlink

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// kind is what differs between the procedures whose cases units answer.
type kind struct {
	words  string // of the sentences that differ
	letter string // what is sent with a link
	held   bool   // the case is with the department that a link is for
	active string // the entry of the navigation

	reads    func(people.Actor, *engine.Snapshot) bool // the case itself
	sees     func(people.Actor, *engine.Snapshot) bool // its links
	issues   func(people.Actor, *engine.Snapshot) bool // and revokes
	facts    func(*Room, context.Context, guest) ([]ui.Fact, error)
	concerns func(*procedure.Step) bool // a step of others that the unit reads of
}

// Who issues links: of an incident, and of an operation that is theirs.
var (
	dispatchers = []string{"dispatcher", "dept_desk"}
	leads       = []string{"officer", "unit_head"}
	watchers    = []string{"supervisor", "leader"}
)

var kinds = map[string]kind{
	"incident": {
		words: "incident", letter: "unitlink.letter", held: true, active: "cases", facts: incidentFacts,
		reads: func(a people.Actor, s *engine.Snapshot) bool { return incident.MayRead(a, s.Row) },
		sees: func(a people.Actor, _ *engine.Snapshot) bool {
			return slices.ContainsFunc(slices.Concat(watchers, dispatchers), a.Has)
		},
		issues:   func(a people.Actor, _ *engine.Snapshot) bool { return slices.ContainsFunc(dispatchers, a.Has) },
		concerns: func(step *procedure.Step) bool { return step.Axis == procedure.Command || step.ID == "supervise" },
	},
	operation.Procedure: {
		words: "joint", letter: "unitlink.summons", active: "street", facts: jointFacts, reads: operation.Reads, issues: leading,
		sees: func(a people.Actor, s *engine.Snapshot) bool {
			return leading(a, s) || slices.ContainsFunc(watchers, a.Has)
		},
		concerns: func(step *procedure.Step) bool { return step.ID == "change" },
	},
}

// leading: the actor is of the lead unit.
func leading(a people.Actor, s *engine.Snapshot) bool {
	return slices.ContainsFunc(leads, func(role string) bool {
		return a.HasFor(role, s.Text("dept")) || a.Has(role) && a.Department == s.Text("dept")
	})
}

func fact(ctx context.Context, key, text string) ui.Fact {
	return ui.Fact{Label: i18n.T(ctx, "unitlink.fact."+key), Text: text, Wide: true}
}

// incidentFacts are what is to be done, until when and by which rule.
func incidentFacts(r *Room, ctx context.Context, g guest) ([]ui.Fact, error) {
	s, lang := g.snap, i18n.LangOf(ctx)
	cat, err := r.Catalogues.Catalogue(ctx, s.Division)
	if err != nil {
		return nil, err
	}
	out := []ui.Fact{fact(ctx, "number", s.Number)}
	if c, err := cat.Class(s.Class); err == nil {
		out = append(out, fact(ctx, "class", c.Name.In(lang)))
	}
	for _, k := range s.Clocks {
		if k.ID == "handle" && k.State == "running" {
			out = append(out, fact(ctx, "due", calendar.FormatDue(clock.FromMicro(k.Due))))
		}
	}
	for _, c := range cat.Conditions(s.Class, clock.FromMicro(s.Opened)) {
		if c.ID == s.Text("condition") {
			out = append(out, fact(ctx, "filing", c.Filing.In(lang)), fact(ctx, "closing", c.Closing.In(lang)))
		}
	}
	return append(out, fact(ctx, "opened", shown(clock.FromMicro(s.Opened))), fact(ctx, "until", shown(g.Expires))), nil
}

// jointFacts are what the units go out for, where and when, what this unit may do
// there, and what it has answered. Whom other units send is not in it.
func jointFacts(r *Room, ctx context.Context, g guest) ([]ui.Fact, error) {
	s, lang := g.snap, i18n.LangOf(ctx)
	label := func(field string) string { return s.Proc.FieldOf(field).Label.In(lang) }
	out := []ui.Fact{fact(ctx, "number", s.Number), {Label: label("goal"), Text: s.Text("goal"), Wide: true}}
	start, _ := s.Data["start"].(time.Time)
	end, _ := s.Data["end"].(time.Time)
	out = append(out, ui.Fact{Label: label("start"), Text: shown(start), Wide: true}, ui.Fact{Label: label("end"), Text: shown(end), Wide: true},
		ui.Fact{Label: label("area_name"), Text: s.Text("area_name"), Wide: true}, ui.Fact{Label: label("dept"), Text: named(g.dir, s.Text("dept"), lang), Wide: true})
	var units []string
	for _, u := range operation.Texts(s, "units") {
		units = append(units, named(g.dir, u, lang))
	}
	out = append(out, ui.Fact{Label: label("units"), Text: strings.Join(units, i18n.T(ctx, "unitlink.and")), Wide: true})
	laws, err := r.Operations.LawsOf(ctx, s, g.Dept)
	if err != nil {
		return nil, err
	}
	for _, l := range laws {
		out = append(out, fact(ctx, "law", l.Name.In(lang)+i18n.T(ctx, "unitlink.basis", "basis", l.Basis)))
	}
	for _, k := range s.Clocks {
		if k.ID == "answer_units" && k.State == "running" {
			out = append(out, fact(ctx, "answer_by", calendar.FormatDue(clock.FromMicro(k.Due))))
		}
	}
	out = append(out, answered(ctx, g)...)
	return append(out, fact(ctx, "until", shown(g.Expires))), nil
}

// answered is what the unit said before, nothing where it said nothing.
func answered(ctx context.Context, g guest) (out []ui.Fact) {
	for _, a := range operation.Rows(g.snap, "answers") {
		if a["unit"] != g.Dept {
			continue
		}
		out = append(out, fact(ctx, "answer", strings.TrimSpace(i18n.T(ctx, "unitlink.come."+a["come"])+" "+a["reason"])))
		var who []string
		for _, c := range operation.Rows(g.snap, "crew") {
			if c["unit"] == g.Dept {
				who = append(who, operation.PersonName(g.dir, c["person"]))
			}
		}
		if len(who) > 0 {
			out = append(out, fact(ctx, "who", strings.Join(who, i18n.T(ctx, "unitlink.and"))))
		}
	}
	return out
}
