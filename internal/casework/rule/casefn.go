package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
)

// ArgKind says what a literal argument of a case function must name.
type ArgKind int

// The kinds. Only literal texts are checked; the last three are values.
const (
	AnyText ArgKind = iota
	StepName
	ClockName
	DataName
	InputName
	AxisName
	Number
	Instant
	Metres
)

// Function is one member function of `case`: what its arguments name, what it
// gives, and how. docs/procedures.md lists them from here.
type Function struct {
	Name  string
	Args  []ArgKind
	out   *cel.Type
	Doc   string
	call  func(v *View, args []ref.Val) any // a Go value, or an error
	Input bool                              // reads this act's form
}

// String is the function as it is written.
func (f Function) String() string {
	names := map[ArgKind]string{AnyText: "text", StepName: "step", ClockName: "clock", DataName: "field", InputName: "field",
		AxisName: "axis", Number: "n", Instant: "after", Metres: "metres"}
	args := make([]string, len(f.Args))
	for i, a := range f.Args {
		args[i] = names[a]
	}
	return fmt.Sprintf("case.%s(%s) %s", f.Name, strings.Join(args, ", "), strings.TrimPrefix(strings.ToLower(f.out.String()), "google.protobuf."))
}

// The shared steps that do not count as "the last step".
var asides = map[string]bool{
	"note": true, "attach": true, "claim": true, "hand_over": true, "link": true, "correct": true,
	"interim_reply": true, "urge": true, "recall": true, "recompute": true, ClockStep: true,
}

// ClockStep is the id under which the system records that a clock warned, was
// breached or climbed a rung.
const ClockStep = "clock"

// RecallStep is the id of the built-in step that takes back the last one.
const RecallStep = "recall"

// Functions lists the member functions of case.
func Functions() []Function {
	return slices.Concat(ofHistory(), ofClocks(), ofFiles(), ofOthers())
}

// str is a text argument.
func str(v ref.Val) string { s, _ := v.Value().(string); return s }

func ofHistory() []Function {
	return []Function{
		{"n", []ArgKind{StepName}, cel.IntType, "how often the step was accepted", func(v *View, a []ref.Val) any { return v.count(str(a[0]), 0) }, false},
		{"nn", []ArgKind{StepName}, cel.IntType, "the same since the last reopening (object, reopen)", func(v *View, a []ref.Val) any { return v.count(str(a[0]), v.reopened()) }, false},
		{"done", []ArgKind{StepName}, cel.BoolType, "whether the step was ever accepted", func(v *View, a []ref.Val) any { return v.Latest(str(a[0])) != nil }, false},
		{"at", []ArgKind{StepName}, cel.TimestampType, "when the step was accepted last; never accepted refuses", func(v *View, a []ref.Val) any {
			if t := v.Latest(str(a[0])); t != nil {
				return t.At
			}
			return types.NewErr("%s was never taken", str(a[0]))
		}, false},
		{"by", []ArgKind{StepName}, cel.StringType, "account that took the step last, or ''", func(v *View, a []ref.Val) any {
			if t := v.Latest(str(a[0])); t != nil {
				return t.Actor
			}
			return ""
		}, false},
		{"dept_of", []ArgKind{StepName}, cel.StringType, "department of whoever took the step last, or ''", func(v *View, a []ref.Val) any {
			if t := v.Latest(str(a[0])); t != nil {
				return t.Dept
			}
			return ""
		}, false},
		{"first_at", []ArgKind{StepName}, cel.TimestampType, "when the step was accepted first; never accepted refuses", func(v *View, a []ref.Val) any {
			if t := v.first(str(a[0])); t != nil {
				return t.At
			}
			return types.NewErr("%s was never taken", str(a[0]))
		}, false},
		{"times", []ArgKind{AnyText, StepName}, cel.IntType, "how often the account took the step", func(v *View, a []ref.Val) any {
			return v.times(str(a[0]), str(a[1]))
		}, false},
		{"at_by", []ArgKind{AnyText, StepName}, cel.TimestampType, "when the account took the step last; never refuses", func(v *View, a []ref.Val) any {
			if t := v.latestBy(str(a[0]), str(a[1])); t != nil {
				return t.At
			}
			return types.NewErr("never taken")
		}, false},
		{"last", nil, cel.StringType, "the last accepted step, notes and other asides apart", func(v *View, _ []ref.Val) any { return v.last() }, false},
		{"took", []ArgKind{AxisName}, cel.BoolType, "whether the actor took a step of the axis here", func(v *View, a []ref.Val) any {
			return v.Took(v.Actor.Account, str(a[0]))
		}, false},
		{"took_part", []ArgKind{AnyText, AxisName}, cel.BoolType, "whether the account took a step of the axis here", func(v *View, a []ref.Val) any {
			return v.Took(str(a[0]), str(a[1]))
		}, false},
		{"did", []ArgKind{AnyText, StepName}, cel.BoolType, "whether the account ever took the step here, as actor or second officer", func(v *View, a []ref.Val) any {
			return v.did(str(a[0]), str(a[1]))
		}, false},
		{"done_with", []ArgKind{StepName, AnyText, AnyText}, cel.BoolType, "whether the step was ever accepted with a form field that said the text", func(v *View, a []ref.Val) any {
			t, err := v.with(str(a[0]), str(a[1]), str(a[2]))
			return orError(t != nil, err)
		}, false},
		{"at_with", []ArgKind{StepName, AnyText, AnyText}, cel.TimestampType, "when the step was accepted last with a form field that said the text; never refuses", func(v *View, a []ref.Val) any {
			t, err := v.with(str(a[0]), str(a[1]), str(a[2]))
			if err == nil && t == nil {
				return types.NewErr("never taken so")
			}
			if err != nil {
				return err
			}
			return t.At
		}, false},
		{"has_role", []ArgKind{AnyText}, cel.BoolType, "whether the actor holds the role", func(v *View, a []ref.Val) any {
			for _, r := range v.Actor.Roles {
				if r == str(a[0]) {
					return true
				}
			}
			return false
		}, false},
	}
}

