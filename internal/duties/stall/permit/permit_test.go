package permit_test

import (
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

func TestFromTheApplicationToTheStall(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.apply(nil)
		if !strings.Contains(s.public(v).ZH, "2026-09-20") { // five working days, with a make-up Sunday
			t.Errorf("the vendor reads %q", s.public(v).ZH)
		}
		s.do(s.clerk(), v.id, "need_more", input{"missing": []string{"身份证照片", "摊位照片"}})
		if got := s.public(v); !strings.Contains(got.ZH, "身份证照片") {
			t.Errorf("the vendor reads %+v", got)
		}
		s.do(s.self(v), v.id, "complete", nil, s.photo("files"))
		s.refused(s.try(s.clerk(), v.id, "need_more", input{"missing": []string{"再来"}}), "T03")
		s.do(s.clerk(), v.id, "receive", nil)
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true}), "T18")
		s.do(s.clerk(), v.id, "propose", input{"ok": true, "opinion": "符合"})
		s.refused(s.try(s.head(), v.id, "check", input{"ok": false, "reason": "不行"}), "R06")
		s.do(s.head(), v.id, "check", input{"ok": true})
		other := s.waiting(nil)
		if got := s.public(other).ZH; !strings.Contains(got, "第 2 位") {
			t.Errorf("the second reads %q", got)
		}
		s.refused(s.offer(other, "C01-01", "order"), "T14")
		s.refused(s.offer(other, "C01-01", "hardship"), "T14")
		if err := s.offer(v, "C01-01", "order"); err != nil {
			t.Fatal(err)
		}
		if got := s.public(v); !strings.Contains(got.ZH, "C01-01") || !strings.Contains(got.ZH, "2026-09-17") || !strings.Contains(got.EN, "confirm by") {
			t.Errorf("the offer reads %+v", got)
		}
		s.take(v)
		x := s.state(v.id, "active")
		if x.Number == "" || x.Data["points"] != int64(12) {
			t.Errorf("number %q, points %v", x.Number, x.Data["points"])
		}
		if got := s.public(v).ZH; !strings.Contains(got, "2027-09-14，") || !strings.Contains(got, "12/12") {
			t.Errorf("the vendor reads %q", got)
		}
		s.refused(s.try(s.head(), other.id, "offer", input{"stall": "C01-01", "rule": "order", "why": "次序"}), "T13")
	})
}

func TestWhoMayNotApply(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		_, err := s.tryApply(input{"id_no": identity(1, "2012")})
		s.refused(err, "T12")
		_, err = s.tryApply(input{"id_no": "370705198001010000"})
		s.refused(err, "T12")
		number := identity(400, "1975")
		v := s.active("C01-01", input{"id_no": number, "household": "0536 1"})
		_, err = s.tryApply(input{"id_no": strings.ToLower(number)})
		s.refused(err, "T01")
		if got := fault.As(err).Args["text"].(i18n.Text); !strings.Contains(got.ZH, "C01-01") {
			t.Errorf("refused with %q", got.ZH)
		}
		_, err = s.tryApply(input{"household": "05361"})
		s.refused(err, "T01")
		// Two applications of one person: only one can take a stall.
		twin := identity(401, "1975")
		one, two := s.waiting(input{"id_no": twin}), s.waiting(input{"id_no": twin})
		for stall, x := range map[string]vendor{"C01-02": one, "C01-04": two} {
			if err := s.offer(x, stall, "batch"); err != nil {
				t.Fatal(err)
			}
		}
		s.take(one)
		s.refused(s.try(s.self(two), two.id, "take_place", input{"pledge": "x"}, s.photo("photo")), "T01")
		// After a withdrawal one waits half a year.
		s.revoked(v)
		_, err = s.tryApply(input{"id_no": number})
		s.refused(err, "T02")
		s.Clock.Advance(184 * days)
		s.apply(input{"id_no": number})
	})
}

// revoked withdraws a stall the lawful way.
func (s *street) revoked(v vendor) {
	s.t.Helper()
	s.do(s.clerk(), v.id, "propose_revoke", input{"ground": "safety", "facts": "私拉电线"}, s.photo("proof"))
	s.do(s.self(v), v.id, "waive", input{"sign": "演示摊主"})
	s.do(s.Staff("legal", "", 0), v.id, "legal_review", input{"opinion": "同意"})
	s.do(s.leader(), v.id, "revoke", input{"reason": "存在安全隐患，决定收回。"})
	s.state(v.id, "revoked")
}

