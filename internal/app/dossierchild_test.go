package app

import (
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/platform/id"
)

// below is the open case of the procedure under a dossier.
func (c *crew) below(x id.ID, procedure string) id.ID {
	c.t.Helper()
	list, err := record.Children(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range list {
		if k.Procedure == procedure && !k.Terminal {
			return k.ID
		}
	}
	c.t.Fatalf("no open %s", procedure)
	return id.ID{}
}

func TestADossierHearsTheCasesItOpened(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.underway()
	c.surveyed(x)
	t.Run("a correction order that was refused", func(t *testing.T) { c.t = t; c.refusedCorrection(x) })
	t.Run("a registration that lapsed", func(t *testing.T) { c.t = t; c.lapsedHold(x) })
	t.Run("a recusal", func(t *testing.T) { c.t = t; c.recusal(x) })
	t.Run("no measure without a law", func(t *testing.T) {
		c.t = t
		c.refused(x, "N54", "zhifa1", "inv_measure", nil)
	})
	c.t = t
	enginetest.CheckCase(t, c.w, x)
}

func (c *crew) refusedCorrection(x id.ID) {
	c.do(x, "zhifa1", "svy_order", nil)
	k := c.below(x, "enf.correct")
	c.do(k, "zhifa1", "c_issue", c.two("facts", "店外烧烤", "evidence", "现场笔录", "breached", "《生态环境法典》第二百五十条", "basis", "《生态环境法典》第一千一百三十二条",
		"items", []string{"停止店外烧烤"}, "mode", "now", "possible", true, "consequence", "依法处罚"))
	c.serve(k, "P09")
	c.w.Clock.Advance(time.Hour)
	c.do(k, "zhifa1", "c_check", c.two("at", c.w.Clock.Now(), "cert_shown", true, "result", "refused", "items", []string{"停止店外烧烤"}), c.photo("media"))
	if s := c.find(x); s.Text("tier") != "refused" || s.Data["corrected"] == true {
		c.t.Error("the dossier did not hear of the refusal")
	}
	c.printed(k, "P09")
}

func (c *crew) lapsedHold(x id.ID) {
	c.do(x, "zhifa1", "inv_hold", nil)
	k := c.below(x, "enf.hold")
	c.do(k, "zhifa1", "ho_ask", procedure.Input{"items": []map[string]string{{"name": "烧烤炉", "qty": "1", "tie": "作案工具"}}, "risk": "loss", "place": spot}, c.photo("photos"))
	c.do(k, "juzhang", "ho_approve", procedure.Input{"opinion": "同意"})
	c.at("2026-09-22 10:00")
	c.do(k, "zhifa1", "ho_hold", c.two("at", c.w.Clock.Now(), "list_signed", true, "party_present", true))
	if due := c.due(k, "hold7"); !strings.Contains(due, "10-09") {
		c.t.Errorf("held until %s", due)
	}
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "现场照片", "admitted": true})
	c.do(x, "zhifa1", "inv_conclude", c.finding(1500_00))
	c.do(x, "juzhang", "adj_examine", procedure.Input{"way": "penalty", "opinion": "同意"})
	c.refused(x, "N67", "zhifa1", "adj_notice", nil)
	c.at("2026-10-10 09:00")
	c.state(k, "lapsed")
	c.do(x, "juzhang", "adj_more", procedure.Input{"what": "补充询问"})
	c.printed(k, "P10a", "P10", "P11")
}

func (c *crew) recusal(x id.ID) {
	c.do(x, "zhifa1", "inv_recuse", nil)
	k := c.below(x, "enf.recusal")
	c.do(k, "zhifa1", "rc_apply", procedure.Input{"by": "party", "whom": c.key("zhifa2"), "ground": "interest", "facts": "与当事人系亲属"})
	if n := c.find(x).Data["recusals"]; n != int64(1) {
		c.t.Errorf("%v recusals are open", n)
	}
	c.do(x, "zhifa1", "inv_verify", procedure.Input{"item": "询问笔录", "admitted": true}) // the investigation goes on
	c.do(k, "juzhang", "rc_decide", procedure.Input{"result": true, "reason": "属实", "earlier": "keep"})
	c.refused(x, "N08", "zhifa1", "inv_question", c.two("start_at", c.w.Clock.Now().Add(-time.Hour), "end_at", c.w.Clock.Now(), "person", "某人", "cert_shown", true, "qa", "问答", "refused", true))
	c.refused(x, "E10", "banan", "inv_officers", procedure.Input{"lead": c.key("zhifa1"), "co": c.key("zhifa2"), "reason": "回避"})
	c.do(x, "banan", "inv_officers", procedure.Input{"lead": c.key("zhifa1"), "co": c.key("zhongdui.work1"), "reason": "回避"})
	c.printed(k, "P16")
}

func TestAnExemptionEndsTheDossierWithoutAPenalty(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.concluded(1500_00)
	c.do(x, "zhifa1", "inv_exempt", nil)
	k := c.below(x, "enf.exempt")
	c.do(k, "zhifa1", "x_ask", c.two("ground", "g3", "enough", true), c.photo("proofs"))
	c.do(k, "zhifa1", "x_propose", procedure.Input{"text": "当事人没有主观过错"})
	c.do(k, "fazhi", "x_review", procedure.Input{"pass": true, "opinion": "同意"})
	c.do(k, "juzhang", "x_approve", procedure.Input{"opinion": "同意"})
	c.state(x, "no_penalty")
	done := procedure.Input{"result": "不予处罚", "execution": "已教育"}
	c.serve(k, "P30")
	c.refused(x, "N67", "zhifa1", "clo_ask", done)
	c.do(k, "zhifa1", "x_teach", c.two("topic", "依法经营", "way", "oral", "sign", "演示当事人"))
	c.do(k, "banan", "x_finish", nil)
	c.do(x, "zhifa1", "clo_ask", done)
	c.do(x, "juzhang", "clo_ok", procedure.Input{"opinion_head": "同意"})
	c.do(x, "dangan", "clo_archive", procedure.Input{"pages": int64(12), "retention": "30y"})
	c.printed(k, "P30", "P55")
	past, err := enfparty.Find(c.ctx, c.a.db, c.w.Division, mustID(t, c.find(x).Text("party_ref")))
	if err != nil {
		t.Fatal(err)
	}
	list, err := enfparty.Decisions(c.ctx, c.a.db, c.w.Division, past)
	if err != nil || len(list) != 1 || !list[0].Exempt {
		t.Errorf("the party's history %v %v", list, err)
	}
	enginetest.CheckCase(t, c.w, x)
	enginetest.CheckCase(t, c.w, k)
}

func mustID(t *testing.T, s string) id.ID {
	t.Helper()
	key, err := id.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
