package permit_test

import (
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/platform/fault"
)

func TestPointsAreRecordedAppealedAndRemoved(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		c := s.noted(v, "block")
		if s.balance(v) != 12 {
			t.Error("points count before the time to appeal is over")
		}
		me := s.speaker(c)
		s.do(me, c, "appeal", input{"explain": "消防通道标线看不清。"})
		s.pass(0)
		s.state(c, "appealed")
		s.refused(s.try(s.head(), c, "change", input{"n": int64(5), "reason": "加重"}), "T22")
		s.do(s.head(), c, "change", input{"n": int64(2), "reason": "标线不清，减轻"})
		if s.balance(v) != 10 || s.state(v.id, "active").Data["points"] != int64(10) {
			t.Errorf("%d are left, the permit says %v", s.balance(v), s.state(v.id, "active").Data["points"])
		}
		if got := s.public(v).ZH; !strings.Contains(got, "10/12") {
			t.Errorf("the vendor reads %q", got)
		}
		s.noted(v, "line")
		s.pass(10 * days)
		if s.balance(v) != 9 {
			t.Errorf("settled: %d are left", s.balance(v))
		}
		good, err := s.note(v, "good_turn", input{"explained_to": false})
		if err != nil {
			t.Fatal(err)
		}
		s.pass(20 * days)
		if s.state(good, "effective"); s.balance(v) != 10 {
			t.Errorf("after a good turn %d are left", s.balance(v))
		}
		late := s.noted(v, "card")
		s.do(s.speaker(late), late, "appeal", input{"explain": "当时挂着。"})
		s.pass(20 * days)
		if s.state(late, "cancelled"); s.balance(v) != 10 {
			t.Error("a review that comes late favours the vendor")
		}
		s.pass(370 * days)
		s.state(c, "expired")
	})
}

func TestWhatARecordOfPointsRefuses(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		try := func(act string, more input) error { _, err := s.note(v, act, more); return err }
		s.refused(try("line", input{"explained_to": false}), "T20")
		s.refused(try("line", input{"at": s.Clock.Now().Add(-2 * days)}), "T20")
		_, err := s.Engine.Open(ctx, engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: s.manager(), Parent: v.id,
			Input: input{"act": "line", "kind": "points", "at": s.Clock.Now(), "explained_to": true}})
		s.refused(err, "T20")
		far := spot
		far.Lat += 0.01
		_, err = s.Engine.Open(ctx, engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: s.manager(), Parent: v.id,
			Input: input{"act": "line", "kind": "points", "at": s.Clock.Now(), "explained_to": true}, Files: []engine.Upload{s.Photo("photo", far)}})
		s.refused(err, "T20")
		s.refused(try("line", input{"corrected": true}), "T21")
		c, err := s.note(v, "line", input{"corrected": true, "kind": "warning"})
		if err != nil {
			t.Fatal(err)
		}
		if n := s.state(c, "noted").Data["n"]; n != int64(0) {
			t.Errorf("a reminder costs %v", n)
		}
		s.refused(try("line", nil), "T23")
		d := s.noted(v, "dirt")
		me := s.speaker(d)
		s.Clock.Advance(10 * days)
		s.refused(s.try(me, d, "appeal", input{"explain": "晚了"}), "R11")
		s.pass(0)
		// A clerk has no post for it, and nobody outside speaks for the vendor.
		e := s.noted(v, "build")
		for _, who := range []string{"stall_clerk", "leader"} {
			if err := s.try(s.Staff(who, "", 0), e, "appeal", input{"explain": "x"}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s appealed: %v", who, err)
			}
		}
		other := s.active("C01-02", nil)
		if err := s.try(s.self(other), e, "appeal", input{"explain": "x"}); err == nil {
			t.Error("another vendor appealed")
		}
	})
}

func TestAllPointsLost(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		for _, act := range []string{"abuse", "sublet", "build"} {
			s.noted(v, act)
		}
		s.pass(10 * days)
		if s.balance(v) != 0 {
			t.Fatalf("%d are left", s.balance(v))
		}
		s.state(v.id, "active") // never by itself
		s.do(s.clerk(), v.id, "propose_revoke", input{"ground": "points_0", "facts": "积分减完"}, s.photo("proof"))
		s.state(v.id, "revoking")
	})
}
