package e2e

import (
	"maps"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xiucheng/internal/config"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
)

// prosecution is the way of one dossier through a browser, on a clock that the
// test moves: what waits five working days is not waited for.
type prosecution struct {
	*city
	clk  *clock.Manual
	path string // of the case's page
}

func serveAt(t *testing.T, clk *clock.Manual) string {
	t.Helper()
	a, err := demonstration(&config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, SessionIdle: 8760 * time.Hour, SessionMax: 8760 * time.Hour}, clk)
	if err != nil {
		t.Fatal(err)
	}
	return serving(t, a)
}

// at moves the clock to a local instant.
func (p *prosecution) at(local string) {
	p.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", local, calendar.Zone)
	if err != nil {
		p.t.Fatal(err)
	}
	p.clk.Set(t)
}

// when is an instant some minutes ago, as a form takes it.
func (p *prosecution) when(ago int) string {
	return p.clk.Now().Add(-time.Duration(ago) * time.Minute).In(calendar.Zone).Format("2006-01-02T15:04")
}

func (p *prosecution) day() string { return p.clk.Now().In(calendar.Zone).Format(time.DateOnly) }

// picture is a photo that was taken some minutes ago by the test's clock.
func (p *prosecution) picture(name string, ago int) string {
	p.t.Helper()
	f := photo(p.t, name)
	at := p.clk.Now().Add(-time.Duration(ago) * time.Minute)
	if err := os.Chtimes(f, at, at); err != nil {
		p.t.Fatal(err)
	}
	return f
}

// form opens the form of a step of the case.
func (p *prosecution) form(login, step string) *page {
	p.t.Helper()
	tab := p.as(login, desktop)
	tab.visit(p.path)
	tab.follow(`a[href*="/steps/` + step + `"]`)
	return tab
}

// two is what a step of two officers says besides.
func two(v values) values {
	out := values{"second_officer": "执法人员二"}
	maps.Copy(out, v)
	return out
}

// do takes a step, with one photo at most. Where the clock's own steps came
// between the form and its answer, it is filled in again, as people do.
func (p *prosecution) do(login, step string, v values, photos ...string) {
	p.t.Helper()
	for range 3 {
		tab := p.form(login, step)
		tab.fill(v)
		for _, f := range photos {
			tab.attach(f)
		}
		tab.sends()
		if !strings.Contains(tab.summary(), "已被他人更新") {
			tab.accepted()
			tab.check()
			return
		}
	}
	p.t.Fatalf("%s by %s: the case never rests", step, login)
}

// refused sends the form of a step and expects the sentence; the form is left.
func (p *prosecution) refused(want, login, step string, v values, photos ...string) {
	p.t.Helper()
	tab := p.form(login, step)
	tab.fill(v)
	for _, f := range photos {
		tab.attach(f)
	}
	tab.sends()
	said := tab.summary()
	if !strings.Contains(said, want) {
		tab.shot("failed-" + login)
		p.t.Fatalf("%s by %s was refused with %q, not %q", step, login, said, want)
	}
	tab.check()
	tab.shot("refused-" + step)
}

