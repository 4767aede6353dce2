package dossier

import (
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/law"
)

const (
	citizenNo = "370702199001011234"
	orgNo     = "91350100M000100Y43"
)

// scene begins an on-the-spot penalty and tells the fine.
func (b *bureau) scene(at, who, violation, rule string, fine int64) {
	b.t.Helper()
	b.at(at)
	start := b.pair("party_ref", who, "violation", violation, "place", here, "address", "演示路", "start_at", instant(at), "end_at", instant(at), "act_at", instant(at),
		"findings", "占道经营", "cert_shown", true)
	b.open("N05", "enf.simple", "s_start", b.one, but(start, "cert_shown", false), b.shot("media")...)
	b.open("N04", "enf.simple", "s_start", b.one, but(start, "second_officer", b.aux.Account.String()), b.shot("media")...)
	b.open("", "enf.simple", "s_start", b.one, start, b.shot("media")...)
	b.try("N15", "s_decide", b.one, b.decision(rule, fine))
	tell := b.pair("rule", rule, "told_fine", fine, "told_facts", true, "told_basis", true, "told_penalty", true, "told_rights", true, "ack", "张演示")
	b.try("N15", "s_tell", b.one, but(tell, "told_rights", false))
	b.try("N15", "s_tell", b.one, but(tell, "ack", nil))
	b.try("", "s_tell", b.one, tell)
}

func (b *bureau) decision(rule string, fine int64) procedure.Input {
	return b.pair("rule", rule, "penalty_kind", "fine", "fine", fine, "clear", true, "correction", "立即清理", "pay_way", "bank", "bank", "演示银行")
}

const road = "UM-002-ROAD-42"

func (b *bureau) hand(at string) {
	b.t.Helper()
	hand := b.pair("at", instant(at), "signed", true, "told_recon", true)
	b.try("N33", "s_hand", b.one, but(hand, "signed", false))
	b.try("N69", "s_hand", b.one, but(hand, "told_recon", false))
	b.try("", "s_hand", b.one, hand)
}

func cash(b *bureau, kv ...any) procedure.Input {
	return but(b.pair("amount", int64(100_00), "ground", "le100", "receipt_no", b.receipt()), kv...)
}

func TestS1ACollectedFineComesToTheBankInTime(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.scene("2026-10-09 10:20", b.party(law.Citizen, citizenNo), "UM-002", road, 100_00)
		b.try("N21", "s_say", b.one, b.pair("text", "初次"))
		b.try("", "s_say", b.one, b.pair("text", "初次", "accepted", true, "reason", "可以从轻"))
		b.try("N22", "s_decide", b.one, b.decision(road, 100_00))
		b.try("N32", "s_decide", b.one, but(b.decision(road, 80_00), "correction", nil))
		b.try("", "s_decide", b.one, b.decision(road, 80_00))
		b.hand("2026-10-09 10:20")
		b.due("pay15", "2026-10-26")
		b.due("backfile", "2026-10-12")
		b.try("N37", "s_collect", b.one, cash(b, "amount", int64(80_00), "receipt_no", "000999"))
		b.try("", "s_collect", b.one, cash(b, "amount", int64(80_00)))
		b.due("hand2", "2026-10-12 24:00")
		b.at("2026-10-12 10:00")
		b.try("", "s_turnin", b.one, form("amount", int64(80_00), "on", instant("2026-10-12")))
		b.due("bank2", "2026-10-14 24:00")
		b.try("", "s_bank", b.staff("finance"), form("slip", "1", "on", instant("2026-10-12")))
		head := b.staff("unit_head")
		over := form("result", "罚款", "execution", "已缴")
		b.try("N67", "s_close", head, over)
		b.try("", "s_file", b.one, form("decision_number", "演示当罚字〔2026〕第1号"))
		b.try("N67", "s_close", head, over)
		b.try("", "s_correct", b.one, b.pair("text", "已清理", "corrected", true))
		b.try("", "s_close", head, over)
		b.try("", "s_archive", b.staff("archivist"), form("pages", int64(6), "retention", "30y"))
		b.state("archived")
		b.scene("2026-09-30 09:00", b.party(law.Citizen, "370702199001011250"), "UM-002", road, 100_00)
		b.try("", "s_decide", b.one, b.decision(road, 100_00))
		b.hand("2026-09-30 09:00")
		b.try("", "s_collect", b.one, cash(b))
		b.due("hand2", "2026-10-09 24:00") // S2
	})
}

