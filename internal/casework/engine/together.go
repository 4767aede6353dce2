package engine

import (
	"slices"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/staffing"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
)

// apartEver refuses whoever ever took part in one of the steps, as actor or as
// second officer. Taking a step back does not undo having taken it.
func (sc *scene) apartEver(step *procedure.Step, me string) error {
	for _, a := range step.ApartEver {
		for _, of := range a.Of {
			earlier, err := sc.took(of, me)
			if err != nil {
				return err
			}
			if earlier != "" {
				return sc.refuseBy(step, fault.Forbidden, a.Refuse, earlier, a.Law)
			}
		}
	}
	return nil
}

// took is the latest step of the name, group or special word that the account
// took part in, "" if none.
func (sc *scene) took(of, me string) (string, error) {
	if of != procedure.OfParent {
		return staffing.Took(sc.snap.Proc, sc.snap.Log, of, me), nil
	}
	parent, err := sc.parent()
	if parent == nil || err != nil {
		return "", err
	}
	return staffing.Took(parent.Proc, parent.Log, procedure.OfAnyStep, me), nil
}

// barred refuses who was recused, in this case or in the one it hangs on.
func (sc *scene) barred(step *procedure.Step, me string) error {
	for s, at := sc.snap, 0; s != nil && at < 2; at++ {
		if b := s.Proc.Barred; b != nil {
			if out, _ := s.Data[b.Field].([]string); slices.Contains(out, me) {
				return wording.Refuse(s.Proc, fault.New(fault.Forbidden, b.Refuse), sc.words(step, nil), "")
			}
		}
		var err error
		if s, err = sc.parent(); err != nil {
			return err
		}
	}
	return nil
}

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
