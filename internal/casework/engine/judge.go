package engine

import (
	"errors"
	"slices"
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// separated is the wall between the axes and the step's own Apart.
func (sc *scene) separated(step *procedure.Step) error {
	if sc.actor.System || sc.actor.Citizen {
		return nil
	}
	if o := step.Officers; !sc.staffing().Certified(step) {
		return sc.refuseBy(step, fault.Forbidden, o.Refuse, "", o.Law)
	}
	return sc.apart(step, sc.account())
}

// apart is the same for one account, be it the actor's or the second officer's.
func (sc *scene) apart(step *procedure.Step, me string) error {
	b, err := sc.staffing().InTheWay(step, me)
	switch {
	case err != nil:
		return err
	case b == nil:
		return nil
	case b.Whose != nil: // nothing of this step stands in the way, but the person
		return wording.Refuse(b.Whose, fault.New(fault.Forbidden, b.Refuse), sc.words(step, nil), "")
	}
	return sc.refuseBy(step, fault.Forbidden, b.Refuse, b.Earlier, b.Law)
}

// guards judges the step's guards in order. A guard over a form that is itself
// wrong tells what is wrong with the form: its own sentence would mislead.
func (sc *scene) guards(step *procedure.Step, wrong *fault.Error) error {
	sc.aim(step)
	for i := range step.Guards {
		g := &step.Guards[i]
		err := sc.guard(step, g)
		if err != nil && wrong != nil && g.NeedsInput() {
			return sc.sentence(step, wrong, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// offerable judges the guards that do not need the form.
func (sc *scene) offerable(step *procedure.Step) error {
	sc.aim(step)
	for i := range step.Guards {
		if g := &step.Guards[i]; !g.NeedsInput() {
			if err := sc.guard(step, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (sc *scene) guard(step *procedure.Step, g *procedure.Guard) error {
	ok, err := g.Holds(sc.view)
	var absent *rule.Absent
	switch {
	case errors.As(err, &absent):
		return sc.absent(step, absent.Name)
	case isFault(err):
		return err
	case err != nil:
		sc.e.Log.Debug("guard refused by an error", "case", sc.snap.ID, "step", step.ID, "err", err)
		fallthrough
	case !ok:
		return sc.refuseGuard(step, g)
	}
	return nil
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

// absent refuses a step whose guard needs a value nobody gave.
func (sc *scene) absent(step *procedure.Step, name string) error {
	scope, field, _ := strings.Cut(name, ".")
	label := i18n.Text{ZH: name, EN: name}
	if scope == "input" {
		label = step.Labels(field)
	} else if f := sc.snap.Proc.FieldOf(field); scope == "data" && f != nil && f.Label.ZH != "" {
		label = f.Label
	}
	err := sc.sentence(step, fault.New(fault.Invalid, "R05", "fields", label), "")
	if scope == "input" {
		err.Field(field, "procedure.field.required")
	}
	return err
}

// refuse is a refusal with its sentence; earlier names the step that stands in
// the way of separation.
func (sc *scene) refuse(step *procedure.Step, kind fault.Kind, code, earlier string) error {
	return sc.refuseBy(step, kind, code, earlier, step.Law)
}

// refuseBy is refuse with an article of the rule's own.
func (sc *scene) refuseBy(step *procedure.Step, kind fault.Kind, code, earlier string, law procedure.Laws) error {
	err := fault.New(kind, code)
	if earlier != "" {
		err.Args = fault.Args{"earlier": wording.StepName(sc.snap.Proc, earlier)}
	}
	return sc.sentence(step, err, law.String())
}

func (sc *scene) refuseGuard(step *procedure.Step, g *procedure.Guard) error {
	kind := fault.Conflict
	if g.NeedsInput() {
		kind = fault.Invalid
	}
	err := fault.New(kind, g.Refuse)
	err.Args = g.Fill(sc.view)
	return sc.sentence(step, err, g.Law.String())
}

// sentence fills what every refusal may say and puts the finished sentence, in
// both languages, into the argument "text", with the article after it.
func (sc *scene) sentence(step *procedure.Step, err *fault.Error, law string) *fault.Error {
	return wording.Refuse(sc.snap.Proc, err, sc.words(step, err.Args), law)
}

// wrongState refuses a step that exists but not from here.
func (sc *scene) wrongState(id string) error {
	step := sc.snap.Proc.Named(id)
	if sc.snap.Terminal && !slices.Contains(step.Who, procedure.System) {
		return sc.refuse(step, fault.Conflict, "R09", "")
	}
	return sc.refuse(step, fault.Conflict, "R03", "")
}
