package catalogue

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func both(s string) i18n.Text { return i18n.Text{ZH: s, EN: s} }

func class(id, group string) Class {
	return Class{ID: id, Key: Key{Standard: c2026, Kind: Event, Code: id}, Group: group, Name: both(id)}
}

func entries(vs ...any) []Entry {
	out := make([]Entry, len(vs))
	for i, v := range vs {
		out[i] = NewEntry(v)
	}
	return out
}

func TestPatternsTheClosestWins(t *testing.T) {
	families := []Family{{ID: "any", Classes: "*"}, {ID: "group", Classes: "01"}, {ID: "range", Classes: "01030-01040"}, {ID: "exact", Classes: "06010 01037"}}
	for code, want := range map[string]string{"01037": "exact", "01036": "range", "01041": "group", "09001": "any", "LEGACY-0406": "any"} {
		got, _ := closest(families, func(f Family) Pattern { return f.Classes }, class(code, code[:2]))
		if got.ID != want {
			t.Errorf("%s: %s, want %s", code, got.ID, want)
		}
	}
	legacy := Class{ID: "LEGACY-0101", Key: Key{Standard: c2013, Kind: Event, Code: "0101"}}
	if Pattern("01").Match(legacy) != 0 {
		t.Error("a prefix of today's codes must not name a code of the older edition")
	}
}

