package engine

import (
	"context"
	"errors"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const (
	tickCases   = 500 // cases looked at in one Tick; the rest waits for the next
	tickMoments = 64  // moments of one case in one Tick: more means a procedure that turns in circles
)

// Tick lets clocks act that are due by now: warnings, breaches, rungs and
// expiries, each as a step by the system, in order of time. It returns how many
// moments it made happen. A case that fails is logged and does not hold up the
// others.
func (e *Engine) Tick(ctx context.Context) (n int, err error) {
	defer fault.Trace(&err, "engine.Tick")
	now := e.Clock.Now()
	due, err := record.DueBy(ctx, e.DB, now.UnixMicro(), tickCases)
	if err != nil {
		return 0, err
	}
	for _, d := range due {
		for range tickMoments {
			fired, err := e.moment(ctx, d.Division, d.ID, now)
			if err != nil {
				if ctx.Err() != nil {
					return n, ctx.Err()
				}
				e.Log.Error("clock", "case", d.ID, "err", err)
			}
			if err != nil || !fired {
				break
			}
			n++
		}
	}
	return n, nil
}

// moment makes the first due moment of one case happen.
func (e *Engine) moment(ctx context.Context, division, caseID id.ID, now time.Time) (fired bool, err error) {
	s, err := e.find(ctx, e.DB, division, caseID)
	if err != nil {
		return false, err
	}
	c, m, ok := moment.First(s.Clocks, now)
	if !ok {
		return false, nil
	}
	p, err := e.planMoment(ctx, e.DB, s, c, m)
	if err != nil {
		return false, err
	}
	err = e.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := p.commit(tx, "", nil)
		return err
	})
	if fault.Is(err, fault.Stale) { // somebody acted meanwhile: look again
		return true, nil
	}
	return err == nil, err
}

// planMoment plans the step a moment means. When the procedure's own step is
// refused the moment is still recorded, so it never comes again.
func (e *Engine) planMoment(ctx context.Context, q dbx.Querier, s *Snapshot, c clock.Clock, m clock.Moment) (*plan, error) {
	def := s.Proc.ClockOf(c.ID)
	a, said := moment.AnswerTo(def, m), moment.Name(m)
	mark := func(p *plan) { p.fired, p.alarm = &c, a.Tells }
	sc, err := e.look(ctx, q, s, people.SystemActor(s.Division), nil, nil)
	if err != nil {
		return nil, err
	}
	if a.Step != "" {
		p, err := sc.own(a.Step, a.Filled, mark)
		var f *fault.Error
		if err == nil || !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			return p, err
		}
		said += " " + f.Key
		if sc, err = e.look(ctx, q, s, people.SystemActor(s.Division), nil, nil); err != nil {
			return nil, err
		}
	} else {
		for { // what comes at the same instant and moves nothing stands in one event
			next := moment.Clone(c)
			n, ok := next.Fire(sc.now)
			more := moment.AnswerTo(def, n)
			if !ok || n.At != m.At || more.Step != "" {
				break
			}
			c, said = next, said+" "+moment.Name(n)
			a.Tells = append(a.Tells, more.Tells...)
		}
	}
	in := procedure.Input{"clock": c.ID, "moment": said}
	sc.input, sc.view.Input = in, in
	return sc.planStep(rule.ClockStep, 0, mark)
}

// own plans the procedure's own step with what the file fills its form with.
func (sc *scene) own(step string, filled func(*rule.View, *procedure.Step) (procedure.Input, error), mark func(*plan)) (*plan, error) {
	st, _ := sc.snap.Proc.Step(step, sc.snap.State)
	if st == nil {
		return nil, sc.wrongState(step)
	}
	in, err := filled(sc.aim(st), st)
	if err != nil {
		return nil, fault.Wrap(err, fault.Conflict, "R05")
	}
	sc.input, sc.view.Input = in, in
	return sc.planStep(step, 0, mark)
}
