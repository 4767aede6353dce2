package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// actor chooses who takes a step: somebody who may, or anybody.
func (k *walker) actor(s *engine.Snapshot, step *procedure.Step, receipt string, right bool) people.Actor {
	w := k.World
	if !right {
		all := w.People.Accounts()
		a, err := w.People.Actor(all[k.r.IntN(len(all))].ID, w.Clock.Now())
		if err != nil {
			k.t.Fatal(err)
		}
		return a
	}
	who := step.Who[k.r.IntN(len(step.Who))]
	if who == procedure.Owner {
		who = procedure.Staff
		if st := s.StateOf(); st != nil && len(st.Owner) > 0 {
			who = st.Owner[k.r.IntN(len(st.Owner))]
		}
	}
	switch who {
	case procedure.System:
		return w.System()
	case procedure.Citizen:
		return w.Citizen(receipt)
	case procedure.Unit:
		return people.LinkActor(w.Division, s.Text("dept"), "Somebody", s.ID, s.ID)
	case procedure.Staff:
		all := w.People.Accounts()
		a, err := w.People.Actor(all[k.r.IntN(len(all))].ID, w.Clock.Now())
		if err != nil {
			k.t.Fatal(err)
		}
		return a
	}
	if step.Holder == "assignee" {
		if account, err := id.Parse(s.Text("assignee")); err == nil {
			if a, err := w.People.Actor(account, w.Clock.Now()); err == nil {
				return a
			}
		}
	}
	dept := ""
	if who == "dept_desk" || who == "handler" {
		dept = s.Text("dept")
	}
	grid := ""
	if k.Learning {
		grid = s.Text("grid")
	}
	list := w.People.Holders(who, dept, grid, w.Clock.Now())
	if len(list) == 0 {
		list = w.People.Holders(who, "", "", w.Clock.Now())
	}
	if o := step.Officers; o != nil && o.Certificate != "" && k.Learning && k.r.IntN(20) > 0 {
		if sure := slices.DeleteFunc(slices.Clone(list), func(a people.Actor) bool { return !a.Certified(o.Certificate) }); len(sure) > 0 {
			list = sure
		}
	}
	if k.Learning {
		list = k.likely(s, step, who, list)
	}
	return list[k.r.IntN(len(list))]
}

// likely narrows those who could take a step by a guess: some steps are for who
// is named in the case, some for who took part, some for who did not.
func (k *walker) likely(s *engine.Snapshot, step *procedure.Step, role string, list []people.Actor) []people.Actor {
	k.tried = k.tried[:0]
	guess := k.follow(s.Proc.ID+"."+step.ID, whom, []float64{2, 1, 3, 1, 5})
	if guess == 4 { // wherever the lead has the post
		list = slices.Concat(k.World.People.Holders(role, "", "", k.World.Clock.Now()), list)
	}
	some := slices.DeleteFunc(slices.Clone(list), func(a people.Actor) bool {
		who := a.Account.String()
		took := slices.ContainsFunc(s.Log, func(t rule.Taken) bool { return t.By(who) })
		switch guess {
		case 0:
			return !took
		case 1:
			return took
		case 2:
			return !slices.ContainsFunc(s.Proc.Data, func(f field.Field) bool {
				list, _ := s.Data[f.Name].([]string)
				return f.Type == field.Person && (s.Data[f.Name] == who || slices.Contains(list, who))
			})
		case 4:
			return s.Text("lead") != who && s.Text("assignee") != who
		}
		return false
	})
	if len(some) == 0 {
		return list
	}
	return some
}

// form fills a step's form: mostly as a careful person would, sometimes not.
func (k *walker) form(s *engine.Snapshot, step *procedure.Step, actor people.Actor) (procedure.Input, []engine.Upload) {
	in := procedure.Input{}
	var files []engine.Upload
	form, err := k.World.Engine.Form(k.ctx, actor, s, step.ID, nil)
	if err != nil {
		form = engine.Form{} // not from here, or not this actor's to see
	}
	for i := range step.Form {
		f := &step.Form[i]
		if k.r.IntN(map[bool]int{false: 25, true: 300}[k.Learning]) == 0 || !f.Required && !k.Learning && k.r.IntN(4) == 0 {
			continue
		}
		if f.Files() {
			files = append(files, k.photo(f))
			continue
		}
		if v := k.value(s, step, f, form); v != nil {
			in[f.Name] = v
		}
	}
	return in, files
}

