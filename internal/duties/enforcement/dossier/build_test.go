package dossier

import (
	"testing"

	"xiucheng/internal/casework/procedure"
)

func found(b *bureau, kv ...any) procedure.Input {
	return but(b.pair("place", here, "address", "演示路", "violation", "UM-002", "found_at", b.Clock.Now(), "area", "planning", "stage", "building", "builder", "演示建设者",
		"party_address", "演示路1号", "building", "楼顶加建一间"), kv...)
}

func opinion(result string, kv ...any) procedure.Input {
	return but(form("body", "演示规划局", "opinion_file", "演示认定1号", "items", []string{"是否可以改正"}, "result", result), kv...)
}

// judged brings an illegal building to its classification.
func (b *bureau) judged(at string, in procedure.Input) {
	b.t.Helper()
	b.at(at)
	b.open("", "enf.build", "i_find", b.one, found(b), b.shot("media")...)
	b.try("", "i_identify", b.staff("unit_head"), in)
	b.try("", "i_class", b.staff("agency_head"), form("violated", "第四十条", "penal_basis", "第六十四条", "proposal", "x"))
}

func decided(on string, fine int64, kv ...any) procedure.Input {
	return but(form("decision_number", "演示罚字1号", "decided_on", instant(on), "hearing_told", true, "fine", fine, "term_days", int64(15)), kv...)
}

func TestI3AFineIsAShareOfTheCost(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		head := b.staff("agency_head")
		b.judged("2026-09-14 09:00", opinion("correctable", "cost", int64(80000_00), "cost_report", "演示报告"))
		b.try("N15", "i_decide", head, decided("2026-09-14", 5000_00))
		b.try("", "i_lead", b.one, nil)
		b.try("N28", "i_decide", head, decided("2026-09-14", 3500_00))
		b.try("N28", "i_decide", head, decided("2026-09-14", 8001_00))
		b.try("", "i_decide", head, decided("2026-09-14", 4000_00))
		b.try("N40", "i_serve", b.one, b.pair("served_on", instant("2026-09-14"), "receipt", true))
		b.try("", "i_serve", b.one, b.pair("served_on", instant("2026-09-14"), "receipt", true, "on_site", true))
		b.try("N64", "i_report", head, form("to_body", "x", "course", "x", "ask", "x", "attachments", []string{"x"}, "refused", true), b.shot("proof")...)
		b.try("", "i_self", b.one, b.pair("text", "已改正", "corrected", true), b.shot("proof")...)
		b.state("self")
	})
}

func TestI4TheGovernmentAssignsASealedSite(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		head, clerk := b.staff("agency_head"), b.staff("clerk")
		b.at("2026-09-26 09:00")
		b.open("N04", "enf.build", "i_find", b.one, found(b, "second_officer", b.aux.Account.String()), b.shot("media")...)
		b.open("", "enf.build", "i_find", b.one, found(b), b.shot("media")...)
		b.try("N02", "i_village", head, form("receiver", "x", "materials", []string{"x"}))
		stop := b.pair("facts", "x", "violated", "x", "order_basis", "x", "permit", "none", "head_agreed", true)
		b.try("I01", "i_stop", b.one, but(stop, "permit", "valid"))
		b.try("", "i_stop", b.one, stop)
		report := form("to_body", "演示政府", "course", "x", "ask", "x", "attachments", []string{"x"}, "refused", true)
		b.try("N64", "i_stop_report", head, report, b.shot("proof")...)
		b.serve("2026-09-26 09:00")
		b.due("stopcheck", "2026-09-27 24:00")
		b.at("2026-09-28 09:00")
		b.try("N64", "i_stop_report", head, but(report, "refused", false), b.shot("proof")...)
		b.try("", "i_stop_report", head, report, b.shot("proof")...)
		b.due("gov7", "2026-10-05 24:00")
		assign := form("letter", "演示政1号", "county", true, "departments", "本局", "seal_site", true, "on", instant("2026-09-28"))
		b.try("N63", "i_assign", clerk, but(assign, "letter", nil))
		b.try("N63", "i_assign", clerk, but(assign, "county", false))
		b.try("", "i_assign", clerk, but(assign, "seal_site", false, "demolish", true))
		seal := b.pair("at", instant("2026-09-28 09:00"), "cert_shown", true, "party_present", true, "told", true, "heard", true, "record", true, "handed", true)
		b.try("N63", "i_sealsite", b.one, seal, b.shot("av")...)
		b.try("N63", "i_demand", head, form("duty", "x", "term_days", int64(10), "perform_way", "x"))
		b.try("I02", "i_identify", b.staff("unit_head"), opinion("not_correctable"))
		b.try("N14", "i_identify", b.staff("unit_head"), opinion("correctable"))
		b.try("", "i_identify", b.staff("unit_head"), opinion("lawful"))
		b.try("", "i_class", head, form("violated", "x", "penal_basis", "x", "proposal", "x"))
		b.state("lawful")
		b.open("", "enf.build", "i_find", b.one, found(b), b.shot("media")...)
		b.try("", "i_stop", b.one, stop)
		b.serve("2026-09-28 09:00")
		b.try("", "i_stop_report", head, report, b.shot("proof")...)
		b.try("", "i_assign", clerk, assign)
		b.try("N05", "i_sealsite", b.one, but(seal, "cert_shown", false), b.shot("av")...)
		b.try("N09", "i_sealsite", b.one, but(seal, "party_present", false), b.shot("av")...)
		b.try("I05", "i_sealsite", b.one, but(seal, "handed", false), b.shot("av")...)
		b.try("", "i_sealsite", b.one, seal, b.shot("av")...)
		b.due("hold30", "2026-10-28 24:00")
		b.at("2026-10-29 00:10")
		b.state("assigned")
	})
}

