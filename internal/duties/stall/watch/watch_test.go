package watch_test

import (
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

func at(east float64) procedure.Point {
	p := geo.Offset(geo.Point{Lat: spot.Lat, Lng: spot.Lng}, east, 0)
	return procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: 5}
}

func TestOnlyWhoSignedInSpeaksToPeopleAndOnlyInTheWatch(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		_, err := s.talk(s.Staff("volunteer", "", 0), nil)
		s.refused(err, "P01")
		v := s.on("volunteer", "S1")
		_, err = s.talk(v, input{"place": at(1500)})
		s.refused(err, "P05")
		s.met(v, input{"place": at(900)})
		far := s.on("party_member", "S2")
		s.met(far, input{"place": at(2100)}) // his own stretch
		c := s.met(v, nil)
		x := s.state(c, "met")
		if x.Text("stretch") != "S1" || x.Text("cluster") != "C01" || x.Text("nearest") == "" || x.Text("duty") == "" || x.Number == "" {
			t.Errorf("%+v", x.Data)
		}
		s.Clock.Advance(5 * time.Hour) // a duty that nobody planned ends by itself
		_, err = s.talk(v, nil)
		s.refused(err, "P01")
	})
}

func TestAVolunteersRecordHoldsNoIdentity(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v := s.on("volunteer", "S1")
		for _, words := range []string{"370705198001011234", "电话13800000000", "看了身份证", "暂扣了秤", "looked at the ID card", "我们没收了桌子"} {
			_, err := s.talk(v, input{"words": words})
			s.refused(err, "P02")
		}
		c := s.met(v, nil)
		s.refused(s.act(c, "refuse", v, input{"note": "13900001111"}), "P02")
		for _, st := range s.procedure().Steps {
			for _, f := range st.Form {
				if f.Personal || f.Type == "person" || f.Type == "phone" {
					t.Errorf("%s asks for %s", st.ID, f.Name)
				}
			}
		}
		if _, err := s.talk(s.on("officer", "S1"), input{"words": "已当场查验证件"}); err != nil {
			t.Error("a certified officer may:", err)
		}
	})
}

func (s *street) procedure() *procedure.Procedure {
	s.t.Helper()
	for _, p := range s.Engine.Library().All() {
		if p.ID == watch.Procedure {
			return p
		}
	}
	s.t.Fatal("not loaded")
	return nil
}

func TestLeadingInTakesOneFreePlace(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v := s.on("volunteer", "S1")
		c, other := s.met(v, nil), s.met(v, nil)
		s.refused(s.act(c, "lead", v, input{"place": "C01-02", "goods": "daily"}), "P03")
		s.refused(s.act(c, "lead", v, input{"place": "C01-01", "goods": "toys"}), "P03")
		s.refused(s.act(c, "lead", s.on("party_member", "S1"), input{"place": "C01-01", "goods": "daily"}), "P06")
		s.must(s.act(c, "lead", v, input{"place": "C01-01", "goods": "daily"}))
		s.state(c, "led_in")
		if s.act(other, "lead", v, input{"place": "C01-01", "goods": "daily"}) == nil {
			t.Error("one place was given twice")
		}
		s.must(s.act(other, "lead", s.on("stall_manager", "C01"), input{"place": "C01-02", "goods": "snack"}))
		passes, err := permit.Passes(ctx, s.DB, s.Division, calendar.DateOf(s.Clock.Now()))
		s.must(err)
		if len(passes) != 2 || passes[[2]string{"C01-01", "day"}].Last4 != "" {
			t.Errorf("%+v", passes)
		}
		free, err := s.room.Free(ctx, s.DB, s.Division, geo.Point{}, nil, s.Clock.Now())
		s.must(err)
		if len(free) != 0 {
			t.Errorf("%+v", free)
		}
	})
}