func ofClocks() []Function {
	clock := func(pick func(ClockView) any, none any) func(*View, []ref.Val) any {
		return func(v *View, a []ref.Val) any {
			c, ok := v.Clock(str(a[0]))
			if !ok {
				return none
			}
			return pick(c)
		}
	}
	return []Function{
		{"running", []ArgKind{ClockName}, cel.BoolType, "whether the clock runs (not paused, not stopped)", clock(func(c ClockView) any { return c.Running }, false), false},
		{"started", []ArgKind{ClockName}, cel.BoolType, "whether the clock was ever started", clock(func(ClockView) any { return true }, false), false},
		{"breached", []ArgKind{ClockName}, cel.BoolType, "whether any run of the clock was ever breached", clock(func(c ClockView) any { return c.Breached }, false), false},
		{"due", []ArgKind{ClockName}, cel.TimestampType, "when the clock is due; never started refuses", clock(func(c ClockView) any { return c.Due }, types.NewErr("the clock never started")), false},
		{"elapsed", []ArgKind{ClockName}, cel.IntType, "minutes (days for day units) used of the present run", clock(func(c ClockView) any { return c.Elapsed }, 0), false},
		{"left", []ArgKind{ClockName}, cel.IntType, "minutes (days for day units) left of the present run", clock(func(c ClockView) any { return c.Left }, 0), false},
		{"return_window_open", []ArgKind{ClockName}, cel.BoolType, "elapsed is at most 25 % of the limit and 4 working hours, at least half an hour", clock(func(c ClockView) any { return c.ReturnOpen }, false), false},
	}
}

func ofFiles() []Function {
	return []Function{
		{"photo", []ArgKind{AnyText, Instant, Metres}, cel.BoolType, "a photo of the kind, also of this act, captured after the instant at most so many metres from the case (accuracies added)", func(v *View, a []ref.Val) any {
			after, _ := a[1].Value().(time.Time)
			return orError(v.photo(str(a[0]), after, float(a[2])))
		}, true},
		{"photo_near", []ArgKind{AnyText, Instant, Metres, AnyText}, cel.BoolType, "such a photo, near one of the second kind instead of the case; true when none of those says where it was taken", func(v *View, a []ref.Val) any {
			after, _ := a[1].Value().(time.Time)
			return orError(v.photoNear(str(a[0]), after, float(a[2]), str(a[3])))
		}, true},
		{"away", []ArgKind{AnyText}, cel.IntType, "metres between the case and the latest photo of the kind; 0 when unknown", func(v *View, a []ref.Val) any {
			return orError(v.away(str(a[0])))
		}, true},
		{"evidence", []ArgKind{AnyText}, cel.IntType, "pieces of evidence of the kind, also of this act; '' counts all", func(v *View, a []ref.Val) any { return orError(v.evidence(str(a[0]))) }, true},
	}
}

