package clock

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/ground/calendar"
)

// autumn 2026: 09-25…27 and 10-01…07 off, 09-20 and 10-10 work.
func autumn() *calendar.Calendar {
	var days []calendar.Day
	add := func(off bool, dates ...string) {
		for _, s := range dates {
			d, err := calendar.ParseDate(s)
			if err != nil {
				panic(err)
			}
			days = append(days, calendar.Day{Date: d, Off: off, Official: true})
		}
	}
	add(true, "2026-09-25", "2026-09-26", "2026-09-27", "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07")
	add(false, "2026-09-20", "2026-10-10")
	return calendar.Make(days, calendar.OfficeHours())
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func handle(start string, n float64, u calendar.Unit) (Clock, *calendar.Calendar) {
	cal := autumn()
	return Start(cal, Spec{ID: "handle", Limit: calendar.Of(n, u), Calendar: "dept", Ladder: []Ladder{
		{ID: "l1"}, {ID: "l2", Share: 0.25, MinHours: 1, MinDays: 1}, {ID: "l3", Share: 1, MinHours: 1, MinDays: 3},
	}}, 1, at(start)), cal
}

func (c *Clock) wantDue(t *testing.T, name, want string) {
	t.Helper()
	if got := calendar.FormatDue(c.DueAt()); got != want {
		t.Errorf("%s: due %s, want %s", name, got, want)
	}
}

func TestE1LadderAndReworkByHalf(t *testing.T) {
	c, cal := handle("2026-09-30 16:10", 4, calendar.WorkingHour)
	c.wantDue(t, "E1", "2026-10-08 11:10")
	want := []string{"warn 2026-10-08 10:10", "late 2026-10-08 11:10", "rung l1 2026-10-08 11:10", "expire 2026-10-08 11:10", "rung l2 2026-10-08 13:40", "rung l3 2026-10-08 16:40"}
	if _, ok := c.Fire(at("2026-10-08 10:09")); ok {
		t.Fatal("fired before its time")
	}
	for _, w := range want {
		m, ok := c.Fire(at("2026-10-08 17:00"))
		got := string(m.Kind)
		if m.Rung != "" {
			got += " " + m.Rung
		}
		got += " " + calendar.FormatDue(time.UnixMicro(m.At))
		if !ok || got != w {
			t.Errorf("fired %q %v, want %q", got, ok, w)
		}
	}
	if c.Next() != 0 {
		t.Errorf("something is left to fire at %d", c.Next())
	}
	again, _ := handle("2026-09-30 16:10", 4, calendar.WorkingHour)
	again.Finish(cal, at("2026-10-08 10:00"))
	if again.Breached() {
		t.Error("E11: finished in time but late")
	}
	rework := Start(cal, Spec{ID: "handle", Limit: again.Rework("half")}, 2, at("2026-10-08 10:40"))
	rework.wantDue(t, "E11", "2026-10-08 14:10")
}

func TestDueIsTheLastInstantInTime(t *testing.T) {
	for after, late := range map[time.Duration]bool{0: false, time.Microsecond: true} {
		c, cal := handle("2026-09-30 16:10", 4, calendar.WorkingHour)
		c.Finish(cal, at("2026-10-08 11:10").Add(after))
		if c.Breached() != late {
			t.Errorf("finished %v after due: late %v", after, c.Breached())
		}
	}
}

func TestE2ReturnWindow(t *testing.T) {
	c, cal := handle("2026-10-02 22:45", 2, calendar.ContinuousHour)
	c.wantDue(t, "E2", "2026-10-03 00:45")
	if !c.ReturnOpen(cal, at("2026-10-02 23:15")) || c.ReturnOpen(cal, at("2026-10-02 23:16")) {
		t.Error("E2: the return window does not end at 23:15")
	}
	if got := calendar.FormatDue(c.ReturnUntil(cal)); got != "2026-10-02 23:15" {
		t.Errorf("E2: window until %s", got)
	}
}

func TestE6ARefusedReturnGivesBackWhatWasLeft(t *testing.T) {
	c, cal := handle("2026-09-24 10:00", 4, calendar.WorkingHour)
	c.wantDue(t, "E6", "2026-09-24 15:30")
	if !c.ReturnOpen(cal, at("2026-09-24 10:50")) {
		t.Error("E6: returning at 10:50 is allowed")
	}
	c.Pause(cal, at("2026-09-24 10:50"))
	if c.Left.Time != 190*time.Minute {
		t.Errorf("E6: left %v", c.Left.Time)
	}
	c.Resume(cal, at("2026-09-24 16:30"))
	c.wantDue(t, "E6", "2026-09-28 10:40")
}

func TestE7DelayDecidedLate(t *testing.T) {
	c, cal := handle("2026-10-09 09:20", 2, calendar.WorkingDay)
	c.wantDue(t, "E7", "2026-10-12 17:30")
	c.Hold()
	for {
		m, ok := c.Fire(at("2026-10-13 09:00"))
		if !ok {
			break
		}
		if m.Kind != KindWarn {
			t.Errorf("E7: %s fired while the request was open", m.Kind)
		}
	}
	refused := c
	c.Extend(cal, 2)
	c.wantDue(t, "E7", "2026-10-14 17:30")
	if c.Finish(cal, at("2026-10-14 17:30")); c.Breached() {
		t.Error("E7: late although the delay was approved")
	}
	refused.Release()
	if m, ok := refused.Fire(at("2026-10-13 09:00")); !ok || m.Kind != KindLate || calendar.FormatDue(time.UnixMicro(refused.Late)) != "2026-10-12 17:30" {
		t.Errorf("E7: refused, but %v %v late %d", m, ok, refused.Late)
	}
}

func TestE8SuspendAsOfTheRequest(t *testing.T) {
	c, cal := handle("2026-09-10 10:00", 15, calendar.WorkingDay)
	c.wantDue(t, "E8", "2026-10-08 17:30")
	c.Pause(cal, at("2026-09-22 14:00")) // approved on the 24th
	if c.Left.Days != 6 {
		t.Errorf("E8: left %d", c.Left.Days)
	}
	c.Resume(cal, at("2026-10-20 09:00"))
	c.wantDue(t, "E8", "2026-10-28 17:30")
}

func TestAProvisionalDueMakesNobodyLateUntilTheNoticeArrives(t *testing.T) {
	c, cal := handle("2026-12-30 10:00", 2, calendar.WorkingDay)
	c.wantDue(t, "E12", "2027-01-01 17:30") // this table knows no day of 2027
	if !c.Provisional {
		t.Fatal("E12: not provisional")
	}
	for {
		m, ok := c.Fire(at("2027-01-20 10:00"))
		if !ok {
			break
		}
		if m.Kind != KindWarn {
			t.Errorf("a provisional due fired %s", m.Kind)
		}
	}
	d, _ := calendar.ParseDate("2027-01-01")
	year := append(cal.Days(2026), calendar.Day{Date: d, Off: true, Official: true})
	if !c.Recompute(calendar.Make(year, calendar.OfficeHours())) {
		t.Fatal("the notice changed nothing")
	}
	c.wantDue(t, "E12 with the notice", "2027-01-04 17:30")
	if m, ok := c.Fire(at("2027-01-20 10:00")); !ok || m.Kind == KindExpire {
		t.Errorf("after the notice: %v %v", m, ok)
	}
}

func TestAnotherLimitCountsFromTheSameStart(t *testing.T) {
	c, cal := handle("2026-09-28 08:30", 4, calendar.WorkingHour)
	c.Retime(cal, calendar.Of(1, calendar.WorkingDay), at("2026-09-28 10:00"))
	c.wantDue(t, "longer", "2026-09-29 17:30")
	c.Retime(cal, calendar.Of(1, calendar.WorkingHour), at("2026-09-28 10:00"))
	c.wantDue(t, "already past: the old due stays", "2026-09-29 17:30")
}

func TestAGivenDueIsKept(t *testing.T) {
	cal := autumn()
	c := Start(cal, Spec{ID: "task", Until: at("2026-09-30 12:00")}, 1, at("2026-09-28 10:00"))
	c.wantDue(t, "given", "2026-09-30 12:00")
	if c.Recompute(cal) {
		t.Error("a given due moved")
	}
}

func TestRandomVerbsKeepTheInvariants(t *testing.T) {
	cal := autumn()
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.SampledFrom([]calendar.Unit{calendar.ContinuousHour, calendar.WorkingHour, calendar.WorkingDay, calendar.NaturalDay}).Draw(t, "unit")
		now := at("2026-09-14 08:00")
		c := Start(cal, Spec{ID: "x", Limit: calendar.Of(float64(rapid.IntRange(1, 12).Draw(t, "n")), u), Ladder: []Ladder{{ID: "a"}, {ID: "b", Share: 1}}}, 1, now)
		extra := 0
		for range rapid.IntRange(1, 15).Draw(t, "verbs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "minutes")) * time.Minute)
			late := c.Late
			switch rapid.IntRange(0, 4).Draw(t, "verb") {
			case 0:
				c.Pause(cal, now)
			case 1:
				before := c.Left
				was := c.State
				c.Resume(cal, now)
				if got := c.LeftAt(cal, now); was == Paused && u.Hours() && got != before {
					t.Fatalf("left %v before the pause ended, %v after", before, got)
				}
			case 2:
				if c.State == Running && c.Delays < 2 {
					c.Extend(cal, c.Limit.N)
					if u.Hours() {
						extra += c.Limit.N * 60
					} else {
						extra += c.Limit.N
					}
				}
			case 3:
				for {
					if _, ok := c.Fire(now); !ok {
						break
					}
				}
			case 4:
				due := c.Due
				c.Recompute(cal)
				if c.Due != due {
					t.Fatalf("counted again over the same calendar, due moved from %d to %d", due, c.Due)
				}
			}
			if late != 0 && c.Late != late {
				t.Fatal("a breach was removed")
			}
			if c.Left.Time < 0 || c.Left.Days < 0 {
				t.Fatalf("left is negative: %+v", c.Left)
			}
			if u.Hours() && !c.Breached() && !now.After(c.at(c.Due)) && c.State == Running {
				total := time.Duration(c.Limit.N+extra) * time.Minute
				if sum := c.Elapsed(cal, now).Time + c.LeftAt(cal, now).Time; sum != total {
					t.Fatalf("elapsed + left = %v, budget %v", sum, total)
				}
			}
			back(t, c)
		}
		c.Finish(cal, now)
		if c.Next() != 0 {
			t.Fatal("a stopped clock still waits")
		}
	})
}

// back checks that the stored form says everything.
func back(t *rapid.T, c Clock) {
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again Clock
	if err := json.Unmarshal(b, &again); err != nil || fmt.Sprint(again) != fmt.Sprint(c) {
		t.Fatalf("%s became %+v, %v", b, again, err)
	}
}