func TestPatternNeverNamesWhatItsWordsDoNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[01][0-9]0[0-9]{2}`).Draw(t, "code")
		from := rapid.StringMatching(`[01][0-9]0[0-9]{2}`).Draw(t, "from")
		to := rapid.StringMatching(`[01][0-9]0[0-9]{2}`).Draw(t, "to")
		got := Pattern(from+"-"+to).Match(class(code, code[:2])) > 0
		if want := from <= code && code <= to; got != want {
			t.Fatalf("%s in %s-%s: %v", code, from, to, got)
		}
	})
}

func TestLimitsAreReadAndCounted(t *testing.T) {
	for _, c := range []struct {
		n    int
		unit string
		want Limit
		ok   bool
	}{
		{2, "urgent_hour", Limit{2, calendar.ContinuousHour}, true}, {2, "urgent_day", Limit{48, calendar.ContinuousHour}, true},
		{4, "work_hour", Limit{4, calendar.WorkingHour}, true}, {5, "work_day", Limit{5, calendar.WorkingDay}, true},
		{7, "natural_day", Limit{7, calendar.NaturalDay}, true}, {0, "work_day", Limit{}, false}, {1, "moon", Limit{}, false},
	} {
		got, ok := ParseLimit(c.n, c.unit)
		if ok != c.ok || (ok && got != c.want) {
			t.Errorf("ParseLimit(%d, %q) = %v, %v", c.n, c.unit, got, ok)
		}
	}
	if got := (Limit{2, calendar.ContinuousHour}).Calendar(); got.N != 120 {
		t.Errorf("two hours are %d minutes", got.N)
	}
}

func TestHazardRule(t *testing.T) {
	hours, days := Limit{2, calendar.ContinuousHour}, Limit{2, calendar.WorkingDay}
	for text, want := range map[string]bool{"缺失、移位": true, "开裂": true, "有安全隐患": true, "占道经营": false, "面积大于100平方米": false} {
		if Hazard(hours, text) != want || Hazard(days, text) {
			t.Errorf("%s: want %v in hours, false in days", text, want)
		}
	}
}

func TestConditionsFollowTheirPeriod(t *testing.T) {
	cond := func(id, from, to string, hazard bool) Condition {
		return Condition{ID: id, Class: "06010", Filing: both("x"), Closing: both("y"), Limit: Limit{4, calendar.WorkingHour},
			Hazard: hazard, Period: people.Period{From: from, To: to}, Provenance: Demo}
	}
	fallback := Fallback{Group: "06", Filing: both("other"), Closing: both("done"), Limit: Limit{1, calendar.WorkingDay}, Provenance: Demo}
	c, issues := Build(entries(Group{ID: "06", Name: both("g")}, class("06010", "06"), class("06011", "06"), fallback,
		cond("06010-1", "", "2026-12-31", false), cond("06010-2", "2027-01-01", "", true)))
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	ids := func(class string, at time.Time) (out []string) {
		for _, x := range c.Conditions(class, at) {
			out = append(out, x.ID)
		}
		return out
	}
	newYear := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) // midnight in China
	if d := cmp.Diff([]string{"06010-1"}, ids("06010", newYear.Add(-time.Microsecond))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"06010-2", "06010-0"}, ids("06010", newYear)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"06011-0"}, ids("06011", monday)); d != "" {
		t.Error(d)
	}
	if _, err := c.Limit("06010", "06010-2", monday); fault.As(err).Key != "catalogue.condition_other" {
		t.Errorf("a condition not in force: %v", err)
	}
	if got, err := c.Condition("06010-2"); err != nil || !got.Hazard {
		t.Errorf("a condition out of force is not found any more: %v", err)
	}
	if got, err := c.Condition("06011-0"); err != nil || !got.Default || got.Class != "06011" {
		t.Errorf("the default is %+v, %v", got, err)
	}
	for _, id := range []string{"nothing-0", "nothing"} {
		if _, err := c.Condition(id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestBuildNamesWhatDoesNotHoldTogether(t *testing.T) {
	g := Group{ID: "06", Name: both("g")}
	twice := class("06010", "06")
	twice.ID = "06010b"
	odd := class("06012", "06")
	odd.Kind = "thing"
	local := class("LOCAL-X", "06")
	q := Question{ID: "q", Classes: "06010", Ask: both("?"), Type: AskEnum, Options: []Option{{Value: "a"}}, Outcomes: []Outcome{{Answer: "b", Effect: Stop, Message: both("m")}}}
	_, issues := Build(append(entries(g, class("06010", "06"), twice, class("07001", "07"), odd, local,
		Family{ID: "f", Classes: "06010"}, Family{ID: "f2", Classes: "06999", RadiusM: 1, WindowHours: 1}, Flag{ID: "shiny", Classes: "06010"},
		Fallback{Group: "99"}, Condition{ID: "a", Class: "06999"}, Condition{ID: "06010-0", Class: "06010"}, Route{Classes: ""},
		Duty{Street: "1", Classes: "88888"}, q, Question{ID: "q2", Classes: "06010", Type: AskBool}, Choice{ID: "c", Items: []Item{{Class: "06999"}}},
	), Entry{Kind: KindRoute, Key: "k", Body: "{"}))
	var got []string
	for _, i := range issues {
		got = append(got, i.Entry.Kind+" "+i.Key)
	}
	want := []string{"class catalogue.class_twice", "class catalogue.group_unknown", "class catalogue.kind_unknown", "class catalogue.local_range",
		"family catalogue.family_bad", "family catalogue.class_unknown", "flag catalogue.flag_unknown", "fallback catalogue.group_unknown",
		"condition catalogue.class_unknown", "condition catalogue.condition_zero", "route catalogue.pattern_empty", "route catalogue.unreadable",
		"duty catalogue.class_unknown", "question catalogue.outcome_bad", "question catalogue.question_bad", "choice catalogue.class_unknown"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

func TestWordsOfThisRoom(t *testing.T) {
	words, err := i18n.Load(Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []calendar.Unit{calendar.ContinuousHour, calendar.WorkingHour, calendar.WorkingDay, calendar.NaturalDay} {
		if !words.Has(Limit{1, u}.Word()) {
			t.Errorf("no words for %s", u)
		}
	}
	if !SameJSON(`{"a":1,"b":2}`, `{"b": 2, "a": 1}`) || SameJSON(`{"a":1}`, `{"a":2}`) {
		t.Error("SameJSON does not compare what the bodies say")
	}
}