func TestI1I2NothingIsPulledDownBeforeBothRemediesEnd(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		head, clerk := b.staff("agency_head"), b.staff("clerk")
		b.judged("2026-03-10 09:00", opinion("not_correctable", "sd72", "4"))
		b.try("", "i_lead", b.one, nil)
		b.try("N28", "i_decide", head, decided("2026-03-10", 1000_00))
		b.try("I03", "i_decide", head, decided("2026-03-10", 0, "term_days", int64(10)))
		b.try("", "i_decide", head, decided("2026-03-10", 0))
		b.try("", "i_serve", b.one, b.pair("served_on", instant("2026-03-10"), "receipt", true, "on_site", true))
		b.due("recon60", "2026-05-09 24:00")
		b.due("suit6m", "2026-09-10 24:00")
		b.at("2026-03-26 09:00")
		b.try("", "i_report", head, form("to_body", "x", "course", "x", "ask", "x", "attachments", []string{"x"}, "refused", true), b.shot("proof")...)
		b.try("", "i_assign", clerk, form("letter", "演示政1号", "county", true, "departments", "本局", "demolish", true, "on", instant("2026-03-26")))
		b.try("", "i_demand", head, form("duty", "拆除", "term_days", int64(10), "perform_way", "自行拆除"))
		announce := form("building", "x", "on_site", true, "on_web", true, "term", instant("2026-04-20"))
		b.try("N59", "i_announce", head, announce)
		b.serve("2026-03-26 09:00")
		b.try("N59", "i_announce", head, announce)
		b.at("2026-04-10 09:00")
		b.try("", "i_say", b.one, b.pair("start_at", instant("2026-04-10 09:00"), "speaker", "张演示", "statement", "x"))
		b.try("N21", "i_announce", head, announce)
		b.try("", "i_answer", b.staff("unit_head"), form("reason", "x"))
		b.try("N62", "i_announce", head, but(announce, "on_web", false))
		b.try("N62", "i_announce", head, but(announce, "term", instant("2026-04-12")))
		b.try("", "i_announce", head, announce)
		b.due("ann", "2026-04-20 24:00")
		enforce := form("facts", "x", "exec_basis", "x", "exec_way", "x", "exec_at", instant("2026-10-08 09:00"), "party_address", "演示路1号", "still", true)
		b.try("N62", "i_enforce", head, enforce)
		b.at("2026-04-21 00:10")
		b.state("wait")
		b.at("2026-09-10 09:00")
		b.try("N62", "i_enforce", head, enforce)
		b.try("", "i_remedy", clerk, nil)
		b.try("N70", "i_remedy", clerk, nil)
		b.at("2026-09-11 09:00")
		b.try("N49", "i_enforce", head, enforce)
		up := b.under("enf.remedy")
		b.try("", "m_file", clerk, filing("suit", "2026-09-10"))
		b.try("", "m_withdraw", clerk, form("on", instant("2026-09-11"), "allowed", true))
		b.on = up
		b.try("N52", "i_enforce", head, but(enforce, "exec_at", instant("2026-10-01 09:00")))
		b.try("", "i_enforce", head, enforce)
		do := b.pair("start_at", instant("2026-10-01 09:00"), "plan", "x", "risk", "x", "utilities_safe", true, "people_out", true, "witness", "李演示", "no_movables", true)
		b.try("N62", "i_do", b.one, do, b.shot("av")...)
		b.serve("2026-09-11 09:00")
		b.at("2026-10-01 09:00")
		b.try("N52", "i_do", b.one, do, b.shot("av")...)
		b.at("2026-10-08 09:00")
		do["start_at"] = instant("2026-10-08 09:00")
		b.try("N53", "i_do", b.one, but(do, "utilities_safe", false), b.shot("av")...)
		b.try("I04", "i_do", b.one, but(do, "witness", nil), b.shot("av")...)
		b.try("", "i_susp", head, form("ground", "stay", "reason", "x"))
		b.try("I08", "i_resume", head, form("reason", "x"))
		b.try("", "i_resume", head, form("reason", "x", "gone", true))
		b.try("", "i_do", b.one, do, b.shot("av")...)
		b.try("", "i_finish", b.staff("unit_head"), form("result", "x", "execution", "x", "goods_returned", true), b.shot("after")...)
		b.state("done")
	})
}