func TestOutcomesEndTheirClocks(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v := s.on("volunteer", "S1")
		c := s.met(v, nil)
		s.Clock.Advance(time.Minute)
		s.refused(s.act(c, "fix", v, nil, s.Photo("after", at(120))), "P07")
		s.must(s.act(c, "fix", v, nil, s.Photo("after", spot)))
		s.state(c, "corrected")
		gone := s.met(v, nil)
		s.must(s.act(gone, "gone", v, nil))
		if s.state(gone, "left").Data["unseen"] != false {
			t.Error("somebody saw it")
		}
		unseen, promised, other := s.met(v, nil), s.met(v, nil), s.met(v, nil)
		s.refused(s.act(promised, "promise", v, input{"by": s.Clock.Now().Add(25 * time.Hour)}), "P08")
		s.must(s.act(promised, "promise", v, input{"by": s.Clock.Now().Add(3 * time.Hour)}))
		s.refused(s.act(promised, "promise", v, input{"by": s.Clock.Now().Add(4 * time.Hour)}), "R03")
		s.must(s.act(other, "promise", v, input{"by": s.Clock.Now().Add(3 * time.Hour)}))
		s.Clock.Advance(time.Minute)
		s.must(s.act(other, "fix", v, nil, s.Photo("after", spot)))
		s.wait(2 * time.Hour)
		if s.state(unseen, "left").Data["unseen"] != true {
			t.Error("nobody saw it")
		}
		s.state(promised, "promised")
		s.wait(time.Hour)
		x := s.state(promised, "refused")
		if x.Data["unseen"] != true || !slices.ContainsFunc(x.Clocks, func(c clock.Clock) bool { return c.ID == "pass_on" && c.State == clock.Running }) {
			t.Errorf("%+v", x.Clocks)
		}
	})
}

func TestOnlyACertifiedOfficerPassesToEnforcement(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v, officer, lead := s.on("volunteer", "S1"), s.Staff("officer", "", 0), s.Staff("duty_lead", "", 0)
		c := s.met(v, nil)
		s.must(s.act(c, "refuse", v, nil))
		s.refused(s.act(c, "pass", lead, input{"kind": "lead", "violation": "UM-002", "why": "不听劝导"}), "P04")
		s.refused(s.act(c, "pass", s.Staff("officer", "", 1), input{"kind": "lead", "violation": "UM-002", "why": "不听劝导"}), "P04")
		s.refused(s.act(c, "pass", v, input{"kind": "incident", "why": "不听劝导"}), "R01")
		s.refused(s.act(c, "pass", officer, input{"kind": "lead", "why": "不听劝导"}), "R05")
		s.must(s.act(c, "pass", officer, input{"kind": "lead", "violation": "UM-002", "why": "不听劝导"}))
		s.state(c, "passed")
		if s.linked(c, "enf.ordinary") != 1 {
			t.Error("no lead was opened")
		}
		hazard := s.met(v, nil)
		s.must(s.act(hazard, "pass", lead, input{"kind": "incident", "why": "火源"}))
		if s.linked(hazard, "incident") != 1 {
			t.Error("no incident was opened")
		}
	})
}

func (s *street) linked(c id.ID, proc string) (n int) {
	s.t.Helper()
	links, err := record.Links(ctx, s.DB, s.Division, c)
	s.must(err)
	for _, l := range links {
		x, err := s.Engine.Find(ctx, s.Division, l.Other)
		s.must(err)
		if x.Procedure == proc && l.Relation == "caused_by" {
			n++
		}
	}
	return n
}

func TestAMistakeIsVoidedTheSameDayBySomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v, lead := s.on("volunteer", "S1"), s.Staff("duty_lead", "", 0)
		c := s.met(v, nil)
		s.refused(s.act(c, "void", v, input{"reason": "误记"}), "R01")
		s.must(s.act(c, "void", lead, input{"reason": "误记"}))
		s.state(c, "void")
		s.Clock.Set(time.Date(2026, 9, 14, 15, 30, 0, 0, time.UTC)) // half past eleven at night
		c = s.met(s.on("volunteer", "S1"), nil)
		s.Clock.Advance(time.Hour)
		s.refused(s.act(c, "void", lead, input{"reason": "误记"}), "P09")
	})
}

func TestRepeatsAreCountedByShopOrSpotAndPropose(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v, lead, officer := s.on("volunteer", "S1"), s.Staff("duty_lead", "", 0), s.Staff("officer", "", 0)
		pass := func(in input) {
			c := s.met(v, in)
			s.must(s.act(c, "refuse", v, nil))
			s.must(s.act(c, "pass", lead, input{"kind": "incident", "why": "多次不听"}))
		}
		s.met(v, input{"place": at(31)}) // another spot
		s.met(v, input{"place": at(10), "shop": "M2"})
		for range 2 {
			pass(input{"shop": "M1"})
		}
		repeats := func() int {
			list, err := s.room.Repeats(ctx, s.DB, s.Division, "", s.Clock.Now())
			s.must(err)
			for _, c := range list {
				if c.Latest.Shop == "M1" {
					if c.Refused != c.Talks || c.Incidents != 2 || !c.LeadDue {
						t.Errorf("%+v", c)
					}
					return c.Refused
				}
			}
			return 0
		}
		if repeats() != 2 {
			t.Error("two confirmed incidents do not show")
		}
		c := s.met(v, input{"shop": "M1"})
		s.must(s.act(c, "refuse", v, nil))
		x := s.state(c, "refused")
		if want := "同店或同处（30 米内）30 日内劝导 3 次，不听劝导 3 次。"; x.Text("history") != want {
			t.Error(x.Text("history"))
		}
		if n := repeats(); n != 3 {
			t.Error(n)
		}
		f, err := s.Engine.Form(ctx, officer, x, "pass", nil)
		s.must(err)
		if f.Filled["kind"] != "lead" || f.Filled["why"] == "" {
			t.Errorf("the form does not propose a lead: %+v", f.Filled)
		}
		s.wait(31 * 24 * time.Hour)
		list, err := s.room.Repeats(ctx, s.DB, s.Division, "C01", s.Clock.Now())
		s.must(err)
		if len(list) != 1 || list[0].Repeated || !list[0].LeadDue {
			t.Errorf("%+v", list)
		}
	})
}

