package engine

import (
	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
)

// clocks applies the step's verbs in order. A verb on a clock that is not in
// the state it needs changes nothing.
func (p *plan) clocks() error {
	if p.fired != nil {
		p.moved(*p.fired)
	}
	for i := range p.step.Clocks {
		v := &p.step.Clocks[i]
		ok, err := v.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		if err := p.apply(v); err != nil {
			return p.broken(err)
		}
	}
	return nil
}

func (p *plan) apply(v *procedure.Verb) error {
	verb, name := v.Kind()
	if name == procedure.All {
		for _, c := range append([]clock.Clock(nil), p.after.Clocks...) {
			if err := p.stop(c); err != nil {
				return err
			}
		}
		return nil
	}
	if verb == procedure.Start || verb == procedure.Restart {
		return p.start(v, p.snap.Proc.ClockOf(name))
	}
	now := p.after.Clock(name)
	if now == nil {
		return nil
	}
	c := moment.Clone(*now)
	cal, err := p.calendar(c.Calendar)
	if err != nil {
		return err
	}
	switch verb {
	case procedure.Stop:
		return p.stop(c)
	case procedure.Pause:
		asOf, err := v.AsOfValue(p.view)
		if err != nil {
			return err
		}
		if asOf.IsZero() {
			asOf = p.now
		}
		c.Pause(cal, asOf)
	case procedure.Resume:
		c.Resume(cal, p.now)
	case procedure.Extend:
		n, err := v.ByValue(p.view)
		if err != nil {
			return err
		}
		c.Extend(cal, int(n))
	case procedure.Hold:
		c.Hold()
	case procedure.Release:
		c.Release()
	case procedure.Retime:
		l, err := p.budget().Limit(v, p.snap.Proc.ClockOf(name))
		if err != nil {
			return err
		}
		l.Roll = c.Limit.Roll
		c.Retime(cal, l, p.now)
	}
	p.moved(c)
	return nil
}

func (p *plan) stop(c clock.Clock) error {
	if c.State == clock.Stopped {
		return nil
	}
	cal, err := p.calendar(c.Calendar)
	if err != nil {
		return err
	}
	c = moment.Clone(c)
	c.Finish(cal, p.now)
	p.moved(c)
	return nil
}

// start begins a new run; a run that still goes is stopped first, with its mark.
func (p *plan) start(v *procedure.Verb, def *procedure.Clock) error {
	run := 1
	if old := p.after.Clock(def.ID); old != nil {
		run = old.Run + 1
		if err := p.stop(*old); err != nil {
			return err
		}
	}
	cal, err := p.calendar(def.Calendar)
	if err != nil {
		return err
	}
	spec := moment.Spec(def)
	if spec.Until, err = v.UntilValue(p.view); err != nil {
		return err
	}
	if spec.Until.IsZero() || v.Limit != "" || def.Limit != nil {
		if spec.Limit, err = p.budget().Limit(v, def); err != nil {
			return err
		}
	}
	spec.Limit.Roll = calendar.Roll(def.Roll)
	from, err := v.AsOfValue(p.view)
	if err != nil {
		return err
	}
	if from.IsZero() || from.After(p.now) {
		from = p.now
	}
	c := clock.Start(cal, spec, run, from)
	c.Warned = !moment.Warns(def) // nobody would hear
	p.moved(c)
	return nil
}

// budget is what limits are read from: the case as the step leaves it.
func (p *plan) budget() moment.Budget {
	mode, _ := p.setting("rework_clock")
	rework, _ := mode.(string)
	return moment.Budget{View: p.view, Data: p.after.Data, Rework: rework, Last: p.after.Clock}
}
