package engine

import (
	"encoding/json"
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// builtins are the hooks of the shared steps and of numbering; see
// procedure.SharedDo. claim has its effect in shared.yaml.
var builtins = map[string]func(*plan) error{
	"correct": (*plan).correct, "link": (*plan).link, "recall": (*plan).recall,
	"recompute": (*plan).recompute, "number": (*plan).wantsNumber,
}

// correct sets one data field. Only whoever wrote its present value, or a
// shift leader, may; the old value stays in the timeline.
func (p *plan) correct() error {
	name, _ := p.input["field"].(string)
	f := p.snap.Proc.FieldOf(name)
	no := p.refuse(p.step, fault.Invalid, "R13", "")
	if f == nil || f.Files() || f.Type == field.Map || f.Type == field.Rows || name == "assignee" || name == "dept" || strings.HasPrefix(name, "limit_") {
		return no
	}
	author, err := record.Author(p.ctx, p.q, p.snap.Division, p.snap.ID, name)
	if err != nil {
		return err
	}
	if author != p.account() && !p.actor.Has("shift_leader") {
		return no
	}
	text, _ := p.input["value"].(string)
	v, err := f.Parse([]string{text}, calendar.Zone)
	if err != nil {
		return fault.As(err).Field("value", "procedure.field.unreadable")
	}
	if v != nil {
		if _, wrong := (&procedure.Step{Form: []field.Field{*f}}).Check(procedure.Input{name: v}); wrong != nil && len(f.Options) > 0 {
			return no
		}
	}
	return p.put(name, v)
}

// link joins the case to another one of the division.
func (p *plan) link() error {
	text, _ := p.input["case"].(string)
	other, err := id.Parse(text)
	if err != nil {
		other, err = record.ByNumber(p.ctx, p.q, p.snap.Division, text)
	}
	if err != nil || other == p.snap.ID {
		return fault.Missing("case")
	}
	if _, err := record.Find(p.ctx, p.q, p.snap.Division, other); err != nil {
		return err
	}
	relation, _ := p.input["relation"].(string)
	p.body.Links = append(p.body.Links, record.Link{Other: other, Relation: relation})
	return nil
}

// recallable reports whether the actor could take back the last step now.
func (sc *scene) recallable() bool {
	n := len(sc.snap.Log)
	if n < 2 {
		return false
	}
	last := sc.snap.Log[n-1]
	step := sc.snap.Proc.Named(last.Step)
	return step != nil && step.Recall > 0 && !last.Recalled && last.Actor == sc.account() &&
		!sc.now.After(last.At.Add(time.Duration(step.Recall)*time.Minute))
}

// recall takes back the last step: state, data and clocks are what they were
// before it. A step that opened or linked cases has reached further and stays.
func (p *plan) recall() error {
	no := p.refuse(p.step, fault.Conflict, "R12", "")
	if !p.recallable() {
		return no
	}
	events, err := record.Timeline(p.ctx, p.q, p.snap.Division, p.snap.ID)
	if err != nil {
		return err
	}
	last, err := events[len(events)-1].Read()
	if err != nil {
		return err
	}
	if len(last.Children) > 0 || len(last.Links) > 0 {
		return no
	}
	before, err := record.Fold(events[:len(events)-1])
	if err != nil {
		return err
	}
	for name := range last.Data {
		raw, had := before.Raw[name]
		f := p.snap.Proc.FieldOf(name)
		if !had || f == nil {
			if err := p.put(name, nil); err != nil {
				return err
			}
			continue
		}
		v, err := f.Decode(raw)
		if err != nil {
			return err
		}
		if err := p.put(name, v); err != nil {
			return err
		}
	}
	p.after.State, p.body.To, p.view.To = before.State, before.State, before.State
	p.after.Clocks, p.body.Clocks, p.body.AllClocks = before.Clocks, before.Clocks, true
	p.body.Recalls = last.Seq
	return nil
}

// NothingMoved is the key of the refusal of a recount that moves no clock.
const NothingMoved = "engine.nothing_moved"

// recompute counts running clocks again over the present calendar and writes
// what moved into the event.
func (p *plan) recompute() error {
	moved := map[string][2]string{}
	for _, c := range p.snap.Clocks {
		cal, err := p.calendar(c.Calendar)
		if err != nil {
			return err
		}
		c = moment.Clone(c)
		was := calendar.FormatDue(c.DueAt())
		if c.Recompute(cal) {
			p.moved(c)
			moved[c.ID] = [2]string{was, calendar.FormatDue(c.DueAt())}
		}
	}
	if len(moved) == 0 {
		return fault.New(fault.Conflict, NothingMoved)
	}
	raw, err := json.Marshal(moved)
	p.body.Input["moved"] = raw
	return err
}

// wantsNumber marks that the case gets its number, unless it has one.
func (p *plan) wantsNumber() error {
	p.number = p.snap.Number == ""
	return nil
}

// issue takes the next number of the procedure's series, in the division's
// shape where the procedure has none of its own.
func (p *plan) issue(tx *dbx.Tx) (string, error) {
	shape := p.snap.Proc.Number
	if _, value, ok := p.division().Lookup("case.number"); shape == "" && ok {
		shape = value
	}
	dir, err := p.directory()
	if err != nil {
		return "", err
	}
	return record.Number(p.ctx, tx, p.snap.Division, p.snap.Proc.ID, shape, dir.Division().Code, p.now.In(calendar.Zone))
}
