package roster_test

import (
	"context"
	"testing"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// monday is 2026-11-23, nine in the morning in China.
var monday = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

var (
	ctx  = context.Background()
	here = geo.Point{Lat: 36.76, Lng: 119.1}
)

// street is a division with a lead and a volunteer.
type street struct {
	*roster.Room
	db           *dbx.DB
	clk          *clock.Manual
	lead, helper people.Actor
}

func each(t *testing.T, test func(t *testing.T, s *street)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		s := &street{db: db, clk: clock.At(monday)}
		division := id.New()
		s.lead = people.Actor{Account: id.New(), Login: "lead", Division: division, Posts: []people.Grant{{Role: roster.Lead}}}
		s.helper = people.Actor{Account: id.New(), Login: "helper", Division: division, Posts: []people.Grant{{Role: "volunteer"}}}
		s.Room = roster.New(db, s.clk)
		test(t, s)
	}, register.Migration, roster.Migration)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestHoursAreWhatSignsShow(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		turn, err := s.Plan(ctx, s.lead, roster.Turn{Account: s.helper.Account, Place: "S1", From: monday.Add(20 * time.Minute), To: monday.Add(2 * time.Hour)})
		must(t, err)
		sign, err := s.SignIn(ctx, s.helper, "", here, 5)
		must(t, err)
		if sign.Turn != turn.ID || sign.Place != "S1" {
			t.Errorf("the turn was not found: %+v", sign)
		}
		if _, err := s.SignIn(ctx, s.helper, "S2", here, 5); !fault.Is(err, fault.Conflict) {
			t.Error("twice on duty:", err)
		}
		s.clk.Advance(90 * time.Minute)
		if on, err := roster.Now(ctx, s.db, s.lead.Division, s.clk.Now()); err != nil || len(on) != 1 {
			t.Error(on, err)
		}
		_, err = s.SignOut(ctx, s.helper)
		must(t, err)
		if _, err := s.SignOut(ctx, s.helper); !fault.Is(err, fault.NotFound) {
			t.Error("signed out of nothing:", err)
		}
		s.clk.Advance(24 * time.Hour)
		if _, err := s.SignIn(ctx, s.helper, "", here, 5); !fault.Is(err, fault.Invalid) {
			t.Error("on duty nowhere:", err)
		}
		_, err = s.SignIn(ctx, s.helper, "S2", here, 5)
		must(t, err)
		s.clk.Advance(10 * time.Hour)
		must(t, s.Close(ctx, s.lead.Division))
		list, err := roster.Signs(ctx, s.db, s.lead.Division, s.helper.Account, monday, s.clk.Now())
		must(t, err)
		if h := roster.Hours(list, s.clk.Now()); len(list) != 2 || h != 90*time.Minute+4*time.Hour || !list[1].Forgot {
			t.Error(len(list), h)
		}
		if err := s.Drop(ctx, s.lead, turn.ID); !fault.Is(err, fault.Conflict) {
			t.Error("the turn of a sign was dropped:", err)
		}
	})
}

func TestAWeekIsCopiedAndOnlyTheLeadPlans(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		for i := range 3 {
			from := monday.AddDate(0, 0, i)
			_, err := s.Plan(ctx, s.lead, roster.Turn{Account: s.helper.Account, Place: "S1", From: from, To: from.Add(2 * time.Hour)})
			must(t, err)
		}
		turn := roster.Turn{Account: s.helper.Account, Place: "S2", From: monday.Add(time.Hour), To: monday.Add(3 * time.Hour)}
		if _, err := s.Plan(ctx, s.lead, turn); !fault.Is(err, fault.Conflict) {
			t.Error("one person at two places:", err)
		}
		if _, err := s.Plan(ctx, s.helper, turn); !fault.Is(err, fault.Forbidden) {
			t.Error("a volunteer planned:", err)
		}
		turn.To = turn.From.Add(-time.Hour)
		if _, err := s.Plan(ctx, s.lead, turn); !fault.Is(err, fault.Invalid) {
			t.Error("it ends before it begins:", err)
		}
		next := calendar.DateOf(monday) + 7
		n, err := s.CopyWeek(ctx, s.lead, next)
		must(t, err)
		again, err := s.CopyWeek(ctx, s.lead, next)
		must(t, err)
		list, err := roster.Turns(ctx, s.db, s.lead.Division, next.At(0), (next + 7).At(0))
		must(t, err)
		if n != 3 || again != 0 || len(list) != 3 {
			t.Error(n, again, len(list))
		}
		must(t, s.Drop(ctx, s.lead, list[0].ID))
	})
}

func TestAVolunteerIsConfirmedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		v, err := s.Ask(ctx, s.lead.Division, " 演示志愿者 ", "13800000001", "周末")
		must(t, err)
		if _, err := s.Ask(ctx, s.lead.Division, "别人", "13800000001", ""); !fault.Is(err, fault.Conflict) {
			t.Error("a number signed up twice:", err)
		}
		if err := s.Decide(ctx, s.helper, v.ID, roster.Confirmed, id.New()); !fault.Is(err, fault.Forbidden) {
			t.Error("a volunteer confirmed:", err)
		}
		account := id.New()
		must(t, s.Decide(ctx, s.lead, v.ID, roster.Confirmed, account))
		if err := s.Decide(ctx, s.lead, v.ID, roster.Declined, id.ID{}); !fault.Is(err, fault.Conflict) {
			t.Error("decided twice:", err)
		}
		must(t, s.Decide(ctx, s.lead, v.ID, roster.Left, id.ID{}))
		list, err := roster.Volunteers(ctx, s.db, s.lead.Division)
		must(t, err)
		if len(list) != 1 || list[0].State != roster.Left || list[0].Account != account || list[0].Masked() != "138****0001" || list[0].Name != "演示志愿者" {
			t.Errorf("%+v", list)
		}
		_, err = s.Ask(ctx, s.lead.Division, "回来", "13800000001", "")
		must(t, err)
	})
}

func TestGroupsMeet(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		reg, admin := register.New(s.db, s.clk), people.SystemActor(s.lead.Division)
		for _, f := range []struct {
			kind register.Kind
			body string
		}{
			{roster.Groups, "code,name,bureau,unit,cluster,provenance\nP1,演示党小组,甲,乙,C01,synthetic\n"},
			{roster.Members, "group,login,role,post,pledge,provenance\nP1,helper,head,岗,带头,synthetic\nP1,other,member,岗,守时,synthetic\nP9,lost,member,岗,无,synthetic\n"},
			{roster.Stretches, "code,name,cluster,line,provenance\nS1,演示路,C01,119.1 36.76; 119.102 36.76,synthetic\n"},
		} {
			_, err := reg.Apply(ctx, admin, "test", f.kind, register.File{Name: "x.csv", Body: []byte(f.body)}, false)
			must(t, err)
		}
		book, err := s.Book(ctx, s.lead.Division)
		must(t, err)
		if len(book.Groups) != 1 || len(book.Groups[0].Members) != 2 || book.Near(here, 5) == nil || book.Near(geo.Offset(here, 0, 60), 50) != nil || book.Stretch("S2") != nil {
			t.Errorf("%+v", book)
		}
		x, err := s.Meet(ctx, s.helper, roster.Meeting{Group: "P1", Topic: "会", Day: calendar.DateOf(monday), Present: []string{"helper", "stranger"}})
		must(t, err)
		if len(x.Present) != 1 || len(x.Absent) != 1 {
			t.Errorf("%+v", x)
		}
		if _, err := s.Meet(ctx, s.helper, roster.Meeting{Group: "P1", Day: calendar.DateOf(monday) + 1}); !fault.Is(err, fault.Invalid) {
			t.Error("a meeting of tomorrow:", err)
		}
		if _, err := s.Meet(ctx, people.Actor{Account: id.New(), Login: "x", Division: s.lead.Division}, roster.Meeting{Group: "P1", Day: calendar.DateOf(monday)}); !fault.Is(err, fault.Forbidden) {
			t.Error("a stranger wrote a meeting:", err)
		}
		list, err := roster.Meetings(ctx, s.db, s.lead.Division, calendar.DateOf(monday)-30)
		must(t, err)
		if len(list) != 1 || list[0].Absent[0] != "other" {
			t.Errorf("%+v", list)
		}
	})
}

func TestWeeksThatWereKeptOnPaperAreBroughtIn(t *testing.T) {
	each(t, func(t *testing.T, s *street) {
		past := roster.Turn{ID: id.New(), Account: s.helper.Account, Place: "S1", From: monday.AddDate(0, 0, -3), To: monday.AddDate(0, 0, -3).Add(2 * time.Hour)}
		was := roster.Sign{ID: id.New(), Account: s.helper.Account, Turn: past.ID, Place: "S1", At: here, From: past.From, Due: past.To.Add(roster.Grace), To: past.To, Forgot: true}
		is := roster.Sign{ID: id.New(), Account: s.helper.Account, Place: "S2", At: here, From: monday.Add(-time.Hour), Due: monday.Add(time.Hour)}
		must(t, s.db.Write(ctx, func(tx *dbx.Tx) error {
			return roster.Bring(ctx, tx, s.lead, []roster.Turn{past}, []roster.Sign{was, is})
		}))
		for at, place := range map[time.Time]string{past.From.Add(time.Hour): "S1", past.To.Add(time.Minute): "", monday: "S2"} {
			on, err := roster.Current(ctx, s.db, s.lead.Division, s.helper.Account, at)
			if on.Place != place || fault.Is(err, fault.NotFound) != (place == "") {
				t.Errorf("at %s on duty at %q: %v", at, on.Place, err)
			}
		}
		list, err := roster.Signs(ctx, s.db, s.lead.Division, s.helper.Account, monday.AddDate(0, 0, -7), monday)
		must(t, err)
		if h := roster.Hours(list, monday); h != 3*time.Hour || !list[0].Forgot {
			t.Error(h, list)
		}
		if _, err := s.SignIn(ctx, s.helper, "S1", here, 5); !fault.Is(err, fault.Conflict) {
			t.Error("twice on duty:", err)
		}
	})
}
