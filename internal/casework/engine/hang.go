package engine

import (
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// child is a case that the step will open.
type child struct {
	opening Opening
	keepAs  string
}

// hangs fills the forms of the cases the step opens and of the step it takes in
// the case that this one hangs on. Both happen inside the transaction.
func (p *plan) hangs() error {
	for i := range p.step.Open {
		o := &p.step.Open[i]
		ok, err := o.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		if err := p.opens(o); err != nil {
			return err
		}
	}
	return p.upwards()
}

func (p *plan) opens(o *procedure.Opening) error {
	proc, err := p.e.Library().Latest(o.Procedure)
	if err != nil {
		return err
	}
	step, _ := proc.Step(o.Step, procedure.None)
	if step == nil {
		return fault.Missing("step")
	}
	in, err := o.Filled(p.view, step)
	if err != nil {
		return p.broken(err)
	}
	c := child{Opening{Procedure: proc.ID, Division: p.after.Division, Step: o.Step, Actor: p.actor, Input: in}, o.KeepAs}
	if step.By(procedure.System) {
		c.opening.Actor = people.SystemActor(p.after.Division)
	}
	if c.opening.Actor.Citizen {
		c.opening.Party = &NewParty{NoReceipt: true}
	}
	p.children = append(p.children, c)
	return nil
}

// upwards plans the step of the case that this one hangs on.
func (p *plan) upwards() error {
	a := p.step.Parent
	if a == nil {
		return nil
	}
	switch ok, err := a.Holds(p.view); {
	case err != nil:
		return p.broken(err)
	case !ok:
		return nil
	}
	above, err := p.parent()
	if err != nil {
		return err
	}
	if above == nil {
		return fault.Missing("case")
	}
	step, known := above.Proc.Step(a.Step, above.State)
	if step == nil && known {
		step = above.Proc.Named(a.Step) // refused there, in that procedure's words
	}
	if step == nil {
		return fault.Missing("step")
	}
	in, err := a.Filled(p.view, step)
	if err != nil {
		return p.broken(err)
	}
	p.up = &Act{Case: above.ID, Step: a.Step, Actor: people.SystemActor(above.Division), Input: in}
	return nil
}

// carry opens the children and moves the case above, in the transaction.
func (p *plan) carry(tx *dbx.Tx, after *Snapshot, body *record.Body) error {
	for _, c := range p.children {
		o := c.opening
		o.Parent = after.ID
		r, err := p.e.OpenIn(p.ctx, tx, o)
		if err != nil {
			return err
		}
		body.Children = append(body.Children, r.Case)
		if c.keepAs != "" {
			body.Links = append(body.Links, record.Link{Other: r.Case, Relation: c.keepAs})
		}
	}
	if p.up == nil {
		return nil
	}
	_, err := p.e.ActIn(p.ctx, tx, *p.up)
	return err
}
