package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// A unit without accounts answers the summons by a link: it sees what it is
// asked, speaks for itself only, and sends people who have no account.
func TestAUnitAnswersTheSummonsByALink(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.a.links.BaseURL = "https://city.example"
	x := c.drafted(c.outing())
	to := func(unit string) procedure.Input {
		return procedure.Input{"unit": unit, "recipient": "刘队", "contact": "139 0000 2222", "days": int64(20)}
	}
	c.do(x, "zhifa1", "submit", nil)
	c.do(x, "fenguan", "approve", procedure.Input{"opinion": "同意"})
	c.refused(x, "R01", "scjg.link", "send_link", to("GA"))
	c.refused(x, "J24", "zhifa1", "send_link", to("ZD1"))
	c.refused(x, "J24", "zhifa1", "send_link", to("HW"))
	path := c.linked(x, "zhifa1", to("GA"))
	c.do(x, "scjg.link", "answer", procedure.Input{"come": "yes", "people": c.keys("scjg1"), "officers": c.keys("scjg1", "scjg2")})
	if seen := spoken(t, c.visit(path, "zh-CN", nil)); !strings.Contains(seen, "夜市联合整治") || !strings.Contains(seen, "单位回复") || strings.Contains(seen, c.who("scjg1").Name) || strings.Contains(seen, "定案") {
		t.Errorf("the unit sees %s", seen)
	}
	theWall(c, path)
	c.answersByName(x, path)
	c.settled(x, path)
	sent := 0
	told, err := c.a.messages.List(c.ctx, c.w.Division, "", c.w.Clock.Now(), 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range told {
		if m.Template == "unitlink.summons" && strings.HasPrefix(m.Args["link"], "https://city.example/u/") && strings.Contains(m.Args["title"], "夜市联合整治") {
			sent++
		}
	}
	trail, err := c.a.people.Audit(c.ctx, people.SystemActor(c.w.Division), id.ID{}, 100)
	n := map[string]int{}
	for _, e := range trail {
		n[e.What]++
	}
	if err != nil || sent != 1 || n["link.issue"] != 2 || n["link.use"] != 2 || n["link.revoke"] != 1 {
		t.Errorf("%d letters, the audit trail %v %v", sent, n, err)
	}
}

// answersByName answers on the link's page, twice: the second answer stands.
func (c *crew) answersByName(x id.ID, path string) {
	c.t.Helper()
	answer := func(status int, more ...string) {
		c.t.Helper()
		form := url.Values{"_key": {id.New().String()}, "unit_person": {"刘队"}, "come": {"yes"}}
		if len(more) > 0 {
			form.Set("names", strings.Join(more, "\n"))
		}
		if w := c.visit(path+"/steps/answer", "zh-CN", form); w.Code != status {
			c.t.Fatalf("%v: %d, want %d: %s", more, w.Code, status, spoken(c.t, w))
		}
	}
	answer(http.StatusUnprocessableEntity)
	answer(http.StatusUnprocessableEntity, c.key("zhifa1")) // a name is no account
	answer(http.StatusSeeOther, "王强")
	c.says(path, http.StatusOK, "贵单位已回复")
	answer(http.StatusSeeOther, "王强", "赵敏")
	s := c.find(x)
	var who []string
	for _, r := range operation.Rows(s, "crew") {
		if r["unit"] == "GA" {
			who = append(who, r["person"]+r["penal"])
		}
	}
	if !slices.Equal(who, []string{"王强no", "赵敏no"}) || len(operation.Rows(s, "answers")) != 2 {
		c.t.Errorf("it sends %v, the answers are %v", who, operation.Rows(s, "answers"))
	}
	l, _ := c.byLink(path)
	if err := c.try(x, "scjg.link", "revoke_link", procedure.Input{"link": l.ID.String()}); err == nil {
		c.t.Error("another unit revokes the link")
	}
}

// settled confirms the operation with people who have no account, asks the units
// again, and lets the link end.
func (c *crew) settled(x id.ID, path string) {
	c.t.Helper()
	team := func(n, person, duty string) map[string]string {
		return map[string]string{"team": n, "person": person, "duty": duty}
	}
	c.do(x, "zhifa1", "answer", procedure.Input{"come": "yes", "people": c.keys("zhifa1"), "officers": c.keys("zhifa1", "zhifa2")})
	in := procedure.Input{"lead_on_site": c.key("zhifa1"), "minimum": int64(4), "assembly": "东门", "teams": []map[string]string{team("1", c.key("zhifa1"), "lead"), team("1", "王强", "officer"),
		team("2", c.key("scjg1"), "lead"), team("2", c.key("scjg2"), "officer")}}
	c.refused(x, "J04", "zhifa1", "confirm", in) // nobody certified is counted by a name
	in["teams"] = append(in["teams"].([]map[string]string), team("1", c.key("zhifa2"), "officer"))
	c.do(x, "zhifa1", "confirm", in)
	told := 0
	if err := c.a.db.QueryRow(c.ctx, `SELECT COUNT(*) FROM notice WHERE division = $1 AND target = $2`, c.w.Division, "王强").Scan(&told); err != nil || told != 0 {
		c.t.Errorf("%d notices to somebody without an account: %v", told, err)
	}
	c.says(path, http.StatusGone, "现在不需要回复")
	c.do(x, "zhifa1", "change", procedure.Input{"what": "改在南门集合", "reason": "道路施工"})
	c.says(path, http.StatusOK, "改在南门集合")
	again := c.linked(x, "zhifa1", procedure.Input{"unit": "GA", "recipient": "刘队", "days": int64(2)})
	c.says(path[:len(path)-1]+map[bool]string{true: "B", false: "A"}[strings.HasSuffix(path, "A")], http.StatusNotFound, "没有这个链接")
	if page := c.page("zhifa1", "/cases/"+x.String()+"?lang=zh"); !strings.Contains(page, "刘队（通过链接，") || !strings.Contains(page, "已办理 2 步") {
		c.t.Error("the case does not show who answered by a link")
	}
	l, _ := c.byLink(path)
	c.do(x, "zhifa1", "revoke_link", procedure.Input{"link": l.ID.String()})
	c.says(path, http.StatusGone, "链接已撤销")
	if err := c.try(x, "zhifa1", "revoke_link", procedure.Input{"link": id.New().String()}); !fault.Is(err, fault.NotFound) {
		c.t.Errorf("a link of nobody is revoked: %v", err)
	}
	c.at("2026-09-23 18:00")
	c.says(again, http.StatusGone, "链接已过期")
}
