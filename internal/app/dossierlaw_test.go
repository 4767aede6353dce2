package app

import (
	"testing"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/lawful"
	"xiucheng/internal/platform/id"
)

// The worked examples of the ordinary procedure, with their dates. Public
// holidays are 25 to 27 September and 1 to 7 October 2026; 20 September and 10
// October are worked.
func TestTheExamplesOfTheOrdinaryProcedure(t *testing.T) {
	c := newCrew(t, "")
	for _, x := range []struct {
		name string
		do   func(*crew)
	}{
		{"O1 the law changes on 15 August", (*crew).lawChanges},
		{"O2 holidays", (*crew).holidays},
		{"O3 a hearing", (*crew).hearing},
		{"O4 surcharge", (*crew).surcharges},
		{"O5 service by announcement", (*crew).announced},
		{"O6 a remedy", (*crew).remedied},
		{"O6 the window of the court", (*crew).courtWindow},
		{"instalments", (*crew).instalments},
		{"a suspected crime", (*crew).crime},
		{"annulled and decided again", (*crew).annulledAndRedone},
	} {
		t.Run(x.name, func(t *testing.T) {
			c.t = t
			x.do(c)
		})
	}
	c.t = t
	c.lawful()
}

// told goes on from a concluded dossier to a served notice.
func (c *crew) told(x id.ID, served string) {
	c.t.Helper()
	c.do(x, "zhifa1", "adj_notice", procedure.Input{})
	c.at(served)
	c.serve(x, "P22")
	if c.find(x).Data["hearing_offered"] == true {
		c.serve(x, "P23")
	}
	c.state(x, "notice_open")
}

