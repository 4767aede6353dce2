// Package wording fills the sentences of a case: refusals, notices and what a
// reporter reads. It owns the placeholders every sentence may use and how
// values, people, departments and instants are said.
//
// The sentences themselves belong to procedures.
package wording

import (
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Case is what sentences are about.
type Case struct {
	Proc    *procedure.Procedure
	Number  string
	State   string
	Due     time.Time // of the state's clock; zero when it does not run
	Data    map[string]any
	Input   procedure.Input
	Step    *procedure.Step // nil for none
	Holder  string          // account that has the case, "" for nobody
	Claimed time.Time
	Actor   string // name of whoever acts
	People  func() (*people.Directory, error)
}

// Fill fills a sentence in both languages.
func Fill(t i18n.Text, args fault.Args) i18n.Text {
	return i18n.Text{ZH: t.Fill(i18n.ZH, args), EN: t.Fill(i18n.EN, args)}
}

// Args are the placeholders: {no} {state} {step} {role} {due} {name} {time},
// every data field by its name, then every form field; the given ones stand
// over all of them.
func (c Case) Args(given ...fault.Args) fault.Args {
	args := fault.Args{"no": c.Number, "state": c.stateName(), "time": minute(c.Claimed), "name": c.Actor}
	if c.Holder != "" {
		args["name"] = c.personName(c.Holder)
	}
	if !c.Due.IsZero() {
		args["due"] = calendar.FormatDue(c.Due)
	}
	for name, v := range c.Data {
		if f := c.Proc.FieldOf(name); f != nil {
			args[name] = c.show(f, v)
		}
	}
	if c.Step != nil {
		args["step"], args["role"] = c.Step.Name, c.roleNames()
		for name, v := range c.Input {
			f := c.Step.FieldOf(name)
			if _, has := args[name]; f != nil && !f.Personal && !has {
				args[name] = c.show(f, v)
			}
		}
	}
	for _, g := range given {
		for k, v := range g {
			args[k] = spoken(v)
		}
	}
	return args
}

// spoken is a value as a sentence says it. "监督岗 / supervisor" is one text in
// both languages: a procedure's expressions know only strings.
func spoken(v any) any {
	switch v := v.(type) {
	case time.Time:
		return calendar.FormatDue(v)
	case string:
		if zh, en, ok := strings.Cut(v, " / "); ok {
			return i18n.Text{ZH: zh, EN: en}
		}
	}
	return v
}

func minute(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// StepName is what a step is called.
func StepName(p *procedure.Procedure, step string) i18n.Text {
	if s := p.Named(step); s != nil {
		return s.Name
	}
	return i18n.Text{ZH: step, EN: step}
}

// show is a data value as a sentence says it.
func (c Case) show(f *field.Field, v any) any {
	switch x := v.(type) {
	case time.Time:
		if f.Type == field.Date {
			return x.In(calendar.Zone).Format("2006-01-02")
		}
		return minute(x)
	case string:
		switch f.Type {
		case field.Dept:
			return c.deptName(x)
		case field.Person:
			return c.personName(x)
		case field.Enum:
			for _, o := range f.Options {
				if o.Value == x {
					return o.Label
				}
			}
		}
		return x
	}
	return v
}

func (c Case) stateName() i18n.Text {
	if st := c.Proc.StateOf(c.State); st != nil {
		return st.Name
	}
	return i18n.Text{ZH: "尚未立项", EN: "not yet opened"}
}

// roleNames joins the names of the roles that may take the step.
func (c Case) roleNames() i18n.Text {
	dir, err := c.People()
	if err != nil {
		return i18n.Text{}
	}
	var zh, en []string
	add := func(t i18n.Text) { zh, en = append(zh, t.ZH), append(en, t.EN) }
	for _, r := range c.Step.Who {
		switch r {
		case procedure.System, procedure.Unit:
		case procedure.Citizen:
			add(i18n.Text{ZH: "报告人", EN: "reporter"})
		case procedure.Staff:
			add(i18n.Text{ZH: "工作人员", EN: "member of staff"})
		case procedure.Owner:
			if st := c.Proc.StateOf(c.State); st != nil {
				for _, o := range st.Owner {
					if role, ok := dir.Roles()[o]; ok {
						add(role.Name)
					}
				}
			}
		default:
			if role, ok := dir.Roles()[r]; ok {
				add(role.Name)
			} else {
				add(i18n.Text{ZH: r, EN: r})
			}
		}
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, " or ")}
}

func (c Case) deptName(code string) any {
	dir, err := c.People()
	if err != nil {
		return code
	}
	d, err := dir.Department(code)
	if err != nil {
		return code
	}
	return d.Name
}

func (c Case) personName(account string) string {
	dir, err := c.People()
	if err != nil {
		return account
	}
	who, err := id.Parse(account)
	if err != nil {
		return account
	}
	a, err := dir.Account(who)
	if err != nil {
		return account
	}
	return a.Name
}
