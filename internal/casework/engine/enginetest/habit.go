package enginetest

import (
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/fault"
)

// habit is one way to fill a field, and how it fared: a learning walk finds out
// by trying what guards want of dates, ticks and choices.
type habit struct{ good, bad float64 }

// habitOf is a habit that was followed.
type habitOf struct {
	field string
	of    *habit
}

// learn rewards what the last form was made of, or blames it: the fields that
// the refusal names, else all a little.
func (k *walker) learn(err error) {
	named, strangers, formless := map[string]bool{}, false, false
	if f := fault.As(err); err != nil && f != nil {
		switch f.Kind {
		case fault.Stale, fault.NotFound:
			return // nobody's fault
		case fault.Forbidden:
			strangers = true
		case fault.Conflict: // whatever the form says
			formless = true
		}
		for _, x := range f.Fields {
			named[x.Name] = true
		}
	}
	for _, h := range k.tried {
		switch {
		case err == nil:
			h.of.good += 3
		case strangers:
			if h.field == whom {
				h.of.bad += 2
			}
		case len(named) > 0:
			if named[h.field] {
				h.of.bad += 2
			}
		case h.field == whom && formless:
			h.of.bad += 0.7
		case h.field == whom:
			h.of.bad += 0.3
		case formless:
		default:
			h.of.bad += 2 / float64(len(k.tried))
		}
	}
	k.tried = k.tried[:0]
}

// way is how a field can be filled, and how likely that looks before anything
// is known.
type way struct {
	hope float64
	make func() any
}

// habitual fills the field in one of the ways its type has, the better ones more
// often.
func (k *walker) habitual(s *engine.Snapshot, step *procedure.Step, f *field.Field, form engine.Form) any {
	ways := k.ways(s, step, f, form)
	hopes := make([]float64, len(ways))
	for i, w := range ways {
		hopes[i] = w.hope
	}
	return ways[k.follow(s.Proc.ID+"."+step.ID, f.Name, hopes)].make()
}

// whom is the name under which it is learned who may take a step.
const whom = "whom"

// follow chooses one of so many ways for the field of a step, the better ones
// more often, and notes which.
func (k *walker) follow(step, field string, hopes []float64) int {
	key := step + "." + field
	for len(k.habits[key]) < len(hopes) {
		k.habits[key] = append(k.habits[key], habit{good: hopes[len(k.habits[key])]})
	}
	list := k.habits[key][:len(hopes)]
	total := 0.0
	for _, h := range list {
		total += h.weight()
	}
	at := k.r.Float64() * total
	for i := range list {
		if at -= list[i].weight(); at < 0 || i == len(list)-1 {
			k.tried = append(k.tried, habitOf{field, &list[i]})
			return i
		}
	}
	return 0
}

// weight is how often a habit is followed beside others.
func (h habit) weight() float64 { return 0.02 + h.good/(h.good+h.bad)*min(h.good, 20) }

// ways are how the field can be filled; the same ones each time, so that the
// n-th means the same.
func (k *walker) ways(s *engine.Snapshot, step *procedure.Step, f *field.Field, form engine.Form) (out []way) {
	add := func(hope float64, fn func() any) { out = append(out, way{hope, fn}) }
	is := func(hope float64, v any) { add(hope, func() any { return v }) }
	now := k.World.Clock.Now()
	plain := func() any { return k.single(s, f) }
	known := func(fn func() any) func() any {
		return func() any {
			if v := fn(); v != nil {
				return v
			}
			return plain()
		}
	}
	add(2, func() any {
		if v := form.Filled[f.Name]; v != nil || !f.Required {
			return v
		}
		return plain()
	})
	if list := form.Choices[f.Name]; len(list) > 0 {
		add(4, func() any {
			c := list[k.r.IntN(len(list))].Value
			if f.List {
				return []string{c}
			}
			return c
		})
		return out
	}
	switch {
	case f.List && f.Type == field.Enum:
		all := make([]string, len(f.Options))
		for i, o := range f.Options {
			all[i] = o.Value
			is(1, []string{o.Value})
		}
		is(2, all)
		return out
	case f.List && f.Type == field.Person:
		add(1, func() any { return []string{k.anybody()} })
		add(1, func() any { return []string{k.anybody(), k.anybody(), k.anybody()} })
		return out
	case f.List:
		is(1, []string{"第一项"})
		is(1, []string{"第一项", "第二项", "第三项"})
		return out
	}
	switch f.Type {
	case field.Bool:
		is(10, true)
		is(1, false)
	case field.Enum:
		for _, o := range f.Options {
			is(1, o.Value)
		}
	case field.Date, field.Time:
		i := slices.IndexFunc(step.Form, func(o field.Field) bool { return o.Name == f.Name })
		is(6, now.Add(-time.Hour+time.Duration(i)*time.Minute).Truncate(time.Second)) // in the form's order, and past
		is(2, now)
		for _, by := range []time.Duration{-24 * time.Hour, -30 * 24 * time.Hour, -400 * 24 * time.Hour, time.Hour, 24 * time.Hour, 4 * 24 * time.Hour,
			10 * 24 * time.Hour, 30 * 24 * time.Hour} {
			is(1, now.Add(by).Truncate(time.Second))
		}
		add(1, func() any { return k.instant(s) })
	case field.Person:
		add(1, func() any { return k.anybody() })
		add(1, plain)
		add(1, func() any { return k.somebody(s) })
	case field.Int, field.Money:
		for _, n := range []int64{0, 1, 3, 8, 800_00, 1500_00, 8000_00, 60_000_00} {
			is(1, n)
		}
		add(2, func() any { return k.number(s) })
		add(2, plain)
	case field.Rows:
		for _, n := range []int{1, 3} {
			add(1, func() any { return k.table(f, n) })
		}
		add(2, func() any { return k.answering(s, f) })
	default:
		add(4, plain)
		add(1, known(func() any { return s.Data[f.Name] }))
		add(2, known(func() any { return k.cell(s, f.Name) }))
	}
	return out
}