// fined is a dossier whose decision of the fine was served on 17 September 2026.
func (c *crew) fined(fine int64) id.ID {
	c.t.Helper()
	c.at("2026-08-31 09:00")
	x := c.concludedOf("2026-08-20", fine)
	c.told(x, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	c.do(x, "juzhang", "dec_penalty", c.decision(fine))
	c.at("2026-09-17 10:00")
	c.serve(x, "P29")
	c.state(x, "performing")
	c.isDue(x, "pay15", "2026-10-08 24:00")
	return x
}

// tell takes a step of the system's, as a case below would.
func (c *crew) tell(x id.ID, step string, kv ...any) {
	c.t.Helper()
	in := procedure.Input{}
	for i := 0; i+1 < len(kv); i += 2 {
		in[kv[i].(string)] = kv[i+1]
	}
	c.do(x, "system", step, in)
}

func (c *crew) money(x id.ID, field string, want int64) {
	c.t.Helper()
	if got := c.find(x).Data[field]; got != want {
		c.t.Errorf("%s is %v, want %d", field, got, want)
	}
}

func (c *crew) lawChanges() {
	for _, x := range []struct {
		actEnd, decision, rule string
		fine                   int64
		code                   string
	}{
		{"2026-08-10", "2026-08-14", "UM-004-AIR-118.3", 800_00, ""},
		{"2026-08-10", "2026-10-20", "UM-004-ENV-1132.3", 800_00, ""},
		{"2026-08-10", "2026-10-20", "UM-004-AIR-118.3", 800_00, "N29"},
		{"2026-08-10", "2026-10-20", "UM-004-ENV-1132.3-refused", 5000_00, "N29"},
		{"2026-08-20", "2026-10-20", "UM-004-ENV-1132.3", 8000_00, "N28"},
		{"2026-08-20", "2026-10-20", "UM-004-ENV-1132.3-refused", 3000_00, "N28"},
		{"2026-08-18", "2026-10-20", "UM-004-ENV-1132.3", 800_00, ""},
	} {
		c.at("2026-08-11 09:00")
		dossier := c.underwayOf(x.actEnd)
		c.surveyed(dossier)
		c.do(dossier, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
		c.at(x.decision + " 10:00")
		in := c.finding(x.fine)
		in["rule"] = x.rule
		if x.code != "" {
			c.refused(dossier, x.code, "zhifa1", "inv_conclude", in)
			continue
		}
		c.do(dossier, "zhifa1", "inv_conclude", in)
	}
}

// underwayOf is a dossier of an act that ended on the day.
func (c *crew) underwayOf(day string) id.ID {
	c.t.Helper()
	x := c.lead("UM-004")
	c.do(x, "zhifa1", "lead_check", c.two("when", c.w.Clock.Now(), "result", "属实"), c.photo("media"))
	c.do(x, "zhifa1", "file_propose", c.two("party_ref", c.barbecuer(), "act_from", date(day), "act_end", date(day), "summary", "店外烧烤", "c_evidence", true,
		"c_punishable", true, "c_jurisdiction", true, "c_in_time", true))
	in := procedure.Input{"opinion_head": "同意立案"}
	if err := c.try(x, "juzhang", "file_approve", in); err != nil {
		c.isRefusal(err, "N30", "file_approve")
		in["other_act"] = "另一日的行为"
		c.do(x, "juzhang", "file_approve", in)
	}
	return x
}

// concludedOf goes on to a proposal of the fine.
func (c *crew) concludedOf(day string, fine int64) id.ID {
	c.t.Helper()
	x := c.underwayOf(day)
	c.surveyed(x)
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	c.do(x, "zhifa1", "inv_conclude", c.finding(fine))
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	return x
}

func (c *crew) holidays() {
	c.at("2026-09-16 09:00")
	x := c.lead("UM-004")
	c.isDue(x, "lead15", "2026-10-01 24:00")
	c.do(x, "zhifa1", "lead_check", c.two("when", c.w.Clock.Now(), "result", "属实"), c.photo("media"))
	c.do(x, "juzhang", "lead_extend", procedure.Input{"reason": "线索复杂"})
	c.isDue(x, "lead15", "2026-10-11 24:00")
	c.refused(x, "R03", "juzhang", "lead_extend", procedure.Input{"reason": "再延"})
	c.printed(x, "P56")

	c.at("2026-07-06 09:00")
	y := c.underwayOf("2026-07-01")
	c.isDue(y, "decide90", "2026-10-04 24:00")
}

func (c *crew) hearing() {
	c.at("2026-08-03 09:00")
	x := c.underwayOf("2026-08-01")
	c.isDue(x, "decide90", "2026-11-01 24:00")
	c.surveyed(x)
	c.at("2026-09-23 09:00")
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	c.do(x, "zhifa1", "inv_conclude", c.finding(1500_00))
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	c.told(x, "2026-09-24 10:00")
	c.isDue(x, "stmt", "2026-10-09 24:00")
	c.isDue(x, "hear5", "2026-10-09 24:00")
	c.at("2026-10-08 15:00")
	c.do(x, "neiqin", "adj_hear_ask", procedure.Input{"at": c.w.Clock.Now()})
	const host = "zhuchi"
	call := procedure.Input{"hearing_at": instantOf("2026-10-21 09:00"), "hearing_place": "会议室", "agents_told": true}
	c.refused(x, "N20", host, "adj_hear_call", call)
	c.refused(x, "N20", "juzhang", "adj_hear_name", procedure.Input{"host": c.key("zhifa1"), "hear_rec": c.key("jilu")})
	c.do(x, "juzhang", "adj_hear_name", procedure.Input{"host": c.key(host), "hear_rec": c.key("jilu")})
	c.at("2026-10-12 09:00")
	c.refused(x, "N19", host, "adj_hear_call", call)
	call["hearing_at"] = instantOf("2026-10-22 09:00")
	call["closed"] = true
	c.refused(x, "E11", host, "adj_hear_call", call)
	delete(call, "closed")
	c.do(x, host, "adj_hear_call", call)
	c.serve(x, "P25")
	held := procedure.Input{"start_at": instantOf("2026-10-22 09:00"), "end_at": instantOf("2026-10-22 10:00"), "present": []string{"当事人"}, "accuse": "事实、证据和建议",
		"examined": []string{"现场照片"}, "defence": "申辩", "sign": "演示当事人"}
	c.refused(x, "N18", "juzhang", "dec_penalty", c.decision(1500_00))
	c.at("2026-10-21 17:00")
	c.refused(x, "N19", host, "adj_hear_hold", held)
	c.at("2026-10-22 11:00")
	held["agents"] = []string{"甲", "乙", "丙"}
	c.refused(x, "E12", host, "adj_hear_hold", held)
	delete(held, "agents")
	c.do(x, host, "adj_hear_hold", held)
	c.at("2026-10-23 09:00")
	c.do(x, host, "adj_hear_report", procedure.Input{"course": "依法举行", "disputed": "油烟", "proposal": "维持"})
	c.at("2026-10-26 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.at("2026-10-27 09:00")
	c.adjudged(x)
	c.w.Clock.Set(instantOf("2026-11-02 09:00"))
	c.refused(x, "N27", "juzhang", "dec_penalty", c.decision(1500_00))
	c.at("2026-10-30 09:00")
	c.do(x, "juzhang", "dec_penalty", c.decision(1500_00))
	c.isDue(c.below(x, "enf.service"), "serve7", "2026-11-10 24:00")
	c.at("2026-11-05 10:00")
	c.serve(x, "P29")
	c.isDue(x, "pay15", "2026-11-20 24:00")
	c.printed(x, "P25", "P25a", "P25b")
	enginetest.CheckCase(c.t, c.w, x)
}

func (c *crew) pays(x id.ID, fen int64, day string) {
	c.t.Helper()
	c.do(x, "caiwu", "exe_pay", procedure.Input{"amount": fen, "paid_on": date(day), "receipt": "演示票据", "channel": "bank"})
}

func (c *crew) surcharges() {
	for _, v := range []struct {
		fine int64
		day  string
		want int64
	}{{1000_00, "2026-10-09", 30_00}, {1000_00, "2026-11-07", 900_00}, {1000_00, "2026-11-11", 1000_00}, {1000_00, "2026-11-12", 1000_00}, {500_00, "2026-11-10", 495_00}} {
		x := c.fined(v.fine)
		c.refused(x, "N45", "juzhang", "exe_surch", procedure.Input{"reason": "逾期"})
		c.refused(x, "N36", "zhifa1", "exe_onsite", c.two("amount", v.fine))
		c.at(v.day + " 10:00")
		c.state(x, "overdue")
		c.do(x, "juzhang", "exe_surch", procedure.Input{"reason": "逾期未缴"})
		c.money(x, "surcharge", v.want)
		c.pays(x, v.fine, v.day)
		c.money(x, "surcharge", v.want)
		c.printed(x, "P38")
		if v.day != "2026-11-12" {
			continue
		}
		c.at("2026-11-20 10:00")
		c.pays(x, v.want, "2026-11-20")
		c.money(x, "surcharge", v.want)
		enginetest.CheckCase(c.t, c.w, x)
	}
}

func (c *crew) announced() {
	c.at("2026-08-20 09:00")
	x := c.concludedOf("2026-08-19", 800_00)
	c.do(x, "zhifa1", "adj_notice", nil)
	paper := c.below(x, "enf.service")
	tries := func(days ...string) {
		for _, day := range days {
			c.at(day)
			c.do(paper, "zhifa1", "try", c.two("course", "未找到"))
		}
	}
	publish := func(day string) {
		c.at(day)
		c.do(paper, "banan", "announce", procedure.Input{"reason": "other_ways_failed", "course": "邮寄退回，上门未遇", "published_on": c.w.Clock.Now(), "where": []string{"网站"}})
	}
	tries("2026-08-28 10:00", "2026-08-31 10:00")
	c.setting("excl.announce", "true")
	decide := c.due(x, "decide90")
	publish("2026-09-04 09:00")
	if k := c.find(x).Clock("decide90"); k.State != clock.Paused {
		c.t.Errorf("the time to decide is %s during an announcement", k.State)
	}
	c.at("2026-10-09 00:01")
	if k := c.find(x).Clock("decide90"); k.State != clock.Running || c.due(x, "decide90") <= decide {
		c.t.Errorf("after the announcement it is %s, due %s, before %s", k.State, c.due(x, "decide90"), decide)
	}
	c.state(x, "notice_open")
	c.isDue(x, "stmt", "2026-10-14 24:00")
	c.at("2026-10-15 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	c.do(x, "juzhang", "dec_penalty", c.decision(800_00))
	paper = c.below(x, "enf.service")
	tries("2026-10-15 15:00", "2026-10-15 16:00")
	publish("2026-10-16 09:00")
	c.at("2026-11-17 00:01")
	c.state(x, "performing")
	c.isDue(x, "pay15", "2026-12-01 24:00")
	c.isDue(x, "recon60", "2027-01-15 24:00")
	c.printed(paper, "P34", "P35")
}

func (c *crew) remedied() {
	x := c.fined(1000_00)
	c.isDue(x, "recon60", "2026-11-16 24:00")
	c.isDue(x, "suit6m", "2027-03-17 24:00")
	c.at("2026-10-20 10:00")
	c.tell(x, "remedy_open", "kind", "recon", "on", c.w.Clock.Now())
	c.refused(x, "N48", "juzhang", "exe_surch", procedure.Input{"reason": "逾期"})
	c.at("2026-12-10 10:00")
	c.tell(x, "remedy_ended", "result", "upheld", "on", c.w.Clock.Now())
	c.at("2026-12-15 10:00")
	c.pays(x, 1000_00, "2026-12-15")
	c.money(x, "surcharge", 480_00)
	c.money(x, "surcharge_days", 16)
	c.refused(x, "N67", "banan", "exe_done", nil)
	c.pays(x, 480_00, "2026-12-15")
	c.do(x, "zhifa1", "exe_correct", c.two("corrected", true, "text", "已停止"))
	c.gone(x)
	c.do(x, "banan", "exe_done", nil)
	enginetest.CheckCase(c.t, c.w, x)
}

// gone handles what the decision confiscates.
func (c *crew) gone(x id.ID) {
	c.t.Helper()
	in := procedure.Input{"disposed": []map[string]string{{"name": "烧烤炉", "qty": "1"}}, "officers_present": []string{c.key("zhifa1"), c.key("zhifa2")}, "way": "destroy", "witness": "演示见证人"}
	c.refused(x, "N04", "caiwu", "exe_goods", in)
	in["officers_present"] = []string{c.key("zhifa1"), c.key("zhongdui.work1")}
	c.do(x, "caiwu", "exe_goods", in)
}

func (c *crew) courtWindow() {
	x := c.fined(1000_00)
	court := procedure.Input{"court_name": "演示人民法院", "items": []string{"罚款1000元"}, "opinion": "经催告未履行", "object": "银行存款", "attachments": []string{"决定书"}}
	c.at("2026-11-12 09:00")
	demand := procedure.Input{"duty": "缴纳罚款", "term_days": int64(10), "perform_way": "向指定银行缴纳"}
	c.refused(x, "E17", "zhifa1", "exe_demand", demand)
	demand["signed_by_head"] = true
	c.do(x, "zhifa1", "exe_demand", demand)
	c.serve(x, "P39")
	c.isDue(x, "dem10", "2026-11-26 24:00")
	c.at("2026-11-20 09:00")
	c.refused(x, "N49", "juzhang", "exe_court", court)
	c.at("2027-03-17 09:00")
	c.refused(x, "N49", "juzhang", "exe_court", court)
	c.at("2027-03-18 09:00")
	c.w.Clock.Set(instantOf("2027-06-18 09:00")) // that year has no table of holidays yet
	c.refused(x, "N51", "juzhang", "exe_court", court)
	c.at("2027-06-17 09:00")
	c.do(x, "juzhang", "exe_court", court)
	c.do(x, "neiqin", "exe_court_in", procedure.Input{"on": c.w.Clock.Now(), "result": "accepted"})
	c.do(x, "neiqin", "exe_court_rule", procedure.Input{"on": c.w.Clock.Now(), "result": "ended", "reason": "无财产可供执行"})
	c.state(x, "terminated")
	c.printed(x, "P39", "P41")
	enginetest.CheckCase(c.t, c.w, x)
}

func (c *crew) instalments() {
	x := c.fined(1000_00)
	c.at("2026-09-20 09:00")
	plan := []map[string]string{{"date": "2026-10-20", "amount": "50000"}, {"date": "2026-11-20", "amount": "40000"}}
	ask := procedure.Input{"kind": "instal", "hardship": "经济困难", "plan": plan}
	c.refused(x, "N75", "neiqin", "exe_defer_ask", ask, c.photo("proof"))
	plan[1]["amount"] = "50000"
	c.do(x, "neiqin", "exe_defer_ask", ask, c.photo("proof"))
	ok := procedure.Input{"plan": plan, "until": date("2026-11-20"), "hard": true, "reason": "情况属实"}
	c.do(x, "juzhang", "exe_defer_ok", ok)
	c.serve(x, "P37a")
	c.isDue(x, "plan", "2026-10-20 24:00")
	c.at("2026-10-19 09:00")
	c.pays(x, 500_00, "2026-10-19")
	c.isDue(x, "plan", "2026-11-20 24:00")
	c.at("2026-11-21 00:01")
	c.state(x, "overdue")
	c.refused(x, "N75", "juzhang", "exe_defer_ok", ok)
	c.at("2026-11-23 10:00")
	c.pays(x, 500_00, "2026-11-23")
	c.money(x, "surcharge", 90_00) // 21, 22 and 23 November
	c.printed(x, "P37", "P37a")
	enginetest.CheckCase(c.t, c.w, x)
}

func (c *crew) crime() {
	c.at("2026-08-31 09:00")
	x := c.concludedOf("2026-08-20", 1000_00)
	decide := procedure.Input{"transfer": true, "reason": "达到立案标准", "receiver": "演示公安分局", "crime_name": "演示罪名", "materials": []string{"调查报告"}}
	c.refused(x, "N38", "juzhang", "dec_crime", decide)
	c.do(x, "zhifa1", "inv_crime_report", c.two("facts", "涉嫌犯罪"))
	c.isDue(x, "crime3", "2026-09-03 24:00")
	c.refused(x, "N38", "zhifa1", "adj_notice", nil)
	c.do(x, "juzhang", "dec_crime", decide)
	c.state(x, "crime")
	c.do(x, "neiqin", "inv_crime_hand", nil, c.photo("receipt"))
	c.refused(x, "N67", "zhifa1", "clo_ask", procedure.Input{"result": "移送", "execution": "已移送"})
	c.do(x, "neiqin", "inv_crime_back", procedure.Input{"received": c.w.Clock.Now(), "ask_review": true}, c.photo("notice"))
	c.state(x, "investigating")
	c.isDue(x, "crimeobj3", "2026-09-03 24:00")
	c.printed(x, "P05a")
	enginetest.CheckCase(c.t, c.w, x)
}

func (c *crew) annulledAndRedone() {
	x := c.fined(1000_00)
	c.at("2026-09-24 09:00")
	c.pays(x, 1000_00, "2026-09-24")
	c.do(x, "fazhi", "pub_check", procedure.Input{"masked": "某当事人在店外烧烤，罚款1000元。"})
	c.do(x, "neiqin", "pub_out", procedure.Input{"channel": "网站", "social": true})
	c.tell(x, "remedy_open", "kind", "recon", "on", c.w.Clock.Now())
	c.at("2026-09-29 10:00")
	c.tell(x, "remedy_ended", "result", "annulled", "on", c.w.Clock.Now())
	c.state(x, "annulled")
	c.isDue(x, "unpub3", "2026-10-09 24:00")
	done := procedure.Input{"result": "撤销", "execution": "已退款"}
	c.refused(x, "N67", "zhifa1", "clo_ask", done)
	c.do(x, "caiwu", "exe_refund", procedure.Input{"amount": int64(1000_00), "receipt": "演示凭证"})
	c.refused(x, "N67", "zhifa1", "clo_ask", done)
	c.do(x, "neiqin", "pub_back", procedure.Input{"reason": "决定被撤销", "channel": "网站"})
	again := procedure.Input{"by": "reconsideration", "conclude": true, "reason": "责令重新作出"}
	c.refused(x, "N72", "juzhang", "clo_reopen", again)
	c.do(x, "juzhang", "clo_reopen", again, c.photo("order"))
	c.state(x, "concluded")
	if s := c.find(x); s.Text("redo_no") != s.Number+"重1" {
		c.t.Errorf("the new handling has the number %q", s.Text("redo_no"))
	}
	c.do(x, "juzhang", "adj_more", procedure.Input{"what": "重新调查"})
	c.do(x, "zhifa1", "inv_conclude", c.finding(1000_00))
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	c.told(x, "2026-09-30 10:00")
	c.at("2026-10-16 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	c.refused(x, "N72", "juzhang", "dec_penalty", c.decision(1000_00))
	c.do(x, "juzhang", "dec_penalty", c.decision(900_00))
	enginetest.CheckCase(c.t, c.w, x)
}

func instantOf(s string) time.Time {
	return date(s[:10]).Add(clockOf(s[11:]))
}

func clockOf(s string) time.Duration {
	d, err := time.ParseDuration(s[:2] + "h" + s[3:] + "m")
	if err != nil {
		panic(err)
	}
	return d
}

// lawful asserts that every dossier of the division keeps the law.
func (c *crew) lawful() {
	c.t.Helper()
	page, err := record.List(c.ctx, c.a.db, c.w.Division, record.Filter{Procedures: []string{"enf.ordinary"}, Sort: record.ByOpened, Limit: 200})
	if err != nil || len(page.Rows) == 0 {
		c.t.Fatal(len(page.Rows), err)
	}
	for _, row := range page.Rows {
		c.keeps(row.ID)
	}
}

func (c *crew) keeps(x id.ID) {
	c.t.Helper()
	events, err := record.Timeline(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := lawful.Check(c.find(x), events, nil, c.rules()); err != nil {
		c.t.Errorf("dossier %s: %v", x, err)
	}
}