func TestS3BeyondTheLimitsItIsAnOrdinaryCase(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		citizen, org := b.party(law.Citizen, citizenNo), b.party(law.Organisation, orgNo)
		b.scene("2026-09-18 09:00", citizen, "UM-002", road, 201_00)
		b.try("N34", "s_decide", b.one, b.decision(road, 201_00))
		b.try("", "s_decide", b.one, b.decision(road, 200_00))
		b.scene("2026-09-18 09:30", org, "UM-002", road, 3001_00)
		b.try("N34", "s_decide", b.one, b.decision(road, 3001_00))
		b.try("N28", "s_decide", b.one, b.decision("UM-002-SDCON-39.1", 100_00))
		b.try("", "s_decide", b.one, b.decision(road, 3000_00))
		b.scene("2026-09-18 10:00", org, "UM-004", "UM-004-ENV-1132.3", 500_00)
		b.try("N35", "s_decide", b.one, b.decision("UM-004-ENV-1132.3", 500_00))
		b.try("", "s_convert", b.one, form("why", "confiscation"))
		b.state("converted")
		b.under("enf.ordinary")
		b.state("lead")
		b.scene("2026-09-18 11:00", b.party(law.Citizen, "370702201301011236"), "UM-002", road, 100_00)
		b.try("N31", "s_decide", b.one, b.decision(road, 100_00))
		b.try("N65", "s_exempt", b.one, b.pair("reason", "不满十四周岁"))
		b.try("", "s_exempt", b.one, b.pair("reason", "不满十四周岁", "unit_head_agreed", true))
		b.state("exempt")
	})
}

func TestS4S5ALateFineIsExecutedAfterReconsideration(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.scene("2026-09-18 09:00", b.party(law.Citizen, citizenNo), "UM-002", road, 150_00)
		b.try("", "s_decide", b.one, b.decision(road, 150_00))
		b.hand("2026-09-18 09:00")
		b.due("pay15", "2026-10-08 24:00")
		b.due("recon60", "2026-11-17 24:00")
		b.try("N36", "s_collect", b.one, cash(b, "amount", int64(150_00)))
		b.try("N36", "s_collect", b.one, cash(b, "amount", int64(150_00), "ground", "hard_later"))
		head := b.staff("agency_head")
		b.try("N45", "s_surch", head, form("reason", "x"))
		b.at("2026-10-09 09:00")
		b.state("overdue")
		b.try("", "s_surch", head, form("reason", "逾期"))
		if s := b.state("overdue"); s.Data["surcharge"] != int64(450) {
			t.Errorf("the first day costs %v", s.Data["surcharge"])
		}
		b.serve("2026-10-09 09:00")
		clerk := b.staff("clerk")
		b.try("", "s_remedy", clerk, nil)
		b.try("N70", "s_remedy", clerk, nil)
		up := b.under("enf.remedy")
		file := form("kind", "suit", "on", instant("2026-10-20"), "act", "当场处罚", "decision_number", "1", "claims", []string{"撤销"}, "body", "演示法院")
		b.at("2026-10-20 09:00")
		b.try("N69", "m_file", clerk, file)
		b.try("N70", "m_file", clerk, but(file, "kind", "recon", "other_open", true))
		b.try("", "m_file", clerk, but(file, "kind", "recon", "body", "演示区政府"))
		remedy := b.on
		b.on = up
		b.try("N48", "s_surch", head, form("reason", "x"))
		demand := form("duty", "缴纳罚款", "term_days", int64(10), "perform_way", "银行", "signed_by_head", true)
		b.try("N55", "s_demand", b.one, but(demand, "signed_by_head", false))
		b.try("", "s_demand", b.one, demand)
		b.serve("2026-10-20 09:00")
		court := form("court_name", "演示法院", "decision_number", "1", "items", []string{"罚款"}, "opinion", "无", "object", "x", "attachments", []string{"x"})
		b.try("N49", "s_court", head, court)
		b.on = remedy
		b.try("", "m_reject", clerk, form("on", instant("2026-10-20"), "reason", "x"))
		b.on = up
		b.at("2026-11-05 00:10")
		if s := b.state("demanded"); s.Data["remedies"] != int64(0) {
			t.Errorf("%v remedies", s.Data["remedies"])
		}
		b.due("court3m", "2027-02-05")
		b.try("", "s_court", head, court)
		b.try("", "s_court_end", clerk, form("on", instant("2026-11-05"), "result", "executed", "reason", "已执行"))
		b.state("paid")
	})
}
