package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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

func TestAnOldPhotoOrOneFromElsewhereRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	c.do(x, "hw.desk", "take", nil)
	c.at("2026-09-28 10:00")
	repair := c.photo("after")
	c.do(x, "hw.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, repair)
	if s := c.find(x); s.Text("alarm") != "" {
		t.Errorf("a new photo raises %q", s.Text("alarm"))
	}
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji1")})
	far := spot
	far.Lat += .002
	c.refused(x, "I36", "caiji1", "check_done", procedure.Input{"result": "fixed"}, c.photoAt("photo", far))
	c.do(x, "caiji1", "check_done", procedure.Input{"result": "fixed", "far_reason": "The road is closed."}, c.photoAt("photo", far))
	if s := c.find(x); s.Text("alarm") != "far" {
		t.Errorf("a check from elsewhere raises %q", s.Text("alarm"))
	}
	if page := c.page("ducha1", "/cases/"+x.String()); !strings.Contains(page, "taken elsewhere") || !strings.Contains(page, "m apart (") {
		t.Error("the supervisor's page does not say so, or not how far the photos lie apart")
	}
	if page := c.page("ducha1", "/inbox"); !strings.Contains(page, "was checked from elsewhere") {
		t.Error("the supervisor is not told")
	}

	y := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	c.do(y, "hw.desk", "take", nil)
	again := c.photo("after")
	again.SHA256, again.Body = c.kept(x, "after"), nil
	c.do(y, "hw.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, again)
	if s := c.find(y); s.Text("alarm") != "old" {
		t.Errorf("an old photo raises %q", s.Text("alarm"))
	}
}

// kept is the digest of a case's first file of a kind.
func (c *crew) kept(x id.ID, kind string) string {
	c.t.Helper()
	list, err := evidence.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range list {
		if e.Kind == kind {
			return e.SHA256
		}
	}
	c.t.Fatal("no file of kind", kind)
	return ""
}

func TestTheCollectorWhoIsNearestComesFirst(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	c.patrol("06042") // by caiji3, who is at the spot
	x, _ := c.public("06010")
	page := c.page("shouli1", "/cases/"+x.String()+"/steps/send_verify")
	first := strings.Index(page, c.key("caiji3"))
	if first < 0 || !strings.Contains(page, "last seen 0 m away today") {
		t.Fatal("nobody is said to be near")
	}
	for _, other := range []string{"caiji1", "caiji2"} {
		if i := strings.Index(page, c.key(other)); i >= 0 && i < first {
			t.Errorf("%s stands before the nearest", other)
		}
	}
}

func TestAMergedDepartmentsWorkAndPeopleGoToItsHeir(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, address(t))
			c.at("2026-09-28 09:00")
			x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
			due := c.due(x, "handle")
			page := c.post("admin", "/admin/departments/merge", url.Values{"from": {"HW"}, "into": {"SZ"}, "reason": {"Reform 7/2026"}})
			if !strings.Contains(page, "open cases were moved") || !strings.Contains(page, ">Moved<") {
				t.Fatal("no result for each case")
			}
			c.state(x, "dispatched")
			if s := c.find(x); s.Dept != "SZ" || c.due(x, "handle") != due {
				t.Errorf("%s, due %s and before %s", s.Dept, c.due(x, "handle"), due)
			}
			dir, err := c.a.people.Directory(c.ctx, c.w.Division)
			if err != nil {
				t.Fatal(err)
			}
			c.w.People = dir
			if d, err := dir.Resolve("HW", "", c.w.Clock.Now()); err != nil || d.Code != "SZ" {
				t.Errorf("HW leads to %q, %v", d.Code, err)
			}
			if who := c.who("hw.desk"); !who.HasFor("dept_desk", "SZ") || who.HasFor("dept_desk", "HW") {
				t.Error("the desk has not moved")
			}
			c.do(x, "hw.desk", "take", nil)
			if n, err := c.a.succession.Left(c.ctx, c.who("admin"), "HW"); err != nil || n != 0 {
				t.Errorf("%d left, %v", n, err)
			}
			c.post("admin", "/admin/departments/merge", url.Values{"from": {"HW"}, "into": {"SZ"}, "reason": {"Again"}})
			if len(c.find(x).Log) == 0 || c.find(x).Dept != "SZ" {
				t.Error("the second time does harm")
			}
		})
	}
}
