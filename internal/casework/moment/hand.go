package moment

import (
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/calendar"
)

// Hand moves the clocks of a case as the verbs of a step say.
type Hand struct {
	Proc     *procedure.Procedure
	View     *rule.View
	Case     *record.Case   // as the step leaves it so far
	Data     map[string]any // its data, typed
	Rework   string         // the division's setting rework_clock
	Now      time.Time
	Calendar func(name string) (*calendar.Calendar, error)
	Moved    func(clock.Clock) // puts the new value into the case and its event
}

// Apply does what one verb says. A verb on a clock that is not in the state it
// needs changes nothing.
func (h Hand) Apply(v *procedure.Verb) error {
	verb, name := v.Kind()
	if name == procedure.All {
		for _, c := range append([]clock.Clock(nil), h.Case.Clocks...) {
			if err := h.stop(c); err != nil {
				return err
			}
		}
		return nil
	}
	if verb == procedure.Start || verb == procedure.Restart {
		return h.start(v, h.Proc.ClockOf(name))
	}
	now := h.Case.Clock(name)
	if now == nil {
		return nil
	}
	c := Clone(*now)
	cal, err := h.Calendar(c.Calendar)
	if err != nil {
		return err
	}
	switch verb {
	case procedure.Stop:
		return h.stop(c)
	case procedure.Pause:
		asOf, err := v.AsOfValue(h.View)
		if err != nil {
			return err
		}
		if asOf.IsZero() {
			asOf = h.Now
		}
		c.Pause(cal, asOf)
	case procedure.Resume:
		c.Resume(cal, h.Now)
	case procedure.Extend:
		n, err := v.ByValue(h.View)
		if err != nil {
			return err
		}
		c.Extend(cal, int(n))
	case procedure.Hold:
		c.Hold()
	case procedure.Release:
		c.Release()
	case procedure.Retime:
		l, err := h.limit(v, h.Proc.ClockOf(name))
		if err != nil {
			return err
		}
		l.Roll = c.Limit.Roll
		c.Retime(cal, l, h.Now)
	}
	h.Moved(c)
	return nil
}

func (h Hand) stop(c clock.Clock) error {
	if c.State == clock.Stopped {
		return nil
	}
	cal, err := h.Calendar(c.Calendar)
	if err != nil {
		return err
	}
	c = Clone(c)
	c.Finish(cal, h.Now)
	h.Moved(c)
	return nil
}

// start begins a new run; a run that still goes is stopped first, with its mark.
func (h Hand) start(v *procedure.Verb, def *procedure.Clock) error {
	run := 1
	if old := h.Case.Clock(def.ID); old != nil {
		run = old.Run + 1
		if err := h.stop(*old); err != nil {
			return err
		}
	}
	cal, err := h.Calendar(def.Calendar)
	if err != nil {
		return err
	}
	spec := Spec(def)
	if spec.Until, err = v.UntilValue(h.View); err != nil {
		return err
	}
	if spec.Until.IsZero() || v.Limit != "" || def.Limit != nil {
		if spec.Limit, err = h.limit(v, def); err != nil {
			return err
		}
	}
	spec.Limit.Roll = calendar.Roll(def.Roll)
	from, err := v.AsOfValue(h.View)
	if err != nil {
		return err
	}
	if from.IsZero() || from.After(h.Now) {
		from = h.Now
	}
	c := clock.Start(cal, spec, run, from)
	c.Warned = !Warns(def) // nobody would hear
	h.Moved(c)
	return nil
}
