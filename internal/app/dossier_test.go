package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// two gives the form the second officer.
func (c *crew) two(kv ...any) procedure.Input {
	in := procedure.Input{procedure.SecondOfficer: c.key("zhifa2")}
	for i := 0; i+1 < len(kv); i += 2 {
		in[kv[i].(string)] = kv[i+1]
	}
	return in
}

// lead registers a lead of open-air barbecue, or of another violation.
func (c *crew) lead(violation string) id.ID {
	c.t.Helper()
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "enf.ordinary", Division: c.w.Division, Step: "lead_register", Actor: c.who("zhifa1"),
		Party: &engine.NewParty{NoReceipt: true}, Input: procedure.Input{"source": "patrol", "found_at": c.w.Clock.Now(), "place": spot, "address": "演示路1号",
			"violation": violation, "clue": "店外烧烤，油烟外排。"}})
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Case
}

// promote gives somebody more posts: who may do what is then kept apart by person.
func (c *crew) promote(login string, roles ...string) {
	c.t.Helper()
	for _, role := range roles {
		if _, err := c.a.people.SavePost(c.ctx, people.SystemActor(c.w.Division), people.Post{Account: c.who(login).Account, Role: role, Department: "ZHZF"}); err != nil {
			c.t.Fatal(err)
		}
	}
	dir, err := c.a.people.Directory(c.ctx, c.w.Division)
	if err != nil {
		c.t.Fatal(err)
	}
	c.w.People = dir
}

func date(s string) time.Time {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d.At(0)
}

func (c *crew) barbecuer() string {
	c.t.Helper()
	key, err := c.a.parties.Save(c.ctx, c.who("zhifa1"), enfparty.Draft{Kind: law.Citizen, Name: "演示当事人", Number: "11010519491231002X", Address: "演示路2号"})
	if err != nil {
		c.t.Fatal(err)
	}
	return key.String()
}

// underway is a dossier filed at the instant.
func (c *crew) underway() id.ID {
	c.t.Helper()
	x := c.lead("UM-004")
	who := c.barbecuer()
	check := c.two("when", c.w.Clock.Now(), "result", "属实")
	check[procedure.SecondOfficer] = c.key("zhifa3")
	c.refused(x, "N04", "zhifa1", "lead_check", check)
	c.do(x, "zhifa1", "lead_check", c.two("when", c.w.Clock.Now(), "result", "属实"), c.photo("media"))
	in := c.two("party_ref", who, "act_from", date("2026-08-20"), "act_end", date("2026-08-20"), "summary", "店外烧烤", "c_evidence", true, "c_punishable", true,
		"c_jurisdiction", true, "c_in_time", true)
	old := c.two()
	for k, v := range in {
		old[k] = v
	}
	old["act_from"], old["act_end"] = date("2020-08-20"), date("2020-08-20")
	c.refused(x, "N03", "zhifa1", "file_propose", old)
	c.do(x, "zhifa1", "file_propose", in)
	c.refused(x, "N07", "zhifa1", "file_approve", procedure.Input{"opinion_head": "同意立案"})
	c.do(x, "juzhang", "file_approve", procedure.Input{"opinion_head": "同意立案"})
	return x
}

// concluded goes on to a proposal of the fine.
func (c *crew) concluded(fine int64) id.ID {
	c.t.Helper()
	x := c.underway()
	c.surveyed(x)
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	end := c.finding(8000_00)
	c.refused(x, "N28", "zhifa1", "inv_conclude", end)
	end["fine"] = fine
	c.do(x, "zhifa1", "inv_conclude", end)
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	return x
}

