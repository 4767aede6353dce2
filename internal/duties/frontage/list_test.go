package frontage_test

import (
	"testing"
	"time"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/id"
)

// failed leaves an inspection of S1 that was not corrected in time.
func (s *street) failed(pledge id.ID) id.ID {
	s.t.Helper()
	s.inspect("", pledge, "complaint", 0, 20, 20, 20, 20)
	s.act("", "order", s.Staff("officer", "d1", 0), in("items", []string{"hygiene"}))
	s.later(2 * day)
	s.state("failed")
	return s.on
}

func (s *street) propose(want string, pledge id.ID, list string) {
	s.t.Helper()
	s.open(want, frontage.Listing, "propose", s.Staff("officer", "d1", 0), pledge, in("shop", "S1", "list", list, "period", "近 90 日"))
}

func TestTheBlackListHearsTheShop(t *testing.T) {
	each(t, func(s *street) {
		pledge, head, section := s.signed(), s.Staff("street_head", "", 0), s.Staff("section_head", "", 0)
		s.failed(pledge)
		s.failed(pledge)
		s.propose("F20", pledge, frontage.Black)
		last := s.failed(pledge)
		s.act("", "appeal", s.keeper(), in("text", "不是我"))
		s.propose("F20", pledge, frontage.Black) // one of three is under appeal
		s.on = last
		s.act("", "decide", head, in("granted", false, "reason", "属实"))
		s.propose("", pledge, frontage.Black)
		entry := s.on
		if c := s.state("proposed"); len(c.Data["counted"].([]string)) != 3 || c.Text("grounds") == "" {
			t.Errorf("%+v", c.Data)
		}
		s.propose("F24", pledge, frontage.Black)
		s.on = entry
		s.act("R03", "publish", head, in())
		s.act("", "notify", head, in("text", "三次未改正"))
		s.act("F21", "publish", head, in())
		s.later(day)
		s.act("", "object", s.keeper(), in("text", "有一次是邻店"))
		s.act("R01", "decide", head, in("granted", true, "reason", "x"))
		s.act("", "decide", section, in("granted", true, "reason", "一次事实不清"))
		s.state("dropped")
	})
}

func TestAnEntryIsShownForAWhile(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer, head, section := s.signed(), s.Staff("officer", "d1", 0), s.Staff("street_head", "", 0), s.Staff("section_head", "", 0)
		for range 3 {
			s.failed(pledge)
		}
		enter := func() {
			t.Helper()
			s.propose("", pledge, frontage.Black)
			s.act("", "notify", head, in("text", "三次未改正"))
		}
		enter()
		s.later(14 * day)
		s.act("R11", "object", s.keeper(), in("text", "迟了"))
		s.act("", "publish", head, in())
		s.state("published")
		list, err := frontage.Standing(ctx, s.DB, s.Division, frontage.Listing)
		if err != nil || len(list) != 1 || list[0].Until.Sub(s.Clock.Now()) < 29*day {
			t.Errorf("%+v %v", list, err)
		}
		s.act("F23", "take_off", head, in("reason", "已改好"))
		entry := s.on
		for range 2 {
			s.later(day)
			s.inspect("", pledge, "complaint", 20, 20, 20, 20, 20)
			s.act("", "pass", officer, in())
		}
		s.on = entry
		s.act("", "take_off", head, in("reason", "两次合格"))
		s.state("taken_off")

		enter()
		s.act("", "object", s.keeper(), in("text", "不服"))
		s.act("", "decide", section, in("granted", false, "reason", "属实"))
		s.state("published")
		s.act("F25", "object", s.keeper(), in("text", "还是不服"))
		s.later(31 * day)
		s.state("taken_off")

		enter()
		s.act("", "object", s.keeper(), in("text", "不服"))
		s.later(20 * day) // nobody decided
		s.state("dropped")

		enter()
		s.later(60 * day) // the failures are too old by now
		s.act("F20", "publish", head, in())
		s.act("", "drop", head, in("reason", "条件已不成立"))
		s.state("dropped")
	})
}

