package operation

import (
	"context"
	"slices"
	"strconv"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// myLaw is the first law of the operation under which the actor's unit may act.
func (a asking) myLaw() (any, error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	for _, law := range Texts(a.Snapshot, "laws") {
		if _, ok := all.of(a.unit(), law, calendar.DateOf(a.Now)); ok {
			return law, nil
		}
	}
	return "", nil
}

// pair are the actor and a certified colleague of the same team, as far as there
// are any.
func (a asking) pair() []string {
	me, out := a.Actor.Account.String(), []string{}
	if a.fit(me) {
		out = append(out, me)
	}
	team := ""
	for _, t := range Rows(a.Snapshot, "teams") {
		if t["person"] == me {
			team = t["team"]
		}
	}
	for _, t := range Rows(a.Snapshot, "teams") {
		if len(out) == 1 && t["team"] == team && t["person"] != me && a.fit(t["person"]) {
			out = append(out, t["person"])
		}
	}
	return out
}

// fit: on the roll, and certified now.
func (a asking) fit(person string) bool {
	return slices.Contains(Texts(a.Snapshot, "roll"), person) && a.holds(person, a.Now)
}

func (a asking) certified() int64 {
	var seen []string
	for _, p := range a.list("officers") {
		if a.fit(p) && !slices.Contains(seen, p) {
			seen = append(seen, p)
		}
	}
	return int64(len(seen))
}

func (a asking) hasPower() (any, error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	_, ok := all.of(a.said("unit"), a.said("law"), calendar.DateOf(a.Now))
	return ok, err
}

func (a asking) rightful() (any, error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	return a.names(all.holders(a.said("law"), calendar.DateOf(a.Now))), err
}

// ours: the unit keeps its dossiers in this program, and the actor opens some.
func (a asking) ours() (any, error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	p, ok := all.of(a.said("unit"), a.said("law"), calendar.DateOf(a.Now))
	return ok && len(p.Violations) > 0 && a.Actor.Has("officer"), err
}

// unsigned is the first team that has not signed out.
func (a asking) unsigned() int64 {
	for _, n := range a.teamsOut() {
		return n
	}
	return 0
}

func (a asking) teamsOut() (out []int64) {
	gone, _ := a.Snapshot.Data["out"].([]int64)
	for _, t := range Rows(a.Snapshot, "teams") {
		n, err := strconv.ParseInt(t["team"], 10, 64)
		if err == nil && !slices.Contains(gone, n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func (a asking) loose() (any, error) {
	g, err := a.Count(a.ctx, a.Q, a.Snapshot, a.rows("reasons"))
	return int64(len(g.Loose)), err
}

func figure(of func(Figures) int) func(asking) (any, error) {
	return func(a asking) (any, error) {
		g, err := a.Count(a.ctx, a.Q, a.Snapshot, nil)
		return int64(of(g)), err
	}
}

// explained reports whether the finding has a reason of its own.
func explained(reasons []row, n int) bool {
	return slices.ContainsFunc(reasons, func(r row) bool { return r["n"] == strconv.Itoa(n) && r["why"] != "" })
}

// choices are what fields of the procedure can be.
func (m *Room) choices(ctx context.Context, a engine.Asked, name string) ([]engine.Choice, error) {
	q, err := m.asking(ctx, a)
	if err != nil {
		return nil, err
	}
	switch name {
	case "asked_units":
		var out []engine.Choice
		for _, u := range Texts(a.Snapshot, "units") {
			if d, err := q.dir.Department(u); err == nil && u != a.Snapshot.Text("dept") {
				out = append(out, engine.Choice{Value: u, Label: d.Name})
			}
		}
		return out, nil
	case "unit_people", "unit_officers":
		return q.peopleOf(q.unit(), name == "unit_officers"), nil
	case "crew":
		return q.persons(column(Rows(a.Snapshot, "crew"), "person")), nil
	case "lead_crew":
		return q.persons(q.leaders()), nil
	case "everybody":
		return q.everybody(), nil
	case "roll_officers":
		return q.persons(slices.DeleteFunc(slices.Clone(Texts(a.Snapshot, "roll")), func(p string) bool { return !q.holds(p, a.Now) })), nil
	case "teams_out":
		var out []engine.Choice
		for _, n := range q.teamsOut() {
			k := strconv.FormatInt(n, 10)
			out = append(out, engine.Choice{Value: k, Label: i18n.Text{ZH: "第 " + k + " 组", EN: "Team " + k}})
		}
		return out, nil
	case "targets":
		var out []engine.Choice
		for _, t := range Rows(a.Snapshot, "targets") {
			out = append(out, engine.Choice{Value: t["code"], Label: i18n.Text{ZH: t["name"] + " " + t["code"], EN: t["name"] + " " + t["code"]}})
		}
		return out, nil
	}
	return q.lawful(name)
}

// lawful are the choices that the register of powers gives.
func (a asking) lawful(name string) (out []engine.Choice, err error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	day := calendar.DateOf(a.Now)
	laws := Texts(a.Snapshot, "laws")
	switch name {
	case "laws", "op_laws":
		for _, p := range all.laws(day) {
			if name == "laws" || slices.Contains(laws, p.Law) {
				out = append(out, engine.Choice{Value: p.Law, Label: p.Name, Hint: i18n.Text{ZH: p.Basis, EN: p.Basis}})
			}
		}
	case "units", "op_units":
		var units []string
		for _, p := range all {
			if p.In(day) && !slices.Contains(units, p.Unit) {
				units = append(units, p.Unit)
			}
		}
		for _, u := range units {
			d, err := a.dir.Department(u)
			if err == nil {
				out = append(out, engine.Choice{Value: u, Label: d.Name})
			}
		}
	case "violations":
		names, err := a.Violations(a.ctx, a.Snapshot.Division)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			for _, v := range p.Violations {
				if slices.Contains(laws, p.Law) && !slices.ContainsFunc(out, func(c engine.Choice) bool { return c.Value == v }) {
					out = append(out, engine.Choice{Value: v, Label: names[v]})
				}
			}
		}
	}
	return out, err
}

// persons are people as choices.
func (a asking) persons(accounts []string) (out []engine.Choice) {
	for _, p := range accounts {
		name := a.person(p)
		out = append(out, engine.Choice{Value: p, Label: i18n.Text{ZH: name, EN: name}})
	}
	return out
}

// peopleOf are a unit's people; officers are those with a certificate, with the
// day it ends.
func (a asking) peopleOf(unit string, officers bool) (out []engine.Choice) {
	for _, x := range a.of(unit) {
		if !officers {
			out = append(out, a.persons([]string{x.ID.String()})...)
			continue
		}
		for _, c := range a.dir.Certificates(x.ID) {
			if c.Kind == people.Enforcement {
				out = append(out, engine.Choice{Value: x.ID.String(), Label: i18n.Text{ZH: x.Name + "（执法证至 " + until(c) + "）", EN: x.Name + " (certified until " + until(c) + ")"}})
				break
			}
		}
	}
	return out
}

func until(c people.Certificate) string {
	if c.To == "" {
		return "—"
	}
	return c.To
}

// leaders are those who come from the lead unit and may begin and end the
// operation.
func (a asking) leaders() (out []string) {
	lead := a.Snapshot.Text("dept")
	for _, c := range Rows(a.Snapshot, "crew") {
		key, err := id.Parse(c["person"])
		if err != nil || c["unit"] != lead {
			continue
		}
		if who, err := a.dir.Actor(key, a.Now); err == nil && (who.HasFor("officer", lead) || who.HasFor("unit_head", lead)) {
			out = append(out, c["person"])
		}
	}
	return out
}

// everybody are those who were named, then the other people of the units.
func (a asking) everybody() []engine.Choice {
	list := column(Rows(a.Snapshot, "crew"), "person")
	for _, u := range Texts(a.Snapshot, "units") {
		for _, x := range a.of(u) {
			if !slices.Contains(list, x.ID.String()) {
				list = append(list, x.ID.String())
			}
		}
	}
	return a.persons(list)
}