func TestWhatTheCheckRefuses(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.checking(input{"goods": []string{"clothing"}}, nil)
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true}), "T04")
		v = s.checking(input{"goods": []string{"snack"}}, nil)
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true}), "T05")
		v = s.checking(input{"goods": []string{"snack"}}, input{"health_until": s.Clock.Now().Add(-48 * time.Hour)})
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true}), "T05")
		v = s.checking(input{"clusters": []string{"C01", "C02"}}, nil)
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true, "stall": "C02-01"}), "T06") // a morning cluster
		s.refused(s.try(s.head(), v.id, "check", input{"ok": true, "stall": "C01-03"}), "T04") // for toys alone
		s.do(s.head(), v.id, "check", input{"ok": true, "stall": "C01-01"})
		s.state(v.id, "offered")
		w := s.checking(nil, nil)
		s.refused(s.try(s.head(), w.id, "check", input{"ok": true, "stall": "C01-01"}), "T13")
		s.do(s.head(), w.id, "check", input{"ok": false, "reason": "所申请的品类与周边重复"})
		s.state(w.id, "refused")
		if got := s.public(w); !strings.Contains(got.ZH, "与周边重复") || !strings.Contains(got.ZH, "行政复议") {
			t.Errorf("the vendor reads %q", got.ZH)
		}
		// Whoever received it does not decide it.
		both := s.apply(nil)
		s.do(s.clerk(), both.id, "receive", nil)
		if p, _ := s.Engine.Find(ctx, s.Division, both.id); p.State != "checking" {
			t.Error(p.State)
		}
		s.bring(cluster.Designations, strings.ReplaceAll(designations, "2030-12-31", "2026-09-01")) // it ended
		w = s.checking(nil, nil)
		s.refused(s.try(s.head(), w.id, "check", input{"ok": true}), "T04")
	})
}

func TestOffersThatAreNotTaken(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.waiting(nil)
		turn := s.state(v.id, "waiting").Data["turn"]
		for i, want := range []string{"waiting", "lapsed"} {
			if err := s.offer(v, "C01-01", "order"); err != nil {
				t.Fatal(err)
			}
			s.do(s.self(v), v.id, "decline", nil)
			if got := s.state(v.id, want).Data["turn"]; got != turn {
				t.Errorf("after decline %d the turn is %v, was %v", i, got, turn)
			}
		}
		v = s.waiting(nil)
		if err := s.offer(v, "C01-01", "order"); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(5 * days)
		s.refused(s.try(s.self(v), v.id, "take_place", input{"pledge": "x"}, s.photo("photo")), "R11")
		s.pass(0)
		s.state(v.id, "lapsed")
		w := s.waiting(nil)
		if err := s.offer(w, "C01-01", "order"); err != nil {
			t.Errorf("the stall did not come free: %v", err)
		}
	})
}

func TestSilenceOfTheBureau(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.apply(nil)
		s.pass(10 * days)
		s.state(v.id, "checking") // received, 行政许可法 32
		w := s.apply(nil)
		s.do(s.clerk(), w.id, "need_more", input{"missing": []string{"照片"}})
		s.pass(30 * days)
		if got := s.public(w).ZH; !strings.Contains(got, "补正") {
			t.Errorf("not completed: %q", got)
		}
		s.state(w.id, "ended")
	})
}

func TestPauses(t *testing.T) {
	each(t, func(s *street) {
		v := s.active("C01-01", nil)
		until := func(n int) input { return input{"until": (calendar.DateOf(s.Clock.Now()) + calendar.Date(n)).At(0)} }
		s.refused(s.try(s.self(v), v.id, "pause", until(31)), "T08")
		s.refused(s.try(s.self(v), v.id, "pause", until(-1)), "T08")
		s.do(s.self(v), v.id, "pause", until(20))
		s.do(s.self(v), v.id, "resume", nil)
		s.refused(s.try(s.self(v), v.id, "pause", until(11)), "T08") // thirty a year
		in := until(3)
		in["reason"] = "points_6"
		s.refused(s.try(s.head(), v.id, "suspend", in), "T19")
		in["reason"] = "works"
		s.do(s.head(), v.id, "suspend", in)
		s.refused(s.try(s.self(v), v.id, "resume", nil), "R03")
		s.pass(5 * days)
		s.state(v.id, "active")
		in = until(40)
		in["reason"] = "weather"
		s.refused(s.try(s.head(), v.id, "suspend", in), "T08")
	})
}

