package dossier

import (
	"testing"

	"xiucheng/internal/casework/procedure"
)

// remedy opens a request against a decision served at the instant.
func (b *bureau) remedy(served string) {
	b.t.Helper()
	b.at(served)
	b.open("", "above", "begin", b.one, nil)
	b.again()
}

func (b *bureau) again() {
	b.t.Helper()
	b.try("", "remedy", b.staff("clerk"), nil)
	b.under("enf.remedy")
}

func filing(kind, on string, kv ...any) procedure.Input {
	return but(form("kind", kind, "on", instant(on), "act", "处罚决定", "decision_number", "演示罚字1号", "claims", []string{"撤销"}, "body", "演示机关"), kv...)
}

func (b *bureau) heard(want string) {
	b.t.Helper()
	s, err := b.Engine.Find(ctx, b.Division, b.on)
	if err != nil {
		b.t.Fatal(err)
	}
	above, err := b.Engine.Find(ctx, b.Division, s.Parent)
	if err != nil || above.Text("heard") != want {
		b.t.Fatalf("the case above heard %q, want %q %v", above.Text("heard"), want, err)
	}
}

func TestM2M3M4TheAgencyForwardsAndAnswersInTime(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		clerk := b.staff("clerk")
		b.remedy("2026-09-14 09:00")
		b.at("2026-09-28 09:00")
		via := but(filing("", "2026-09-28", "stand", "uphold"), "kind", nil)
		b.try("M01", "m_via", clerk, via)
		b.try("", "m_via", clerk, but(via, "camera", true))
		b.heard("open recon")
		b.due("fwd5", "2026-10-10 24:00")
		b.try("", "m_fwd", clerk, form("on", instant("2026-09-28")))
		accept := form("on", instant("2026-09-28"), "copy_on", instant("2026-09-28"))
		b.try("", "m_accept", clerk, accept)
		b.due("ans", "2026-10-16 24:00")
		answer := form("facts", "x", "answer", "维持", "attachments", []string{"证据"}, "signed_by_head", true)
		b.try("N71", "m_noev", b.one, form("what", "新照片"))
		b.try("M07", "m_defend", b.one, answer)
		b.try("N55", "m_answer", b.one, but(answer, "signed_by_head", false))
		b.try("", "m_answer", b.one, answer)
		b.remedy("2026-10-14 09:00")
		b.at("2026-10-22 09:00")
		b.try("", "m_file", clerk, filing("recon", "2026-10-22"))
		b.try("", "m_accept", clerk, form("on", instant("2026-10-22"), "copy_on", instant("2026-10-22")))
		b.due("m60", "2026-12-21 24:00")
		b.remedy("2026-10-22 10:00")
		b.try("", "m_file", clerk, filing("recon", "2026-10-22"))
		b.try("", "m_accept", clerk, form("on", instant("2026-10-22"), "copy_on", instant("2026-10-22"), "simple", true))
		b.due("m30", "2026-11-21 24:00")
		b.due("ans", "2026-10-29 24:00")
		b.try("M06", "m_longer", clerk, form("days", int64(30)))
	})
}

func TestM1M5AResultIsFinalWhenNobodyGoesOn(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		clerk := b.staff("clerk")
		b.remedy("2026-09-17 09:00")
		up := b.on
		b.at("2026-10-20 09:00")
		b.try("", "m_file", clerk, filing("recon", "2026-10-20"))
		b.try("", "m_accept", clerk, form("on", instant("2026-10-20"), "copy_on", instant("2026-10-20")))
		b.at("2026-12-10 09:00")
		b.try("M05", "m_decide", clerk, form("result", "changed", "on", instant("2026-12-10")))
		b.try("", "m_decide", clerk, form("result", "upheld", "on", instant("2026-12-10")))
		b.heard("upheld")
		b.due("next15", "2026-12-25 24:00")
		b.at("2026-12-26 00:10")
		b.state("final")
		b.heard("final")
		s, err := b.Engine.Find(ctx, b.Division, up)
		if err != nil {
			t.Fatal(err)
		}
		b.on = s.Parent
		b.again()
		b.try("N70", "m_file", clerk, filing("recon", "2026-12-26"))
		b.try("", "m_file", clerk, filing("suit", "2026-12-26"))
		b.heard("open suit")
		b.try("", "m_accept", clerk, form("on", instant("2026-12-26"), "copy_on", instant("2026-12-26")))
		b.due("ans", "2027-01-10 24:00")
		b.try("", "m_decide", clerk, form("result", "annulled", "on", instant("2026-12-26")))
		b.heard("open suit")
		b.due("appeal15", "2027-01-11 24:00")
		b.try("", "m_on", clerk, form("on", instant("2026-12-26")))
		b.try("", "m_appealed", clerk, form("result", "changed", "on", instant("2026-12-26"), "fine", int64(500_00)))
		b.heard("changed")
		b.state("final")
	})
}

func TestM6WhatIsChangedLeavesThePublic(t *testing.T) {
	eachBureau(t, func(b *bureau) {
		clerk := b.staff("clerk")
		b.remedy("2026-09-14 09:00")
		b.at("2026-09-29 09:00")
		b.try("", "m_file", clerk, filing("suit", "2026-09-29"))
		b.try("", "m_accept", clerk, form("on", instant("2026-09-29"), "copy_on", instant("2026-09-29")))
		change := form("kind", "annul", "reason", "x", "basis_text", "x", "told", true)
		head := b.staff("agency_head")
		b.try("M04", "m_selfchange", head, but(change, "told", false))
		b.try("", "m_selfchange", head, change)
		b.due("unpub3", "2026-10-09 24:00")
		b.try("", "m_freeze", clerk, form("by", "court", "reason", "x"))
		b.try("", "m_pause", clerk, form("on", instant("2026-09-29"), "ground", "x"))
		b.try("", "m_unpause", clerk, form("on", instant("2026-09-29")))
		b.try("M03", "m_withdraw", clerk, form("on", instant("2026-09-29")))
		b.try("", "m_withdraw", clerk, form("on", instant("2026-09-29"), "allowed", true))
		b.heard("withdrawn")
		b.remedy("2026-09-29 10:00")
		b.try("", "m_file", clerk, filing("recon", "2026-09-29"))
		b.try("", "m_repair", clerk, form("on", instant("2026-09-29")))
		b.due("rep10", "2026-10-19 24:00")
		b.at("2026-10-20 00:10")
		b.state("withdrawn")
	})
}
