package app

import (
	"testing"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
)

// A lighter decision begins its own term; the surcharge of the old one is gone.
func TestAChangedFineBeginsWithoutSurcharge(t *testing.T) {
	c := newCrew(t, "")
	x := c.fined(1000_00)
	c.at("2026-11-07 10:00")
	c.do(x, "juzhang", "exe_surch", procedure.Input{"reason": "逾期未缴"})
	c.money(x, "surcharge", 900_00)
	c.do(x, "juzhang", "clo_annul", procedure.Input{"kind": "change", "reason": "处罚过重", "basis_text": "行政处罚法第七十五条", "review": "演示1号", "panel_record": "演示1号", "new_fine": int64(600_00)})
	c.state(x, "performing")
	c.money(x, "surcharge", 0)
	c.money(x, "fine", 600_00)
}

// What is annulled before it was handed over is served, and obliges nobody.
func TestADecisionAnnulledBeforeItsServiceBeginsNoTerm(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-08-31 09:00")
	x := c.concludedOf("2026-08-20", 1000_00)
	c.told(x, "2026-09-01 10:00")
	c.at("2026-09-09 09:00")
	c.do(x, "banan", "adj_reexam", reexamined())
	c.adjudged(x)
	in := c.decision(1000_00)
	in["term"] = date("2026-09-30")
	c.do(x, "juzhang", "dec_penalty", in)
	c.do(x, "juzhang", "clo_annul", procedure.Input{"kind": "annul", "reason": "事实有误", "basis_text": "行政处罚法第七十五条", "review": "演示1号", "panel_record": "演示1号"})
	c.serve(x, "P29")
	for _, id := range []string{"pay15", "perform"} {
		if k := c.find(x).Clock(id); k != nil && k.State == clock.Running {
			t.Errorf("%s runs", id)
		}
	}
}

// A dossier that goes to the police once more is handed over once more.
func TestASecondTransferIsHandedOverAnew(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-08-31 09:00")
	x := c.concludedOf("2026-08-20", 1000_00)
	decide := procedure.Input{"transfer": true, "reason": "达到立案标准", "receiver": "演示公安分局", "crime_name": "演示罪名", "materials": []string{"调查报告"}}
	c.do(x, "zhifa1", "inv_crime_report", c.two("facts", "涉嫌犯罪"))
	c.do(x, "juzhang", "dec_crime", decide)
	c.do(x, "neiqin", "inv_crime_hand", nil, c.photo("receipt"))
	c.do(x, "neiqin", "inv_crime_filed", nil, c.photo("notice"))
	c.do(x, "zhifa1", "inv_crime_goods", procedure.Input{"goods": []string{"烧烤炉"}}, c.photo("receipt"))
	c.do(x, "zhifa1", "clo_ask", procedure.Input{"result": "移送", "execution": "已移送"})
	c.do(x, "juzhang", "clo_ok", procedure.Input{"opinion_head": "同意"})
	c.do(x, "juzhang", "clo_reopen", procedure.Input{"by": "own", "reason": "重新调查"})
	c.do(x, "juzhang", "inv_crime", decide)
	c.refused(x, "R03", "neiqin", "inv_crime_back", procedure.Input{"received": c.w.Clock.Now()}, c.photo("notice"))
	c.do(x, "neiqin", "inv_crime_hand", nil, c.photo("receipt"))
}