// surveyed looks at the place and questions the party.
func (c *crew) surveyed(x id.ID) {
	c.t.Helper()
	from := c.w.Clock.Now()
	photo := c.photo("photos")
	c.w.Clock.Advance(time.Hour)
	in := c.two("start_at", from, "end_at", from.Add(30*time.Minute), "cert_shown", true, "rights_told", true, "duty_told", true, "party_present", true,
		"findings", "现场有烧烤炉一台", "sign", "演示当事人", "sign_each_page", true)
	c.do(x, "zhifa1", "svy_inspect", in, photo)
	c.do(x, "banan", "svy_accept", procedure.Input{"planned": "询问当事人"})
	c.do(x, "zhifa1", "inv_question", c.two("start_at", from, "end_at", from.Add(time.Minute), "person", "演示当事人", "role", "party", "cert_shown", true,
		"qa", "问：……答：……", "sign", "演示当事人"))
}

// finding ends the investigation with a proposal of the fine.
func (c *crew) finding(fine int64) procedure.Input {
	return c.two("facts", "在店外烧烤", "map", []map[string]string{{"fact": "在店外烧烤", "item": "现场照片"}}, "rule", "UM-004-ENV-1132.3", "nature", "露天烧烤",
		"discretion", "一般情节", "grade", "light", "fine", fine, "goods", []string{"烧烤炉"}, "nothing", "没有违法所得", "proposal", "罚款并没收工具")
}

// serve hands the paper over at the instant the clock shows.
func (c *crew) serve(x id.ID, code string) {
	c.t.Helper()
	list, err := record.Children(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range list {
		if s := c.find(k.ID); s.Text("paper") == code && !s.Terminal {
			c.do(k.ID, "zhifa1", "direct", c.two("received_by", "self", "served_on", c.w.Clock.Now(), "sign", "演示当事人"))
			return
		}
	}
	c.t.Fatalf("%s is not to be served", code)
}

func (c *crew) decision(fine int64) procedure.Input {
	return procedure.Input{"opinion_head": "同意", "fine": fine, "goods": []string{"烧烤炉"}, "correction": "停止店外烧烤", "bank": "演示银行", "bank_address": "演示路3号",
		"bank_account": "演示账号", "surcharge_told": "yes"}
}

func reexamined() procedure.Input {
	return procedure.Input{"reexam": "已复核", "adopted": "none", "reason": "无新的事实"}
}

func passed() procedure.Input {
	ok := procedure.Input{"result": "pass"}
	for _, p := range []string{"power", "party", "facts", "law", "discretion", "procedure", "papers"} {
		ok["point_"+p] = "符合"
	}
	return ok
}

// adjudged takes a re-examined dossier through the review, and the panel where
// one is due, to the decision.
func (c *crew) adjudged(x id.ID) {
	c.t.Helper()
	c.do(x, "banan", "adj_to_legal", nil)
	c.do(x, "fazhi", "adj_legal", passed())
	if c.find(x).State == "panel" {
		c.do(x, "juzhang", "adj_panel", procedure.Input{"start_at": c.w.Clock.Now(), "voters": []string{c.key("juzhang"), c.key("banan"), c.key("fenguan")},
			"opinions": []string{"同意", "同意", "同意"}, "conclusion": "同意处罚"})
	}
	c.state(x, "deciding")
}

func TestADossierGoesFromTheLeadToTheArchive(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) { throughTheHouse(t, newCrew(t, db())) })
	}
}

