package procedure

import (
	"fmt"

	"cel.dev/cel-go/cel"

	"xiucheng/internal/casework/rule"
)

// site is one place in a file that holds an expression.
type site struct {
	path string
	src  string
	step *Step // whose form input.* means; nil outside steps
	want []*cel.Type
	dst  **rule.Expr
}

var (
	condition = []*cel.Type{cel.BoolType}
	textType  = []*cel.Type{cel.StringType}
	shown     = []*cel.Type{cel.StringType, cel.IntType, cel.DoubleType, cel.TimestampType}
)

// sites lists every expression of the procedure.
func (c *checker) sites() []site {
	var all []site
	add := func(path string, src string, step *Step, dst **rule.Expr, want ...*cel.Type) {
		if src != "" {
			all = append(all, site{path, src, step, want, dst})
		}
	}
	p := c.p
	for i := range p.States {
		for j := range p.States[i].Public {
			w := &p.States[i].Public[j]
			add(fmt.Sprintf("$.states[%d].public[%d].when", i, j), w.When, nil, &w.when, condition...)
		}
	}
	for i := range p.Data {
		f := &p.Data[i]
		add(fmt.Sprintf("$.data[%d].default", i), f.Default, nil, &f.Filler, f.CELType())
	}
	for i := range p.Clocks {
		k := &p.Clocks[i]
		path := fmt.Sprintf("$.clocks[%d]", i)
		k.Expiry.input = c.inputs(path+".expiry.input", k.Expiry.Step, k.Expiry.Input, add)
		for j := range k.Ladder {
			r := &k.Ladder[j]
			at := fmt.Sprintf("%s.ladder[%d]", path, j)
			r.input = c.inputs(at+".input", r.Step, r.Input, add)
			tellSites(at, nil, r.Tell, add)
		}
	}
	for i := range p.Steps {
		stepSites(fmt.Sprintf("$.steps[%d]", i), c, &p.Steps[i], add)
	}
	return all
}

type adder func(path, src string, step *Step, dst **rule.Expr, want ...*cel.Type)

func tellSites(path string, s *Step, tells []Tell, add adder) {
	for j := range tells {
		add(fmt.Sprintf("%s.tell[%d].when", path, j), tells[j].When, s, &tells[j].when, condition...)
	}
}

func stepSites(path string, c *checker, s *Step, add adder) {
	for j := range s.Form {
		f := &s.Form[j]
		add(fmt.Sprintf("%s.form[%d].default", path, j), f.Default, nil, &f.Filler, f.CELType())
	}
	for j := range s.To {
		add(fmt.Sprintf("%s.to[%d].when", path, j), s.To[j].When, s, &s.To[j].when, condition...)
	}
	for j := range s.Guards {
		g := &s.Guards[j]
		at := fmt.Sprintf("%s.guards[%d]", path, j)
		add(at+".if", g.If, s, &g.holds, condition...)
		g.args = map[string]*rule.Expr{}
		for name, src := range g.Args {
			x := new(*rule.Expr)
			add(at+".args."+name, src, s, x, shown...)
			c.later = append(c.later, func() { g.args[name] = *x })
		}
	}
	for j := range s.Set {
		a := &s.Set[j]
		at := fmt.Sprintf("%s.set[%d]", path, j)
		add(at+".when", a.When, s, &a.when, condition...)
		if f := c.p.data[a.Field]; f != nil && a.Value != Nothing {
			add(at+".value", a.Value, s, &a.value, f.CELType())
		}
	}
	for j := range s.Clocks {
		v := &s.Clocks[j]
		at := fmt.Sprintf("%s.clocks[%d]", path, j)
		add(at+".when", v.When, s, &v.when, condition...)
		if v.Limit != "" && !limitWords[v.Limit] && v.fixed == nil {
			add(at+".limit", v.Limit, s, &v.limit, textType...)
		}
		add(at+".until", v.Until, s, &v.until, cel.TimestampType)
		add(at+".by", v.By, s, &v.by, cel.IntType)
		add(at+".as_of", v.AsOf, s, &v.asOf, cel.TimestampType)
	}
	for j := range s.Open {
		o := &s.Open[j]
		at := fmt.Sprintf("%s.open[%d]", path, j)
		add(at+".when", o.When, s, &o.when, condition...)
		o.input = c.foreign(at+".input", s, o.Input, add)
	}
	if a := s.Parent; a != nil {
		add(path+".parent.when", a.When, s, &a.when, condition...)
		a.input = c.foreign(path+".parent.input", s, a.Input, add)
	}
	tellSites(path, s, s.Tell, add)
}

// inputs compiles what the system fills a step's form with when a clock ends.
func (c *checker) inputs(path, step string, in map[string]string, add adder) map[string]*rule.Expr {
	out := map[string]*rule.Expr{}
	for name, src := range in {
		for _, s := range c.p.steps[step] {
			f := s.form[name]
			if f == nil {
				c.bad(path+"."+name, "step %s has no field %s", step, name)
				continue
			}
			x := new(*rule.Expr)
			add(path+"."+name, src, nil, x, f.CELType())
			c.later = append(c.later, func() { out[name] = *x })
			break
		}
	}
	return out
}

// foreign compiles what a form of another procedure is filled with: of which
// type is that form's to say, when it is filled.
func (c *checker) foreign(path string, s *Step, in map[string]string, add adder) map[string]*rule.Expr {
	out := map[string]*rule.Expr{}
	for name, src := range in {
		x := new(*rule.Expr)
		add(path+"."+name, src, s, x)
		c.later = append(c.later, func() { out[name] = *x })
	}
	return out
}

// Nothing is the Value of an Assign that empties the field.
const Nothing = "none"

// Words of Verb.Limit.
const (
	CaseLimit  = "case"        // data.limit_n and data.limit_unit
	Rework     = "rework"      // the case's limit by the setting rework_clock
	HalfUrgent = "half_urgent" // the clock's own limit, halved for an urgent case
)

var limitWords = map[string]bool{CaseLimit: true, Rework: true, HalfUrgent: true}