func TestSixPointsNeedACourse(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		s.noted(v, "abuse")
		s.pass(10 * days)
		if n := s.balance(v); n != 6 {
			t.Fatalf("%d points are left", n)
		}
		s.do(s.head(), v.id, "suspend", input{"reason": "points_6", "until": (calendar.DateOf(s.Clock.Now()) + 3).At(0)})
		s.refused(s.try(s.head(), v.id, "restore", nil), "T17")
		s.pass(5 * days)
		s.state(v.id, "suspended") // the time is over, the course not done
		s.do(s.manager(), v.id, "course", input{"note": "五不准学习"})
		s.do(s.head(), v.id, "restore", nil)
		s.state(v.id, "active")
	})
}

func TestRenewal(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		inTime, late, silent := s.active("C01-01", nil), s.active("C01-02", nil), s.active("C01-04", nil)
		s.do(s.self(silent), silent.id, "ask_renewal", nil)
		s.pass(40 * days)
		s.state(silent.id, "active") // not decided: renewed
		s.pass(280 * days)
		s.do(s.self(inTime), inTime.id, "ask_renewal", nil)
		s.do(s.head(), inTime.id, "renew", nil)
		until := s.state(inTime.id, "active").Data["until"].(time.Time)
		if calendar.DueDate(until).String() != "2028-09-13" { // a leap year lies between
			t.Errorf("renewed until %v", until)
		}
		s.pass(30 * days)
		s.refused(s.try(s.self(late), late.id, "ask_renewal", nil), "T09")
		s.pass(13 * days)
		s.do(s.self(late), late.id, "ask_renewal", input{"known": true})
		s.pass(4 * days)
		if got := s.public(late).ZH; !strings.Contains(got, "停业") {
			t.Errorf("late, after the end: %q", got)
		}
		if err := s.room.Attend(ctx, s.manager(), late.id, s.Clock.Now()); !fault.Is(err, fault.Conflict) {
			t.Errorf("sold after the end: %v", err)
		}
		s.refused(s.try(s.head(), late.id, "not_renew", input{"ground": "points_0", "reason": "无"}), "R06")
		s.do(s.head(), late.id, "not_renew", input{"ground": "no_longer_qualified", "reason": "不再符合条件，可以复议"})
		s.state(late.id, "expired")
		s.pass(400 * days)
		s.state(silent.id, "expired")
	})
}

func TestUndecidedAtTheEndOfTheTermIsRenewed(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		s.pass(334 * days)
		s.do(s.self(v), v.id, "ask_renewal", nil)
		s.Clock.Advance(40 * days) // clocks act late: the end of the term and of the time to decide are both over
		s.pass(0)
		if until := s.state(v.id, "active").Data["until"].(time.Time); until.Before(s.Clock.Now()) {
			t.Errorf("until %v", until)
		}
	})
}

func TestWithdrawal(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		propose := func(ground string) error {
			return s.try(s.clerk(), v.id, "propose_revoke", input{"ground": ground, "facts": "事实"}, s.photo("proof"))
		}
		s.refused(propose("points_0"), "T15")
		s.refused(propose("absent_15"), "T15")
		s.refused(propose("designation_ended"), "T15")
		s.noted(v, "abuse")
		s.refused(propose("points_0"), "T10")
		s.pass(20 * days) // fifteen and more openings without a scan
		if err := propose("absent_15"); err != nil {
			t.Fatal(err)
		}
		s.do(s.self(v), v.id, "state_case", input{"text": "家人住院，没能出摊。"})
		s.do(s.Staff("legal", "", 0), v.id, "legal_review", input{"opinion": "同意"})
		s.refused(s.try(s.leader(), v.id, "revoke", input{"reason": "无故缺席，决定收回。"}), "T11")
		s.do(s.leader(), v.id, "spare", input{"reason": "情有可原。"})
		s.state(v.id, "active")
		s.do(s.clerk(), v.id, "propose_revoke", input{"ground": "sublet", "facts": "转给他人"}, s.photo("proof"))
		s.do(s.self(v), v.id, "state_case", input{"text": "没有转租。"})
		s.pass(12 * days)
		s.refused(s.try(s.self(v), v.id, "state_case", input{"text": "再说"}), "R11")
		s.refused(s.try(s.self(v), v.id, "waive", input{"sign": "x"}), "R11")
		s.refused(s.try(s.leader(), v.id, "revoke", input{"reason": "转租属实，决定收回。", "reply": "经查属实，不予采纳"}), "T16")
		s.do(s.Staff("legal", "", 0), v.id, "legal_review", input{"opinion": "同意"})
		s.refused(s.try(s.leader(), v.id, "revoke", input{"reason": "转租属实，决定收回。"}), "T24")
		s.do(s.leader(), v.id, "revoke", input{"reason": "转租属实，决定收回。", "reply": "经查属实，不予采纳"})
		if got := s.public(v).ZH; !strings.Contains(got, "转租属实") || !strings.Contains(got, "行政诉讼") {
			t.Errorf("the vendor reads %q", got)
		}
	})
}

