package app

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/platform/id"
)

// performed is a dossier whose fine of 500 yuan is paid and whose act ended.
func (c *crew) performed() id.ID {
	c.t.Helper()
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head", "legal")
	x := c.concluded(500_00)
	c.do(x, "zhifa1", "adj_notice", procedure.Input{})
	c.serve(x, "P22")
	c.at("2026-10-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	c.do(x, "juzhang", "dec_penalty", c.decision(500_00))
	c.serve(x, "P29")
	c.do(x, "caiwu", "exe_pay", procedure.Input{"amount": int64(500_00), "paid_on": c.w.Clock.Now(), "receipt": "演示票据1", "channel": "bank"})
	c.do(x, "caiwu", "exe_goods", procedure.Input{"disposed": []map[string]string{{"name": "烧烤炉", "qty": "1"}}, "officers_present": []string{c.key("zhifa1"), c.key("zhongdui.work1")},
		"way": "destroy", "witness": "演示见证人"})
	c.do(x, "zhifa1", "exe_correct", c.two("corrected", true, "text", "已停止"))
	c.do(x, "banan", "exe_done", nil)
	return x
}

var closing = procedure.Input{"result": "罚款500元", "execution": "已缴清"}

func (c *crew) published(x id.ID) {
	c.t.Helper()
	c.do(x, "fazhi", "pub_check", procedure.Input{"masked": "某当事人在店外烧烤，罚款500元。"})
	c.do(x, "neiqin", "pub_out", procedure.Input{"channel": "网站", "social": true})
}

// archived goes on to the archive.
func (c *crew) archived(x id.ID) {
	c.t.Helper()
	c.do(x, "zhifa1", "clo_ask", closing)
	c.do(x, "juzhang", "clo_ok", procedure.Input{"opinion_head": "同意结案"})
	c.published(x)
	c.do(x, "dangan", "clo_archive", procedure.Input{"pages": int64(30), "retention": "30y"})
}

func (c *crew) open(login, procedureID, step string, in procedure.Input) (id.ID, error) {
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: procedureID, Division: c.w.Division, Step: step, Actor: c.who(login), Input: in, Party: &engine.NewParty{NoReceipt: true}})
	return r.Case, err
}

// has asserts that the case has an issued paper of each template.
func (c *crew) has(x id.ID, templates ...string) {
	c.t.Helper()
	list, err := paper.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, want := range templates {
		if !slices.ContainsFunc(list, func(p paper.Paper) bool { return p.Template == want && p.State == paper.Issued }) {
			c.t.Errorf("no %s", want)
		}
	}
}

// answered are the rows of a scoring form: what the record says, "met" where it
// says nothing, and over it the changes, each "result points note".
func (c *crew) answered(x id.ID, changes map[string]string) []map[string]string {
	auto, _ := c.find(x).Data["auto"].([]map[string]string)
	var out []map[string]string
	for _, r := range auto {
		r = maps.Clone(r)
		if r["result"] == "" {
			r["result"] = review.Met
		}
		if said, ok := changes[r["item"]]; ok {
			word := strings.SplitN(said+"  ", " ", 3)
			r["result"], r["points"], r["note"] = word[0], word[1], strings.TrimSpace(word[2])
		}
		for k, v := range r {
			if v == "" {
				delete(r, k)
			}
		}
		out = append(out, r)
	}
	return out
}

// A file of the archive is drawn by a seed, scored by two who see nothing of one
// another and by a third, objected to, decided, and a veto item is followed up.
func TestAnArchivedFileIsReviewed(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) { reviewed(t, newCrew(t, address(t))) })
	}
}

