package catalogue

import (
	"slices"
	"strings"
	"sync"
	"time"

	"xiucheng/internal/platform/fault"
)

// Catalogue is one division's catalogue at one generation. It never changes.
type Catalogue struct {
	groups     []Group
	classes    []Class // by id
	byID       map[string]int
	byKey      map[Key]int
	conditions map[string][]Condition // by class
	byCond     map[string]Condition
	fallbacks  map[string]Fallback // by group
	families   []Family
	flags      []Flag
	routes     []Route
	duties     []Duty
	questions  []Question
	choices    []Choice

	asked sync.Map // class id → its questions, found once: every report asks
}

// Class returns a class of any period; unknown is NotFound.
func (c *Catalogue) Class(id string) (Class, error) {
	if i, ok := c.byID[id]; ok {
		return c.classes[i], nil
	}
	return Class{}, fault.Missing("class")
}

// Find returns the class with a standard's code; unknown is NotFound.
func (c *Catalogue) Find(k Key) (Class, error) {
	if i, ok := c.byKey[k]; ok {
		return c.classes[i], nil
	}
	return Class{}, fault.Missing("class")
}

// Classes lists the classes of a kind that are active at the instant, by id;
// the zero time lists those of every period.
func (c *Catalogue) Classes(k Kind, at time.Time) []Class {
	var out []Class
	for _, x := range c.classes {
		if x.Kind == k && (at.IsZero() || x.Active(at)) {
			out = append(out, x)
		}
	}
	return out
}

// Groups lists the groups by id.
func (c *Catalogue) Groups() []Group { return slices.Clone(c.groups) }

// ComponentOf returns the component class a matter of groups 01–05 is about.
func (c *Catalogue) ComponentOf(matter Class) (Class, bool) {
	if matter.Kind != Event || matter.Group > "05" {
		return Class{}, false
	}
	x, err := c.Find(Key{Standard: matter.Standard, Kind: Component, Code: matter.Code})
	return x, err == nil
}

// Conditions lists the lines of a class's standard in force at the instant.
// A class without a line of its own gets its group's default, and a class all
// of whose lines are dangers gets it as a last one, so that a lesser fault is
// not filed as a danger. An unknown class has none.
func (c *Catalogue) Conditions(class string, at time.Time) []Condition {
	x, err := c.Class(class)
	if err != nil {
		return nil
	}
	var out []Condition
	only := true
	for _, cond := range c.conditions[class] {
		if cond.Period.Holds(at) {
			out = append(out, cond)
			only = only && cond.Hazard
		}
	}
	if f, ok := c.fallbacks[x.Group]; ok && only && x.Kind == Event {
		out = append(out, f.condition(x))
	}
	return out
}

// Condition returns a line by its id, in force or not; unknown is NotFound.
func (c *Catalogue) Condition(id string) (Condition, error) {
	if cond, ok := c.byCond[id]; ok {
		return cond, nil
	}
	if class, ok := strings.CutSuffix(id, "-0"); ok {
		if x, err := c.Class(class); err == nil {
			if f, ok := c.fallbacks[x.Group]; ok {
				return f.condition(x), nil
			}
		}
	}
	return Condition{}, fault.Missing("condition")
}

// Limit returns the limit of a line. The line must belong to the class and be
// in force at the instant, else Invalid with key "catalogue.condition_other".
func (c *Catalogue) Limit(class, condition string, at time.Time) (Limit, error) {
	for _, cond := range c.Conditions(class, at) {
		if cond.ID == condition {
			return cond.Limit, nil
		}
	}
	return Limit{}, fault.New(fault.Invalid, "catalogue.condition_other", "class", class, "condition", condition)
}

// Route returns who usually owns the class; ok is false when no row names it.
func (c *Catalogue) Route(x Class) (Route, bool) {
	r, ok := closest(c.routes, func(r Route) Pattern { return r.Classes }, x)
	for _, o := range []struct {
		from string
		to   *string
	}{{x.Department, &r.Department}, {x.ZoneKind, &r.ZoneKind}, {x.CoUnit, &r.CoUnit}} {
		if o.from != "" {
			*o.to = o.from
		}
	}
	return r, ok || x.Department != ""
}

// Duty returns the line of a street's duty list that names the class.
func (c *Catalogue) Duty(street string, x Class) (Duty, bool) {
	of := slices.DeleteFunc(slices.Clone(c.duties), func(d Duty) bool { return d.Street != street })
	return closest(of, func(d Duty) Pattern { return d.Classes }, x)
}

// Questions lists what a reporter of the class is asked, in the pack's order.
func (c *Catalogue) Questions(x Class) []Question {
	if list, ok := c.asked.Load(x.ID); ok {
		return list.([]Question)
	}
	var out []Question
	for _, q := range c.questions {
		if q.Classes.Match(x) > 0 {
			out = append(out, q)
		}
	}
	c.asked.Store(x.ID, out)
	return out
}

// PublicChoices lists the everyday groups offered to citizens at the instant;
// items whose class is not active are left out.
func (c *Catalogue) PublicChoices(at time.Time) []Choice {
	var out []Choice
	for _, ch := range c.choices {
		if ch = c.active(ch, at); len(ch.Items) > 0 {
			out = append(out, ch)
		}
	}
	return out
}

// PublicChoice is one of PublicChoices; another id is NotFound.
func (c *Catalogue) PublicChoice(choice string, at time.Time) (Choice, error) {
	for _, ch := range c.choices {
		if ch.ID == choice {
			if ch = c.active(ch, at); len(ch.Items) > 0 {
				return ch, nil
			}
		}
	}
	return Choice{}, fault.Missing("choice")
}

// active is the choice without the items whose class is not active.
func (c *Catalogue) active(ch Choice, at time.Time) Choice {
	ch.Items = slices.DeleteFunc(slices.Clone(ch.Items), func(i Item) bool {
		x, err := c.Class(i.Class)
		return err != nil || !x.Active(at)
	})
	return ch
}
