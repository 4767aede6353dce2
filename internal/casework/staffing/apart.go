package staffing

import (
	"cmp"
	"slices"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
)

// Past is who took part in a case so far, and who may not any more.
type Past struct {
	Proc   *procedure.Procedure
	Log    []rule.Taken
	Barred []string // accounts of who was recused
}

// Bar is why a person may not take a step.
type Bar struct {
	Refuse  string
	Earlier string // the step of theirs that stands in the way; "" for none
	Law     procedure.Laws
	Whose   *procedure.Procedure // whose words they are, where the person is out of the whole case; else nil
}

// otherSide is the axis whose people take no step of this one.
var otherSide = map[procedure.Axis]procedure.Axis{procedure.Supervision: procedure.Command, procedure.Command: procedure.Supervision}

// InTheWay is what keeps the account from taking the step: that it was recused,
// the wall between the axes, or a step of its own. nil when nothing does.
func (c Case) InTheWay(step *procedure.Step, account string) (*Bar, error) {
	line, err := c.Lineage()
	if err != nil {
		return nil, err
	}
	for _, p := range line {
		if slices.Contains(p.Barred, account) {
			return &Bar{Refuse: p.Proc.Barred.Refuse, Whose: p.Proc}, nil
		}
	}
	if other := otherSide[step.Axis]; other != procedure.Neutral {
		earlier := cmp.Or(c.View.TookStep(account, string(other)), c.View.TookByLink(c.Actor.Department, string(other)))
		if earlier != "" && c.Strict() {
			return &Bar{Refuse: "R04", Earlier: earlier, Law: step.Law}, nil
		}
	}
	for _, x := range step.Apart {
		if t := c.View.Latest(x); t != nil && (t.Actor == account || t.ByLink(c.Actor.Department)) {
			return &Bar{Refuse: cmp.Or(step.Refuse, "R04"), Earlier: x, Law: step.Law}, nil
		}
	}
	return apartEver(step, line, account), nil
}

// apartEver bars whoever ever took part in one of the steps, as actor or as
// second officer. Taking a step back does not undo having taken it.
func apartEver(step *procedure.Step, line []Past, account string) *Bar {
	for _, a := range step.ApartEver {
		for _, of := range a.Of {
			if earlier := took(line, of, account); earlier != "" {
				return &Bar{Refuse: a.Refuse, Earlier: earlier, Law: a.Law}
			}
		}
	}
	return nil
}

// took is the latest step of the name, the group or special word that the
// account took part in, "" if none.
func took(line []Past, of, account string) string {
	p := line[0]
	if of == procedure.OfParent {
		if len(line) == 1 {
			return ""
		}
		p, of = line[1], procedure.OfAnyStep
	}
	for _, t := range slices.Backward(p.Log) {
		if t.By(account) && (of == procedure.OfAnyStep || t.Step == of || p.Proc.InGroup(t.Step, of)) {
			return t.Step
		}
	}
	return ""
}
