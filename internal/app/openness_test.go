package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/procedure"
)

// A decision is read by everybody as long as it stands, and then by nobody.
func TestADecisionIsPublishedAndWithdrawn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.performed()
	one := "/penalties/" + x.String()
	if w := get(c.a, "GET", one, nil); w.Code != http.StatusNotFound {
		t.Errorf("before it is published: %d", w.Code)
	}
	c.published(x)
	for _, path := range []string{"/penalties", "/penalties?q=" + url.QueryEscape("烧烤"), one, "/penalties.atom"} {
		w := get(c.a, "GET", path, nil)
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, x.String()) || strings.Contains(body, "演示当事人") || strings.Contains(body, "491231") {
			t.Errorf("%s: %d %.400s", path, w.Code, body)
		}
	}
	if said := get(c.a, "GET", "/penalties?q="+url.QueryEscape("违建"), nil).Body.String(); strings.Contains(said, x.String()) {
		t.Error("found by a word that is not in it")
	}
	if w := get(c.a, "GET", one+"/pdf", nil); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Errorf("the masked copy: %d", w.Code)
	}
	c.do(x, "neiqin", "pub_back", procedure.Input{"reason": "决定被撤销", "channel": "网站"})
	c.has(x, "P69")
	for _, path := range []string{one, one + "/pdf"} {
		if w := get(c.a, "GET", path, nil); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "烧烤") {
			t.Errorf("%s after it was withdrawn: %d %.400s", path, w.Code, w.Body)
		}
	}
	if said := get(c.a, "GET", "/penalties.atom", nil).Body.String(); strings.Contains(said, x.String()) {
		t.Error("the feed still has it")
	}
}

// P1: a case is told only when no remedy can change it; what is told was masked
// by another, checked, approved, and is gone with its decision.
func TestACaseIsToldAsAPrecedent(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.performed()
	pick := procedure.Input{"title": "店外烧烤案", "case": x.String(), "why": "typical"}
	_, err := c.open("zhifa1", "enf.precedent", "p_pick", pick)
	c.isRefusal(err, "N49", "p_pick")
	c.archived(x)
	for _, early := range []string{"2026-12-20 09:00", "2027-04-08 09:00"} { // the suit ends six months after service
		c.at(early)
		_, err = c.open("zhifa1", "enf.precedent", "p_pick", pick)
		c.isRefusal(err, "N49", "p_pick")
	}
	c.at("2027-04-20 09:00")
	p, err := c.open("zhifa1", "enf.precedent", "p_pick", pick)
	if err != nil {
		t.Fatal(err)
	}
	text := procedure.Input{"facts": "2026年8月，某人在店外烧烤。", "issue": "新旧法如何适用", "law": "《生态环境法典》第一千一百三十二条", "version": "2026年8月15日起施行", "changed": true,
		"reasoning": "新法较轻，适用新法。", "lesson": "从旧兼从轻", "advice": "经营者应在室内烧烤"}
	c.refused(p, "C01", "zhifa1", "p_write", text)
	text["change"] = "此前为大气污染防治法第一百一十八条"
	c.do(p, "zhifa1", "p_write", text)
	c.has(p, "P63")
	mask := procedure.Input{"preview": "某人在店外烧烤，联系电话13800138000，依法处罚。", "clean": true}
	c.refused(p, "N73", "zhifa1", "p_mask", mask)
	c.refused(p, "N73", "neiqin", "p_mask", procedure.Input{"preview": "x", "clean": true, "minor": true})
	c.do(p, "neiqin", "p_mask", mask)
	ok := procedure.Input{"pass": true, "opinion": "同意"}
	c.refused(p, "N24", "zhifa1", "p_legal", ok)
	c.do(p, "fazhi", "p_legal", ok)
	c.refused(p, "N07", "zhifa1", "p_ok", procedure.Input{"channels": []string{"网站"}})
	c.do(p, "juzhang", "p_ok", procedure.Input{"channels": []string{"网站"}})
	c.refused(p, "N73", "neiqin", "p_out", procedure.Input{"date": c.w.Clock.Now()})
	c.do(p, "neiqin", "p_out", procedure.Input{"date": c.w.Clock.Now(), "clean": true})
	one := "/precedents/" + p.String()
	w := get(c.a, "GET", one, nil)
	if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, "从旧兼从轻") || strings.Contains(body, "13800138000") {
		t.Errorf("%d %.600s", w.Code, body)
	}
	c.do(p, "fazhi", "p_banner", procedure.Input{"banner": "法条已于2028年修改"})
	if said := get(c.a, "GET", one, nil).Body.String(); !strings.Contains(said, "法条已于2028年修改") {
		t.Error("no banner")
	}
	c.do(x, "juzhang", "clo_annul", procedure.Input{"kind": "annul", "reason": "事实认定有误，自行纠正", "basis_text": "《中华人民共和国行政处罚法》第七十五条第二款", "review": "演综执法审字〔2027〕第1号", "refund": int64(1500_00)})
	c.refused(p, "R10", "fazhi", "p_changed", procedure.Input{"change": "annulled", "on": c.w.Clock.Now()}) // it was told by itself
	c.isDue(p, "back3", "2027-04-23 24:00")
	c.do(p, "neiqin", "p_back", procedure.Input{"reason": "决定被撤销", "channel": "网站"})
	c.has(p, "P69")
	if w := get(c.a, "GET", one, nil); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "从旧兼从轻") {
		t.Errorf("after it was retracted: %d", w.Code)
	}
}

// N68 (PL 74): no page and no file groups fines by officer or unit.
func TestNoTableGroupsFinesByOfficerOrUnit(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	persons, sums := []string{"officer", "unit", "team", "执法人员", "单位", "机构", "人员"}, []string{"fine", "amount", "penalt", "yuan", "罚", "金额", "数额"}
	in := func(head string, words []string) bool {
		for _, w := range words {
			if strings.Contains(strings.ToLower(head), w) {
				return true
			}
		}
		return false
	}
	looked := 0
	for _, login := range []string{"ducha1", "fenguan", "banan", "caiwu"} {
		cookie := signIn(t, a, login)
		for _, route := range a.router.Routes() {
			path := strings.TrimSuffix(route.Pattern, "{$}")
			if route.Method != "GET" || route.Stream || strings.Contains(path, "{") || !strings.HasPrefix(path, "/enforcement") && !strings.HasPrefix(path, "/penalties") {
				continue
			}
			w := get(a, "GET", path, cookie)
			if w.Code != 200 {
				continue
			}
			looked++
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
				first, rest, _ := strings.Cut(strings.SplitN(w.Body.String(), "\n", 2)[0], ",")
				if in(first, persons) && in(rest, sums) {
					t.Errorf("%s as %s groups %s by %s", path, login, rest, first)
				}
				continue
			}
			doc, err := goquery.NewDocumentFromReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			doc.Find("table").Each(func(_ int, table *goquery.Selection) {
				head := table.Find("thead th")
				if rest := head.Slice(min(1, head.Length()), goquery.ToEnd).Text(); in(head.First().Text(), persons) && in(rest, sums) {
					t.Errorf("%s as %s groups %q by %q", path, login, rest, head.First().Text())
				}
			})
		}
	}
	if looked < 30 {
		t.Errorf("only %d pages were looked at", looked)
	}
}
