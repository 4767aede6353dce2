package rule

import (
	"errors"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
)

var noon = time.Date(2026, 9, 14, 4, 0, 0, 0, time.UTC)

func view() *View {
	v := &View{
		State: "handling", Now: noon, Actor: ActorView{Account: "a", Dept: "d1", Roles: []string{"dept_desk"}},
		Data:  map[string]any{"dept": "d1", "n": int64(3), "place": Point{Lat: 36.7, Lng: 119.1}},
		Input: Input{"text": "你好"},
		Place: &Point{Lat: 36.7, Lng: 119.1, Accuracy: 5},
		Log: []Taken{
			{Seq: 1, Step: "report", Actor: "citizen:1", At: noon.Add(-3 * time.Hour)},
			{Seq: 2, Step: "dispatch", Actor: "b", At: noon.Add(-2 * time.Hour)},
			{Seq: 3, Step: "dispatch", Actor: "b", At: noon.Add(-2 * time.Hour), Recalled: true},
			{Seq: 4, Step: "object", Actor: "citizen:1", At: noon.Add(-time.Hour)},
			{Seq: 5, Step: "dispatch", Actor: "a", At: noon.Add(-time.Minute)},
			{Seq: 6, Step: "note", Actor: "a", At: noon},
		},
		Clock: func(id string) (ClockView, bool) {
			return ClockView{Running: true, Due: noon.Add(time.Hour), Elapsed: 30, Left: 60}, id == "handle"
		},
		Fact: func(name string) (any, error) {
			if name == "broken" {
				return nil, errors.New("the register does not answer")
			}
			return "d1", nil
		},
		Setting:  func(string) (any, bool) { return int64(50), true },
		Children: func(_, state string) (int, error) { return map[string]int{"open": 2, "": 3}[state], nil },
		Links:    func(string) (int, error) { return 1, nil },
		Files: func() ([]FileView, error) {
			return []FileView{
				{Kind: "before", Photo: true, Taken: noon.Add(-3 * time.Hour), At: &Point{Lat: 36.7, Lng: 119.1003, Accuracy: 5}},
				{Kind: "after", Photo: true, Taken: noon, At: &Point{Lat: 36.7, Lng: 119.1009, Accuracy: 5}},
				{Kind: "after", Photo: false, Taken: noon},
			}, nil
		},
		WorkDay: func(from time.Time, n int) (time.Time, error) { return from.AddDate(0, 0, n), nil },
	}
	kinds := map[string]*cel.Type{
		"data.dept": cel.StringType, "data.none": cel.StringType, "data.n": cel.IntType, "data.missing": cel.IntType, "data.tick": cel.BoolType,
		"data.place": cel.MapType(cel.StringType, cel.DoubleType), "data.list": cel.ListType(cel.StringType),
		"input.text": cel.StringType, "fact.dept": cel.StringType, "fact.broken": cel.StringType, "set.m": cel.IntType,
	}
	v.Aim(func(name string) *cel.Type { return kinds[name] }, func(step string) string {
		return map[string]string{"dispatch": "command", "report": ""}[step]
	})
	return v
}

func env(t testing.TB) *cel.Env {
	t.Helper()
	base, err := BaseEnv()
	if err != nil {
		t.Fatal(err)
	}
	var vars []cel.EnvOption
	for name, kind := range map[string]*cel.Type{
		"data.dept": cel.StringType, "data.none": cel.StringType, "data.n": cel.IntType, "data.missing": cel.IntType, "data.tick": cel.BoolType,
		"data.place": cel.MapType(cel.StringType, cel.DoubleType), "data.list": cel.ListType(cel.StringType),
		"input.text": cel.StringType, "fact.dept": cel.StringType, "fact.broken": cel.StringType, "set.m": cel.IntType,
	} {
		vars = append(vars, cel.Variable(name, kind))
	}
	e, err := base.Extend(vars...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatExpressionsSee(t *testing.T) {
	e := env(t)
	for src, want := range map[string]bool{
		"state == 'handling' && actor.dept == data.dept && !actor.system": true,
		"input.text.size() == 2":                                                       true, // characters, not bytes
		"data.none == '' && data.list.size() == 0 && !data.tick":                       true,
		"data.place.lat > 36.0":                                                        true,
		"fact.dept == 'd1' && set.m == 50":                                             true,
		"case.n('dispatch') == 2 && case.nn('dispatch') == 1":                          true, // recalled ones never happened
		"case.done('object') && !case.done('close')":                                   true,
		"case.by('dispatch') == 'a' && case.last() == 'dispatch'":                      true, // a note is no step
		"case.at('dispatch') < now && case.first_at('dispatch') < case.at('object')":   true,
		"case.took('command') && case.took_part('b', 'command')":                       true,
		"case.times('citizen:1', 'object') == 1 && case.did('b', 'dispatch')":          true,
		"now - case.at_by('citizen:1', 'object') == hours(1)":                          true,
		"case.running('handle') && !case.running('take') && case.left('handle') == 60": true,
		"case.due('handle') == now + minutes(60)":                                      true,
		"case.photo('before', now - days(1), 50)":                                      true,
		"case.photo('after', now - days(1), 50)":                                       false, // 80 m away
		"case.photo('after', now, 500.0)":                                              false, // not after now
		"case.photo_near('after', now - hours(1), set.m, 'before')":                    true,
		"case.photo_near('after', now - hours(1), 10, 'before')":                       false,
		"case.photo_near('after', now, 10, 'verify')":                                  true, // nothing to compare with
		"case.away('after') > 70 && case.away('after') < 90":                           true,
		"case.evidence('after') == 2 && case.evidence('') == 3":                        true,
		"case.children('task', 'open') == 2 && case.links('merged') == 1":              true,
		"wd(now, 5) == now + days(5)":                                                  true,
		"case.has('dept') && !case.has('none') && case.given('text')":                  true,
		"case.has_role('dept_desk') && !case.has_role('leader')":                       true,
	} {
		x, _, err := Compile(e, src, cel.BoolType)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := x.Bool(view()); err != nil || got != want {
			t.Errorf("%s is %v, %v", src, got, err)
		}
	}
}

func TestWhatExpressionsCannotKnow(t *testing.T) {
	e := env(t)
	var absent *Absent
	for src, want := range map[string]string{"data.missing > 1": "data.missing", "data.missing > 1 && data.n > 5": "", "data.n > 5 || data.missing == 2": "data.missing"} {
		x, _, err := Compile(e, src, cel.BoolType)
		if err != nil {
			t.Fatal(err)
		}
		_, err = x.Bool(view())
		if want == "" && err != nil || want != "" && (!errors.As(err, &absent) || absent.Name != want) {
			t.Errorf("%s: %v, want %q absent", src, err, want)
		}
	}
	for _, src := range []string{"fact.broken == ''", "case.at('close') < now", "case.due('take') < now"} {
		x, _, err := Compile(e, src, cel.BoolType)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Bool(view()); err == nil || errors.As(err, &absent) {
			t.Errorf("%s: %v", src, err)
		}
	}
	for _, src := range []string{"data.other == 1", "data.n + 'x' == ''", "case.fly()", "data.n", "case.n(1) == 1"} {
		if _, _, err := Compile(e, src, cel.BoolType); err == nil {
			t.Errorf("%s compiles", src)
		}
	}
	heavy := "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a > 0))))))"
	x, _, err := Compile(e, heavy, cel.BoolType)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Bool(view()); err == nil {
		t.Error("an endless condition was not stopped")
	}
}