func reviewed(t *testing.T, c *crew) {
	x := c.performed()
	c.archived(x)
	plan := procedure.Input{"title": "第四季度评审", "from": date("2026-10-01"), "until": date("2026-10-31"), "scheme": "ordinary", "way": "random", "n": int64(3), "seed": "演示种子"}
	wrong := maps.Clone(plan)
	wrong["until"] = date("2026-09-01")
	_, err := c.open("ducha1", review.Campaign, "a_plan", wrong)
	c.isRefusal(err, "D02", "a_plan")
	wrong["from"] = date("2026-08-01")
	_, err = c.open("ducha1", review.Campaign, "a_plan", wrong)
	c.isRefusal(err, "D01", "a_plan")
	campaign, err := c.open("ducha1", review.Campaign, "a_plan", plan)
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.a.over.reviews.Reviews(c.ctx, c.w.Division, campaign)
	if err != nil || len(list) != 1 || list[0].Parent != x || list[0].Text("case_number") != c.find(x).Number {
		t.Fatalf("drawn %v, %v", list, err)
	}
	r := list[0].ID
	c.ofTheRecord(x, r)
	names := func(logins ...string) procedure.Input {
		var out []string
		for _, l := range logins {
			out = append(out, c.key(l))
		}
		return procedure.Input{"reviewers": out}
	}
	c.refused(r, "N74", "ducha1", "r_assign", names("ducha1", "fazhi"))
	c.refused(r, "N74", "ducha1", "r_assign", names("ducha1", "zhongdui.work1")) // of the unit
	c.refused(r, "D03", "ducha1", "r_assign", names("ducha1", "ducha1"))
	c.do(r, "ducha1", "r_assign", names("ducha1", "ducha2"))
	score := func(changes map[string]string) procedure.Input {
		return procedure.Input{"answers": c.answered(r, changes), "remark": "只有本人看得到的意见"}
	}
	c.refused(r, "N74", "fazhi", "r_score", score(nil))
	c.refused(r, "D04", "zhongdui.work2", "r_score", score(nil))
	c.refused(r, "D05", "ducha1", "r_score", procedure.Input{"answers": c.find(r).Data["auto"]})
	c.refused(r, "D06", "ducha1", "r_score", score(map[string]string{"D02": "part 2"}))
	c.do(r, "ducha1", "r_score", score(nil))
	c.refused(r, "D04", "ducha1", "r_score", score(nil))
	c.refused(r, "D07", "ducha1", "r_third", procedure.Input{"third": c.key("zhongdui.work2")})
	if said := c.page("ducha2", "/cases/"+r.String()); strings.Contains(said, "只有本人看得到的意见") {
		t.Error("the second reviewer reads the first one's opinion")
	}
	c.do(r, "ducha2", "r_score", score(map[string]string{"D02": "part 0 笔录过简", "D03": "part 0 笔录过简", "D06": "part 0 报告过简", "D11": "part 0 说理不足"}))
	c.state(r, "assigned") // too far apart
	c.refused(r, "N74", "ducha1", "r_third", procedure.Input{"third": c.key("fazhi")})
	c.do(r, "ducha1", "r_third", procedure.Input{"third": c.key("zhongdui.work2")})
	c.do(r, "zhongdui.work2", "r_score", score(map[string]string{"D02": "part 5 笔录过简", "B13": "fault  有空行"}))
	c.state(r, "scored")
	objection := procedure.Input{"items": []string{"D02"}, "text": "笔录写明了经营情况"}
	c.refused(r, "D08", "zhifa2", "r_object", objection)
	c.refused(r, "D09", "ducha1", "r_final", procedure.Input{"answers": c.answered(r, nil), "opinion": "同意"})
	c.do(r, "zhifa1", "r_object", objection)
	final := procedure.Input{"answers": c.answered(r, map[string]string{"V05": "fault  处罚对象有误", "B13": "fault  有空行"}), "opinion": "合议意见"}
	c.refused(r, "D09", "ducha2", "r_final", final)
	final["answer"] = "维持"
	c.do(r, "ducha2", "r_final", final)
	s := c.find(r)
	if s.Data["total"] != 0.0 || s.Data["veto"] != true {
		t.Errorf("a veto scores %v %v", s.Data["total"], s.Data["veto"])
	}
	c.has(r, "P62")
	if v := c.find(c.below(x, review.Supervise)); v.State != "signal" || !strings.Contains(v.Title, "V05") {
		t.Errorf("the veto is followed by %s in %s", v.Title, v.State)
	}
	c.found(campaign)
	c.corrected(r, campaign)
}

