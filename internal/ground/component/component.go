package component

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// State is the condition of a component (GB/T 47678.5-2026, attribute 状态).
type State string

// The states of the standard.
const (
	Intact    State = "intact"    // 完好
	Damaged   State = "damaged"   // 破损
	Lost      State = "lost"      // 丢失
	Abandoned State = "abandoned" // 废弃
	Removed   State = "removed"   // 移除
)

// States lists the states in the standard's order.
func States() []State { return []State{Intact, Damaged, Lost, Abandoned, Removed} }

// Unit is an organisation in a register: its code (a department of the division
// or a unified social credit code) and its name. Either may be empty.
type Unit struct{ Code, Name string }

// Blank reports whether the register names nobody.
func (u Unit) Blank() bool { return u.Code == "" && u.Name == "" }

// Component is one thing of the register.
type Component struct {
	Code       string // 6 digits division, 5 class (2 group and 3 within it), 6 serial
	Former     string // the 16 digits of the edition of 2013 it came with, "" for none
	Name       string
	State      State
	Supervisor Unit // 主管部门
	Owner      Unit // 权属单位
	Maintainer Unit // 养护单位
	Grid       string
	Address    string
	Initial    string // day of the first survey, 2006-01-02
	Changed    string // day of the last change outside, "" for none
	Source     string // 实测, 地形图, 基础地理数据, 其他, or in other words
	Accuracy   string // class of position A, B or C; "" unknown
	Note       string
	Provenance string // real, approximate or synthetic
	Geometry   geo.Feature

	Pack  string // that brought it, "" for none
	Local bool   // changed here since
}

// codeLength is 6 + 5 + 6. The edition of 2013 had two digits for the class
// within its group, and 16 in all.
const (
	codeLength   = 17
	formerLength = 16
	divisionEnd  = 6
	classEnd     = 11

	formerClassEnd = 10
)

// isFormer reports whether the text is an identifier of the edition of 2013.
func isFormer(code string) bool {
	return len(code) == formerLength && strings.Trim(code, "0123456789") == ""
}

// ClassOf is the class code inside an identifier, "" for what is none.
func ClassOf(code string) string {
	if CheckCode(code) != nil {
		return ""
	}
	return code[divisionEnd:classEnd]
}

// CheckCode refuses what is not a 17-digit identifier.
func CheckCode(code string) *fault.Error {
	if len(code) != codeLength || strings.Trim(code, "0123456789") != "" {
		return fault.New(fault.Invalid, "component.code_bad", "code", code)
	}
	return nil
}

// Class is the class code inside the identifier.
func (c Component) Class() string { return ClassOf(c.Code) }

// Point is where the component is marked: its point, the middle of its line, a
// point of its area.
func (c Component) Point() geo.Point {
	g := c.Geometry
	switch {
	case g.Point != nil:
		return *g.Point
	case len(g.Line) > 1:
		half := g.Line.Length() / 2
		for i := range g.Line[1:] {
			d := geo.Distance(g.Line[i], g.Line[i+1])
			if d >= half && d > 0 {
				return g.Line.At(i, half/d)
			}
			half -= d
		}
		return g.Line[len(g.Line)-1]
	case len(g.Shape) > 0:
		return g.Shape.Center()
	}
	return geo.Point{}
}

// Distance is how far the component is from p, in metres; 0 inside an area.
func (c Component) Distance(p geo.Point) float64 {
	g := c.Geometry
	switch {
	case g.Point != nil:
		return geo.Distance(*g.Point, p)
	case len(g.Line) > 1:
		d, _, _ := g.Line.Near(p)
		return d
	case len(g.Shape) > 0 && !g.Shape.Contains(p):
		return g.Shape.BorderDistance(p)
	}
	return 0
}

// limits are how many characters an attribute may have (GB/T 47678.5-2026 for
// the ones it lists).
func (c Component) limits() map[string]int {
	return map[string]int{"name": 30, "supervisor_code": 18, "supervisor": 100, "owner_code": 18, "owner": 100, "maintainer_code": 18, "maintainer": 100,
		"grid": 15, "address": 256, "source": 30, "note": 1000}
}

// Check refuses a component that cannot be registered; fields are named as the
// columns of a file.
func (c Component) Check() error {
	e := fault.New(fault.Invalid, "component.bad")
	if bad := CheckCode(c.Code); bad != nil && (c.Code != "" || !isFormer(c.Former)) { // what has only a former one gets its own later
		e.Fields = append(e.Fields, fault.Field{Name: "code", Key: bad.Key, Args: bad.Args})
	}
	have := c.attributes()
	limits := c.limits()
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		if utf8.RuneCountInString(have[name]) > limits[name] {
			e.Field(name, "component.long", "column", name, "n", limits[name])
		}
	}
	if c.Former != "" && !isFormer(c.Former) {
		e.Field("former", "component.former_bad", "code", c.Former)
	}
	if c.Name == "" {
		e.Field("name", "component.needed", "column", "name")
	}
	if !slices.Contains(States(), c.State) {
		e.Field("state", "component.state_bad", "value", string(c.State))
	}
	if c.Accuracy != "" && c.Accuracy != "A" && c.Accuracy != "B" && c.Accuracy != "C" {
		e.Field("accuracy", "component.accuracy_bad", "value", c.Accuracy)
	}
	if c.Provenance != "real" && c.Provenance != "approximate" && c.Provenance != "synthetic" {
		e.Field("provenance", "component.provenance_bad", "value", c.Provenance)
	}
	if c.Initial == "" {
		e.Field("initial", "component.needed", "column", "initial")
	}
	for name, day := range map[string]string{"initial": c.Initial, "changed": c.Changed} {
		if _, err := calendar.ParseDate(day); day != "" && err != nil {
			e.Field(name, "component.day_bad", "value", day)
		}
	}
	if !c.Point().Valid() {
		e.Field("lng", "component.no_place")
	}
	return e.OrNil()
}

// attributes are the values of a component by name, as its history tells them.
func (c Component) attributes() map[string]string {
	return map[string]string{"code": c.Code, "former": c.Former, "name": c.Name, "state": string(c.State),
		"supervisor_code": c.Supervisor.Code, "supervisor": c.Supervisor.Name, "owner_code": c.Owner.Code, "owner": c.Owner.Name,
		"maintainer_code": c.Maintainer.Code, "maintainer": c.Maintainer.Name, "grid": c.Grid, "address": c.Address,
		"initial": c.Initial, "changed": c.Changed, "source": c.Source, "accuracy": c.Accuracy, "note": c.Note, "provenance": c.Provenance,
		"geometry": string(c.Geometry.MarshalGeometry())}
}

// difference lists what changed from c to next, before and after.
func (c Component) difference(next Component) (before, after map[string]string) {
	before, after = map[string]string{}, map[string]string{}
	now := next.attributes()
	for name, old := range c.attributes() {
		if now[name] != old {
			before[name], after[name] = old, now[name]
		}
	}
	return before, after
}
