package shift

import (
	"context"
	"encoding/json"
	"fmt"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/i18n"
)

// Hooks are what the room adds to its procedure.
func (m *Room) Hooks() map[string]engine.Hooks {
	return map[string]engine.Hooks{Procedure: {Fact: m.fact, Choices: m.choices}}
}

// deskOf is the desk of the case, or while it is opened that of the form.
func deskOf(a engine.Asked) Desk {
	if name := a.Snapshot.Text("desk"); name != "" {
		return at(name)
	}
	name, _ := a.Input["desk"].(string)
	return at(name)
}

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	d := deskOf(a)
	switch name {
	case "at_desk", "same_desk":
		return d.KeptBy(a.Actor), nil
	case "unfinished":
		return m.unfinished(ctx, a, d)
	case "title":
		return fmt.Sprintf("%s交接班 %s %s", deskNames[d.ID].ZH, a.Now.In(calendar.Zone).Format("01-02 15:04"), a.Actor.Name), nil
	case "list":
		l, err := m.open(ctx, a.Q, a.Snapshot.Division, d, &a.Actor, a.Now)
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(l)
		return string(b), err
	case "items":
		l, err := m.open(ctx, a.Q, a.Snapshot.Division, d, &a.Actor, a.Now)
		return int64(len(l.Items)), err
	case "changed":
		was, err := read(a.Snapshot.Text("list"))
		if err != nil {
			return nil, err
		}
		list, err := m.since(ctx, a.Q, a.Snapshot.Division, d, was, a.Now)
		return changed(list), err
	}
	return nil, fmt.Errorf("shift: no fact %q", name)
}

// unfinished is the number of a handover of the desk that the actor began and
// that was not signed by anybody yet, "" for none.
func (m *Room) unfinished(ctx context.Context, a engine.Asked, d Desk) (string, error) {
	p, err := record.List(ctx, a.Q, a.Snapshot.Division, record.Filter{Procedures: []string{Procedure}, Terminal: record.No,
		Assignee: a.Actor.Account.String(), Sort: record.ByOpened})
	if err != nil {
		return "", err
	}
	for _, r := range p.Rows {
		full, err := record.Find(ctx, a.Q, r.Division, r.ID)
		if err != nil {
			return "", err
		}
		if string(full.Raw["desk"]) == `"`+d.ID+`"` {
			return r.Number, nil
		}
	}
	return "", nil
}

// noted is for how many cases the form asks for a note.
const noted = 20

// choices are the cases a note can be written on, the most pressing first.
func (m *Room) choices(ctx context.Context, a engine.Asked, _ string) ([]engine.Choice, error) {
	l, err := m.open(ctx, a.Q, a.Snapshot.Division, deskOf(a), &a.Actor, a.Now)
	if err != nil {
		return nil, err
	}
	l.Items = l.Items[:min(noted, len(l.Items))]
	list, err := m.since(ctx, a.Q, a.Snapshot.Division, Desk{}, l, a.Now)
	out := make([]engine.Choice, 0, len(list))
	for _, x := range list {
		if x.Row == nil {
			continue
		}
		label := m.stateName(*x.Row, x.Was.State)
		say := func(l i18n.Lang) string {
			s := x.Was.key() + " " + x.Row.Title + " · " + label.In(l)
			if x.Was.Due != 0 {
				s += " · " + calendar.FormatDue(clock.FromMicro(x.Was.Due))
			}
			return s
		}
		if x.Was.Number == "" {
			say = func(l i18n.Lang) string { return x.Row.Title + " · " + label.In(l) }
		}
		out = append(out, engine.Choice{Value: x.Was.key(), Label: i18n.Text{ZH: say(i18n.ZH), EN: say(i18n.EN)}})
	}
	return out, err
}

// key is what a note on the case stands under: its number, or its id while it
// has none.
func (x Item) key() string {
	if x.Number != "" {
		return x.Number
	}
	return x.Case.String()
}

// stateName is a state of the case's procedure in words; its id where the
// procedure no longer knows it.
func (m *Room) stateName(r record.Row, state string) i18n.Text {
	if p, err := m.Engine().Library().Version(r.Procedure, r.ProcVersion); err == nil {
		if s := p.StateOf(state); s != nil {
			return s.Name
		}
	}
	return i18n.Text{ZH: state, EN: state}
}

// deskNames as cases are called by them.
var deskNames = map[string]i18n.Text{
	"supervision": {ZH: "监督岗", EN: "Supervision desk"}, "command": {ZH: "指挥岗", EN: "Command desk"},
}