func throughTheHouse(t *testing.T, c *crew) {
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head", "legal")
	x := c.concluded(1500_00)
	c.refused(x, "N15", "juzhang", "dec_penalty", c.decision(1500_00))
	c.do(x, "zhifa1", "adj_notice", procedure.Input{})
	c.refused(x, "N15", "juzhang", "dec_penalty", c.decision(1500_00))
	c.serve(x, "P22")
	c.serve(x, "P23")
	c.state(x, "notice_open")
	if due := c.due(x, "stmt"); !strings.Contains(due, "10-08") {
		t.Errorf("the statement period ends %s", due)
	}
	re := reexamined()
	c.at("2026-10-08 16:00")
	c.refused(x, "N16", "juzhang", "dec_penalty", c.decision(1500_00))
	c.refused(x, "N16", "banan", "adj_reexam", re)
	c.at("2026-10-09 09:00")
	c.refused(x, "N23", "juzhang", "dec_penalty", c.decision(1500_00))
	c.do(x, "banan", "adj_reexam", re)
	c.do(x, "banan", "adj_to_legal", nil)
	ok := passed()
	c.refused(x, "N24", "zhifa1", "adj_legal", ok)
	c.do(x, "fazhi", "adj_legal", ok)
	c.state(x, "panel")
	panel := procedure.Input{"start_at": c.w.Clock.Now(), "voters": []string{c.key("juzhang"), c.key("banan"), c.key("zhifa1")}, "opinions": []string{"同意", "同意", "同意"},
		"conclusion": "罚款1500元"}
	c.refused(x, "N26", "juzhang", "adj_panel", panel)
	panel["voters"] = []string{c.key("juzhang"), c.key("banan"), c.key("fenguan")}
	c.do(x, "juzhang", "adj_panel", panel)
	c.refused(x, "N22", "juzhang", "dec_penalty", c.decision(1600_00))
	c.refused(x, "N28", "juzhang", "dec_penalty", c.decision(100_00))
	c.do(x, "juzhang", "dec_penalty", c.decision(1500_00))
	c.serve(x, "P29")
	c.do(x, "caiwu", "exe_pay", procedure.Input{"amount": int64(1500_00), "paid_on": c.w.Clock.Now(), "receipt": "演示票据1", "channel": "bank"})
	c.refused(x, "N67", "banan", "exe_done", nil)
	c.do(x, "caiwu", "exe_goods", procedure.Input{"disposed": []map[string]string{{"name": "烧烤炉", "qty": "1"}}, "officers_present": []string{c.key("zhifa1"), c.key("zhongdui.work1")},
		"way": "destroy", "witness": "演示见证人"})
	c.do(x, "zhifa1", "exe_correct", c.two("corrected", true, "text", "已停止"))
	c.do(x, "banan", "exe_done", nil)
	c.do(x, "zhifa1", "clo_ask", procedure.Input{"result": "罚款1500元", "execution": "已缴清"})
	c.refused(x, "N07", "zhifa1", "clo_ok", procedure.Input{"opinion_head": "同意"})
	c.do(x, "juzhang", "clo_ok", procedure.Input{"opinion_head": "同意结案"})
	c.refused(x, "N67", "dangan", "clo_archive", procedure.Input{"pages": int64(30), "retention": "30y"})
	public := procedure.Input{"masked": "某当事人在店外烧烤，罚款1500元。"}
	c.refused(x, "N73", "fazhi", "pub_check", procedure.Input{"masked": "演示当事人在店外烧烤。"})
	c.do(x, "fazhi", "pub_check", public)
	c.do(x, "neiqin", "pub_out", procedure.Input{"channel": "网站", "social": true})
	c.do(x, "dangan", "clo_archive", procedure.Input{"pages": int64(30), "retention": "30y"})
	c.state(x, "archived")
	enginetest.CheckCase(t, c.w, x)
	c.printed(x, "P01", "P02", "P06", "P07", "P18", "P22", "P23", "P24a", "P26", "P27", "P28", "P29", "P42", "P43", "P44", "P54", "P69")
}

// printed asserts that the case's papers are there as PDF.
func (c *crew) printed(x id.ID, codes ...string) {
	c.t.Helper()
	if _, err := c.a.jobs.Pass(c.ctx); err != nil {
		c.t.Fatal(err)
	}
	list, err := paper.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	got := map[string]bool{}
	for _, p := range list {
		if file, err := c.a.papers.PDF(c.ctx, c.w.Division, p.ID); err == nil && bytes.HasPrefix(file, []byte("%PDF-")) {
			got[p.Template] = true
		} else {
			c.t.Error(p.Template, err)
		}
	}
	for _, code := range codes {
		if !got[code] {
			c.t.Errorf("no %s", code)
		}
	}
}

func TestNoDossierWithoutAPower(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	x := c.lead("UM-010")
	c.refused(x, "N01", "zhifa1", "lead_check", c.two("when", c.w.Clock.Now(), "result", "属实"))
}
