package engine

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	wall "xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// plan is a judged step with all it will write.
type plan struct {
	*scene
	grant people.Grant

	after    *Snapshot
	body     *record.Body
	personal []record.Personal
	exhibits []evidence.Exhibit
	notices  []notice.Notice
	party    *party.Party
	receipt  string
	fired    *clock.Clock // the clock whose moment caused this step, already marked
	alarm    []procedure.Tell
	officer  *record.Actor // who takes the step together with the actor
	children []child
	up       *Act    // of the case that this one hangs on
	number   bool    // issue a number inside the transaction
	sealed   *sealed // nil when it is sealed inside the transaction
}

// judged judges separation, guards and form and returns the plan of a step,
// without effects.
func (sc *scene) judged(step *procedure.Step, grant people.Grant) (*plan, error) {
	if err := sc.separated(step); err != nil {
		return nil, err
	}
	if err := sc.filesFit(step); err != nil {
		return nil, err
	}
	clean, wrong := step.Check(sc.input)
	sc.input, sc.view.Input = clean, clean
	if err := sc.guards(step, wrong); err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, sc.sentence(step, wrong, "")
	}
	sc.aim(step)
	officer, err := sc.second(step)
	if err != nil {
		return nil, err
	}
	return &plan{scene: sc, grant: grant, officer: officer}, nil
}

// effects computes what the step changes: data in order, then the state, then
// clocks and notices, which see both.
func (p *plan) effects() error {
	p.after = p.snap.next()
	p.after.Version++
	p.after.Updated = wall.Micro(p.now)
	p.body = &record.Body{
		Case: p.after.ID, Seq: p.after.Version, At: p.after.Updated, Step: p.step.ID, From: p.snap.State,
		Actor: p.who(), Digest: p.snap.Digest, Data: map[string]json.RawMessage{},
	}
	if p.officer != nil {
		p.body.Officers = []record.Actor{*p.officer}
	}
	if p.body.Seq == 1 {
		maps.Copy(p.body.Data, p.snap.Raw) // first values of the data
	}
	if err := p.inputs(); err != nil {
		return err
	}
	p.view.Data = p.after.Data
	if err := p.assign(); err != nil {
		return err
	}
	if err := p.target(); err != nil {
		return err
	}
	if err := p.clocks(); err != nil {
		return err
	}
	for _, do := range p.step.Do {
		if fn := builtins[do]; fn != nil {
			if err := fn(p); err != nil {
				return err
			}
		}
	}
	if err := p.after.Project(p.after.Proc); err != nil {
		return err
	}
	p.exhibit()
	if err := p.tells(); err != nil {
		return err
	}
	if err := p.hangs(); err != nil {
		return err
	}
	return p.sealEarly()
}

// sealEarly seals outside the writer, unless a hook or a number will still add
// to the event.
func (p *plan) sealEarly() (err error) {
	if p.number || len(p.children) > 0 {
		return nil
	}
	for _, name := range p.step.Do {
		if p.e.hooks[p.after.Proc.ID].Do[name] != nil {
			return nil
		}
	}
	p.sealed, err = seal(p.after, p.body, p.snap.Head)
	return err
}

func (p *plan) who() record.Actor {
	a := record.Actor{Account: p.account(), Role: p.grant.Role, Dept: p.actor.Department}
	if p.grant.Department != "" {
		a.Dept = p.grant.Department
	}
	if !p.actor.Citizen && !p.actor.System {
		a.Name = p.actor.Name
	}
	a.Via = p.actor.Speaker
	if p.grant.Via != nil {
		a.Via = p.grant.Via.Name
	}
	return a
}

// inputs puts the form into the event: personal values as commitments, the
// rest as they are.
func (p *plan) inputs() error {
	p.body.Input = map[string]json.RawMessage{}
	for name, v := range p.input {
		f := p.step.FieldOf(name)
		raw, err := field.Encode(v)
		if err != nil {
			return err
		}
		switch {
		case f.Files(): // stands among the evidence
		case f.Personal:
			value, commitment := record.Conceal(name, raw)
			p.personal = append(p.personal, value)
			if p.body.Commit == nil {
				p.body.Commit = map[string]string{}
			}
			p.body.Commit[name] = commitment
		default:
			p.body.Input[name] = raw
		}
	}
	return nil
}