// ofTheRecord asserts what the record decided of a clean file, and that the pages
// lead to the events that prove it.
func (c *crew) ofTheRecord(x, r id.ID) {
	c.t.Helper()
	auto, _ := c.find(r).Data["auto"].([]map[string]string)
	decided := map[string]map[string]string{}
	for _, a := range auto {
		decided[a["item"]] = a
		if a["result"] == review.Fault {
			c.t.Errorf("the record finds fault with %s of a clean file", a["item"])
		}
	}
	for _, item := range []string{"V01", "V02", "V03", "V04", "V10", "V11", "V13", "V14", "V15", "V17", "V18", "V24", "V25", "V29", "B02", "B12", "B13", "B14", "D01", "D11"} {
		if a := decided[item]; a["result"] != review.Met || a["event"] == "" {
			c.t.Errorf("%s: the record says %v", item, a)
		}
	}
	c.reads("ducha1", "/cases/"+r.String(), []string{c.find(x).Number, "by people"}, nil)
	if said := c.get("ducha1", "/cases/"+r.String()).Body.String(); !strings.Contains(said, "/cases/"+x.String()+"#e"+decided["V17"]["event"]) {
		c.t.Error("the page does not lead to the event that proves it")
	}
	if said := c.get("ducha1", "/cases/"+x.String()).Body.String(); !strings.Contains(said, `id="e`+decided["V17"]["event"]+`"`) {
		c.t.Error("the event has no address of its own")
	}
}

// found asserts what the campaign's page counts.
func (c *crew) found(campaign id.ID) {
	c.t.Helper()
	res, err := c.a.over.reviews.Results(c.ctx, c.find(campaign))
	if err != nil || res.Finished != 1 || res.Kappa.Pairs != len(res.Scheme.Items) || res.Kappa.Value >= 1 {
		c.t.Errorf("%d finished, κ %v of %d, %v", res.Finished, res.Kappa.Value, res.Kappa.Pairs, err)
	}
	var faults []string
	for _, f := range res.Faults {
		faults = append(faults, f.Item.ID)
	}
	if !slices.Equal(faults, []string{"V05", "B13"}) {
		c.t.Errorf("common faults %v", faults)
	}
	said := c.page("banan", "/cases/"+campaign.String())
	if !strings.Contains(said, "κ = ") || strings.Contains(said, "演示当事人") || strings.Contains(said, c.key("zhifa1")) {
		c.t.Error("the campaign's page names the party or no agreement")
	}
}

// corrected ends the review and the campaign.
func (c *crew) corrected(r, campaign id.ID) {
	c.t.Helper()
	c.refused(r, "N67", "ducha1", "r_close", nil)
	c.do(r, "banan", "r_fix", procedure.Input{"tasks": []string{"补正当事人信息", "重装案卷"}})
	c.refused(r, "D10", "banan", "r_fixed", procedure.Input{"what": "没有这项", "proof": "x"})
	c.do(r, "banan", "r_fixed", procedure.Input{"what": "补正当事人信息", "proof": "已补正"})
	c.refused(r, "N67", "ducha1", "r_close", nil)
	c.refused(campaign, "N67", "ducha1", "a_close", procedure.Input{"summary": "讲评"})
	c.do(r, "banan", "r_fixed", procedure.Input{"what": "重装案卷", "proof": "已重装"})
	c.do(r, "ducha1", "r_close", nil)
	c.do(campaign, "ducha1", "a_close", procedure.Input{"summary": "讲评"})
	c.state(campaign, "closed")
}

