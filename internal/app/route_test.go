package app

import (
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/id"
)

// proposal is the department the dispatch form begins with and, in words, why.
func (c *crew) proposal(x id.ID) (dept, why string) {
	c.t.Helper()
	f, err := c.w.Engine.Form(c.ctx, c.who("paiqian1"), c.find(x), "dispatch", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	dept, _ = f.Filled["dept"].(string)
	for _, x := range f.Choices["dept"] {
		if x.Value == dept {
			return dept, x.Hint.ZH
		}
	}
	c.t.Fatalf("the proposal %q is no choice", dept)
	return "", ""
}

func TestTheDepartmentIsProposedWithItsReason(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	for _, x := range []struct {
		rule, class string
		at          procedure.Point
		dept, why   string
	}{
		{"R3 zone", "06010", spot, "HW", "清扫片区"},
		{"R3 zone", "06013", spot, "SZ", "道路片区"},
		{"R5 class", "01001", spot, "GS", "按类别默认"},
		{"R1 building site", "06010", procedure.Point{Lat: 36.77898, Lng: 119.178014, Accuracy: 8}, "ZD4", "在建工地"},
	} {
		r, err := c.a.citizens.Take(c.ctx, c.who("caiji3"), reportOf(c, x.class, x.at))
		if err != nil {
			t.Fatal(err)
		}
		cat, err := c.a.catalogues.Catalogue(c.ctx, c.w.Division)
		if err != nil {
			t.Fatal(err)
		}
		cond := cat.Conditions(x.class, c.w.Clock.Now())[0].ID
		c.do(r.Case, "shouli1", "accept", procedure.Input{"class": x.class, "condition": cond, "place": x.at, "dup_decision": "none", "dup_reason": "是另一处问题"})
		c.do(r.Case, "zhiban1", "file", procedure.Input{"condition": cond})
		if dept, why := c.proposal(r.Case); dept != x.dept || !strings.Contains(why, x.why) {
			t.Errorf("%s, class %s: %s because %q", x.rule, x.class, dept, why)
		}
	}
}

func TestARulingDecidesTheNextCaseOfItsKind(t *testing.T) { // R0
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	first, cond := c.patrol("06010"), c.condition("06010", 4, calendar.WorkingHour)
	c.filed(first, "06010", cond)
	c.do(first, "paiqian1", "ask_arbitration", procedure.Input{"question": "路口归谁清扫"})
	c.do(first, "fenguan", "rule", procedure.Input{"dept": "YL", "basis": "现场踏勘确认属绿地"})
	second := c.patrol("06010")
	c.filed(second, "06010", cond)
	if dept, why := c.proposal(second); dept != "YL" || !strings.Contains(why, "裁定") {
		t.Errorf("%s because %q", dept, why)
	}
}
