package frontage_test

import (
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestAPledgeIsSigned(t *testing.T) {
	each(t, func(s *street) {
		out := s.Staff("outreach", "", 0)
		now := s.Clock.Now()
		s.open("F04", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S9", "from", now))
		s.open("F04", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S4", "from", now)) // closed
		s.open("F03", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S3", "from", now))
		s.open("F03", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S3", "from", now, "stretch", "here and there"))
		s.open("R01", frontage.Pledge, "draft", s.Staff("street_head", "", 0), id.ID{}, in("shop", "S1", "from", now))
		s.open("", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S1", "from", now))
		first, code := s.on, s.receipt
		if c := s.state("drafted"); len(c.Data["items"].([]string)) != 5 || c.Text("address") != "演示路1号" || c.Place == nil {
			t.Errorf("%+v", c.Data)
		}
		s.open("F01", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S1", "from", now))
		s.open("F01", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S2", "from", now, "stretch", "119.10008,36.7;119.10018,36.7")) // 0.9 m
		s.open("", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S2", "from", now, "stretch", "119.100086,36.7;119.10018,36.7"))   // 0.36 m
		s.on, s.receipt = first, code

		s.act("R03", "sign", s.keeper(), signature())
		s.act("", "send", out, in("how", "visit"))
		wrong := signature()
		wrong["capacity"] = "other"
		s.act("F02", "sign", s.keeper(), wrong)
		wrong = signature()
		delete(wrong, "sign")
		s.act("R05", "sign", s.keeper(), wrong)
		s.act("R01", "sign", out, signature())
		s.act("", "sign", s.keeper(), signature())
		c := s.state("active")
		if c.Clock("term").DueAt().Sub(now) < 365*day {
			t.Error("a pledge holds 365 days")
		}
		if list, err := frontage.Of(ctx, s.DB, s.Division, "S1", frontage.Pledge); err != nil || len(list) != 1 || list[0].State != "active" || list[0].Signed.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		s.later(30 * day)
		s.act("F02", "renew", out, in("name", "李", "phone", "13800000000", "capacity", "other", "sign", "李"))
		s.act("", "renew", out, signature())
		if again := s.state("active").Clock("term").DueAt(); again.Sub(now) < 394*day {
			t.Error("renewing begins a new term", again)
		}
		list, err := paper.Of(ctx, s.DB, s.Division, s.on)
		if err != nil || len(list) != 2 || list[0].State != paper.Replaced || list[0].ReplacedBy != list[1].ID || list[1].State != paper.Issued {
			t.Errorf("each signing leaves a paper, the later in the place of the earlier: %+v %v", list, err)
		}
		s.act("", "end", out, in("reason", "搬迁"))
		s.state("ended")
		s.act("R09", "dispute", s.keeper(), in("what", "x"))
	})
}

func TestALostCodeIsRenewedAndDies(t *testing.T) {
	each(t, func(s *street) {
		pledge, lost := s.signed(), s.receipt
		s.inspect("", pledge, "complaint", 0, 20, 20, 20, 20)
		inspection := s.on
		s.on = pledge
		s.later(366 * day) // the next pledge hangs on the one whose term is over
		next := latest(s, frontage.Pledge)
		s.on = next
		out := s.Staff("outreach", "", 0)
		s.act("", "send", out, in("how", "visit"))
		s.act("R01", "new_code", s.Staff("section_head", "", 0), in("proof", "licence"))
		s.act("R05", "new_code", out, in())
		r, err := s.Engine.Act(ctx, engine.Act{Case: next, Step: "new_code", Actor: out, Input: in("proof", "licence")})
		if err != nil || r.Receipt == "" || r.Receipt == lost || r.State != "sent" {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := s.room.Own(ctx, lost); !fault.Is(err, fault.NotFound) {
			t.Error("the lost code still opens:", err)
		}
		s.receipt = r.Receipt
		s.act("", "sign", s.keeper(), signature())
		if o, err := s.room.Own(ctx, r.Receipt); err != nil || len(o.Cases) != 1 {
			t.Errorf("%+v %v", o, err)
		}
		s.act("", "end", out, in("reason", "搬迁"))
		late, err := s.Engine.Act(ctx, engine.Act{Case: next, Step: "new_code", Actor: out, Input: in("proof", "identity")})
		if err != nil || late.Receipt == r.Receipt || late.State != "ended" {
			t.Errorf("what hangs on a pledge outlives it: %+v %v", late, err)
		}
		if _, err := s.room.Keeper(ctx, late.Receipt, inspection); !fault.Is(err, fault.NotFound) {
			t.Error("what hangs on the pledge before is not the new holder's:", err)
		}
	})
}

func TestALineIsQuestionedAndSettled(t *testing.T) {
	each(t, func(s *street) {
		drafter, other := s.Staff("officer", "d1", 0), s.Staff("officer", "d1", 1)
		s.open("", frontage.Pledge, "draft", s.Staff("outreach", "", 0), id.ID{}, in("shop", "S2", "from", s.Clock.Now()))
		s.open("", frontage.Pledge, "draft", drafter, id.ID{}, in("shop", "S1", "from", s.Clock.Now()))
		s.act("", "send", drafter, in("how", "paper"))
		s.later(3 * day)
		left := s.state("sent").Clock("sign_by").DueAt()
		s.act("", "dispute", s.keeper(), in("what", "多划了半间"))
		s.later(day)
		settled := func(line string) procedure.Input { return in("place", door, "reason", "现场丈量", "stretch", line) }
		s.act("R04", "settle_line", drafter, settled("119.1,36.7;119.10007,36.7"), s.shot("photos"))
		s.act("R05", "settle_line", other, settled("119.1,36.7;119.10007,36.7"))
		s.act("F03", "settle_line", other, settled("?"), s.shot("photos"))
		s.act("F01", "settle_line", other, settled("119.1,36.7;119.10012,36.7"), s.shot("photos"))
		s.act("", "settle_line", other, settled("119.1,36.7;119.10007,36.7"), s.shot("photos"))
		if due := s.state("sent").Clock("sign_by").DueAt(); !due.After(left) {
			t.Error("the days of the dispute do not count", left, due)
		}
		s.act("", "sign", s.keeper(), signature())
		if l, _ := shop.ParseLine(s.state("active").Text("stretch")); l.Metres() > 6.5 {
			t.Error("the settled line holds", l)
		}
		s.act("", "dispute", s.keeper(), in("what", "又变了"))
		s.act("", "settle_line", other, in("place", door, "reason", "复核不变"), s.shot("photos"))
		if c := s.state("sent"); c.Data["signed_at"] != nil || c.Clock("term").State == "running" {
			t.Error("what was signed no longer holds")
		}
	})
}

func TestWhoDoesNotSignIsAskedTwice(t *testing.T) {
	each(t, func(s *street) {
		out := s.Staff("outreach", "", 0)
		s.open("", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S1", "from", s.Clock.Now()))
		s.act("", "send", out, in("how", "visit"))
		s.later(30 * day)
		s.state("sent")
		s.later(30 * day)
		s.state("declined")
		s.open("", frontage.Pledge, "draft", out, id.ID{}, in("shop", "S1", "from", s.Clock.Now()))
		s.act("", "send", out, in("how", "visit"))
		s.act("", "decline", s.keeper(), in())
		s.state("declined")
	})
}

func TestTheNextPledgeIsDraftedWhenOneHasRunItsTerm(t *testing.T) {
	each(t, func(s *street) {
		s.signed()
		s.later(366 * day)
		s.state("ended")
		list, err := frontage.Of(ctx, s.DB, s.Division, "S1", frontage.Pledge)
		if err != nil || len(list) != 2 || list[0].State != "drafted" || list[0].Parent != s.on {
			t.Fatalf("%+v %v", list, err)
		}
		s.on = list[0].Case // the code of the first opens the next
		s.act("", "send", s.Staff("outreach", "", 0), in("how", "message"))
		s.act("", "sign", s.keeper(), signature())
		s.state("active")

		s.bring(shop.Shops, []byte("code,name,trade,address,lng,lat,stretch,to,provenance\nS1,演示面馆,food,演示路1号,119.100045,36.7,\"119.1,36.7;119.10009,36.7\",2026-10-01,synthetic\n"))
		if err := s.room.Round(ctx, s.Division); err != nil {
			t.Fatal(err)
		}
		s.state("ended")
	})
}

func TestAReceiptOpensOnlyItsOwn(t *testing.T) {
	each(t, func(s *street) {
		s.signed()
		mine := s.receipt
		s.open("", frontage.Pledge, "draft", s.Staff("outreach", "", 0), id.ID{}, in("shop", "S2", "from", s.Clock.Now()))
		if _, err := s.room.Keeper(ctx, mine, s.on); codeOf(err) == "" {
			t.Error("one shop's code opens another's case")
		}
		for _, code := range []string{"", "AAAAA-AAAAA-AAAA", id.Receipt()} {
			if _, err := s.room.Own(ctx, code); codeOf(err) == "" {
				t.Errorf("%q opens something", code)
			}
		}
		if o, err := s.room.Own(ctx, mine); err != nil || o.Shop.Code != "S1" || len(o.Cases) != 1 {
			t.Errorf("%+v %v", o, err)
		}
	})
}
