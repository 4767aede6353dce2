package incident

import (
	"context"
	"time"

	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Route is which department answers, by which rule, and why in words (service
// procedures §1.6). The first rule that answers wins; the later answers are
// kept as also possible.
type Route struct {
	Department string
	Rule       string // R0 … R6
	Why        i18n.Text
	CoUnit     string
	Also       []Route
	Boundary   i18n.Text // set near a border of two departments' zones
}

// The sentences of the rules.
var sayRule = map[string]i18n.Text{
	"R0": {ZH: "依据 {date} 裁定，由{dept}负责。", EN: "By the ruling of {date}, {dept} is responsible."},
	"R1": {ZH: "位于“{zone}”施工/保修范围内，由施工单位负责，{dept}督促。", EN: "Inside the site or warranty of “{zone}”: its builder, overseen by {dept}."},
	"R2": {ZH: "该{component}（{id}）登记的{unit}是{dept}。", EN: "This {component} ({id}) is registered to {dept}, its {unit}."},
	"R3": {ZH: "位于{dept}负责的{kind}片区“{zone}”。", EN: "In the {kind} zone “{zone}” of {dept}."},
	"R4": {ZH: "按职责清单，{street}的“{class}”由{dept}负责。", EN: "By the duty list, “{class}” in {street} is {dept}’s."},
	"R5": {ZH: "按类别默认由{dept}负责。", EN: "By default this class goes to {dept}."},
	"R6": {ZH: "责任单位不明，先由属地{dept}采取措施，并提请裁定。", EN: "Nobody is registered; {dept} acts first and a ruling is asked for."},
}

var sayBoundary = i18n.Text{ZH: "边界附近：在此侧由{a}负责，另一侧由{b}负责", EN: "Near a border: this side {a}, that side {b}"}

// zoneKinds are the kinds of zones in words.
var zoneKinds = map[string]i18n.Text{
	"sweeping": {ZH: "清扫", EN: "sweeping"}, "greening": {ZH: "绿化", EN: "greening"}, "road": {ZH: "道路", EN: "road"},
	"lighting": {ZH: "照明", EN: "lighting"}, "river": {ZH: "河道", EN: "river"}, "sorting": {ZH: "垃圾分类", EN: "waste sorting"},
	"works": {ZH: "工程", EN: "works"}, "cluster": {ZH: "摊点群", EN: "stall cluster"}, "frontage": {ZH: "门前五包", EN: "frontage"},
	"station": {ZH: "驿站", EN: "station"},
}

// boundaryMetres is how near a border makes the other side worth naming; the
// point's own accuracy counts where it is worse.
const boundaryMetres = 15.0

// route asks the rules in order.
func (s scene) route(ctx context.Context) (Route, error) {
	p, accuracy, ok := s.point()
	class, known := s.class()
	if !ok || !known {
		return Route{}, nil
	}
	at := s.Now
	where := s.m.Locate(p, at)
	var answers []Route
	add := func(rule, dept string, args fault.Args) {
		d, err := s.dir.Resolve(dept, where.Street, at)
		if err != nil {
			return
		}
		if args == nil {
			args = fault.Args{}
		}
		args["dept"] = d.Name
		answers = append(answers, Route{Department: d.Code, Rule: rule, Why: say(sayRule[rule], args)})
	}
	dept, day, err := findRuling(ctx, s.Q, s.Snapshot.Division, class.ID, where.Grid)
	if err != nil {
		return Route{}, err
	}
	if dept != "" {
		add("R0", dept, fault.Args{"date": day})
	}
	if z, ok := s.m.ZoneAt(p, "works", at); ok {
		add("R1", z.Department, fault.Args{"zone": z.Name})
	}
	if dept, args, err := s.registered(ctx); err != nil {
		return Route{}, err
	} else if dept != "" {
		add("R2", dept, args)
	}
	usual, hasUsual := s.cat.Route(class)
	var boundary i18n.Text
	if usual.ZoneKind != "" {
		if z, ok := s.m.ZoneAt(p, usual.ZoneKind, at); ok {
			add("R3", z.Department, fault.Args{"zone": z.Name, "kind": zoneKinds[usual.ZoneKind]})
			boundary = s.boundary(z, p, usual.ZoneKind, accuracy, at)
		}
	}
	if duty, ok := s.cat.Duty(where.Street, class); ok {
		street, _ := s.m.Code(where.Street, at)
		add("R4", duty.Department, fault.Args{"street": street.Name, "class": class.Name})
	}
	if hasUsual {
		add("R5", usual.Department, nil)
	}
	add("R6", people.StreetOffice, nil)
	if len(answers) == 0 {
		return Route{}, nil
	}
	first := answers[0]
	first.Also = answers[1:]
	if first.Rule != "R2" { // a component belongs to whom it belongs, on either side of a border
		first.Boundary = boundary
	}
	if co, err := s.dir.Resolve(usual.CoUnit, where.Street, at); err == nil {
		first.CoUnit = co.Code
	}
	return first, nil
}

// units are a component's units in the order in which they answer for it.
var units = []struct {
	word i18n.Text
	of   func(component.Component) component.Unit
}{
	{i18n.Text{ZH: "养护单位", EN: "maintainer"}, func(c component.Component) component.Unit { return c.Maintainer }},
	{i18n.Text{ZH: "权属单位", EN: "owner"}, func(c component.Component) component.Unit { return c.Owner }},
	{i18n.Text{ZH: "主管部门", EN: "supervising department"}, func(c component.Component) component.Unit { return c.Supervisor }},
}

// registered is the department that the component's entry names: its
// maintainer, else its owner, else its supervising department, whichever is the
// first to be a department of the division, by code or by name. A case without
// a component, or with one that is not registered, has none.
func (s scene) registered(ctx context.Context) (dept string, args fault.Args, err error) {
	code := s.text("component")
	if code == "" {
		return "", nil, nil
	}
	c, err := component.Find(ctx, s.Q, s.Snapshot.Division, code)
	if fault.Is(err, fault.NotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	for _, u := range units {
		if dept := s.departmentOf(u.of(c)); dept != "" {
			return dept, fault.Args{"component": c.Name, "id": c.Code, "unit": u.word}, nil
		}
	}
	return "", nil, nil
}

// departmentOf is the code of the division's own department that a register
// names, "" for another body.
func (s scene) departmentOf(u component.Unit) string {
	for _, d := range s.dir.Departments(s.Now) {
		if u.Code != "" && d.Code == u.Code || u.Name != "" && (d.Name.ZH == u.Name || d.Name.EN == u.Name) {
			return d.Code
		}
	}
	return ""
}

func (s scene) boundary(own place.Feature, p geo.Point, kind string, accuracy float64, at time.Time) i18n.Text {
	other, _, ok := s.m.Neighbour(p, kind, max(boundaryMetres, accuracy), at)
	if !ok {
		return i18n.Text{}
	}
	a, errA := s.dir.Department(own.Department)
	b, errB := s.dir.Department(other.Department)
	if errA != nil || errB != nil {
		return i18n.Text{}
	}
	return say(sayBoundary, fault.Args{"a": a.Name, "b": b.Name})
}

func say(t i18n.Text, args fault.Args) i18n.Text {
	return i18n.Text{ZH: t.Fill(i18n.ZH, args), EN: t.Fill(i18n.EN, args)}
}

// findRuling is the ruling in force for a class at a grid, "" for none.
func findRuling(ctx context.Context, q dbx.Querier, division id.ID, class, grid string) (dept, day string, err error) {
	if grid == "" {
		return "", "", nil
	}
	var at int64
	err = q.QueryRow(ctx, `SELECT department, at FROM incident_ruling WHERE division = $1 AND class = $2 AND grid = $3`, division, class, grid).Scan(&dept, &at)
	if fault.Is(err, fault.NotFound) {
		return "", "", nil
	}
	return dept, people.Day(clock.FromMicro(at)), err
}
