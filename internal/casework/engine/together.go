package engine

import (
	"encoding/json"
	"slices"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
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
	log, p := sc.snap.Log, sc.snap.Proc
	if of == procedure.OfParent {
		parent, err := sc.parent()
		if parent == nil || err != nil {
			return "", err
		}
		log = parent.Log
	}
	for _, t := range slices.Backward(log) {
		if t.By(me) && (of == procedure.OfAnyStep || of == procedure.OfParent || t.Step == of || p.InGroup(t.Step, of)) {
			return t.Step, nil
		}
	}
	return "", nil
}

// barred refuses who was recused, in this case or in the one it hangs on.
func (sc *scene) barred(step *procedure.Step, me string) error {
	for s, at := sc.snap, 0; s != nil && at < 2; at++ {
		if b := s.Proc.Barred; b != nil {
			if out, _ := s.Data[b.Field].([]string); slices.Contains(out, me) {
				return sc.said(step, s.Proc, b.Refuse)
			}
		}
		var err error
		if s, err = sc.parent(); err != nil {
			return err
		}
	}
	return nil
}

// said is a refusal in the words of a procedure, which may be the parent's.
func (sc *scene) said(step *procedure.Step, p *procedure.Procedure, code string) error {
	own := sc.snap
	other := *own
	other.Proc = p
	sc.snap = &other
	defer func() { sc.snap = own }()
	return sc.sentence(step, fault.New(fault.Forbidden, code), "")
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

// certified refuses an actor without the certificate the step asks for.
func (sc *scene) certified(step *procedure.Step) error {
	o := step.Officers
	if o == nil || sc.actor.System || o.Certificate == "" || sc.actor.Certified(o.Certificate) {
		return nil
	}
	return sc.refuseBy(step, fault.Forbidden, o.Refuse, "", o.Law)
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
	able, err := sc.able(step)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(able, func(a officer) bool { return a.Account.String() == chosen })
	if i < 0 {
		err := sc.refuseBy(step, fault.Invalid, o.Refuse, "", o.Law)
		return nil, fault.As(err).Field(procedure.SecondOfficer, "engine.officer_unfit")
	}
	if err := sc.apart(step, chosen); err != nil {
		return nil, err
	}
	a := able[i]
	dept := a.Department
	if a.post.Department != "" {
		dept = a.post.Department
	}
	return &record.Actor{Account: chosen, Name: a.Name, Role: a.post.Role, Dept: dept}, nil
}

// officer is somebody who could be the second, with the post for it.
type officer struct {
	people.Actor
	post people.Grant
}

// able lists who could be the second officer of the step, by login.
func (sc *scene) able(step *procedure.Step) (out []officer, err error) {
	dir, err := sc.directory()
	if err != nil {
		return nil, err
	}
	o := step.Officers
	roles := o.Roles
	if len(roles) == 0 {
		roles = step.Who
	}
	seen := map[id.ID]bool{sc.actor.Account: true}
	for _, role := range roles {
		for _, a := range dir.Holders(role, "", sc.snap.Text("grid"), sc.now) {
			if seen[a.Account] || o.Certificate != "" && !a.Certified(o.Certificate) {
				continue
			}
			seen[a.Account] = true
			post, _ := a.Grant(role, sc.snap.Text("grid"))
			out = append(out, officer{a, post})
		}
	}
	return out, nil
}

// officers are the choices of the second officer: whoever would not be refused.
func (sc *scene) officers(step *procedure.Step) (out []Choice, err error) {
	able, err := sc.able(step)
	if err != nil {
		return nil, err
	}
	for _, a := range able {
		if sc.apart(step, a.Account.String()) == nil {
			out = append(out, Choice{Value: a.Account.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
		}
	}
	return out, nil
}

// on reports whether the setting the step needs is on.
func (sc *scene) on(step *procedure.Step) bool {
	return On(sc.division(), step)
}

// On reports whether the setting that the step needs is on; a step that needs
// none always is.
func On(set *pack.Settings, step *procedure.Step) bool {
	_, value, _ := set.Lookup(step.Needs)
	return step.Needs == "" || value == "true"
}

// texts are answers as text: a text as it is, anything else as JSON writes it.
func texts(in map[string]json.RawMessage) map[string]string {
	out := make(map[string]string, len(in))
	for name, raw := range in {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		out[name] = s
	}
	return out
}

// answers is what the form of the event said, read once for the scene.
func (sc *scene) answers(seq int64) (map[string]string, error) {
	if sc.told == nil {
		events, err := record.Timeline(sc.ctx, sc.q, sc.snap.Division, sc.snap.ID)
		if err != nil {
			return nil, err
		}
		sc.told = map[int64]map[string]string{}
		for _, e := range events {
			b, err := e.Read()
			if err != nil {
				return nil, err
			}
			sc.told[e.Seq] = texts(b.Input)
		}
	}
	return sc.told[seq], nil
}
