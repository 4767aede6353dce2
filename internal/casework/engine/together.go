package engine

import (
	"slices"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/staffing"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
)

// parent is the case this one hangs on; nil for none, also while that case is
// itself being opened.
func (sc *scene) parent() (*Snapshot, error) {
	if sc.snap.Parent.IsZero() || sc.above != nil {
		return sc.above, nil
	}
	s, err := sc.e.find(sc.ctx, sc.q, sc.snap.Division, sc.snap.Parent)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	sc.above = s
	return s, err
}

// lineage is the case and the one it hangs on, as separation looks at them.
func (sc *scene) lineage() (out []staffing.Past, err error) {
	out = []staffing.Past{past(sc.snap)}
	above, err := sc.parent()
	if above != nil {
		out = append(out, past(above))
	}
	return out, err
}

func past(s *Snapshot) staffing.Past {
	p := staffing.Past{Proc: s.Proc, Log: s.Log}
	if b := s.Proc.Barred; b != nil {
		p.Barred, _ = s.Data[b.Field].([]string)
	}
	return p
}

// second finds the second officer the form names: another person who holds a
// role for the step where the case lies and the certificate on this day, and
// who is as free to take the step as the actor. Anybody else is refused.
func (sc *scene) second(step *procedure.Step) (*record.Actor, error) {
	o := step.Officers
	if o == nil || o.N < 2 || sc.actor.System {
		return nil, nil
	}
	chosen, _ := sc.input[procedure.SecondOfficer].(string)
	dir, err := sc.directory()
	if err != nil {
		return nil, err
	}
	able := sc.staffing().Seconds(dir, step)
	i := slices.IndexFunc(able, func(a staffing.Officer) bool { return a.Account.String() == chosen })
	if i < 0 {
		err := sc.refuseBy(step, fault.Invalid, o.Refuse, "", o.Law)
		return nil, fault.As(err).Field(procedure.SecondOfficer, "engine.officer_unfit")
	}
	if err := sc.apart(step, chosen); err != nil {
		return nil, err
	}
	a := able[i]
	dept := a.Department
	if a.Post.Department != "" {
		dept = a.Post.Department
	}
	return &record.Actor{Account: chosen, Name: a.Name, Role: a.Post.Role, Dept: dept}, nil
}

// officers are the choices of the second officer: whoever would not be refused.
func (sc *scene) officers(step *procedure.Step) (out []Choice, err error) {
	dir, err := sc.directory()
	if err != nil {
		return nil, err
	}
	var free []people.Account
	for _, a := range sc.staffing().Seconds(dir, step) {
		if sc.apart(step, a.Account.String()) == nil {
			free = append(free, people.Account{ID: a.Account, Name: a.Name})
		}
	}
	return named(free), nil
}

// answers is what the form of the event said, read once for the scene.
func (sc *scene) answers(seq int64) (said map[string]string, err error) {
	if sc.told == nil {
		sc.told, err = record.Answers(sc.ctx, sc.q, sc.snap.Division, sc.snap.ID)
	}
	return sc.told[seq], err
}