// An opinion of supervision stops the closing of its file until it is settled.
func TestASupervisionGoesFromTheSpotCheckToTheDecision(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.performed()
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: review.Supervise, Division: c.w.Division, Step: "v_open", Actor: c.who("ducha1"), Parent: x,
		Input: procedure.Input{"source": "spot", "matter": "决定书未载明日期"}})
	if err != nil {
		t.Fatal(err)
	}
	v, with := r.Case, func(second string) procedure.Input {
		return procedure.Input{"ways": []string{"file"}, "cert_shown": true, "record": "查阅案卷", procedure.SecondOfficer: c.key(second)}
	}
	c.refused(v, "S01", "ducha1", "v_check", with("fenguan"))
	c.do(v, "ducha1", "v_check", with("ducha2"))
	letter := procedure.Input{"to_body": "演示·办案机构", "subject": "决定书日期", "facts": "决定书未载明日期", "demands": []string{"补正"}}
	c.do(v, "ducha1", "v_notice", letter)
	c.has(v, "P61")
	c.do(v, "banan", "v_answer", procedure.Input{"text": "已核查"})
	opinion := maps.Clone(letter)
	opinion["faults"], opinion["received"] = []string{"未载明日期（第五十九条）", "送达回证缺页"}, c.w.Clock.Now().Add(48*time.Hour)
	c.refused(v, "S06", "fenguan", "v_opinion", opinion)
	opinion["received"] = date("2026-10-09")
	c.do(v, "fenguan", "v_opinion", opinion)
	c.has(v, "P59")
	c.isDue(v, "vo30", "2026-11-08 24:00")
	c.reads("zhifa1", "/cases/"+x.String(), []string{"This file does not close before it is settled"}, nil)
	c.refused(x, "N67", "zhifa1", "clo_ask", closing)
	c.refused(v, "S02", "juzhang", "v_fix", procedure.Input{"acts": []string{"补正日期"}})
	decide := func(kind, article, ground string) procedure.Input {
		in := maps.Clone(letter)
		in["kind"], in["article"], in["ground"], in["received"] = kind, article, ground, date("2026-10-09")
		return in
	}
	c.refused(v, "S03", "fenguan", "v_decide", decide("supplement", "a31", "missing_date"))
	c.do(v, "juzhang", "v_fix", procedure.Input{"acts": []string{"补正日期", "补入回证"}})
	c.do(v, "juzhang", "v_report", procedure.Input{"text": "已纠正"})
	c.refused(v, "S04", "fenguan", "v_decide", decide("annul", "a31", "other"))
	c.refused(v, "S05", "fenguan", "v_decide", decide("supplement", "a31", "no_seal")) // V3
	c.do(v, "fenguan", "v_decide", decide("supplement", "a31", "missing_date"))
	c.has(v, "P60")
	c.do(v, "juzhang", "v_exec", procedure.Input{"text": "已补正并送达"})
	c.refused(x, "N67", "zhifa1", "clo_ask", closing)
	c.do(v, "ducha1", "v_close", procedure.Input{"result": "已补正"})
	c.state(v, "closed")
	c.reads("zhifa1", "/cases/"+x.String(), nil, []string{"This file does not close before it is settled"})
	c.archived(x)
}

