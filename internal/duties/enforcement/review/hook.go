package review

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Hooks are what the room adds to its procedures; papers are the effects by
// which steps fix papers.
func (m *Room) Hooks(papers map[string]func(context.Context, *engine.Doing) error) map[string]engine.Hooks {
	do := maps.Clone(papers)
	if do == nil {
		do = map[string]func(context.Context, *engine.Doing) error{}
	}
	do["draw"], do["signal"] = m.draw, m.signal
	return map[string]engine.Hooks{
		Procedure: {Fact: m.fact, Choices: m.choices, Do: do},
		Campaign:  {Fact: m.planned, Choices: m.choices, Do: do},
	}
}

// fact answers for a review. What a form says counts before what the case says.
func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	s, err := m.scheme(a.Snapshot.Text("scheme"), version(a.Snapshot.Data["scheme_version"]))
	if err != nil {
		return nil, err
	}
	given := answersOf(a.Input["answers"])
	switch name {
	case "score":
		return int64(s.Score(given).Total), nil
	case "veto":
		return len(s.Score(given).Veto) > 0, nil
	case "unanswered":
		return strings.Join(s.Open(given), "、"), nil
	case "unexplained":
		return strings.Join(s.Changed(answersOf(a.Snapshot.Data["auto"]), given), "、"), nil
	case "lines":
		return s.lines(given), nil
	case "agreed":
		return s.merged(a.Snapshot).rows(), nil
	}
	f, err := m.Read(ctx, a.Snapshot.Division, a.Snapshot.Parent)
	if err != nil {
		return nil, err
	}
	switch name {
	case "auto":
		return s.Machine(f).rows(), nil
	case "lead":
		return f.Text("lead"), nil
	case "apart":
		return m.apart(ctx, a, f)
	}
	return nil, fmt.Errorf("review: no fact %q", name)
}

func version(v any) int { n, _ := v.(int64); return int(n) }

