package engine

import (
	"strings"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// fill fills a sentence in both languages.
func fill(t i18n.Text, args fault.Args) i18n.Text {
	return i18n.Text{ZH: t.Fill(i18n.ZH, args), EN: t.Fill(i18n.EN, args)}
}

// words are the placeholders of the case's sentences: {no} {state} {step}
// {role} {dept} {due} {name} {time}, every data field by its name, what the
// duty adds, and over all of them the given ones.
func (sc *scene) words(step *procedure.Step, given fault.Args) fault.Args {
	s := sc.snap
	args := fault.Args{"no": s.Number, "state": sc.stateName()}
	for name, v := range s.Data {
		if f := s.Proc.FieldOf(name); f != nil {
			args[name] = sc.show(f, v)
		}
	}
	if st := s.StateOf(); st != nil && s.Due != record.NoDue {
		args["due"] = due(clock.FromMicro(s.Due))
	}
	if step != nil {
		args["step"] = step.Name
		args["role"] = sc.roleNames(step)
		for name, v := range sc.input {
			f := step.FieldOf(name)
			if _, has := args[name]; f != nil && !f.Personal && !has {
				args[name] = sc.show(f, v)
			}
		}
	}
	args["name"], args["time"] = sc.holderName(), sc.claimed()
	if h := sc.e.hooks[s.Proc.ID]; h.Words != nil {
		for k, v := range h.Words(sc.ctx, sc.asking(step)) {
			args[k] = v
		}
	}
	for k, v := range given {
		if t, ok := v.(time.Time); ok {
			v = due(t)
		}
		args[k] = v
	}
	return args
}

// due writes an instant for people; 24:00 stays on its own day.
func due(t time.Time) string { return calendar.FormatDue(t) }

// show is a data value as a sentence says it.
func (sc *scene) show(f *procedure.Field, v any) any {
	switch x := v.(type) {
	case time.Time:
		if f.Type == procedure.Date {
			return x.In(calendar.Zone).Format("2006-01-02")
		}
		return x.In(calendar.Zone).Format("2006-01-02 15:04")
	case string:
		switch f.Type {
		case procedure.Dept:
			return sc.deptName(x)
		case procedure.Person:
			return sc.personName(x)
		case procedure.Enum:
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

func (sc *scene) stateName() i18n.Text {
	if st := sc.snap.StateOf(); st != nil {
		return st.Name
	}
	return i18n.Text{ZH: "尚未立项", EN: "not yet opened"}
}

// roleNames joins the names of the roles that may take the step.
func (sc *scene) roleNames(step *procedure.Step) i18n.Text {
	dir, err := sc.directory()
	if err != nil {
		return i18n.Text{}
	}
	var zh, en []string
	add := func(t i18n.Text) { zh, en = append(zh, t.ZH), append(en, t.EN) }
	for _, r := range step.Who {
		switch r {
		case procedure.System:
		case procedure.Citizen:
			add(i18n.Text{ZH: "报告人", EN: "reporter"})
		case procedure.Staff:
			add(i18n.Text{ZH: "工作人员", EN: "member of staff"})
		case procedure.Owner:
			if st := sc.snap.StateOf(); st != nil {
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

func (sc *scene) deptName(code string) any {
	dir, err := sc.directory()
	if err != nil {
		return code
	}
	d, err := dir.Department(code)
	if err != nil {
		return code
	}
	return d.Name
}

func (sc *scene) personName(account string) string {
	dir, err := sc.directory()
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

// holderName is who has the case, else who is acting.
func (sc *scene) holderName() string {
	if a := sc.snap.Text("assignee"); a != "" && a != sc.account() {
		return sc.personName(a)
	}
	return sc.actor.Name
}

// claimed is when the case was claimed last.
func (sc *scene) claimed() string {
	if t := sc.view.Latest("claim"); t != nil {
		return t.At.In(calendar.Zone).Format("2006-01-02 15:04")
	}
	return sc.now.In(calendar.Zone).Format("2006-01-02 15:04")
}