func TestSwap(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		a, b := s.active("C01-01", nil), s.active("C01-02", nil)
		snack := s.checking(input{"goods": []string{"snack"}}, input{"health_until": s.Clock.Now().Add(300 * days)})
		s.do(s.head(), snack.id, "check", input{"ok": true, "stall": "C01-04"})
		s.take(snack)
		in := input{"other": "C01-02", "unpaid": true, "sign": "甲", "other_sign": "乙", "why": "双方同意"}
		with := func(k string, v any) input {
			out := input{}
			for n, x := range in {
				out[n] = x
			}
			out[k] = v
			return out
		}
		s.refused(s.try(s.head(), a.id, "swap", with("unpaid", false)), "T07")
		s.refused(s.try(s.head(), a.id, "swap", with("other_sign", "")), "T07")
		s.refused(s.try(s.head(), a.id, "swap", with("other", "C01-04")), "T07") // other goods
		s.refused(s.try(s.head(), a.id, "swap", with("other", "C01-03")), "T07") // free, but for toys
		s.do(s.head(), a.id, "swap", in)
		if x, y := s.state(a.id, "active").Text("stall"), s.state(b.id, "active").Text("stall"); x != "C01-02" || y != "C01-01" {
			t.Errorf("they have %s and %s", x, y)
		}
		for stall, v := range map[string]vendor{"C01-02": a, "C01-01": b} {
			if p, err := permit.Holder(ctx, s.DB, s.Division, stall, "evening"); err != nil || p.Case != v.id {
				t.Errorf("%s is held by %v, %v", stall, p.Case, err)
			}
		}
	})
}

func TestOneStallIsOffered_OnceAtATime(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		a, b := s.waiting(nil), s.waiting(nil)
		done := make(chan error, 2)
		for _, v := range []vendor{a, b} {
			go func() {
				_, err := s.Engine.Act(ctx, engine.Act{Case: v.id, Step: "offer", Actor: s.head(), Input: input{"stall": "C01-01", "rule": "batch", "why": "批次"}})
				done <- err
			}()
		}
		won := 0
		for range 2 {
			if err := <-done; err == nil {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d of two got the stall", won)
		}
	})
}

func TestAttendanceAndDayPasses(t *testing.T) {
	each(t, func(s *street) {
		t := s.t
		v := s.active("C01-01", nil)
		now := s.Clock.Now()
		for range 2 {
			if err := s.room.Attend(ctx, s.manager(), v.id, now); err != nil {
				t.Fatal(err)
			}
		}
		if here, err := permit.HereOn(ctx, s.DB, s.Division, calendar.DateOf(now)); err != nil || here[v.id] != permit.Here || len(here) != 1 {
			t.Errorf("%v, %v", here, err)
		}
		give := func(stall, phone string, goods ...string) error {
			_, err := s.room.DayPass(ctx, s.manager(), stall, phone, goods, s.Clock.Now())
			return err
		}
		for _, x := range []struct{ stall, key string }{{"C01-01", "stall.taken"}, {"C01-03", "stall.not_these_goods"}, {"C02-01", "stall.not_open"}} {
			if err := give(x.stall, "13900000000", "daily"); err == nil || fault.As(err).Key != x.key {
				t.Errorf("%s: %v", x.stall, err)
			}
		}
		if err := give("C01-02", "13900000000", "daily"); err != nil {
			t.Fatal(err)
		}
		if err := give("C01-02", "13900000001", "daily"); err == nil || fault.As(err).Key != "stall.taken" {
			t.Errorf("the same stall twice: %v", err)
		}
		for range 7 {
			s.Clock.Advance(days)
			if err := give("C01-02", "139-0000-0000", "daily"); err != nil {
				t.Fatal(err)
			}
		}
		s.Clock.Advance(days)
		if err := give("C01-02", "13900000000", "daily"); err == nil || fault.As(err).Key != "stall.passes" {
			t.Errorf("the ninth of the month: %v", err)
		}
	})
}
