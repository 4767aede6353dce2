package engine

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	"recompute": (*plan).recompute, "number": (*plan).numbered,
}

// correct sets one data field. Only whoever wrote its present value, or a
// shift leader, may; the old value stays in the timeline.
func (p *plan) correct() error {
	name, _ := p.input["field"].(string)
	f := p.snap.Proc.FieldOf(name)
	no := p.refuse(p.step, fault.Invalid, "R13", "")
	if f == nil || f.Files() || f.Type == procedure.Map || name == "assignee" || name == "dept" || strings.HasPrefix(name, "limit_") {
		return no
	}
	author, err := p.author(name)
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
		if _, wrong := (&procedure.Step{Form: []procedure.Field{*f}}).Check(procedure.Input{name: v}); wrong != nil && len(f.Options) > 0 {
			return no
		}
	}
	return p.put(name, v)
}

// author is who last set the data field.
func (p *plan) author(field string) (string, error) {
	events, err := record.Timeline(p.ctx, p.q, p.snap.Division, p.snap.ID)
	if err != nil {
		return "", err
	}
	for i := len(events) - 1; i >= 0; i-- {
		b, err := events[i].Read()
		if err != nil {
			return "", err
		}
		if _, set := b.Data[field]; set {
			return b.Actor.Account, nil
		}
	}
	return "", nil
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

// recompute counts running clocks again over the present calendar and writes
// what moved into the event.
func (p *plan) recompute() error {
	moved := map[string][2]string{}
	for _, c := range p.snap.Clocks {
		cal, err := p.calendar(c.Calendar)
		if err != nil {
			return err
		}
		c = copyOf(c)
		was := calendar.FormatDue(c.DueAt())
		if c.Recompute(cal) {
			p.moved(c)
			moved[c.ID] = [2]string{was, calendar.FormatDue(c.DueAt())}
		}
	}
	if len(moved) == 0 {
		return errNothingMoved
	}
	raw, err := json.Marshal(moved)
	p.body.Input["moved"] = raw
	return err
}

// numbered marks that the case gets its number, unless it has one.
func (p *plan) numbered() error {
	p.number = p.snap.Number == ""
	return nil
}

var numberPart = regexp.MustCompile(`\{(division|date|year|serial)(\d*)\}`)

// issue takes the next number of the procedure's series. {division} is the
// division's code, {date} the local day, {year} its year, {serial5} a running
// number of five digits that begins anew each day (each year without {date}).
func (p *plan) issue(tx *dbx.Tx) (string, error) {
	shape := p.snap.Proc.Number
	if def, value, ok := p.division().Lookup("case.number"); shape == "" && ok && def.Type != "" {
		shape = value
	}
	dir, err := p.directory()
	if err != nil {
		return "", err
	}
	local := p.now.In(calendar.Zone)
	period := local.Format("2006")
	if strings.Contains(shape, "{date}") {
		period = local.Format("20060102")
	}
	n, err := record.NextNumber(p.ctx, tx, p.snap.Division, p.snap.Proc.ID, period)
	if err != nil {
		return "", err
	}
	return numberPart.ReplaceAllStringFunc(shape, func(m string) string {
		part := numberPart.FindStringSubmatch(m)
		switch part[1] {
		case "division":
			return dir.Division().Code
		case "date":
			return local.Format("20060102")
		case "year":
			return local.Format("2006")
		}
		width, _ := strconv.Atoi(part[2])
		return fmt.Sprintf("%0*d", width, n)
	}), nil
}