// apart reports whether none of those whom the form names, or who fills it in,
// took part in the file or has a post in its unit.
func (m *Room) apart(ctx context.Context, a engine.Asked, f *File) (bool, error) {
	names, _ := a.Input["reviewers"].([]string)
	if third, ok := a.Input["third"].(string); ok && third != "" {
		names = append(names, third)
	}
	if len(names) == 0 {
		names = []string{a.Actor.Account.String()}
	}
	dir, err := m.People.Directory(ctx, a.Snapshot.Division)
	if err != nil {
		return false, err
	}
	for _, n := range names {
		ok, err := outside(dir, f, n, a.Now)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func outside(dir *people.Directory, f *File, account string, now time.Time) (bool, error) {
	key, err := id.Parse(account)
	if err != nil {
		return false, nil
	}
	actor, err := dir.Actor(key, now)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	unit := f.Text("dept")
	of := actor.Department == unit || slices.ContainsFunc(actor.Posts, func(g people.Grant) bool { return g.Department == unit })
	return !slices.Contains(f.people(), account) && (unit == "" || !of), err
}

// merged are the reviewers' answers: where they agree the answer, else the
// third's or the stricter one with both in its note.
func (s *Scheme) merged(c *engine.Snapshot) (out Answers) {
	first, second, extra := answersOf(c.Data["first"]), answersOf(c.Data["second"]), answersOf(c.Data["extra"])
	for _, x := range s.Items {
		a, b := first.Of(x.ID), second.Of(x.ID)
		if a.Result != b.Result || a.Points != b.Points {
			note := "甲 " + a.Result + " " + a.Points + "；乙 " + b.Result + " " + b.Points
			if third := extra.Of(x.ID); third.Result != "" {
				a, note = third, note+"；丙 "+third.Result+" "+third.Points
			} else if strict[b.Result] > strict[a.Result] {
				a = b
			}
			a.Note = note
		}
		out = append(out, a)
	}
	return out
}

var strict = map[string]int{NA: 0, Met: 1, Part: 2, Fault: 3}

// lines are the answers as P62 prints them: item|full|score|defect.
func (s *Scheme) lines(l Answers) (out []string) {
	for _, x := range s.Items {
		a := l.Of(x.ID)
		got := map[string]string{Met: "符合", Fault: "不符合", NA: "不适用", Part: a.Points}[a.Result]
		if x.Kind == Document && a.Result != NA {
			got = x.worth(a).String()
		}
		out = append(out, x.ID+" "+x.Name.ZH+"|"+x.Points+"|"+got+"|"+a.Note)
	}
	return out
}

// reviewing are the roles whose people can be asked to review.
var reviewing = []string{"supervisor", "legal", "leader", "unit_head", "officer"}

func (m *Room) choices(ctx context.Context, a engine.Asked, list string) (out []engine.Choice, err error) {
	if list == "schemes" {
		for _, s := range m.Schemes {
			out = append(out, engine.Choice{Value: s.ID, Label: s.Title, Best: len(m.Schemes) == 1})
		}
		return out, nil
	}
	f, err := m.Read(ctx, a.Snapshot.Division, a.Snapshot.Parent)
	if err != nil {
		return nil, err
	}
	dir, err := m.People.Directory(ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	seen := map[id.ID]bool{}
	for _, role := range reviewing {
		for _, x := range dir.Holders(role, "", "", a.Now) {
			ok, err := outside(dir, f, x.Account.String(), a.Now)
			if err != nil {
				return nil, err
			}
			if ok && !seen[x.Account] {
				seen[x.Account] = true
				out = append(out, engine.Choice{Value: x.Account.String(), Label: i18n.Text{ZH: x.Name, EN: x.Name}})
			}
		}
	}
	return out, nil
}

// planned answers for a campaign.
func (m *Room) planned(ctx context.Context, a engine.Asked, name string) (any, error) {
	switch name {
	case "scheme_version":
		s, err := m.scheme(text(a, "scheme"), 0)
		if err != nil {
			return nil, nil // the form says that there is no such scheme
		}
		return int64(s.Version), nil
	case "population":
		list, err := m.population(ctx, a)
		return int64(len(list)), err
	case "open_reviews":
		list, err := m.Reviews(ctx, a.Snapshot.Division, a.Snapshot.ID)
		n := 0
		for _, r := range list {
			if !r.Terminal {
				n++
			}
		}
		return int64(n), err
	}
	return nil, fmt.Errorf("review: no fact %q", name)
}

func text(a engine.Asked, name string) string { s, _ := a.Input[name].(string); return s }

// ended are the states of a file that is closed.
var ended = []string{"closed", "archived"}

// population are the files that were closed in the period of the form.
func (m *Room) population(ctx context.Context, a engine.Asked) (out []Drawn, err error) {
	from, _ := a.Input["from"].(time.Time)
	until, _ := a.Input["until"].(time.Time)
	last := calendar.DateOf(until.AddDate(0, 0, 1)).At(0)
	rows, err := all(ctx, m, a.Snapshot.Division, record.Filter{Procedures: []string{"enf." + text(a, "scheme")}, States: ended})
	for _, r := range rows {
		if at := clock.FromMicro(r.Entered); !at.Before(calendar.DateOf(from).At(0)) && at.Before(last) {
			out = append(out, Drawn{ID: r.ID, Number: r.Number, Unit: r.Dept, Title: r.Title})
		}
	}
	for i := range out {
		s, err := m.Engine().Find(ctx, a.Snapshot.Division, out[i].ID)
		if err != nil {
			return nil, err
		}
		out[i].Class, out[i].Title = s.Text("violation"), s.Text("cause")
	}
	return out, err
}

// all reads every page of a list.
func all(ctx context.Context, m *Room, division id.ID, f record.Filter) (out []record.Row, err error) {
	f.Sort, f.Limit = record.ByOpened, 500
	for {
		p, err := record.List(ctx, m.DB, division, f)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Rows...)
		if p.Next == "" {
			return out, nil
		}
		f.After = p.Next
	}
}

// draw opens a review of each file that the seed draws, and lets the record
// answer first.
func (m *Room) draw(ctx context.Context, d *engine.Doing) error {
	list, err := m.population(ctx, engine.Asked{Snapshot: d.After, Input: d.Input})
	if err != nil {
		return err
	}
	system := people.SystemActor(d.After.Division)
	for _, f := range Draw(list, d.After.Text("seed"), d.After.Text("way"), version(d.After.Data["n"])) {
		in := map[string]any{"campaign": d.After.ID.String(), "case_number": f.Number, "cause": f.Title, "unit": f.Unit, "scheme": d.After.Text("scheme"),
			"scheme_version": d.After.Data["scheme_version"]}
		r, err := d.Engine.OpenIn(ctx, d.Tx, engine.Opening{Procedure: Procedure, Division: d.After.Division, Step: "r_plan", Actor: system, Input: in, Parent: f.ID})
		if err != nil {
			return err
		}
		if _, err = d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: r.Case, Step: "r_auto", Actor: system}); err != nil {
			return err
		}
		d.Event.Links = append(d.Event.Links, record.Link{Other: r.Case, Relation: Relation})
	}
	return nil
}

// Relation is how a campaign is linked to its reviews.
const Relation = "review"

// signal opens a supervision of the file whose review found a veto item.
func (m *Room) signal(ctx context.Context, d *engine.Doing) error {
	names := m.Vetoes(d.After)
	if len(names) == 0 {
		return nil
	}
	matter := []rune("评审一票否决：" + strings.Join(names, "；"))
	_, err := d.Engine.OpenIn(ctx, d.Tx, engine.Opening{Procedure: Supervise, Division: d.After.Division, Step: "v_open", Actor: people.SystemActor(d.After.Division),
		Parent: d.After.Parent, Input: map[string]any{"source": "review", "matter": string(matter[:min(len(matter), 200)])}})
	return err
}

// Reviews are the reviews that a campaign drew.
func (m *Room) Reviews(ctx context.Context, division, campaign id.ID) (out []*engine.Snapshot, err error) {
	defer fault.Trace(&err, "review.Reviews")
	links, err := record.Links(ctx, m.DB, division, campaign)
	for i := 0; i < len(links) && err == nil; i++ {
		if l := links[i]; l.Relation == Relation && !l.Back {
			var s *engine.Snapshot
			s, err = m.Engine().Find(ctx, division, l.Other)
			out = append(out, s)
		}
	}
	return out, err
}

// Vetoes are the veto items that a review's final answers find, in words.
func (m *Room) Vetoes(r *engine.Snapshot) (out []string) {
	s, err := m.scheme(r.Text("scheme"), version(r.Data["scheme_version"]))
	if err != nil {
		return nil
	}
	for _, v := range s.Score(answersOf(r.Data["agreed"])).Veto {
		out = append(out, v+" "+s.Item(v).Name.ZH)
	}
	return out
}