// anybody is an account of the division; somebody is one the case names.
func (k *walker) anybody() string {
	all := k.World.People.Accounts()
	return all[k.r.IntN(len(all))].ID.String()
}

func (k *walker) somebody(s *engine.Snapshot) any {
	if len(s.Log) == 0 {
		return nil
	}
	return s.Log[k.r.IntN(len(s.Log))].Actor
}

// instant is shortly after one that the case knows.
func (k *walker) instant(s *engine.Snapshot) any {
	var known []time.Time
	for i := range s.Proc.Data {
		if t, ok := s.Data[s.Proc.Data[i].Name].(time.Time); ok {
			known = append(known, t)
		}
	}
	if len(known) == 0 {
		return k.World.Clock.Now()
	}
	return known[k.r.IntN(len(known))].Add([]time.Duration{0, time.Second, time.Hour}[k.r.IntN(3)])
}

// number is one that the case knows.
func (k *walker) number(s *engine.Snapshot) any {
	var known []int64
	for i := range s.Proc.Data {
		if n, ok := s.Data[s.Proc.Data[i].Name].(int64); ok {
			known = append(known, n)
		}
	}
	if len(known) == 0 {
		return int64(1)
	}
	return known[k.r.IntN(len(known))]
}

// lists are the lists of records that the case knows.
func lists(s *engine.Snapshot) (out [][]map[string]string) {
	for i := range s.Proc.Data {
		if rows, ok := s.Data[s.Proc.Data[i].Name].([]map[string]string); ok && len(rows) > 0 {
			out = append(out, rows)
		}
	}
	return out
}

// cell is one of the column that the case knows.
func (k *walker) cell(s *engine.Snapshot, column string) any {
	var known []string
	for _, rows := range lists(s) {
		for _, r := range rows {
			if v := r[column]; v != "" {
				known = append(known, v)
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	return known[k.r.IntN(len(known))]
}

// answering is a table with a row for each of a list that the case knows: cells
// of the same name are the same.
func (k *walker) answering(s *engine.Snapshot, f *field.Field) any {
	known := lists(s)
	if len(known) == 0 {
		return k.table(f, 1)
	}
	rows := known[k.r.IntN(len(known))]
	out, _ := k.table(f, len(rows)).([]map[string]string)
	for i, r := range rows {
		for _, c := range f.Columns {
			if v := r[c.Name]; v != "" {
				out[i][c.Name] = v
			}
		}
	}
	return out
}

// table is that many rows with every cell filled.
func (k *walker) table(f *field.Field, n int) any {
	out := make([]map[string]string, n)
	for i := range out {
		out[i] = map[string]string{}
		for _, c := range f.Columns {
			v := "第" + fmt.Sprint(i+1) + "项"
			switch c.Type {
			case field.Int, field.Money:
				v = fmt.Sprint(1 + k.r.IntN(5))
			case field.Date:
				v = k.World.Clock.Now().AddDate(0, 0, k.r.IntN(20)-5).Format(time.DateOnly)
			case field.Enum:
				v = c.Options[k.r.IntN(len(c.Options))].Value
			case field.Person:
				v = k.anybody()
			}
			out[i][c.Name] = v
		}
	}
	return out
}
