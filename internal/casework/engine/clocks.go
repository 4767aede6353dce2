package engine

import (
	"fmt"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
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
		l, err := p.limit(v, p.snap.Proc.ClockOf(name))
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
	spec := clock.Spec{ID: def.ID, Party: calendar.Party(def.Party), Calendar: def.Calendar, ExpireAfter: def.Expiry.After}
	if spec.Until, err = v.UntilValue(p.view); err != nil {
		return err
	}
	if spec.Until.IsZero() || v.Limit != "" || def.Limit != nil {
		if spec.Limit, err = p.limit(v, def); err != nil {
			return err
		}
	}
	for _, r := range def.Ladder {
		if r.Past != nil {
			spec.Ladder = append(spec.Ladder, clock.Ladder{ID: r.ID, Share: *r.Past, MinHours: r.MinHours, MinDays: r.MinDays})
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

// limit is how long a run lasts: what the verb says, else the clock's own, in
// the urgent column for an urgent case.
func (p *plan) limit(v *procedure.Verb, def *procedure.Clock) (calendar.Limit, error) {
	urgent, _ := p.after.Data["urgent_column"].(bool)
	own := def.Limit
	if urgent && def.Urgent != nil {
		own = def.Urgent
	}
	switch v.Limit {
	case procedure.CaseLimit:
		return p.caseLimit()
	case procedure.Rework:
		return p.rework(def.ID)
	case procedure.HalfUrgent:
		if own == nil {
			return calendar.Limit{}, fmt.Errorf("clock %s has no limit to halve", def.ID)
		}
		l := calendar.Of(own.N, calendar.Unit(own.Unit))
		if urgent {
			l = l.Part(0.5)
		}
		return l, nil
	}
	given, err := v.LimitValue(p.view)
	if err != nil {
		return calendar.Limit{}, err
	}
	if given == nil {
		given = own
	}
	if given == nil {
		return calendar.Limit{}, fmt.Errorf("clock %s has no limit", def.ID)
	}
	return calendar.Of(given.N, calendar.Unit(given.Unit)), nil
}

// caseLimit is the limit copied into the case when it was filed.
func (p *plan) caseLimit() (calendar.Limit, error) {
	unit := calendar.Unit(p.after.Text("limit_unit"))
	var n float64
	switch x := p.after.Data["limit_n"].(type) {
	case float64:
		n = x
	case int64:
		n = float64(x)
	}
	if n <= 0 || !unit.Valid() {
		return calendar.Limit{}, fault.New(fault.Conflict, "R05", "fields", "limit")
	}
	return calendar.Of(n, unit), nil
}

// rework is the limit after a failed check, by the division's setting.
func (p *plan) rework(name string) (calendar.Limit, error) {
	l, err := p.caseLimit()
	if err != nil {
		return l, err
	}
	last := clock.Clock{Limit: l}
	if c := p.after.Clock(name); c != nil {
		last.Left = c.Left
	}
	mode, _ := p.setting("rework_clock")
	s, _ := mode.(string)
	return last.Rework(s), nil
}