func (k *walker) photo(f *field.Field) engine.Upload {
	at := k.Here
	if k.r.IntN(12) == 0 {
		at.Lat += 0.05
	}
	return k.World.Photo(f.Name, at)
}

func (k *walker) value(s *engine.Snapshot, step *procedure.Step, f *field.Field, form engine.Form) any {
	if k.Value != nil {
		if v, ok := k.Value(k.r, s, step, f); ok {
			return v
		}
	}
	if k.Learning && k.r.IntN(12) > 0 {
		return k.habitual(s, step, f, form)
	}
	if v := form.Filled[f.Name]; v != nil && k.r.IntN(4) > 0 {
		return v
	}
	if list := form.Choices[f.Name]; len(list) > 0 {
		c := list[k.r.IntN(len(list))].Value
		if f.List {
			return []string{c}
		}
		return c
	}
	if k.r.IntN(60) == 0 {
		return struct{}{} // no field takes this
	}
	if f.List {
		v, ok := k.single(s, f).(string)
		if !ok {
			return nil
		}
		return []string{v, v + "2"}
	}
	return k.single(s, f)
}

func (k *walker) single(s *engine.Snapshot, f *field.Field) any {
	now := k.World.Clock.Now()
	switch f.Type {
	case field.Int, field.Money:
		lo, hi := int64(0), int64(5)
		if f.Min != nil {
			lo = int64(*f.Min)
		}
		if f.Max != nil {
			hi = int64(*f.Max)
		}
		return lo + k.r.Int64N(max(1, hi-lo+1))
	case field.Dec:
		return k.r.Float64() * 10
	case field.Bool:
		return k.r.IntN(2) == 0
	case field.Date, field.Time:
		return now.Add(time.Duration(k.r.IntN(30*24)-24) * time.Hour).Truncate(time.Second)
	case field.Enum:
		return f.Options[k.r.IntN(len(f.Options))].Value
	case field.Place:
		if k.r.IntN(20) == 0 {
			return procedure.Point{Lat: 10, Lng: 10}
		}
		return k.Here
	case field.Dept:
		return k.World.Depts[k.r.IntN(len(k.World.Depts))]
	case field.Person:
		if list := k.World.People.Holders(f.Name, "", "", now); len(list) > 0 && k.r.IntN(10) > 0 {
			return list[k.r.IntN(len(list))].Account.String() // "collector" asks for one
		}
		all := k.World.People.Accounts()
		return all[k.r.IntN(len(all))].ID.String()
	case field.CaseRef:
		if len(k.cases) == 0 {
			return s.ID.String()
		}
		return k.cases[k.r.IntN(len(k.cases))].id.String()
	case field.Rows:
		return k.rows(f)
	case field.Map:
		return map[string]string{"a": "b"}
	case field.Phone:
		return fmt.Sprintf("138%08d", k.r.IntN(1e8))
	}
	text := "说明情况并写清楚理由 " + fmt.Sprint(k.r.IntN(1000))
	if n := len([]rune(text)); f.Min != nil && n < *f.Min {
		text += strings.Repeat("，经过如下", (*f.Min-n)/5+1)
	}
	if f.Max != nil && len([]rune(text)) > *f.Max {
		return strings.Repeat("字", *f.Max)
	}
	return text
}

// rows fills up to three rows, now and then one cell with what it does not take.
func (k *walker) rows(f *field.Field) any {
	out := make([]map[string]string, k.r.IntN(4))
	for i := range out {
		out[i] = map[string]string{}
		for _, c := range f.Columns {
			v := "第" + fmt.Sprint(k.r.IntN(9))
			switch c.Type {
			case field.Int, field.Money:
				v = fmt.Sprint(1 + k.r.IntN(500))
			case field.Date:
				v = k.World.Clock.Now().Format(time.DateOnly)
			case field.Enum:
				v = c.Options[k.r.IntN(len(c.Options))].Value
			}
			if k.r.IntN(40) == 0 {
				v = "?"
			}
			out[i][c.Name] = v
		}
	}
	return out
}