// blocked reads a refusal from the case's page, where the step is not offered.
func (p *prosecution) blocked(want, login string) {
	p.t.Helper()
	tab := p.as(login, desktop)
	tab.visit(p.path)
	said := read(tab, "read the page", chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if !strings.Contains(said, want) {
		tab.shot("failed-" + login)
		p.t.Fatalf("%s does not read %q at %s: %.3000s", login, want, p.path, said)
	}
}

// serve hands a paper to the party.
func (p *prosecution) serve(paper string) {
	p.t.Helper()
	p.clk.Advance(10 * time.Minute)
	tab := p.as("zhifa1", desktop)
	tab.visit(p.path)
	link := read(tab, "find the service", chromedp.Evaluate[string](`[...document.querySelectorAll("main a[href*='/cases/']")].find((x) => x.innerText.startsWith("`+paper+` "))?.getAttribute("href") ?? ""`))
	if link == "" {
		p.t.Fatalf("%s is not to be served", paper)
	}
	tab.visit(link)
	tab.follow(`a[href*="/steps/direct"]`)
	p.send(tab, two(values{"received_by": "self", "served_on": p.when(1), "sign": "演示当事人", "sign.typed": "1"}))
}

func TestAnIllegalStallGoesFromTheStreetToTheArchive(t *testing.T) {
	clk := clock.At(time.Date(2026, 11, 30, 9, 0, 0, 0, calendar.Zone))
	p := &prosecution{clk: clk, city: &city{t: t, browser: launch(t), base: serveAt(t, clk), lang: "zh-CN", title: "路口摆摊卖水果，占了盲道", tabs: map[string]*page{}}}
	p.fromTheStreet()
	p.filed()
	p.investigated()
	p.heard()
	p.decided()
	p.ended()
	p.open()
	p.reviewed()
}

// fromTheStreet is an incident that an officer finds to be a case of enforcement.
func (p *prosecution) fromTheStreet() {
	collector := p.as("caiji3", phone)
	collector.visit("/field/report")
	p.send(collector, values{"class": "09006", "desc": p.title, "place.lat": lat, "place.lng": lng}, p.picture("stall", 1))
	p.clk.Advance(5 * time.Minute)
	p.find("shouli1").pressThrough("a", values{"dup_reason": "另一处"})
	p.find("zhiban1").pressThrough("f", nil)
	p.find("paiqian1").pressThrough("d", values{"dept": "ZD1", "override": "执法中队一正在该路段值守，就近办理。"})
	p.clk.Advance(20 * time.Minute)
	tab := p.as("zhifa1", desktop)
	tab.visit("/cases?q=" + url.QueryEscape(p.title))
	tab.follow("table tbody tr:first-child a")
	tab.follow(`a[href*="/enforcement/leads/new"]`)
	p.send(tab, values{"source": "complaint", "found_at": p.when(5), "violation": "UM-002", "clue": p.title})
	p.path = strings.TrimPrefix(read(tab, "where", chromedp.Location()), p.base)
	p.path, _, _ = strings.Cut(p.path, "?")
	tab.shot("dossier-lead")
}

func (p *prosecution) filed() {
	p.blocked("执法人员少于两人，或执法证件无效、过期", "fujing1")
	p.do("zhifa1", "lead_check", two(values{"when": p.when(2), "result": "现场核查属实。"}), p.picture("check", 2))
	told := two(values{"party_ref": "陈某", "act_from": p.day(), "act_end": p.day(), "summary": "占用人行道摆摊。", "c_punishable": "1", "c_jurisdiction": "1", "c_in_time": "1"})
	p.refused("缺少初步证据或立案条件未逐项确认。《行政处罚法》第五十四条", "zhifa1", "file_propose", told)
	told["c_evidence"] = "1"
	old := maps.Clone(told)
	old["act_from"], old["act_end"] = "2024-05-01", "2024-05-01"
	p.refused("已超过追责时效", "zhifa1", "file_propose", old)
	p.do("zhifa1", "file_propose", told)
	p.do("juzhang", "file_approve", values{"opinion_head": "同意立案。"})
}

func (p *prosecution) investigated() {
	p.clk.Advance(time.Hour)
	there := two(values{"start_at": p.when(30), "end_at": p.when(2), "rights_told": "1", "duty_told": "1", "party_present": "1", "findings": "水果摊一处，占用盲道约四平方米。",
		"sign": "演示当事人", "sign.typed": "1", "sign_each_page": "1", "here.lat": lat, "here.lng": lng, "here.accuracy": "8"})
	p.refused("未记录出示执法证件。《行政处罚法》第五十五条", "zhifa1", "svy_inspect", there, p.picture("survey", 10))
	there["cert_shown"] = "1"
	alone := maps.Clone(there)
	delete(alone, "party_present")
	p.refused("当事人不在场且无见证人、无录音录像", "zhifa1", "svy_inspect", alone, p.picture("survey", 10))
	p.do("zhifa1", "svy_inspect", there, p.picture("survey", 10))
	p.do("banan", "svy_accept", values{"planned": "询问当事人。"})
	end := two(values{"facts": "占用盲道摆摊。", "map.0.fact": "占用盲道摆摊", "map.0.item": "现场照片", "rule": "UM-002-ROAD-42", "nature": "擅自占用城市道路。",
		"discretion": "一般情节。", "grade": "light", "fine": "300", "proposal": "罚款并责令改正。"})
	p.blocked("事实不清或证据不足", "zhifa1")
	p.do("zhifa1", "inv_question", two(values{"start_at": p.when(1), "end_at": p.when(0), "person": "演示当事人·陈某", "role": "party", "cert_shown": "1",
		"qa": "问：摊位是谁的？答：我的。", "sign": "演示当事人", "sign.typed": "1"}))
	p.do("zhifa1", "inv_verify", values{"item": "现场照片", "admitted": "1"})
	over := maps.Clone(end)
	over["fine"] = "30000"
	p.refused("罚款不在法定幅度内", "zhifa1", "inv_conclude", over)
	p.do("zhifa1", "inv_conclude", end)
	p.blocked("尚未依法告知", "juzhang")
	p.do("juzhang", "adj_examine", values{"way": "penalty", "opinion": "同意。"})
}

func (p *prosecution) heard() {
	p.do("zhifa1", "adj_notice", nil)
	p.clk.Advance(time.Hour)
	p.serve("行政处罚事先告知书")
	p.blocked("陈述申辩期尚未届满", "juzhang")
	p.at("2026-12-08 09:30")
	p.do("banan", "adj_reexam", values{"reexam": "当事人未陈述。", "adopted": "none", "reason": "没有新的事实。"})
	p.blocked("应当法制审核而未审核或未通过。《行政处罚法》第五十八条", "juzhang")
	p.do("banan", "adj_to_legal", nil)
	ok := values{"result": "pass"}
	for _, x := range []string{"power", "party", "facts", "law", "discretion", "procedure", "papers"} {
		ok["point_"+x] = "符合。"
	}
	p.do("fazhi", "adj_legal", ok)
}

func (p *prosecution) decided() {
	d := values{"opinion_head": "同意。", "fine": "400", "correction": "立即停止占道经营。", "bank": "演示银行", "bank_address": "演示路3号", "bank_account": "演示账号", "surcharge_told": "yes"}
	p.refused("不得因陈述申辩加重处罚", "juzhang", "dec_penalty", d)
	d["fine"] = "300"
	bare := maps.Clone(d)
	bare["correction"] = ""
	p.refused("处罚决定未责令改正。《行政处罚法》第二十八条", "juzhang", "dec_penalty", bare)
	p.do("juzhang", "dec_penalty", d)
	p.serve("行政处罚决定书")
	p.blocked("案件仍有未了结事项", "banan")
}

func (p *prosecution) ended() {
	p.clk.Advance(24 * time.Hour)
	p.do("fazhi", "pub_check", values{"masked": "当事人占用盲道摆摊，已依法处罚。"})
	p.do("neiqin", "pub_out", values{"channel": "演示公示栏", "social": "1"})
	p.do("caiwu", "exe_pay", values{"amount": "300", "paid_on": p.day(), "receipt": "演示票据", "channel": "bank"})
	p.do("zhifa1", "exe_correct", two(values{"corrected": "1", "text": "盲道已恢复。"}))
	p.do("banan", "exe_done", nil)
	p.do("zhifa1", "clo_ask", values{"result": "罚款三百元。", "execution": "已缴清并改正。"})
	p.do("juzhang", "clo_ok", values{"opinion_head": "同意结案。"})
	p.do("dangan", "clo_archive", values{"pages": "40", "retention": "30y"})
	tab := p.as("dangan", desktop)
	tab.visit(p.path)
	tab.shot("dossier-archived")
	p.blocked("已归档", "dangan")
}

// open is what the public finds of the decision: its masked text, nobody's name.
func (p *prosecution) open() {
	citizen := open(p.t, p.browser, p.base, "citizen", p.lang, phone)
	citizen.visit("/penalties")
	list := read(citizen, "read the decisions", chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if !strings.Contains(list, "占用城市道路") || strings.Contains(list, "陈某") {
		citizen.shot("failed-public")
		p.t.Fatalf("the public reads %.2000s", list)
	}
	citizen.shot("penalties")
}

// reviewed is a campaign that draws the file, two scores apart and the final one.
func (p *prosecution) reviewed() {
	p.clk.Advance(24 * time.Hour)
	tab := p.as("ducha1", desktop)
	tab.visit("/enforcement/leads/new?open=enf.campaign/a_plan")
	day := p.day()
	p.send(tab, values{"title": "演示·评审", "from": day[:8] + "08", "until": day, "scheme": "ordinary", "way": "random", "n": "20", "seed": "演示种子"})
	campaign := strings.TrimPrefix(read(tab, "where", chromedp.Location()), p.base)
	campaign, _, _ = strings.Cut(campaign, "?")
	link := read(tab, "find the file drawn", chromedp.Evaluate[string](`[...document.querySelectorAll("main a[href^='/cases/']")].map((x) => x.getAttribute("href")).find((x) => !x.includes("/steps/") && !x.startsWith("`+campaign+`")) ?? ""`))
	if link == "" {
		tab.shot("failed-campaign")
		p.t.Fatal("no file was drawn")
	}
	p.path = link
	tab = p.form("ducha1", "r_assign")
	tab.fill(values{"reviewers": "督查一"})
	tab.fill(values{"reviewers": "督查二"})
	tab.submit()
	for _, login := range []string{"ducha1", "ducha2"} {
		p.judge(login, "r_score", values{"remark": "演示·规范。"})
	}
	p.clk.Advance(10 * 24 * time.Hour)
	p.judge("ducha1", "r_final", values{"opinion": "演示·案卷规范。"})
	p.blocked("定评", "ducha1")
	tab.shot("review-final")
}

// judge answers what the record leaves to people, and sends the form; again where
// the clock's own steps came between.
func (p *prosecution) judge(login, step string, v values) {
	p.t.Helper()
	for range 3 {
		tab := p.form(login, step)
		tab.fill(v)
		n := read(tab, "answer the rest", chromedp.Evaluate[int](`[...document.querySelectorAll("main form select[name$='.result']")].filter((x) => x.value === "" && x.form.elements[x.name.replace(".result", ".item")]?.value).map((x) => { x.value = "met"; return x.value; }).length`))
		if step == "r_score" && n == 0 {
			p.t.Error("the record left nothing to people")
		}
		tab.sends()
		if !strings.Contains(tab.summary(), "已被他人更新") {
			tab.accepted()
			tab.check()
			return
		}
	}
	p.t.Fatalf("%s by %s: the case never rests", step, login)
}
