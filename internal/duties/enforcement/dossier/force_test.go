package dossier

import (
	"testing"

	"xiucheng/internal/casework/procedure"
)

// substitute brings a performance by others up to its last demand, served at.
func (b *bureau) substitute(served string) {
	b.t.Helper()
	b.at("2026-09-14 09:00")
	b.open("", "above", "begin", b.one, nil)
	b.try("", "substitute", b.one, nil)
	b.under("enf.substitute")
	open := form("kind", "remove", "duty", "清除堆放物", "decision_ref", "演示罚字1号", "served_on", instant("2026-08-20"), "term_end", instant("2026-09-10"), "danger", "traffic", "facts", "占用行车道",
		"party_address", "演示路1号")
	b.try("N64", "b_open", b.one, but(open, "term_end", instant("2026-09-14")), b.shot("proof")...)
	b.try("N60", "b_open", b.one, but(open, "danger", "none"), b.shot("proof")...)
	b.try("N60", "b_open", b.one, open)
	b.try("", "b_open", b.one, open, b.shot("proof")...)
	head := b.staff("agency_head")
	decide := form("facts", "占用行车道", "exec_basis", "《行政强制法》第五十条", "exec_way", "吊运", "exec_at", instant("2026-09-30 09:00"), "object", "堆放物", "budget", int64(1000_00),
		"executor", "演示清障公司", "no_interest", true, "no_reason", true)
	b.try("", "b_demand1", head, form("term_days", int64(3), "perform_way", "自行清除"))
	b.try("N59", "b_decide", head, decide)
	b.serve("2026-09-14 09:00")
	b.due("dm1", "2026-09-17 24:00")
	b.try("N59", "b_decide", head, decide)
	b.at("2026-09-18 09:00")
	b.try("", "b_say", b.one, b.pair("start_at", instant("2026-09-18 09:00"), "speaker", "张演示", "statement", "正在搬"))
	b.try("N21", "b_decide", head, decide)
	b.try("", "b_answer", b.staff("unit_head"), form("reason", "不成立"))
	b.try("B01", "b_decide", head, but(decide, "no_interest", false))
	b.try("N52", "b_decide", head, but(decide, "exec_at", instant("2026-10-02 09:00")))
	b.try("N52", "b_decide", head, but(decide, "exec_at", instant("2026-09-30 22:30")))
	b.try("", "b_decide", head, decide)
	again := form("term_days", int64(3), "perform_way", "自行清除")
	b.try("N59", "b_demand2", b.one, again)
	b.serve("2026-09-18 09:00")
	b.at(served)
	b.try("", "b_demand2", b.one, again)
	b.serve(served)
}

func (b *bureau) perform(want, at string) {
	b.t.Helper()
	b.at(at)
	b.try(want, "b_do", b.one, b.pair("start_at", instant(at), "staff", []string{"张演示"}, "lawful_way", true), b.shot("av")...)
}

func TestB1B2OthersPerformAfterTwoDemands(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.substitute("2026-09-24 09:00")
		b.due("dm3", "2026-09-30 24:00")
		b.perform("N59", "2026-09-30 09:00")
		b.perform("N52", "2026-10-01 09:00")
		b.perform("N52", "2026-10-08 05:00")
		b.perform("", "2026-10-08 09:00")
		b.substitute("2026-09-28 09:00")
		b.due("dm3", "2026-10-08 24:00")
		b.perform("N59", "2026-10-08 09:00")
		do := b.pair("start_at", instant("2026-10-09 09:00"), "staff", []string{"张演示"}, "lawful_way", true)
		b.at("2026-10-09 09:00")
		b.try("B05", "b_do", b.one, but(do, "complied", true), b.shot("av")...)
		b.try("B02", "b_do", b.one, but(do, "lawful_way", false), b.shot("av")...)
		b.perform("", "2026-10-09 09:00")
		finish := b.pair("end_at", instant("2026-10-09 09:00"), "officers_sign", "甲", "performer_sign", "乙", "witness_sign", "丙", "cost", int64(800_00),
			"invoices", []map[string]string{{"number": "1", "amount": "80000"}})
		b.try("B03", "b_finish", b.one, but(finish, "witness_sign", nil), b.shot("after")...)
		b.try("B04", "b_finish", b.one, but(finish, "cost", int64(900_00)), b.shot("after")...)
		b.try("", "b_finish", b.one, finish, b.shot("after")...)
		pay := form("amount", int64(800_00), "receipt", "1")
		b.try("N49", "b_cost", b.staff("finance"), pay)
		b.try("", "b_bill", b.staff("unit_head"), form("bank", "演示银行", "bank_address", "演示路", "bank_account", "1", "due", instant("2026-10-24")))
		b.serve("2026-10-09 09:00")
		b.try("N49", "b_cost", b.staff("finance"), but(pay, "by_court", true))
		b.try("", "b_cost", b.staff("finance"), pay)
		b.state("paid")
	})
}