func TestTheRedListNeedsConsent(t *testing.T) {
	each(t, func(s *street) {
		pledge, officer, head := s.signed(), s.Staff("officer", "d1", 0), s.Staff("street_head", "", 0)
		s.propose("F20", pledge, frontage.Red) // nothing was counted
		for range 3 {
			s.inspect("", pledge, "complaint", 20, 20, 20, 20, 16)
			s.propose("F20", pledge, frontage.Red) // too few, or the last not rated yet
			s.on = latest(s, frontage.Inspection)
			s.act("", "pass", officer, in())
		}
		s.propose("", pledge, frontage.Red)
		s.act("F22", "notify", head, in("text", "拟列入红榜"))
		s.act("", "notify", head, in("text", "拟列入红榜", "consent", true))
		s.state("published")
		s.act("", "object", s.keeper(), in("text", "不想上榜"))
		s.act("", "decide", s.Staff("section_head", "", 0), in("granted", false, "reason", "已同意"))
		s.state("published")
		s.later(100 * day)
		s.state("taken_off")
	})
}

func latest(s *street, procedure string) id.ID {
	s.t.Helper()
	list, err := frontage.Of(ctx, s.DB, s.Division, "S1", procedure)
	if err != nil || len(list) == 0 {
		s.t.Fatal(err)
	}
	return list[0].Case
}

func TestShopsAreProposedByRule(t *testing.T) {
	each(t, func(s *street) {
		pledge := s.signed()
		for range 3 {
			s.failed(pledge)
		}
		for range 2 { // twice is the same as once
			if err := s.room.Round(ctx, s.Division); err != nil {
				t.Fatal(err)
			}
		}
		list, err := frontage.Of(ctx, s.DB, s.Division, "S1", frontage.Listing)
		if err != nil || len(list) != 1 || list[0].List != frontage.Black || list[0].Parent != pledge {
			t.Fatalf("%+v %v", list, err)
		}
		s.on = list[0].Case
		s.act("", "drop", s.Staff("street_head", "", 0), in("reason", "先约谈"))
		if err := s.room.Round(ctx, s.Division); err != nil {
			t.Fatal(err)
		}
		if again, _ := frontage.Of(ctx, s.DB, s.Division, "S1", frontage.Listing); len(again) != 1 {
			t.Error("what was dropped is not proposed anew from the same inspections")
		}
	})
}

func TestAppealsAndOldInspectionsCountForNothing(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	e := func(days int, state string, total int, failed bool) frontage.Entry {
		out := frontage.Entry{Case: id.New(), Procedure: frontage.Inspection, State: state, Total: total, Opened: now.AddDate(0, 0, -days)}
		if failed {
			out.Failed = out.Opened
		}
		return out
	}
	bad := []frontage.Entry{e(1, "failed", 40, true), e(20, "closed", 40, true), e(60, "passed_on", 40, true)}
	for _, x := range []struct {
		name, list string
		all        []frontage.Entry
		met        bool
		n          int
	}{
		{"three failures", frontage.Black, bad, true, 3},
		{"one of them too old", frontage.Black, append(bad[:2:2], e(91, "failed", 40, true)), false, 2},
		{"one of them cancelled", frontage.Black, append(bad[:2:2], e(5, "cancelled", 40, true)), false, 2},
		{"three and one under appeal", frontage.Black, append(bad[:3:3], e(5, "appealed", 40, true)), false, 3},
		{"three, and an appeal that was no failure", frontage.Black, append(bad[:3:3], e(5, "appealed", 90, false)), true, 3},
		{"nothing", frontage.Red, nil, false, 0},
		{"good", frontage.Red, []frontage.Entry{e(1, "passed", 96, false), e(8, "closed", 94, false), e(15, "passed", 95, false)}, true, 3},
		{"good, seen too seldom", frontage.Red, []frontage.Entry{e(1, "passed", 96, false), e(8, "closed", 94, false)}, false, 2},
		{"good but once failed", frontage.Red, []frontage.Entry{e(1, "passed", 100, false), e(8, "closed", 100, true), e(9, "passed", 100, false)}, false, 3},
		{"not good enough", frontage.Red, []frontage.Entry{e(1, "passed", 94, false), e(2, "passed", 94, false), e(3, "passed", 94, false)}, false, 3},
	} {
		if v := frontage.Judge(x.list, x.all, 3, now); v.Met != x.met || len(v.Counted) != x.n {
			t.Errorf("%s: %+v", x.name, v)
		}
	}
}
