package engine

import (
	"context"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Start is a step by which somebody opens a case of a procedure in force.
type Start struct {
	Proc *procedure.Procedure
	Offer
}

// Starts lists the steps that open a case and are the actor's to take, allowed
// or blocked with the reason, by procedure. What is opened only from another
// case is left out.
func (e *Engine) Starts(ctx context.Context, actor people.Actor) (out []Start, err error) {
	defer fault.Trace(&err, "engine.Starts")
	for _, p := range e.Library().All() {
		if p.Child {
			continue
		}
		offers, err := e.OffersOpening(ctx, actor, p.ID)
		if err != nil {
			return nil, err
		}
		for _, o := range offers {
			if !o.Aside() {
				out = append(out, Start{p, o})
			}
		}
	}
	return out, nil
}

// OffersOpening lists the steps by which the actor could open a case of the
// procedure.
func (e *Engine) OffersOpening(ctx context.Context, actor people.Actor, proc string) (_ []Offer, err error) {
	defer fault.Trace(&err, "engine.OffersOpening(%s)", proc)
	sc, err := e.blank(ctx, e.DB, Opening{Procedure: proc, Division: actor.Division, Actor: actor})
	if err != nil {
		return nil, err
	}
	return sc.offers()
}

// FormOpening prepares the form of the step that would open a case, as Form does
// for a case that exists. What the opening has as Input decides the choices of
// other fields and stands in the form, over the defaults. A child without its
// Parent is NotFound.
func (e *Engine) FormOpening(ctx context.Context, o Opening) (f Form, err error) {
	defer fault.Trace(&err, "engine.FormOpening(%s, %s)", o.Procedure, o.Step)
	sc, err := e.blank(ctx, e.DB, o)
	if err != nil {
		return f, err
	}
	if sc.alone() {
		return f, fault.Missing("step")
	}
	if f, err = sc.form(o.Step); err != nil {
		return f, err
	}
	for name, v := range o.Input {
		if f.Step.FieldOf(name) != nil {
			f.Filled[name] = v
		}
	}
	return f, nil
}

// blank looks at a case that does not exist yet: its data have their first
// values.
func (e *Engine) blank(ctx context.Context, q dbx.Querier, o Opening) (*scene, error) {
	proc, err := e.Library().Latest(o.Procedure)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Proc: proc, Data: map[string]any{}}
	s.Division, s.Procedure, s.ProcVersion, s.Parent, s.State = o.Division, proc.ID, proc.Version, o.Parent, procedure.None
	sc, err := e.look(ctx, q, s, o.Actor, withFiles(o.Input, o.Files), o.Files)
	if err != nil {
		return nil, err
	}
	s.Data, s.Raw, err = proc.Initial(sc.view)
	sc.view.Data = s.Data
	return sc, err
}

// alone reports whether the case is a child that hangs on nothing.
func (sc *scene) alone() bool { return sc.snap.Proc.Child && sc.snap.Parent.IsZero() }
