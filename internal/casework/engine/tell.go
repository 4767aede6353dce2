package engine

import (
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/telling"
	"xiucheng/internal/platform/fault"
)

// tells makes the step's notices. Their words are those of the case as the
// step leaves it.
func (p *plan) tells() (err error) {
	all := p.step.Tell
	if len(p.alarm) > 0 {
		all = append(append([]procedure.Tell(nil), all...), p.alarm...)
	}
	if len(all) == 0 {
		return nil
	}
	before := p.snap
	p.snap = p.after
	defer func() { p.snap = before }()
	c := telling.Case{Case: &p.after.Case, State: p.after.StateOf(), Data: p.after.Data, View: p.view, Now: p.now,
		Reporters: p.reporters, Targets: p.targets, Words: func() fault.Args {
			args := p.words(p.step, nil)
			if p.number {
				args["no"] = notice.NumberToCome
			}
			return args
		}}
	if p.notices, p.body.Tells, err = c.Make(all); err != nil {
		return p.broken(err)
	}
	return nil
}

// targets are the duty's.
func (p *plan) targets(to string) ([]notice.Notice, error) {
	if h := p.e.hooks[p.after.Proc.ID]; h.Targets != nil {
		return h.Targets(p.ctx, p.asking(p.step), to)
	}
	return nil, nil
}