// A registration that ran out opens a supervision by itself, once (V2), and is a
// topic of the next meeting, whose effect is counted.
func TestALapsedRegistrationIsSupervisedAndTalkedAbout(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-25 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.underway()
	c.surveyed(x)
	c.do(x, "zhifa1", "inv_hold", nil)
	k := c.below(x, "enf.hold")
	c.do(k, "zhifa1", "ho_ask", procedure.Input{"items": []map[string]string{{"name": "烧烤炉", "qty": "1", "tie": "用于烧烤"}}, "risk": "loss", "place": spot}, c.photo("photos"))
	c.do(k, "juzhang", "ho_approve", procedure.Input{"opinion": "同意"})
	c.do(k, "zhifa1", "ho_hold", c.two("at", c.w.Clock.Now(), "list_signed", true, "party_present", true), c.photo("media"))
	c.at("2026-10-15 09:00")
	c.state(k, "lapsed")
	for range 2 {
		if err := c.a.signal(c.ctx); err != nil {
			t.Fatal(err)
		}
	}
	list, err := record.Children(c.ctx, c.a.db, c.w.Division, x)
	if n := len(slices.DeleteFunc(list, func(r record.Row) bool { return r.Procedure != review.Supervise })); n != 1 || err != nil {
		t.Fatalf("%d supervisions, %v", n, err)
	}
	c.reads("ducha1", "/enforcement/board", []string{"Supervision"}, nil)
	c.reads("ducha1", "/enforcement", []string{"Supervision"}, nil) // the board's way back
	in := procedure.Input{"period": "10月", "topics": []map[string]string{{"kind": "breach", "topic": "各中队罚款数额排名", "cases": "x"}}}
	_, err = c.open("banan", "enf.meeting", "g_plan", in)
	c.isRefusal(err, "N68", "g_plan")
	f, err := c.w.Engine.FormOpening(c.ctx, engine.Opening{Procedure: "enf.meeting", Division: c.w.Division, Step: "g_plan", Actor: c.who("banan")})
	if err != nil {
		t.Fatal(err)
	}
	topics, _ := f.Filled["topics"].([]map[string]string)
	if !slices.ContainsFunc(topics, func(r map[string]string) bool {
		return r["kind"] == "breach" && strings.Contains(r["cases"], c.find(x).Number)
	}) {
		t.Fatalf("topics %v", topics)
	}
	in["topics"] = topics
	g, err := c.open("banan", "enf.meeting", "g_plan", in)
	if err != nil {
		t.Fatal(err)
	}
	c.refused(g, "G01", "banan", "g_call", procedure.Input{"on": date("2026-10-16"), "members": []string{c.key("zhifa1")}})
	c.do(g, "banan", "g_call", procedure.Input{"on": date("2026-10-20"), "members": []string{c.key("zhifa1")}})
	hold := procedure.Input{"present": []string{"演示·执法人员一"}, "findings": []map[string]string{{"finding": "节前登记保存未处理", "cause": "system", "measures": "节前提醒"}}, "sign": "演示·办案机构负责人"}
	c.refused(g, "G02", "banan", "g_hold", hold)
	c.at("2026-10-20 09:00")
	c.do(g, "banan", "g_hold", hold)
	c.has(g, "P64")
	c.refused(g, "G03", "banan", "g_task", procedure.Input{"tasks": []map[string]string{{"finding": "别的问题", "why_not": "x"}}, "until": date("2026-11-10")})
	c.do(g, "banan", "g_task", procedure.Input{"until": date("2026-11-10"),
		"tasks": []map[string]string{{"finding": "节前登记保存未处理", "what": "设节前提醒", "who": c.key("zhifa1"), "until": "2026-11-10", "proof": "提醒记录"}}})
	c.isDue(g, "task", "2026-11-10 24:00")
	c.refused(g, "N67", "banan", "g_close", procedure.Input{"effect": "有改善"})
	c.refused(g, "G04", "zhifa1", "g_done", procedure.Input{"what": "没有这个", "proof": "x"})
	c.do(g, "zhifa1", "g_done", procedure.Input{"what": "设节前提醒", "proof": "已设"})
	c.at("2026-11-12 09:00")
	c.do(g, "banan", "g_close", procedure.Input{"effect": "节后没有再逾期"})
	if effect := c.find(g).Text("effect"); !strings.Contains(effect, "：1 → 0") {
		t.Errorf("the effect is %q", effect)
	}
}
