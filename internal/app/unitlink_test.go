package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/doors/unitlink"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
)

// linked issues a link by somebody and returns its path.
func (c *crew) linked(x id.ID, login string, in procedure.Input) string {
	c.t.Helper()
	c.do(x, login, "send_link", in)
	s := c.find(x)
	path, err := c.a.links.Address(c.ctx, s, s.Version, "")
	if err != nil {
		c.t.Fatal(err)
	}
	return path
}

var toLi = procedure.Input{"recipient": "李工", "days": int64(3)}

// visit asks for a page without an account; form values make it a POST.
func (c *crew) visit(path, lang string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", lang)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	c.a.router.ServeHTTP(w, r)
	return w
}

// says asks for a page and expects its status and a sentence on it.
func (c *crew) says(path string, status int, want string) {
	c.t.Helper()
	if w := c.visit(path, "zh-CN", nil); w.Code != status || !strings.Contains(w.Body.String(), want) {
		c.t.Errorf("%d, want %d with %q: %.2000s", w.Code, status, want, spoken(c.t, w))
	}
}

func spoken(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

// byLink is the link of a path and what it opens now.
func (c *crew) byLink(path string) (unitlink.Link, *engine.Snapshot) {
	c.t.Helper()
	l, s, over, err := c.a.links.Find(c.ctx, strings.TrimPrefix(path, "/u/"))
	if err != nil || over != unitlink.Good {
		c.t.Fatalf("the link is %q, %v", over, err)
	}
	return l, s
}

func TestAUnitWithoutAnAccountAnswersByALink(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, address(t))
			c.at("2026-09-28 09:00")
			c.a.links.BaseURL = "https://city.example"
			x, _ := c.public("06042")
			c.do(x, "shouli1", "send_verify", procedure.Input{"collector": c.key("caiji3"), "ask": "请核实"})
			c.do(x, "caiji3", "verify_done", procedure.Input{"result": "true"}, c.photo("photo"))
			c.filed(x, "06042", c.condition("06042", 4, calendar.WorkingHour))
			c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "HW", "override": "演示指定由该单位办理，用于链接"})
			path := c.linked(x, "paiqian1", procedure.Input{"recipient": "李工", "contact": "139 0000 1111", "days": int64(3)})
			seen := spoken(t, c.visit(path, "zh-CN", nil))
			if strings.Contains(seen, "13800138000") || !strings.Contains(seen, "签收") || strings.Contains(seen, "指派") {
				t.Errorf("the unit sees %s", seen)
			}
			w := c.visit(path+"/steps/take", "en", url.Values{"_key": {id.New().String()}, "unit_person": {" "}})
			if w.Code != http.StatusUnprocessableEntity {
				t.Errorf("without a name: %d", w.Code)
			}
			w = c.visit(path+"/steps/take", "zh-CN", url.Values{"_key": {id.New().String()}, "unit_person": {"李工"}})
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != path || w.Header().Get("Cache-Control") != "no-store" {
				t.Fatalf("taking: %d %s", w.Code, spoken(t, w))
			}
			c.state(x, "handling")
			theWall(c, path)
			checkedTwice(c, path, x)
			standsInTheRecord(c, x)
		})
	}
}

// theWall tries what a link's holder may not do.
func theWall(c *crew, path string) {
	c.t.Helper()
	l, s := c.byLink(path)
	actor := l.Actor("李工")
	for i := range s.Proc.Steps {
		step := &s.Proc.Steps[i]
		if step.By(procedure.Unit) {
			continue
		}
		_, err := c.w.Engine.Act(c.ctx, engine.Act{Case: s.ID, Step: step.ID, Actor: actor, Input: procedure.Input{}})
		if f := fault.As(err); f == nil || f.Kind != fault.Forbidden && f.Kind != fault.NotFound && f.Kind != fault.Conflict {
			c.t.Errorf("%s by a link: %v", step.ID, err)
		}
	}
	other := c.dispatched("06010", 4, calendar.WorkingHour, "HW")
	if _, err := c.w.Engine.Offers(c.ctx, actor, c.find(other)); !fault.Is(err, fault.NotFound) {
		c.t.Errorf("another case of the department: %v", err)
	}
	if _, err := c.w.Engine.Act(c.ctx, engine.Act{Case: other, Step: "take", Actor: actor, Input: procedure.Input{}}); !fault.Is(err, fault.NotFound) {
		c.t.Errorf("a step of another case: %v", err)
	}
	if _, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: s.Division, Step: "report", Actor: actor,
		Input: procedure.Input{"source": "patrol", "desc": "x", "place": spot}}); err == nil {
		c.t.Error("a link opens a case")
	}
}

