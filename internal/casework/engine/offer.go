package engine

import (
	"context"
	"errors"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/casework/setting"
	"xiucheng/internal/casework/staffing"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Offer is one step of the present state: allowed, or blocked with the reason.
type Offer struct {
	Step    *procedure.Step
	Allowed bool
	Refusal *fault.Error // nil when allowed
	Reason  i18n.Text    // the refusal's sentence
}

// Aside reports whether the step is simply not the actor's to take (R01) or not
// one for where the case stands (R03): pages leave it out where a step blocked
// for another reason stays visible.
func (o Offer) Aside() bool {
	return o.Refusal != nil && (o.Refusal.Key == "R01" || o.Refusal.Key == "R03")
}

// Offers lists every step of the case's state in order of the procedure, and
// what else can be done to it. Guards that need the form are not judged.
// Hidden steps and those whose setting is off are left out; taking back the last step is listed only while it
// can be done. A case the actor may not see is NotFound.
func (e *Engine) Offers(ctx context.Context, actor people.Actor, s *Snapshot) (_ []Offer, err error) {
	defer fault.Trace(&err, "engine.Offers(%s)", s.ID)
	sc, err := e.look(ctx, e.DB, s, actor, nil, nil)
	if err != nil {
		return nil, err
	}
	return sc.offers()
}

func (sc *scene) offers() ([]Offer, error) {
	var out []Offer
	for _, step := range sc.snap.Proc.From(sc.snap.State) {
		if step.Hidden || !setting.On(sc.division(), step) || step.ID == rule.RecallStep && !sc.recallable() {
			continue
		}
		o := Offer{Step: step, Allowed: true}
		err := sc.offered(step)
		var f *fault.Error
		switch {
		case err == nil:
		case errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable:
			o.Allowed, o.Refusal = false, f
			o.Reason, _ = f.Args["text"].(i18n.Text)
		default:
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (sc *scene) offered(step *procedure.Step) error {
	if _, ok := sc.staffing().Authorised(step); !ok {
		return sc.refuse(step, fault.Forbidden, "R01", "")
	}
	if err := sc.separated(step); err != nil {
		return err
	}
	return sc.offerable(step)
}

// Form is what a step's form begins with: defaults and choices by field name.
type Form struct {
	Step    *procedure.Step
	Filled  procedure.Input
	Choices map[string][]Choice
}

// Form prepares the form of a step of the case. What is answered already (nil: nothing) decides the
// choices of other fields; the choices of a column stand under "field.column": the class those of the condition. A required field
// with one choice begins with it. A step that cannot be taken from here is
// NotFound, one that is not the actor's to take Forbidden.
func (e *Engine) Form(ctx context.Context, actor people.Actor, s *Snapshot, stepID string, answered procedure.Input) (f Form, err error) {
	defer fault.Trace(&err, "engine.Form(%s, %s)", s.ID, stepID)
	sc, err := e.look(ctx, e.DB, s, actor, answered, nil)
	if err != nil {
		return f, err
	}
	return sc.form(stepID)
}

func (sc *scene) form(stepID string) (f Form, err error) {
	step, _ := sc.snap.Proc.Step(stepID, sc.snap.State)
	if step == nil {
		return f, fault.Missing("step")
	}
	sc.aim(step)
	if _, ok := sc.staffing().Authorised(step); !ok {
		return f, sc.refuse(step, fault.Forbidden, "R01", "")
	}
	f = Form{Step: step, Filled: procedure.Input{}, Choices: map[string][]Choice{}}
	for i := range step.Form {
		q := &step.Form[i]
		if v := q.Fill(sc.view); v != nil {
			f.Filled[q.Name] = v
		}
		if err := sc.columns(step, q, f.Choices); err != nil {
			return f, err
		}
		if q.Choices == "" || q.Type == field.Rows {
			continue
		}
		list, err := sc.choices(step, q.Choices)
		if err != nil {
			return f, err
		}
		f.Choices[q.Name] = list
		if len(list) == 1 && q.Required && f.Filled[q.Name] == nil && !q.List {
			f.Filled[q.Name] = list[0].Value
		}
	}
	return f, nil
}

// columns adds the people of a table's columns: those of the field's choices, or
// everybody.
func (sc *scene) columns(step *procedure.Step, q *field.Field, to map[string][]Choice) error {
	for _, c := range q.Columns {
		if c.Type != field.Person {
			continue
		}
		if q.Choices != "" {
			list, err := sc.choices(step, q.Choices)
			if err != nil {
				return err
			}
			to[q.Name+"."+c.Name] = list
			continue
		}
		dir, err := sc.directory()
		if err != nil {
			return err
		}
		to[q.Name+"."+c.Name] = named(staffing.Everybody(dir))
	}
	return nil
}

// choices are the duty's, or the three lists every procedure has.
func (sc *scene) choices(step *procedure.Step, name string) ([]Choice, error) {
	switch name {
	case "colleagues":
		dir, err := sc.directory()
		if err != nil {
			return nil, err
		}
		return named(sc.staffing().Colleagues(dir)), nil
	case procedure.OfficerChoices:
		return sc.officers(step)
	case "data_fields":
		var out []Choice
		for i := range sc.snap.Proc.Data {
			if f := &sc.snap.Proc.Data[i]; f.Label.ZH != "" && sc.snap.Data[f.Name] != nil {
				out = append(out, Choice{Value: f.Name, Label: f.Label})
			}
		}
		return out, nil
	}
	h := sc.e.hooks[sc.snap.Proc.ID]
	if h.Choices == nil {
		return nil, nil
	}
	return h.Choices(sc.ctx, sc.asking(step), name)
}

// named are people as choices.
func named(list []people.Account) (out []Choice) {
	for _, a := range list {
		out = append(out, Choice{Value: a.ID.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
	}
	return out
}

// Preview is what a step would do.
type Preview struct {
	State  string
	Clocks []PreviewClock // started or moved by the step
}

// PreviewClock is one clock after the step.
type PreviewClock struct {
	ID          string
	Name        i18n.Text
	Due         int64 // microseconds; 0 when it would not run
	Provisional bool
}

// Preview computes what a step would do, without doing it. Refusals are as for
// Act.
func (e *Engine) Preview(ctx context.Context, a Act) (pv Preview, err error) {
	defer fault.Trace(&err, "engine.Preview(%s, %s)", a.Case, a.Step)
	p, err := e.planAct(ctx, dbx.Querier(e.DB), a)
	if err != nil {
		return pv, err
	}
	pv.State = p.after.State
	for _, c := range p.body.Clocks {
		x := PreviewClock{ID: c.ID, Provisional: c.Provisional}
		if def := p.snap.Proc.ClockOf(c.ID); def != nil {
			x.Name = def.Name
		}
		if !c.DueAt().IsZero() {
			x.Due = c.Due
		}
		pv.Clocks = append(pv.Clocks, x)
	}
	return pv, nil
}
