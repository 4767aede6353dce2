package app

import (
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/duties/enforcement/review"
)

// Cash taken on the spot (PL 69 to 71): only on the party's request where the bank
// is far, with a receipt of the officer's own book, handed in within two days, at
// the bank within two more; nobody who took part receives it.
func TestCashTakenOnTheSpotReachesTheBank(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.fined(1000_00)
	books := receipt.New(c.a.db, c.a.clk)
	book, err := books.Add(c.ctx, c.who("caiwu"), receipt.Range{Series: "演示", Digits: 6, First: 1, Last: 50})
	if err == nil {
		err = books.Hand(c.ctx, c.who("caiwu"), book, c.who("zhifa1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	take := func(amount int64, remote bool, number string) procedure.Input {
		return c.two("amount", amount, "remote", remote, "party_request", "当事人书面提出", "receipt_no", number)
	}
	c.at("2026-09-23 09:00")
	c.refused(x, "N36", "zhifa1", "exe_onsite", take(1000_00, false, "演示000001"))
	c.refused(x, "N36", "zhifa1", "exe_onsite", take(1000_01, true, "演示000001"))
	c.refused(x, "N37", "zhifa1", "exe_onsite", take(1000_00, true, "演示000051"))
	c.do(x, "zhifa1", "exe_onsite", take(900_00, true, "演示000001"))
	c.has(x, "P36")
	c.isDue(x, "hand2", "2026-09-28 24:00") // 24 September, then three days off
	c.refused(x, "N37", "zhifa1", "exe_onsite", take(1_00, true, "演示000001"))
	c.refused(x, "R03", "caiwu", "exe_banked", procedure.Input{"receipt": "演示回单"})
	c.at("2026-09-28 09:00")
	c.do(x, "caiwu", "exe_hand_in", procedure.Input{"amount": int64(900_00)})
	c.isDue(x, "bank2", "2026-09-30 24:00")
	c.refused(x, "R03", "caiwu", "exe_hand_in", procedure.Input{"amount": int64(900_00)})
	c.do(x, "caiwu", "exe_banked", procedure.Input{"receipt": "演示回单"})
	c.pays(x, 100_00, "2026-09-28")
	c.do(x, "caiwu", "exe_goods", procedure.Input{"disposed": []map[string]string{{"name": "烧烤炉", "qty": "1"}}, "officers_present": []string{c.key("zhifa1"), c.key("zhongdui.work1")},
		"way": "destroy", "witness": "演示见证人"})
	c.do(x, "zhifa1", "exe_correct", c.two("corrected", true, "text", "已停止"))
	c.do(x, "banan", "exe_done", nil)
	c.state(x, "performed")
	enginetest.CheckCase(t, c.w, x)
}

// A file that waits to be closed stays open while supervision asks for something.
func TestAnOpinionOfSupervisionStopsTheClosing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.performed()
	c.do(x, "zhifa1", "clo_ask", closing)
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: review.Supervise, Division: c.w.Division, Step: "v_open", Actor: c.who("ducha1"), Parent: x,
		Input: procedure.Input{"source": "spot", "matter": "决定书未载明日期"}})
	if err != nil {
		t.Fatal(err)
	}
	c.do(r.Case, "ducha1", "v_check", procedure.Input{"ways": []string{"file"}, "cert_shown": true, "record": "查阅案卷", procedure.SecondOfficer: c.key("ducha2")})
	letter := procedure.Input{"to_body": "演示·办案机构", "subject": "决定书日期", "facts": "决定书未载明日期", "demands": []string{"补正"}}
	c.do(r.Case, "ducha1", "v_notice", letter)
	c.do(r.Case, "banan", "v_answer", procedure.Input{"text": "已核查"})
	letter["faults"], letter["received"] = []string{"未载明日期（第五十九条）"}, c.w.Clock.Now()
	c.do(r.Case, "fenguan", "v_opinion", letter)
	c.refused(x, "N67", "juzhang", "clo_ok", procedure.Input{"opinion_head": "同意结案"})
	c.state(x, "closing")
}
