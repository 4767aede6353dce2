package dossier

import (
	"io/fs"
	"strings"
	"testing"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/packs"
)

// empowered gives the bureau the penalty for trade without a licence, whose rule
// allows to seal and seize.
func (b *bureau) empowered() {
	b.t.Helper()
	dir, err := packs.FS("weifang-ez")
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := fs.ReadFile(dir, "law/powers.csv")
	if err != nil {
		b.t.Fatal(err)
	}
	more := strings.Replace(string(body), "UM-001 UM-017", "UM-001 UM-003 UM-017", 1)
	if _, err := register.New(b.DB, b.Clock).Apply(ctx, people.SystemActor(b.Division), "weifang-ez", power.Items, register.File{Name: "powers.csv", Body: []byte(more)}, false); err != nil {
		b.t.Fatal(err)
	}
}

// investigated is a dossier of the violation up to the investigation.
func (b *bureau) investigated(at, violation string) {
	b.t.Helper()
	b.at(at)
	who := b.party(law.Organisation, orgNo)
	now := instant(at)
	b.open("", "enf.ordinary", "lead_register", b.one, answers("source", "patrol", "found_at", now, "place", here, "address", "演示路", "violation", violation, "clue", "无照经营"))
	b.try("", "lead_check", b.one, b.pair("when", now, "result", "属实"), b.shot("media")...)
	b.try("", "file_propose", b.one, b.pair("party_ref", who, "act_from", now, "act_end", now, "summary", "无照经营", "c_evidence", true, "c_punishable", true, "c_jurisdiction", true,
		"c_in_time", true))
	b.try("", "file_approve", b.staff("agency_head"), answers("opinion_head", "同意立案"))
	b.try("", "svy_inspect", b.one, b.pair("start_at", now.Add(-60e9), "end_at", now, "cert_shown", true, "rights_told", true, "duty_told", true, "party_present", true,
		"findings", "现场有货架", "sign", "张演示", "sign_each_page", true), b.shot("photos")...)
	b.try("", "svy_accept", b.staff("unit_head"), answers("planned", "询问"))
	b.state("investigating")
}

func TestAMeasureOpenedFromTheDossierEndsBeforeItCloses(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.empowered()
		b.investigated("2026-09-14 09:00", "UM-003")
		up := b.on
		b.try("E01", "inv_measure", b.two, nil)
		b.try("", "inv_measure", b.one, nil)
		b.under("enf.measure")
		ask := answers("kind", "seize", "basis", "unl11", "need", "防止转移", "objects", []map[string]string{{"name": "货架", "qty": "1", "tie": "用于无照经营", "daily": "no", "sealed": "no"}})
		b.try("N54", "k_ask", b.one, but(ask, "basis", "none"))
		b.try("", "k_ask", b.one, ask)
		do := b.pair("at", instant("2026-09-14 09:00"), "cert_shown", true, "party_called", true, "party_present", true, "told_reason", true, "told_basis", true, "told_rights", true,
			"heard", true, "record_sign", "张演示", "list_sign", true, "list_same", true, "handed", true)
		b.try("N55", "k_do", b.one, do, b.shot("av")...)
		head := b.staff("agency_head")
		b.try("", "k_ok", head, answers("opinion", "同意"))
		b.try("N05", "k_do", b.one, but(do, "cert_shown", false), b.shot("av")...)
		b.try("", "k_do", b.one, do, b.shot("av")...)
		b.due("hold30", "2026-10-14 24:00")
		measure := b.on
		b.on = up
		b.try("N67", "file_withdraw", head, answers("reason", "没有违法行为"))
		b.on = measure
		b.try("", "k_release", head, answers("ground", "no_act", "receipt", "张演示"))
		b.state("released")
		b.on = up
		b.try("", "file_withdraw", head, answers("reason", "没有违法行为"))
		b.state("terminated")
	})
}

// A piece that was admitted and then excluded no longer proves anything.
func TestAPieceThatIsExcludedIsTakenOutOfTheEvidence(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		b.investigated("2026-09-14 09:00", "UM-002")
		if s := b.state("investigating"); asked(s, false) != "inv_question" {
			t.Errorf("the law asks for %s", asked(s, false))
		}
		b.try("", "inv_question", b.one, b.pair("start_at", instant("2026-09-14 08:50"), "end_at", instant("2026-09-14 09:00"), "person", "张演示", "role", "party", "cert_shown", true, "qa", "问答",
			"sign", "张演示"))
		if s := b.state("investigating"); asked(s, false) != "inv_verify" {
			t.Errorf("the law asks for %s", asked(s, false))
		}
		b.try("", "inv_verify", b.one, answers("item", "现场照片", "admitted", true))
		if s := b.state("investigating"); asked(s, false) != "inv_conclude" {
			t.Errorf("the law asks for %s", asked(s, false))
		}
		b.try("", "inv_verify", b.one, answers("item", "现场照片", "reason", "取得不合法"))
		s := b.state("investigating")
		if list, _ := s.Data["evidence"].([]string); len(list) != 0 || s.Data["verified"] != int64(0) || asked(s, false) != "inv_verify" {
			t.Errorf("%v admitted, %v; the law asks for %s", list, s.Data["verified"], asked(s, false))
		}
		b.try("N14", "inv_conclude", b.one, b.pair("facts", "占道", "map", []map[string]string{{"fact": "占道", "item": "现场照片"}}, "rule", road, "nature", "占道", "discretion", "较轻",
			"fine", int64(300_00), "proposal", "罚款"))
	})
}