func ofOthers() []Function {
	return []Function{
		{"children", []ArgKind{AnyText, AnyText}, cel.IntType, "child cases of the procedure in the state; 'open' is every non-terminal one, '' all", func(v *View, a []ref.Val) any {
			return orError(v.Children(str(a[0]), str(a[1])))
		}, false},
		{"links", []ArgKind{AnyText}, cel.IntType, "links of the relation to other cases", func(v *View, a []ref.Val) any { return orError(v.Links(str(a[0]))) }, false},
		{"has", []ArgKind{DataName}, cel.BoolType, "whether the data field has a value", func(v *View, a []ref.Val) any { return v.Data[str(a[0])] != nil }, false},
		{"given", []ArgKind{InputName}, cel.BoolType, "whether the form field was filled", func(v *View, a []ref.Val) any { return v.Input[str(a[0])] != nil }, true},
		{"work_day", []ArgKind{Instant, Number}, cel.TimestampType, "closing of the n-th working day after the instant; written wd(t, n)", func(v *View, a []ref.Val) any {
			from, _ := a[0].Value().(time.Time)
			n, _ := a[1].Value().(int64)
			return orError(v.WorkDay(from, int(n)))
		}, false},
	}
}

// float reads metres, which may be written as a whole number.
func float(v ref.Val) float64 {
	switch x := v.Value().(type) {
	case float64:
		return x
	case int64:
		return float64(x)
	}
	return 0
}

func orError[T any](v T, err error) any {
	if err != nil {
		return err
	}
	return v
}

// BaseEnv holds what every expression may use.
func BaseEnv() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.Variable("state", cel.StringType),
		cel.Variable("to", cel.StringType),
		cel.Variable("now", cel.TimestampType),
		cel.Variable("actor.account", cel.StringType),
		cel.Variable("actor.dept", cel.StringType),
		cel.Variable("actor.system", cel.BoolType),
		cel.Variable("case", caseKind),
		ext.Strings(ext.StringsVersion(2)), ext.Math(),
		cel.Macros(append(cel.StandardMacros, cel.GlobalMacro("wd", 2, workDayMacro))...),
		cel.Function("hours", cel.Overload("hours_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val { return span(n, time.Hour) }))),
		cel.Function("minutes", cel.Overload("minutes_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val { return span(n, time.Minute) }))),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val { return span(n, 24*time.Hour) }))),
	}
	for _, f := range Functions() {
		binding := cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			c, ok := args[0].(caseVal)
			if !ok {
				return types.NewErr("%s is a function of case", f.Name)
			}
			return adapt(c.View, f.call(c.View, args[1:]))
		})
		overloads := []cel.FunctionOpt{cel.MemberOverload("case_"+f.Name, f.params(cel.DoubleType), f.out, binding)}
		if slices.Contains(f.Args, Metres) {
			overloads = append(overloads, cel.MemberOverload("case_"+f.Name+"_int", f.params(cel.IntType), f.out, binding))
		}
		opts = append(opts, cel.Function(f.Name, overloads...))
	}
	return cel.NewEnv(opts...)
}

// params are the function's parameters; metres may be of either number type.
func (f Function) params(metres *cel.Type) []*cel.Type {
	out := []*cel.Type{caseKind}
	for _, a := range f.Args {
		switch a {
		case Number:
			out = append(out, cel.IntType)
		case Instant:
			out = append(out, cel.TimestampType)
		case Metres:
			out = append(out, metres)
		default:
			out = append(out, cel.StringType)
		}
	}
	return out
}

func adapt(v *View, x any) ref.Val {
	if err, ok := x.(error); ok {
		if _, isVal := x.(ref.Val); !isVal {
			v.failed = err
			return types.WrapErr(err)
		}
	}
	return types.DefaultTypeAdapter.NativeToValue(x)
}

func span(n ref.Val, unit time.Duration) ref.Val {
	i, _ := n.Value().(int64)
	return types.Duration{Duration: time.Duration(i) * unit}
}

// workDayMacro writes wd(t, n) as case.work_day(t, n), which knows the calendar.
func workDayMacro(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	return f.NewMemberCall("work_day", f.NewIdent("case"), args...), nil
}