// put sets a data field, nil empties it.
func (p *plan) put(name string, v any) error {
	if v == nil {
		delete(p.after.Data, name)
		delete(p.after.Raw, name)
		p.body.Data[name] = json.RawMessage("null")
		return nil
	}
	raw, err := field.Encode(v)
	if err != nil {
		return err
	}
	p.after.Data[name], p.after.Raw[name], p.body.Data[name] = v, raw, raw
	return nil
}

func (p *plan) assign() error {
	for i := range p.step.Set {
		a := &p.step.Set[i]
		ok, err := a.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		v, err := a.Compute(p.view, p.snap.Proc.FieldOf(a.Field))
		var absent *rule.Absent
		switch {
		case errors.As(err, &absent): // an optional field that was not given changes nothing
			continue
		case err != nil:
			return p.broken(err)
		}
		if s, ok := v.(string); ok && s == "" {
			v = nil
		}
		if err := p.put(a.Field, v); err != nil {
			return err
		}
	}
	if pt, ok := p.after.Data["place"].(procedure.Point); ok {
		p.view.Place = &pt
	}
	return nil
}

// broken is an effect that could not be computed: a missing value refuses with
// its name, anything else is the procedure's mistake.
func (p *plan) broken(err error) error {
	var absent *rule.Absent
	if errors.As(err, &absent) {
		return p.absent(p.step, absent.Name)
	}
	if isFault(err) {
		return err
	}
	return fault.Wrap(err, fault.Internal, "fault.internal")
}

// target chooses the next state: the first whose condition holds, else the
// case stays.
func (p *plan) target() error {
	for i := range p.step.To {
		t := &p.step.To[i]
		ok, err := t.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		switch t.State {
		case procedure.Stay:
		case procedure.Back:
			if err := p.back(); err != nil {
				return err
			}
		default:
			p.after.State = t.State
		}
		break
	}
	p.view.To = p.after.State
	p.body.To = p.after.State
	if p.after.State != p.snap.State {
		p.after.Entered = p.after.Updated
	}
	return nil
}

// back returns to the terminal state left last.
func (p *plan) back() error {
	last, err := record.LastFrom(p.ctx, p.q, p.snap.Division, p.snap.ID, func(state string) bool {
		st := p.snap.Proc.StateOf(state)
		return st != nil && st.Terminal
	})
	if err == nil && last == "" {
		err = p.refuse(p.step, fault.Conflict, "R03", "")
	}
	if err == nil {
		p.after.State = last
	}
	return err
}

// moved puts a clock's new value into the case and the event, in both behind the
// others: the event replayed gives the clocks in the order of the case.
func (p *plan) moved(c clock.Clock) {
	p.after.Clocks = record.Keep(p.after.Clocks, c)
	p.body.Clocks = slices.DeleteFunc(p.body.Clocks, func(o clock.Clock) bool { return o.ID == c.ID && o.Run == c.Run })
	p.body.Clocks = append(p.body.Clocks, c)
}

// reporter makes the party of an opening.
func (p *plan) reporter(n *NewParty) {
	code := ""
	pt := party.Party{Division: p.after.Division, ID: id.New(), Case: p.after.ID, Now: p.after.ID, Kind: party.Reporter, Seq: 1, At: p.now,
		Anonymous: n.Anonymous, CallBack: n.CallBack, PhoneHash: party.PhoneDigest(p.after.Division, n.Phone)}
	if !n.NoReceipt {
		code = id.Receipt()
		pt.Receipt, pt.Last4 = party.Digest(code), party.Last4(code)
	}
	p.party, p.receipt = &pt, code
	p.parties, p.asked = []party.Party{pt}, true
	if p.actor.Citizen {
		p.me = &pt
	}
}
