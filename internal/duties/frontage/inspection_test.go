package frontage_test

import (
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/fault"
)

func TestWhatAnInspectionMayBe(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer := s.signed(), s.Staff("officer", "d1", 0)
		form := func(shop string, n map[string]string) procedure.Input {
			return in("shop", shop, "occasion", "routine", "scores", n)
		}
		s.open("F04", frontage.Inspection, "inspect", officer, pledge, form("S9", scores(20, 20, 20, 20, 20)), s.shot("photos"))
		for _, bad := range []map[string]string{scores(21, 20, 20, 20, 20), scores(-1, 20, 20, 20, 20), {"hygiene": "20"}, {"hygiene": "20", "order": "20", "green": "20", "fittings": "20", "beauty": "20"}} {
			s.open("F14", frontage.Inspection, "inspect", officer, pledge, form("S1", bad), s.shot("photos"))
		}
		s.open("R05", frontage.Inspection, "inspect", officer, pledge, form("S1", scores(20, 20, 20, 20, 20)))
		s.open("F13", frontage.Inspection, "inspect", officer, pledge, form("S1", scores(20, 20, 20, 20, 20)), s.Photo("photos", procedure.Point{Lat: 36.71, Lng: 119.1}))
		s.open("R01", frontage.Inspection, "inspect", s.Staff("outreach", "", 0), pledge, form("S1", scores(20, 20, 20, 20, 20)), s.shot("photos"))
		s.inspect("", pledge, "routine", 20, 18, 16, 20, 20)
		if c := s.state("recorded"); c.Data["total"] != int64(94) || c.Data["passes"] != true {
			t.Errorf("%+v", c.Data)
		}
		s.act("", "pass", officer, in())
		s.state("passed")

		s.later(6 * day)
		s.inspect("F10", pledge, "routine", 20, 20, 20, 20, 20)
		s.inspect("", pledge, "complaint", 20, 20, 20, 20, 11) // 91, but one below the floor
		s.act("F15", "pass", officer, in())
		s.act("R05", "spot", officer, in())
		s.act("", "spot", officer, in(), s.shot("after"))
		if c := s.state("passed"); c.Data["spot"] != true || c.Text("note") != "当场改正" {
			t.Errorf("%+v", c.Data)
		}
		s.later(2 * day)
		s.inspect("", pledge, "routine", 15, 15, 15, 15, 15) // 75
		s.act("F15", "pass", officer, in())
	})
}

func TestAShopCorrects(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer, other := s.signed(), s.Staff("officer", "d1", 0), s.Staff("community_inspector", "", 0)
		s.inspect("", pledge, "routine", 5, 20, 10, 20, 20)
		f, err := s.Engine.Form(ctx, officer, s.state("recorded"), "order", nil)
		if err != nil || len(f.Choices["items"]) != 2 {
			t.Errorf("only what lost points can be asked for: %+v %v", f.Choices, err)
		}
		s.act("F17", "order", officer, in("items", []string{"beauty"}))
		s.act("", "order", officer, in("items", []string{"hygiene", "green"}))
		c := s.state("to_correct")
		words, err := s.Engine.PublicWords(ctx, c, "")
		if err != nil || !strings.Contains(words.ZH, "卫生、绿化") || !strings.Contains(words.EN, "Hygiene, Green") {
			t.Errorf("%+v %v", words, err)
		}
		if c.Data["term_n"] != int64(5) || c.Text("term_unit") != "working_day" {
			t.Errorf("all are due together, none before its time: %v", c.Data)
		}
		s.later(day)
		s.act("R05", "claim_fix", s.keeper(), in())
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		if s.state("claimed").Clock("correct_by").State != "paused" {
			t.Error("the shop waits for us now")
		}
		s.act("", "recheck", officer, in("ok", false), s.shot("photos"))
		if due := s.state("to_correct").Clock("correct_by"); due.State != "running" || due.Run != 2 {
			t.Errorf("half the time, once more: %+v", due)
		}
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.act("F11", "recheck", officer, in("ok", true), s.shot("photos"))
		s.act("", "recheck", other, in("ok", true), s.shot("photos"))
		s.state("closed")

		s.later(8 * day)
		s.inspect("", pledge, "routine", 5, 20, 20, 20, 20)
		s.act("", "order", officer, in("items", []string{"hygiene"}, "term", "d1"))
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.act("", "recheck", officer, in("ok", false), s.shot("photos"))
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.act("", "recheck", other, in("ok", false), s.shot("photos"))
		s.state("failed")

		s.later(8 * day)
		s.inspect("", pledge, "routine", 5, 20, 20, 20, 20)
		s.act("", "order", officer, in("items", []string{"hygiene"}))
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.later(14 * day) // nobody looked
		if c := s.state("closed"); c.Data["unseen"] != true {
			t.Error("what nobody saw says so")
		}
	})
}

