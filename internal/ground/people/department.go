package people

import (
	"context"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Kinds of department that rules look for; a pack may use others.
const (
	KindBureau  = "bureau"  // 综合行政执法局
	KindTeam    = "team"    // 执法中队 of one street
	KindStreet  = "street"  // 街道办事处
	KindSection = "section" // 专业部门: 市政, 环卫, 园林 …
	KindUtility = "utility" // 公用企业: 供水, 燃气 …
	KindOutside = "outside" // 协同部门: 公安交管, 生态环境 …
)

// Origin says where a row comes from. Local rows were changed here; applying a
// pack leaves them alone.
type Origin struct {
	Pack  string    `json:"-"` // id of the pack that brought it, "" when made here
	Local bool      `json:"-"`
	By    string    `json:"-"`
	At    time.Time `json:"-"`
}

// Department is a body that owns work. Code never changes; a renamed or merged
// department gets an end and a successor.
type Department struct {
	Code   string    `json:"code"`
	Name   i18n.Text `json:"name"`
	Parent string    `json:"parent,omitempty"`
	Kind   string    `json:"kind"`
	Street string    `json:"street,omitempty"` // street code a team or street office belongs to
	Phone  string    `json:"phone,omitempty"`
	Period
	Heir       string `json:"heir,omitempty"` // the department it was merged into
	Provenance string `json:"provenance"`     // real, approximate or synthetic
	Origin     `json:"-"`
}

// Check refuses a department without code, names, kind or with a wrong period;
// fields are named as in the form.
func (d Department) Check() error {
	e := fault.New(fault.Invalid, "people.department_bad")
	need(e, "code", d.Code)
	need(e, "name_zh", d.Name.ZH)
	need(e, "name_en", d.Name.EN)
	need(e, "kind", d.Kind)
	if !d.Valid() {
		e.Field("valid_to", "people.period_bad")
	}
	if d.Parent != "" && d.Parent == d.Code {
		e.Field("parent", "people.parent_self")
	}
	return e.OrNil()
}

// SaveDepartment creates or changes a department, as a local change. The
// actor must be an administrator; a parent that does not exist is Invalid.
func (s *Service) SaveDepartment(ctx context.Context, actor Actor, d Department) (err error) {
	defer fault.Trace(&err, "people.SaveDepartment(%s)", d.Code)
	if err := d.Check(); err != nil {
		return err
	}
	return s.change(ctx, actor, func(e *edit) error {
		if _, ok := e.dir.departments[d.Parent]; d.Parent != "" && !ok {
			return fault.New(fault.Invalid, "people.department_bad").Field("parent", "people.department_unknown", "code", d.Parent)
		}
		old, existed := e.dir.departments[d.Code]
		d.Heir, d.Origin = old.Heir, Origin{Pack: old.Pack, Local: true, By: e.actor.Name, At: e.at}
		if err := putDepartment(e.ctx, e.tx, e.actor.Division, d); err != nil {
			return err
		}
		if !existed {
			return e.audit("department.create", d.Code, nil, d)
		}
		return e.audit("department.change", d.Code, old, d)
	})
}

func need(e *fault.Error, field, value string) {
	if value == "" {
		e.Field(field, "people.needed")
	}
}