// checkedTwice feeds back, has it redone, and feeds back again after the end.
func checkedTwice(c *crew, path string, x id.ID) {
	c.t.Helper()
	feedback := func() error {
		l, s := c.byLink(path)
		return c.a.links.Act(c.ctx, l, s, engine.Act{Step: "feedback", Input: procedure.Input{"result": "fixed", "reply": "已清理"},
			Files: []engine.Upload{c.photo("after")}, Key: id.New().String()}, "王师傅")
	}
	if err := feedback(); err != nil {
		c.t.Fatal(err)
	}
	c.state(x, "fed_back")
	c.says(path, http.StatusGone, "案件现在不在您单位")
	c.says(path+"/steps/feedback", http.StatusGone, "12345")
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.refused(x, "I33", "shouli1", "send_check", procedure.Input{"collector": c.key("hw.work")})
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji3")})
	c.do(x, "caiji3", "check_done", procedure.Input{"result": "not_fixed", "comment": "还有一半"}, c.photo("photo"))
	c.says(path, http.StatusGone, "2026-10-01 23:59")
	c.do(x, "paiqian1", "order_rework", procedure.Input{"missing": "partly", "reason": "还有一半没有清理"})
	c.state(x, "handling")
	c.says(path, http.StatusOK, "还有一半没有清理")
	c.at("2026-10-02 00:01")
	c.says(path, http.StatusGone, "链接已过期")
}

