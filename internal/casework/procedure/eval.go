package procedure

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// NeedsInput reports whether the guard cannot be judged before the form is filled.
func (g *Guard) NeedsInput() bool { return g.holds.NeedsInput() }

// Holds judges the guard.
func (g *Guard) Holds(v *rule.View) (bool, error) { return g.holds.Bool(v) }

// Fill evaluates the arguments of the guard's sentence: strings, numbers and
// instants. An argument that cannot be computed is left out, so that its
// placeholder stays visible.
func (g *Guard) Fill(v *rule.View) fault.Args {
	args := fault.Args{}
	for name, x := range g.args {
		if out, err := x.Eval(v); err == nil {
			args[name] = out.Value()
		}
	}
	return args
}

// Holds reports whether the target is the one to go to.
func (t *Target) Holds(v *rule.View) (bool, error) { return t.when.Bool(v) }

// Holds reports whether the verb is to be applied.
func (x *Verb) Holds(v *rule.View) (bool, error) { return x.when.Bool(v) }

// Holds reports whether the notice is to be made.
func (t *Tell) Holds(v *rule.View) (bool, error) { return t.when.Bool(v) }

// Holds reports whether the assignment is to be made.
func (a *Assign) Holds(v *rule.View) (bool, error) { return a.when.Bool(v) }

// Compute is the value for the field f; nil empties it. A form field that is
// copied and was not given is rule.Absent, except a tick, which is then false.
func (a *Assign) Compute(v *rule.View, f *field.Field) (any, error) {
	if a.Value == Nothing {
		return nil, nil
	}
	if name, copied := strings.CutPrefix(a.Value, "input."); copied && f.Type != field.Bool && identifier(name) && v.Input[name] == nil {
		return nil, &rule.Absent{Name: a.Value}
	}
	return f.Value(a.value, v)
}

// Limit is the limit the verb gives, nil when it gives none or one of the
// words CaseLimit, Rework and HalfUrgent.
func (x *Verb) LimitValue(v *rule.View) (*Limit, error) {
	if x.fixed != nil || x.limit == nil {
		return x.fixed, nil
	}
	out, err := x.limit.Eval(v)
	if err != nil {
		return nil, err
	}
	s, _ := out.Value().(string)
	l, ok := ParseLimit(s)
	if !ok {
		return nil, fmt.Errorf("%q is no limit", s)
	}
	return &l, nil
}

// UntilValue is the given due instant, zero when none is given.
func (x *Verb) UntilValue(v *rule.View) (time.Time, error) { return instant(x.until, v) }

// AsOfValue is the instant in the past the verb counts from, zero when none is given.
func (x *Verb) AsOfValue(v *rule.View) (time.Time, error) { return instant(x.asOf, v) }

// ByValue is how far the verb extends, in the clock's unit.
func (x *Verb) ByValue(v *rule.View) (int64, error) {
	if x.by == nil {
		return 0, nil
	}
	out, err := x.by.Eval(v)
	if err != nil {
		return 0, err
	}
	n, _ := out.Value().(int64)
	return n, nil
}

func identifier(s string) bool { return idPattern.MatchString(s) }

// Initial are the first values of a case's data, for the record also as JSON.
func (p *Procedure) Initial(v *rule.View) (data map[string]any, raw map[string]json.RawMessage, err error) {
	p.once.Do(func() { p.first, p.firstRaw, err = p.initial(v, (*rule.Expr).Plain) })
	if err != nil {
		return nil, nil, err
	}
	more, moreRaw, err := p.initial(v, func(x *rule.Expr) bool { return !x.Plain() })
	data, raw = maps.Clone(p.first), maps.Clone(p.firstRaw)
	maps.Copy(data, more)
	maps.Copy(raw, moreRaw)
	return data, raw, err
}

func (p *Procedure) initial(v *rule.View, which func(*rule.Expr) bool) (map[string]any, map[string]json.RawMessage, error) {
	data, raw := map[string]any{}, map[string]json.RawMessage{}
	for i := range p.Data {
		f := &p.Data[i]
		if f.Filler == nil || !which(f.Filler) {
			continue
		}
		if value := f.Fill(v); value != nil {
			encoded, err := field.Encode(value)
			if err != nil {
				return nil, nil, err
			}
			data[f.Name], raw[f.Name] = value, encoded
		}
	}
	return data, raw, nil
}

// Holds reports whether the child is to be opened.
func (o *Opening) Holds(v *rule.View) (bool, error) { return o.when.Bool(v) }

// Filled is what the opening step's form is filled with; s is that step, of the
// other procedure.
func (o *Opening) Filled(v *rule.View, s *Step) (Input, error) { return filled(o.input, v, s) }

// Holds reports whether the other case is to be stepped.
func (a *Parent) Holds(v *rule.View) (bool, error) { return a.when.Bool(v) }

// Filled is what the form of the other case's step is filled with.
func (a *Parent) Filled(v *rule.View, s *Step) (Input, error) { return filled(a.input, v, s) }

// Filled is what the system fills the expiry step's form with.
func (e *Expiry) Filled(v *rule.View, s *Step) (Input, error) { return filled(e.input, v, s) }

// Filled is what the system fills the rung step's form with.
func (r *Rung) Filled(v *rule.View, s *Step) (Input, error) { return filled(r.input, v, s) }

func filled(in map[string]*rule.Expr, v *rule.View, s *Step) (Input, error) {
	out := Input{}
	for name, x := range in {
		f := s.form[name]
		if f == nil {
			continue
		}
		val, err := f.Value(x, v)
		if err != nil {
			return nil, err
		}
		out[name] = val
	}
	return out, nil
}

// PublicWords is what the reporter reads in the state: the first wording whose
// condition holds. A state the public never meets has none.
func (s *State) PublicWords(v *rule.View) i18n.Text {
	for i := range s.Public {
		if ok, err := s.Public[i].when.Bool(v); ok && err == nil {
			return s.Public[i].Text
		}
	}
	return i18n.Text{}
}

func instant(x *rule.Expr, v *rule.View) (time.Time, error) {
	if x == nil {
		return time.Time{}, nil
	}
	out, err := x.Eval(v)
	if err != nil {
		return time.Time{}, err
	}
	t, _ := out.Value().(time.Time)
	return t, nil
}

// Aim makes the view one of this procedure's cases, looked at for the step (nil
// for none).
func (p *Procedure) Aim(v *rule.View, s *Step) {
	v.Aim(func(variable string) *cel.Type {
		scope, name, _ := strings.Cut(variable, ".")
		switch scope {
		case "data":
			if f := p.data[name]; f != nil {
				return f.CELType()
			}
		case "input":
			if s != nil && s.form[name] != nil {
				return s.form[name].CELType()
			}
		case "fact":
			if f := p.fact[name]; f != nil {
				return field.CELType(f.Type, f.List)
			}
		}
		return nil
	}, func(step string) string { return string(p.stepAxis[step]) })
}