func TestAnAppealIsHeardByAnother(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer, head := s.signed(), s.Staff("officer", "d1", 0), s.Staff("street_head", "", 0)
		begin := func() {
			s.inspect("", pledge, "complaint", 5, 20, 20, 20, 20)
			s.act("", "order", officer, in("items", []string{"hygiene"}, "term", "d3"))
		}
		begin()
		s.act("", "appeal", s.keeper(), in("text", "垃圾不是我店的"))
		s.act("R03", "claim_fix", s.keeper(), in(), s.shot("after"))
		total := s.state("appealed").Data["total"]
		s.act("R05", "decide", head, in("granted", false))
		s.act("", "decide", head, in("granted", false, "reason", "现场属实"))
		c := s.state("to_correct")
		if c.Clock("correct_by").State != "running" || c.Data["total"] != total {
			t.Error("the time goes on, and the score is what it was")
		}
		s.act("F16", "appeal", s.keeper(), in("text", "再申诉"))
		s.later(8 * day)
		s.state("failed")

		begin()
		s.act("", "appeal", s.keeper(), in("text", "不属实"))
		s.act("", "decide", head, in("granted", true, "reason", "证据不足"))
		s.state("cancelled")

		begin()
		s.act("", "appeal", s.keeper(), in("text", "不属实"))
		s.later(20 * day) // nobody heard it
		s.state("cancelled")

		begin()
		s.later(20 * day)
		s.state("failed")
		s.act("R11", "appeal", s.keeper(), in("text", "迟了"))

		begin()
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.act("", "recheck", officer, in("ok", false), s.shot("photos"))
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.act("", "recheck", s.Staff("officer", "d1", 1), in("ok", false), s.shot("photos"))
		s.act("", "appeal", s.keeper(), in("text", "已改正"))
		s.act("", "decide", head, in("granted", false, "reason", "未改正"))
		s.state("failed")
	})
}

func TestWhatIsNotCorrectedIsPassedOnWhereALawApplies(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer, head := s.signed(), s.Staff("officer", "d1", 0), s.Staff("street_head", "", 0)
		fail := func() {
			s.inspect("", pledge, "hazard", 0, 0, 0, 0, 0)
			s.act("", "order", officer, in("items", []string{"order"}))
			s.later(3 * day)
			s.state("failed")
		}
		opened := func(proc string) {
			t.Helper()
			list, err := record.Children(ctx, s.DB, s.Division, s.on)
			if err != nil || len(list) != 1 || list[0].Procedure != proc || list[0].Address != "演示路1号" {
				t.Errorf("%+v %v", list, err)
			}
		}
		fail()
		s.act("F12", "pass_on", officer, in("kind", "lead"))
		s.act("F12", "pass_on", officer, in("kind", "lead", "law", "UM-999"))
		s.act("", "pass_on", officer, in("kind", "lead", "law", lawful))
		s.state("passed_on")
		opened("enf.ordinary")
		fail()
		s.act("", "pass_on", officer, in("kind", "incident"))
		if words, err := s.Engine.PublicWords(ctx, s.state("passed_on"), ""); err != nil || !strings.Contains(words.ZH, "数字城管案件") {
			t.Errorf("%+v %v", words, err)
		}
		opened("incident")
		fail()
		s.act("R06", "close_failed", head, in("reason", "已谈"))
		s.act("R01", "close_failed", officer, in("reason", "已当面教育，店主承诺今后注意。"))
		s.act("", "close_failed", head, in("reason", "已当面教育，店主承诺今后注意。"))
		s.state("closed")
	})
}

func TestAShopWithoutAPledgeHasItsOwnCode(t *testing.T) {
	each(t, func(s *street) {
		officer := s.Staff("officer", "d1", 0)
		if root, err := frontage.Root(ctx, s.DB, s.Division, "S1"); err != nil || !root.IsZero() {
			t.Fatal(root, err)
		}
		r, err := s.Engine.Open(ctx, engine.Opening{Procedure: frontage.Inspection, Division: s.Division, Step: "inspect", Actor: officer, Party: &engine.NewParty{},
			Input: in("shop", "S1", "occasion", "routine", "scores", scores(0, 20, 20, 20, 20)), Files: []engine.Upload{s.shot("photos")}})
		if err != nil {
			t.Fatal(err)
		}
		s.on, s.receipt = r.Case, r.Receipt
		s.act("", "order", officer, in("items", []string{"hygiene"}))
		s.act("", "claim_fix", s.keeper(), in(), s.shot("after"))
		s.state("claimed")
		if keyed, err := frontage.Keyed(ctx, s.DB, s.Division, "S1"); err != nil || keyed != r.Case {
			t.Fatal(keyed, err)
		}
		lost := s.receipt
		s.act("R05", "new_code", officer, in())
		again, err := s.Engine.Act(ctx, engine.Act{Case: r.Case, Step: "new_code", Actor: officer, Input: in("proof", "at_door")})
		if err != nil || again.Receipt == "" || again.State != "claimed" {
			t.Fatalf("%+v %v", again, err)
		}
		if _, err := s.room.Own(ctx, lost); !fault.Is(err, fault.NotFound) {
			t.Error("the lost code still opens:", err)
		}
		s.inspect("", r.Case, "complaint", 20, 20, 20, 20, 20)
		s.act("code_above", "new_code", officer, in("proof", "at_door"))
		if o, err := s.room.Own(ctx, again.Receipt); err != nil || len(o.Cases) != 2 {
			t.Errorf("one code opens every inspection: %+v %v", o, err)
		}
	})
}