func TestWalkKeepsWhatMustHold(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		s.on("volunteer", "S1")
		w := enginetest.Walk{World: s.World, Procedure: s.procedure(), Steps: 150, Seed: 6, Here: spot, Learning: true, Beside: []string{"incident", "enf.ordinary"}}
		w.After = func(t testing.TB, _, after *engine.Snapshot) {
			if after.Procedure != watch.Procedure {
				return
			}
			// Everybody on duty stays on it, however far the walk's clock runs.
			for _, role := range []string{"volunteer", "party_member", "officer", "stall_manager"} {
				for n := range 3 {
					_, _ = s.roster.SignIn(ctx, s.Staff(role, "", n), "S1", geo.Point{Lat: spot.Lat, Lng: spot.Lng}, 5)
				}
			}
			holds(t, s, after)
		}
		st := w.Run(t)
		for _, want := range []string{"met", "refused", "left", "passed"} {
			if st.States[want] == 0 {
				t.Errorf("never %s: %+v", want, st.States)
			}
		}
	})
}

// holds is what is true of every record at any moment.
func holds(t testing.TB, s *street, x *engine.Snapshot) {
	t.Helper()
	if x.Text("duty") == "" || x.Text("stretch") == "" {
		t.Errorf("%s belongs to no duty or stretch: %+v", x.Number, x.Data)
	}
	if (x.State == "led_in") != (x.Text("stall") != "") {
		t.Errorf("%s in %s with the place %q", x.Number, x.State, x.Text("stall"))
	}
	var state string
	s.must(s.DB.QueryRow(ctx, `SELECT state FROM persuasion WHERE division = $1 AND case_id = $2`, s.Division, x.ID).Scan(&state))
	if state != x.State {
		t.Errorf("%s is counted as %s, not %s", x.Number, state, x.State)
	}
	var n, pass int
	s.must(s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM persuasion WHERE division = $1 AND state = 'led_in'`, s.Division).Scan(&n))
	s.must(s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM stall_day_pass WHERE division = $1`, s.Division).Scan(&pass))
	if n != pass {
		t.Errorf("%d led in with %d passes", n, pass)
	}
}

// Whoever shows the card of last time is counted, by the card alone; whoever shows
// none is led in as well.
func TestPassesAreCountedByTheCardThatIsShown(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		lead := func(card string) (permit.Pass, error) {
			v := s.on("volunteer", "S1")
			c := s.met(v, nil)
			if err := s.act(c, "lead", v, input{"place": "C01-01", "goods": "daily", "card": card}); err != nil {
				return permit.Pass{}, err
			}
			return permit.PassOfCase(ctx, s.DB, s.Division, c)
		}
		_, err := lead("AAAAA-AAAAA-AAAA")
		s.refused(err, "P10")
		p, err := lead("")
		s.must(err)
		first := p
		for n := 2; n <= 8; n++ {
			s.Clock.Advance(24 * time.Hour)
			p, err = lead("https://street.example/stalls/pass/" + p.Code)
			s.must(err)
			if had, err := permit.Had(ctx, s.DB, s.Division, p); err != nil || had != n {
				t.Fatalf("%d of %d, %v", had, n, err)
			}
		}
		s.Clock.Advance(24 * time.Hour)
		_, err = lead(first.Code)
		s.refused(err, "P11")
		_, err = lead("")
		s.must(err)
		given, err := permit.Month(ctx, s.DB, s.Division, calendar.DateOf(s.Clock.Now()))
		s.must(err)
		if len(given) != 1 || given[0] != (permit.Given{Stall: "C01-01", N: 9, Unnamed: 9, First: 2}) {
			t.Errorf("%+v", given)
		}
		s.Clock.Advance(31 * 24 * time.Hour)
		_, err = lead(first.Code)
		s.must(err)
	})
}
