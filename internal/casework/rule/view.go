package rule

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// View is what expressions see of one case at one instant, by one actor. The
// engine fills it; a View is used by one goroutine.
type View struct {
	State string
	To    string // the state being entered, once it is known: in clocks and tells
	Now   time.Time
	Actor ActorView
	Data  map[string]any // as Field types say
	Input Input
	Log   []Taken // accepted steps, oldest first

	Clock    func(id string) (ClockView, bool)
	Fact     func(name string) (any, error)
	Setting  func(name string) (any, bool)
	Children func(procedure, state string) (int, error)
	Links    func(relation string) (int, error)
	Files    func() ([]FileView, error)
	Answers  func(seq int64) (map[string]string, error)     // what the form of a taken step said, personal values apart
	WorkDay  func(from time.Time, n int) (time.Time, error) // closing of the n-th working day after from
	Place    *Point                                         // of the case, or of the act that opens it

	types  func(variable string) *cel.Type
	axis   func(step string) string
	absent string
	failed error
	facts  map[string]any
}

// ActorView is the actor as expressions see it.
type ActorView struct {
	Account string
	Dept    string
	System  bool
	Roles   []string
}

// Taken is one accepted step.
type Taken struct {
	Seq      int64
	Step     string
	Actor    string   // account, "system", "citizen" or "link", the last two with an id behind them
	With     []string // accounts of who took it together with the actor
	Dept     string
	At       time.Time
	Recalled bool
}

// By reports whether the account was actor or second officer of the step.
func (t *Taken) By(account string) bool {
	return t.Actor == account || slices.Contains(t.With, account)
}

// ClockView is one clock as expressions see it. Minutes count in the clock's
// own unit; for day units Elapsed and Left are days.
type ClockView struct {
	Running    bool
	Breached   bool
	Due        time.Time
	Elapsed    int64
	Left       int64
	ReturnOpen bool // the department may still return the case
}

// FileView is one piece of evidence, or a file of the act being judged.
type FileView struct {
	Kind  string
	Photo bool
	Taken time.Time
	At    *Point // where it was captured; nil when unknown
}

// Point is a place on the earth (WGS-84) with its accuracy in metres.
type Point struct {
	Lat      float64 `json:"lat"`
	Lng      float64 `json:"lng"`
	Accuracy float64 `json:"accuracy,omitempty"`
}

// Input is what a form was filled with: string, int64, float64, bool,
// time.Time, []string, []int64, Point or map[string]string by field name.
type Input map[string]any

// Aim tells the view which variables exist, by name with their type (nil for
// none), and on which axis each step stands.
func (v *View) Aim(types func(variable string) *cel.Type, axis func(step string) string) {
	v.types, v.axis = types, axis
}

// ResolveName implements cel's Activation without building a map per act.
func (v *View) ResolveName(name string) (any, bool) {
	scope, field, dotted := strings.Cut(name, ".")
	if !dotted {
		switch name {
		case "state":
			return v.State, true
		case "to":
			return v.To, true
		case "now":
			return v.Now, true
		case "case":
			return caseVal{v}, true
		}
		return nil, false
	}
	switch scope {
	case "data":
		return v.value(name, v.Data[field])
	case "input":
		return v.value(name, v.Input[field])
	case "actor":
		return v.actor(field)
	case "fact":
		return v.fact(name, field)
	case "set":
		if x, ok := v.Setting(field); ok {
			return celValue(x), true
		}
		v.absent = name
	}
	return nil, false
}

// Parent implements cel's Activation.
func (v *View) Parent() interpreter.Activation { return nil }

// value binds a field. An absent text is "", an absent list or map empty, an
// absent tick false; anything else absent is remembered and refuses.
func (v *View) value(name string, x any) (any, bool) {
	t := v.types(name)
	switch {
	case t == nil:
		return nil, false
	case x != nil:
		return celValue(x), true
	}
	switch t.Kind() {
	case types.StringKind:
		return "", true
	case types.BoolKind:
		return false, true
	case types.ListKind:
		return []string{}, true
	case types.MapKind:
		if t.Parameters()[1] == cel.StringType {
			return map[string]string{}, true
		}
	}
	v.absent = name
	return nil, false
}

func (v *View) actor(field string) (any, bool) {
	switch field {
	case "account":
		return v.Actor.Account, true
	case "dept":
		return v.Actor.Dept, true
	case "system":
		return v.Actor.System, true
	}
	return nil, false
}

// fact asks the duty once per view; every expression of an act sees one answer.
func (v *View) fact(name, field string) (any, bool) {
	if x, ok := v.facts[field]; ok {
		return x, true
	}
	if v.Fact == nil {
		v.absent = name
		return nil, false
	}
	x, err := v.Fact(field)
	if err != nil {
		v.failed = err
		return nil, false
	}
	if x == nil {
		return v.value(name, nil)
	}
	if v.facts == nil {
		v.facts = map[string]any{}
	}
	v.facts[field] = celValue(x)
	return v.facts[field], true
}

// celValue turns a stored value into one that cel adapts without reflection.
func celValue(x any) any {
	switch p := x.(type) {
	case Point:
		return map[string]float64{"lat": p.Lat, "lng": p.Lng, "accuracy": p.Accuracy}
	case *Point:
		return celValue(*p)
	case int:
		return int64(p)
	}
	return x
}

var caseKind = types.NewOpaqueType("case")

// caseVal is the opaque value `case`.
type caseVal struct{ *View }

func (c caseVal) ConvertToNative(reflect.Type) (any, error) {
	return nil, &Absent{Name: "case"}
}
func (c caseVal) ConvertToType(ref.Type) ref.Val { return types.NewErr("case is no value") }
func (c caseVal) Equal(ref.Val) ref.Val          { return types.False }
func (c caseVal) Type() ref.Type                 { return caseKind }
func (c caseVal) Value() any                     { return c.View }
