package app

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// said is the text of the case's paper, as word processors read it.
func (c *crew) said(x id.ID, code string) string {
	c.t.Helper()
	list, err := paper.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range list {
		if p.Template != code {
			continue
		}
		file, err := c.a.papers.Word(c.ctx, c.w.Division, p.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			c.t.Fatal(err)
		}
		r, err := z.Open("word/document.xml")
		if err != nil {
			c.t.Fatal(err)
		}
		defer r.Close()
		body, err := io.ReadAll(r)
		if err != nil {
			c.t.Fatal(err)
		}
		return string(body)
	}
	c.t.Fatalf("no %s", code)
	return ""
}

func (c *crew) setting(key, value string) {
	c.t.Helper()
	if err := c.a.packs.SaveSetting(c.ctx, people.SystemActor(c.w.Division), key, value); err != nil {
		c.t.Fatal(err)
	}
}

const number = "11010519491231002X"

// A delivered paper names the party by the whole number; the case never does, and
// erasure takes it out of the paper.
func TestAPaperNamesThePartyAndTheCaseDoesNot(t *testing.T) {
	c := newCrew(t, "")
	x := c.fined(800_00)
	if masked := c.find(x).Text("party_id"); strings.Contains(masked, "1949") || masked == "" {
		t.Errorf("the case says %q", masked)
	}
	for _, code := range []string{"P02", "P29"} {
		if !strings.Contains(c.said(x, code), number) {
			t.Errorf("%s does not name the party in full", code)
		}
	}
	if n, err := c.a.papers.Erase(c.ctx, c.w.Division, x, "保管期限届满", c.w.Clock.Now()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	if strings.Contains(c.said(x, "P29"), number) {
		t.Error("erasure does not reach the number")
	}
}

func TestANoticeIsReviewedFirstWhereTheDivisionWantsIt(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-08-31 09:00")
	c.promote("zhifa1", "legal")
	x := c.concludedOf("2026-08-20", 800_00)
	c.refused(x, "R14", "fazhi", "adj_review_early", passed())
	c.setting("review.early", "true")
	c.refused(x, "N23", "zhifa1", "adj_notice", nil)
	c.refused(x, "N24", "zhifa1", "adj_review_early", passed())
	back := passed()
	back["result"] = "return"
	c.do(x, "fazhi", "adj_review_early", back)
	c.refused(x, "N23", "zhifa1", "adj_notice", nil)
	c.do(x, "fazhi", "adj_review_early", passed())
	c.printed(x, "P26")
	c.told(x, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.refused(x, "N23", "juzhang", "dec_penalty", c.decision(800_00))
	c.adjudged(x)
	c.do(x, "juzhang", "dec_penalty", c.decision(800_00))
}

// PL 34: who leaves the grade says why, and the heads decide together.
func TestAFineOutsideTheGradeNeedsAReasonAndTheHeads(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-08-31 09:00")
	x := c.underwayOf("2026-08-20")
	c.surveyed(x)
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	end := c.finding(800_00)
	end["grade"] = ""
	delete(end, "grade")
	c.refused(x, "E18", "zhifa1", "inv_conclude", end)
	end["grade"] = "usual"
	c.refused(x, "E19", "zhifa1", "inv_conclude", end)
	end["outside_why"] = "当场改正，影响很小"
	c.do(x, "zhifa1", "inv_conclude", end)
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	c.told(x, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.do(x, "banan", "adj_to_legal", nil)
	c.do(x, "fazhi", "adj_legal", passed())
	c.refused(x, "N25", "juzhang", "dec_penalty", c.decision(800_00))
	c.state(x, "panel")
	c.do(x, "juzhang", "adj_panel", procedure.Input{"start_at": c.w.Clock.Now(), "voters": []string{c.key("juzhang"), c.key("banan"), c.key("fenguan")},
		"opinions": []string{"同意", "同意", "同意"}, "conclusion": "同意"})
	c.refused(x, "E19", "juzhang", "dec_penalty", c.decision(800_00))
	in := c.decision(800_00)
	in["outside_why"] = "当场改正，影响很小"
	c.do(x, "juzhang", "dec_penalty", in)

	c.at("2026-08-31 09:00") // within the grade the head decides alone
	y := c.lead("UM-002")
	c.do(y, "zhifa1", "lead_check", c.two("when", c.w.Clock.Now(), "result", "属实"), c.photo("media"))
	c.do(y, "zhifa1", "file_propose", c.two("party_ref", c.barbecuer(), "act_from", date("2026-08-21"), "act_end", date("2026-08-21"), "summary", "占道摆摊", "c_evidence", true,
		"c_punishable", true, "c_jurisdiction", true, "c_in_time", true))
	c.do(y, "juzhang", "file_approve", procedure.Input{"opinion_head": "同意立案"})
	c.surveyed(y)
	c.do(y, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	c.do(y, "zhifa1", "inv_conclude", c.two("facts", "占道摆摊", "map", []map[string]string{{"fact": "占道摆摊", "item": "现场照片"}}, "rule", "UM-002-ROAD-42", "nature", "占道",
		"discretion", "较轻", "grade", "light", "fine", int64(300_00), "proposal", "罚款"))
	c.do(y, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	c.told(y, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(y, "banan", "adj_reexam", reexamined())
	c.adjudged(y)
	less := c.decision(50_00)
	delete(less, "goods")
	less["outside_why"] = "情节特别轻微"
	c.refused(y, "E20", "juzhang", "dec_penalty", less)
	c.setting("benchmark.panel", "false")
	c.do(y, "juzhang", "dec_penalty", less)
}

// Remedy and performance by others begin in the dossier and are heard there.
func TestWhatIsOpenedFromTheDecisionComesBackToIt(t *testing.T) {
	c := newCrew(t, "")
	c.substituted()
	x := c.fined(1000_00)
	c.at("2026-10-20 10:00")
	c.do(x, "neiqin", "exe_remedy", nil)
	k := c.below(x, "enf.remedy")
	c.do(k, "neiqin", "m_file", procedure.Input{"kind": "recon", "on": c.w.Clock.Now(), "act": "处罚决定", "decision_number": "演示罚字1号", "claims": []string{"撤销"}, "body": "演示机关"})
	c.refused(x, "N70", "neiqin", "exe_remedy", nil)
	c.refused(x, "N48", "juzhang", "exe_surch", procedure.Input{"reason": "逾期"})
	c.do(k, "neiqin", "m_accept", procedure.Input{"on": c.w.Clock.Now(), "copy_on": c.w.Clock.Now()})
	c.at("2026-12-10 10:00")
	c.do(k, "neiqin", "m_decide", procedure.Input{"result": "upheld", "on": c.w.Clock.Now()})
	c.at("2026-12-15 10:00")
	c.pays(x, 1000_00, "2026-12-15")
	c.money(x, "surcharge", 480_00)
	c.money(x, "surcharge_days", 16)
}

// substituted is a duty of the decision that others performed.
func (c *crew) substituted() {
	c.at("2026-08-31 09:00")
	x := c.concludedOf("2026-08-20", 800_00)
	c.told(x, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	in := c.decision(800_00)
	in["term"] = date("2026-09-14")
	c.do(x, "juzhang", "dec_penalty", in)
	c.at("2026-09-10 10:00")
	c.serve(x, "P29")
	c.refused(x, "N45", "zhifa1", "exe_substitute", nil)
	c.at("2026-09-15 09:00")
	c.do(x, "zhifa1", "exe_substitute", nil)
	c.refused(x, "R03", "zhifa1", "exe_substitute", nil)
	k := c.below(x, "enf.substitute")
	c.do(k, "zhifa1", "b_open", procedure.Input{"kind": "remove", "duty": "清除烧烤设施", "decision_ref": "演示罚字1号", "served_on": date("2026-09-10"), "term_end": date("2026-09-14"),
		"danger": "environment", "facts": "油污流入下水道", "party_address": "演示路2号"}, c.photo("proof"))
	c.do(k, "juzhang", "b_demand1", procedure.Input{"term_days": int64(3), "perform_way": "自行清除"})
	c.serve(k, "P39")
	c.at("2026-09-19 09:00")
	c.do(k, "juzhang", "b_decide", procedure.Input{"facts": "未清除", "exec_basis": "《行政强制法》第五十条", "exec_way": "清运", "exec_at": instantOf("2026-09-29 09:00"), "object": "烧烤设施",
		"budget": int64(1000_00), "executor": "演示清运公司", "no_interest": true, "no_reason": true})
	c.serve(k, "P40")
	c.do(k, "zhifa1", "b_demand2", procedure.Input{"term_days": int64(3), "perform_way": "自行清除"})
	c.serve(k, "P39")
	c.at("2026-09-29 09:00")
	c.do(k, "zhifa1", "b_do", c.two("start_at", c.w.Clock.Now(), "staff", []string{"演示见证人"}, "lawful_way", true), c.photo("av"))
	c.do(k, "zhifa1", "b_finish", c.two("end_at", c.w.Clock.Now(), "officers_sign", "甲", "performer_sign", "乙", "witness_sign", "丙", "cost", int64(800_00),
		"invoices", []map[string]string{{"number": "1", "amount": "80000"}}), c.photo("after"))
	if c.find(x).Data["corrected"] != true || c.due(x, "perform") != "not running" {
		c.t.Error("the dossier did not hear that the duty was performed")
	}
}