func TestWhatThePartyDoesStopsOthers(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.substitute("2026-09-28 09:00")
		head := b.staff("agency_head")
		b.try("", "b_susp", head, form("ground", "difficult", "reason", "x"))
		b.at("2026-10-20 09:00")
		b.try("", "b_resume", head, form("reason", "x"))
		b.perform("N59", "2026-10-20 10:00")
		b.try("", "b_comply", b.one, b.pair("text", "已清除", "corrected", true), b.shot("proof")...)
		b.state("stopped")
	})
}

func clearing(b *bureau, kv ...any) procedure.Input {
	return but(b.pair("place", here, "address", "演示大道", "where", "road", "thing", "spill", "object", "碎石", "found_at", b.Clock.Now(), "at_once", true,
		"why", "司机离开现场", "violation", "UM-009", "told_head", true), kv...)
}

func TestB3B4OnlySpillsAreClearedAtOnce(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.at("2026-10-04 23:00")
		b.open("N61", "enf.clear", "j_decide", b.one, clearing(b, "thing", "other", "party_present", true, "can_clear", true), b.shot("media")...)
		b.open("N61", "enf.clear", "j_decide", b.one, clearing(b, "party_present", true, "can_clear", true), b.shot("media")...)
		b.open("N61", "enf.clear", "j_decide", b.one, clearing(b, "where", "other"), b.shot("media")...)
		b.open("N04", "enf.clear", "j_decide", b.one, clearing(b, "second_officer", b.aux.Account.String()), b.shot("media")...)
		b.open("", "enf.clear", "j_decide", b.one, clearing(b), b.shot("media")...)
		b.due("clear", "2026-10-05 01:00")
		b.at("2026-10-05 00:10")
		clear := b.pair("start_at", instant("2026-10-04 23:20"), "end_at", instant("2026-10-05 00:10"), "executor", "演示环卫", "course", "清扫", "urgency", "妨碍行车")
		files := b.shot("before", "after")
		b.try("N52", "j_clear", b.one, but(clear, "urgency", nil), files...)
		b.try("J03", "j_clear", b.one, but(clear, "value_found", true), files...)
		b.try("", "j_clear", b.one, clear, files...)
		b.due("tell24", "2026-10-06 00:10")
		b.at("2026-10-05 07:30")
		tell := b.pair("at", instant("2026-10-05 07:30"), "way", "phone", "told", "电话告知", "party", "演示运输公司")
		b.try("J01", "j_tell", b.one, but(tell, "way", "site"))
		b.try("", "j_tell", b.one, tell)
		head := b.staff("unit_head")
		b.try("J04", "j_treat", head, form("result", "filed"))
		b.try("J04", "j_treat", head, form("result", "none"))
		b.try("", "j_lead", b.one, nil)
		b.try("", "j_treat", head, form("result", "filed"))
		b.state("treated")
		b.under("enf.ordinary")
		if s := b.state("lead"); s.Text("violation") != "UM-009" {
			t.Errorf("a lead about %v", s.Data["violation"])
		}
	})
}
