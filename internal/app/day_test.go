package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// page is what a member of staff sees at an address.
func (c *crew) page(login, path string) string {
	c.t.Helper()
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who(login).Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		c.t.Fatal(err)
	}
	w := get(c.a, "GET", path, signed.Result().Cookies()[0])
	if w.Code != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestAWronglySentCaseGoesToAnotherDepartmentWithItsWholeTime(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	first := c.due(x, "handle")
	c.at("2026-09-28 11:00")
	c.refused(x, "I50", "paiqian1", "reroute", procedure.Input{"dept": "HW", "reason": "No other."})
	c.refused(x, "R01", "hw.desk", "reroute", procedure.Input{"dept": "SZ", "reason": "Not ours."})
	c.do(x, "paiqian1", "reroute", procedure.Input{"dept": "SZ", "reason": "The bin belongs to the road works."})
	c.state(x, "dispatched")
	s := c.find(x)
	if s.Dept != "SZ" || c.due(x, "handle") == first {
		t.Fatalf("%s, due %s and before %s", s.Dept, c.due(x, "handle"), first)
	}
	for _, k := range s.Clocks {
		if k.ID == "handle" && k.Late != 0 {
			t.Error("the change of department is counted as late")
		}
	}
	page := c.page("paiqian1", "/cases/"+x.String())
	if !strings.Contains(page, "department: ") || !strings.Contains(page, " → ") {
		t.Error("old and new department do not stand side by side")
	}
}

func TestAFiledCaseIsCorrectedAndOldAndNewAreShown(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	was := c.find(x)
	same := procedure.Input{"class": was.Class, "condition": was.Text("condition"), "place": *was.Place, "reason": "Nothing."}
	c.refused(x, "I49", "paiqian1", "correct", same)
	other := c.condition("06010", 4, calendar.WorkingHour)
	wrong := procedure.Input{"class": "06010", "condition": was.Text("condition"), "place": *was.Place, "reason": "It is litter."}
	c.refused(x, "I15", "paiqian1", "correct", wrong)
	c.at("2026-09-28 10:00")
	c.do(x, "paiqian1", "correct", procedure.Input{"class": "06010", "condition": other, "place": *was.Place, "reason": "It is litter."})
	if s := c.find(x); s.Class != "06010" || s.State != "dispatched" || s.Text("condition") != other {
		t.Fatalf("%+v", s.Row)
	}
	page := c.page("hw.desk", "/cases/"+x.String())
	if !strings.Contains(page, "class: ") || !strings.Contains(page, " → ") {
		t.Error("old and new class do not stand side by side")
	}
}

func TestADivisionMayDispatchByRule(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	filed := func() id.ID {
		x := c.patrol("06042")
		c.filed(x, "06042", c.condition("06042", 4, calendar.WorkingHour))
		return x
	}
	pass := func() {
		t.Helper()
		c.w.Clock.Advance(10 * time.Second)
		if err := c.a.machine.Pass(c.ctx, c.w.Division); err != nil {
			t.Fatal(err)
		}
	}
	x := filed()
	pass()
	c.state(x, "filed") // not unless it is wanted
	set := func(key, value string) {
		t.Helper()
		if err := c.a.packs.SaveSetting(context.Background(), people.SystemActor(c.w.Division), key, value); err != nil {
			t.Fatal(err)
		}
	}
	set("auto_dispatch", "true")
	set("auto_dispatch.classes", "01")
	pass()
	c.state(x, "filed") // not this class
	set("auto_dispatch.classes", "06042")
	pass()
	c.state(x, "dispatched")
	if s := c.find(x); s.Dept == "" || !strings.HasPrefix(s.Text("route_rule"), "R") || s.Text("route_why") == "" {
		t.Errorf("dispatched to %q by %q", s.Dept, s.Text("route_rule"))
	}
	again := filed() // another one at the same place: a strong hint, which people answer
	pass()
	c.state(again, "filed")
}

func TestTheCasePageShowsWhatMayBeTheSame(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	first, receipt := c.public("06042")
	second, _ := c.public("06042")
	page := c.page("shouli1", "/cases/"+second.String())
	if !strings.Contains(page, "/steps/merge?target="+first.String()) || !strings.Contains(page, "Probably the same") {
		t.Fatal("the other report is not shown, or cannot be merged into by one click")
	}
	form := c.page("shouli1", "/cases/"+second.String()+"/steps/merge?target="+first.String())
	if !strings.Contains(form, `value="`+first.String()+`" checked`) && !strings.Contains(form, `value="`+first.String()+`" selected`) {
		t.Error("the form does not begin with the other case")
	}
	c.do(second, "shouli1", "merge", procedure.Input{"target": first.String(), "reason": "Both are the bin at the gate."})
	c.state(second, "merged")
	if s, err := c.a.citizens.Follow(c.ctx, receipt); err != nil || s.Case != first {
		t.Errorf("%v %v", s.Case, err)
	}
}

// post sends a form as a member of staff.
func (c *crew) post(login, path string, values url.Values) string {
	c.t.Helper()
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who(login).Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	r.AddCookie(signed.Result().Cookies()[0])
	w := httptest.NewRecorder()
	c.a.router.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestManyCasesAreDispatchedWithOneReasonAndOneResultEach(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	var list []id.ID
	for range 3 {
		x := c.patrol("06042")
		c.filed(x, "06042", c.condition("06042", 4, calendar.WorkingHour))
		list = append(list, x)
	}
	v := url.Values{"dept": {"HW"}, "reason": {"These bins are theirs by contract."}, "stage": {"check"}, "bulk": {"1"}}
	for _, x := range list[:2] {
		v.Add("case", x.String())
	}
	const path = "/desk/bulk?act=dispatch&state=filed"
	if page := c.post("paiqian1", path, v); strings.Count(page, "Would go through") != 2 || !strings.Contains(page, "Do it for the 2 chosen") {
		t.Fatal("the check does not say what would happen")
	}
	c.state(list[0], "filed")
	v.Set("stage", "run")
	if page := c.post("paiqian1", path, v); strings.Count(page, ">Done<") != 2 {
		t.Error("not two results")
	}
	for i, want := range []string{"dispatched", "dispatched", "filed"} {
		c.state(list[i], want)
	}
	c.post("paiqian1", path, v) // the button pressed twice
	if got := len(c.find(list[0]).Log); got != len(c.find(list[1]).Log) {
		t.Error("done twice")
	}
	v.Set("stage", "check")
	v.Set("case", list[2].String())
	v.Set("dept", "SZ")
	v.Set("reason", "short")
	if page := c.post("paiqian1", path, v); !strings.Contains(page, "Refused") || strings.Contains(page, "Do it for") {
		t.Error("a reason that is too short would go through")
	}
	v = url.Values{"class": {"06010"}, "reason": {"It is litter, not a bin."}, "stage": {"run"}, "bulk": {"2"}, "case": {list[0].String(), list[2].String()}}
	if page := c.post("paiqian1", "/desk/bulk?act=correct", v); strings.Count(page, ">Done<") != 2 {
		t.Error("the correction of many gave no two results")
	}
	for _, x := range []id.ID{list[0], list[2]} {
		if s := c.find(x); s.Class != "06010" {
			t.Errorf("class %s", s.Class)
		}
	}
}