// standsInTheRecord looks at the timeline, the audit trail and what was sent.
func standsInTheRecord(c *crew, x id.ID) {
	c.t.Helper()
	for _, want := range []string{"李工（通过链接，", "王师傅（通过链接，", "已办理 2 步", "139 0000 1111"} {
		if page := c.page("paiqian1", "/cases/"+x.String()+"?lang=zh"); !strings.Contains(page, want) {
			c.t.Errorf("the case does not say %q", want)
		}
	}
	s := c.find(x)
	for _, t := range s.Log {
		if (t.Step == "take" || t.Step == "feedback") && (!strings.HasPrefix(t.Actor, rule.LinkPrefix) || t.Dept != "HW") {
			c.t.Errorf("%s by %q of %q", t.Step, t.Actor, t.Dept)
		}
	}
	if proof, err := record.Verify(c.ctx, c.a.db, c.w.Division, x); err != nil || proof.Broken != nil {
		c.t.Errorf("the chain: %v %v", proof.Broken, err)
	}
	events, err := record.Timeline(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range events {
		if strings.Contains(e.Body, "0000 1111") {
			c.t.Errorf("%s: the contact stands in the chain", e.Step)
		}
	}
	trail, err := c.a.people.Audit(c.ctx, people.SystemActor(c.w.Division), id.ID{}, 100)
	n := map[string]int{}
	for _, t := range trail {
		n[t.What]++
	}
	if err != nil || n["link.issue"] != 1 || n["link.use"] != 2 {
		c.t.Errorf("the audit trail: %v %v", n, err)
	}
	told, err := c.a.messages.List(c.ctx, c.w.Division, "", c.w.Clock.Now(), 50)
	if err != nil {
		c.t.Fatal(err)
	}
	sent := 0
	for _, m := range told {
		if m.Template == "unitlink.letter" && m.To == "13900001111" && m.Channel == message.SMS && strings.HasPrefix(m.Args["link"], "https://city.example/u/") {
			sent++
		}
	}
	if sent != 1 {
		c.t.Errorf("%d letters in %+v", sent, told)
	}
}

func TestALinkIsIssuedAndRevokedByItsOwnSide(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	c.refused(x, "R01", "yl.desk", "send_link", toLi)
	c.refused(x, "R01", "zhiban1", "send_link", toLi)
	c.refused(x, "R01", "caiji1", "send_link", toLi)
	path := c.linked(x, "hw.desk", toLi)
	l, _ := c.byLink(path)
	c.refused(x, "R01", "yl.desk", "revoke_link", procedure.Input{"link": l.ID.String()})
	if err := c.try(x, "paiqian1", "revoke_link", procedure.Input{"link": id.New().String()}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a link of nobody is revoked: %v", err)
	}
	stale := c.find(x)
	c.do(x, "paiqian1", "revoke_link", procedure.Input{"link": l.ID.String()})
	c.says(path, http.StatusGone, "链接已撤销")
	if err := c.a.links.Act(c.ctx, l, stale, engine.Act{Step: "take", Input: procedure.Input{}}, "李工"); !fault.Is(err, fault.Stale) {
		t.Errorf("a step that was under way: %v", err)
	}
	again := c.linked(x, "paiqian1", toLi)
	c.do(x, "paiqian1", "reroute", procedure.Input{"dept": "YL", "reason": "绿化带内，由园林办理更合适"})
	c.says(again, http.StatusGone, "案件现在不在您单位")
	c.do(x, "paiqian1", "reroute", procedure.Input{"dept": "HW", "reason": "经核实仍由环卫办理"})
	c.says(again, http.StatusOK, "签收")
	if trail := c.page("admin", "/admin/audit"); !strings.Contains(trail, "link.revoke") {
		t.Error("the audit trail does not show the revocation")
	}
}

func TestNobodyOfADepartmentThatActedByALinkChecks(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	acc, err := c.a.people.CreateAccount(c.ctx, people.SystemActor(c.w.Division), people.Account{Login: "hw.caiji", Name: "环卫采集员", Department: "HW"})
	if err == nil {
		_, err = c.a.people.SavePost(c.ctx, people.SystemActor(c.w.Division), people.Post{Account: acc.ID, Role: "collector", Department: "JDZX"})
	}
	if err != nil {
		t.Fatal(err)
	}
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	l, s := c.byLink(c.linked(x, "paiqian1", toLi))
	if err := c.a.links.Act(c.ctx, l, s, engine.Act{Step: "take", Input: procedure.Input{}}, "李工"); err != nil {
		t.Fatal(err)
	}
	c.do(x, "paiqian1", "reroute", procedure.Input{"dept": "YL", "reason": "绿化带内，由园林办理更合适"})
	c.do(x, "yl.desk", "take", nil)
	c.do(x, "yl.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, c.photo("after"))
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.refused(x, "I33", "shouli1", "send_check", procedure.Input{"collector": acc.ID.String()})
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji3")})
}

func TestOnlyWhatWasSignedOpensACase(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	path := c.linked(x, "paiqian1", toLi)
	other := c.linked(x, "paiqian1", toLi)
	swapped := path[:len("/u/")+21] + other[len("/u/")+21:]
	last := map[bool]string{true: "B", false: "A"}[strings.HasSuffix(path, "A")]
	for _, p := range []string{"/u/x", "/u/" + strings.Repeat("A", 64), swapped, path[:len(path)-1] + last, path + "A"} {
		c.says(p, http.StatusNotFound, "没有这个链接")
		if w := c.visit(p, "en", nil); !strings.Contains(spoken(t, w), "There is no such link") || !strings.Contains(spoken(t, w), "12345") {
			t.Errorf("in English: %s", spoken(t, w))
		}
	}
	for _, tail := range []string{"", "/points.json"} {
		if w := c.visit(path+tail, "en", nil); w.Code != http.StatusOK || w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d %v", tail, w.Code, w.Header())
		}
	}
	for _, change := range []string{`UPDATE unit_link SET expires = expires + 1`, `UPDATE unit_link SET expires = expires - 1, dept = 'YL'`} {
		err := c.a.db.Write(c.ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(c.ctx, change)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.says(path, http.StatusNotFound, "没有这个链接")
	}
}

func TestStaffActUnderTheirOwnAccounts(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	path := c.linked(x, "paiqian1", toLi)
	if page := c.page("paiqian1", path+"?lang=zh"); !strings.Contains(page, "您已用自己的账号登录") || strings.Contains(page, "/steps/take") {
		t.Error("a member of staff is offered the unit's steps")
	}
	if l, _ := c.byLink(path); !l.Opened.IsZero() {
		t.Error("a look by staff counts as opened")
	}
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who("paiqian1").Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		t.Fatal(err)
	}
	if w := get(c.a, "GET", path+"/steps/take", signed.Result().Cookies()[0]); w.Code != http.StatusForbidden {
		t.Errorf("a step by staff: %d", w.Code)
	}
}

func TestTheDispatcherIssuesALinkOnThePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v, err := o.a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	page, err := record.List(context.Background(), o.a.db, v.Division.ID, record.Filter{States: []string{"handling"}, Procedures: []string{"incident"}, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		t.Fatal(err)
	}
	one := "/cases/" + page.Rows[0].ID.String()
	if n := o.page("paiqian1", one).Find(`a[href="` + one + `/links"]`).Length(); n != 1 {
		t.Fatalf("the case leads to its links %d times", n)
	}
	doc := o.page("paiqian1", one+"/links")
	if days, _ := doc.Find("#link-days").Attr("value"); days != "3" {
		t.Errorf("good for %q days", days)
	}
	form := url.Values{"_key": {id.New().String()}, "recipient": {"李工"}, "contact": {"0536-123"}, "days": {"3"}}
	if w := o.ask("paiqian1", one+"/links", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "11 位手机号") {
		t.Errorf("a wrong contact: %d %s", w.Code, spoken(t, w))
	}
	form.Set("contact", "li@gas.example")
	w := o.ask("paiqian1", one+"/links", form)
	if doc, err = goquery.NewDocumentFromReader(w.Body); err != nil {
		t.Fatal(err)
	}
	address := doc.Find("#link-fresh").Text()
	if w.Code != http.StatusOK || !strings.HasPrefix(address, "http://example.com/u/") || doc.Find("svg.qr path").Length() != 1 {
		t.Fatalf("%d %q", w.Code, address)
	}
	if w := o.ask("paiqian1", one+"/links", form); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "/u/") || !strings.Contains(w.Body.String(), "已提交过") {
		t.Errorf("the same form again: %d", w.Code)
	}
	if n := o.page("paiqian1", one).Find(`#links form`).Length(); n != 1 {
		t.Errorf("%d links to revoke on the case", n)
	}
	if w := o.ask("shouli1", one+"/links", nil); w.Code != http.StatusForbidden {
		t.Errorf("an acceptor sees the links: %d", w.Code)
	}
	action, _ := o.page("paiqian1", one+"/links").Find(`form[action$="/revoke"]`).Attr("action")
	if w := o.ask("paiqian1", action, url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("revoking: %d", w.Code)
	}
	if w := get(o.a, "GET", strings.TrimPrefix(address, "http://example.com"), nil); w.Code != http.StatusGone {
		t.Errorf("the revoked link: %d", w.Code)
	}
}

// linkTo is the path of a link to a case of the demonstration.
func linkTo(t *testing.T, a *App, caseID string) string {
	t.Helper()
	form := url.Values{"_key": {id.New().String()}, "recipient": {"李工"}, "days": {"3"}}
	r := httptest.NewRequest(http.MethodPost, "/cases/"+caseID+"/links", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(signIn(t, a, "paiqian1"))
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(doc.Find("#link-fresh").Text(), "http://example.com")
}
