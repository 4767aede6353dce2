package calendar

import (
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// table is the official table of autumn 2026 and the statutory days of 2027.
func table(t testing.TB) *Calendar {
	t.Helper()
	f, err := os.Open("testdata/workdays.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	days, err := ReadCSV(f)
	if err != nil {
		t.Fatal(err)
	}
	return Make(days, OfficeHours())
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestVectorsOfWorkingDays(t *testing.T) {
	c := table(t)
	for _, v := range []struct {
		start string
		n     int
		want  string
	}{
		{"2026-09-23", 5, "2026-10-08"}, {"2026-09-24", 5, "2026-10-09"}, {"2026-02-12", 7, "2026-02-28"},
		{"2026-04-30", 5, "2026-05-11"}, {"2026-09-18", 2, "2026-09-21"}, {"2025-09-26", 7, "2025-10-13"},
	} {
		due := c.DueAt(at(v.start+" 10:00"), Limit{N: v.n, Unit: WorkingDay}, Agency)
		if got := FormatDue(due.At); got != v.want+" 17:30" || due.Provisional {
			t.Errorf("%s + %d working days = %s (provisional %v), want %s", v.start, v.n, got, due.Provisional, v.want)
		}
	}
}

func TestVectorsOfNaturalDays(t *testing.T) {
	c := table(t)
	for _, v := range []struct {
		start string
		n     int
		party Party
		want  string
	}{
		{"2026-09-18", 15, Citizen, "2026-10-08"}, {"2026-02-03", 15, Citizen, "2026-02-24"},
		{"2026-07-01", 90, Agency, "2026-09-29"}, {"2026-09-18", 15, Agency, "2026-10-03"},
	} {
		due := c.DueAt(at(v.start+" 10:00"), Limit{N: v.n, Unit: NaturalDay}, v.party)
		if got := FormatDue(due.At); got != v.want+" 24:00" {
			t.Errorf("%s + %d days for a %s = %s, want %s", v.start, v.n, v.party, got, v.want)
		}
	}
}

func TestWorkedExamples(t *testing.T) {
	c := table(t)
	for _, v := range []struct {
		name, start string
		limit       Limit
		party       Party
		want        string
		provisional bool
	}{
		{"E1", "2026-09-30 16:10", Of(4, WorkingHour), Agency, "2026-10-08 11:10", false},
		{"E2", "2026-10-02 22:45", Of(2, ContinuousHour), Agency, "2026-10-03 00:45", false},
		{"E2 take", "2026-10-02 22:45", Of(0.25, ContinuousHour), Agency, "2026-10-02 23:00", false},
		{"E3", "2026-09-20 12:30", Of(2, WorkingHour), Agency, "2026-09-20 15:30", false},
		{"E3 day off", "2026-09-19 10:00", Of(2, WorkingHour), Agency, "2026-09-20 10:30", false},
		{"E4", "2026-09-17 10:00", Of(3, WorkingDay), Agency, "2026-09-21 17:30", false},
		{"E5", "2026-09-29 15:00", Of(5, WorkingDay), Agency, "2026-10-12 17:30", false},
		{"E9", "2026-09-30 20:00", Of(5, WorkingDay), Agency, "2026-10-13 17:30", false},
		{"E10", "2026-09-28 15:00", Of(7, NaturalDay), Citizen, "2026-10-08 24:00", false},
		{"E11", "2026-10-08 10:40", Of(2, WorkingHour), Agency, "2026-10-08 14:10", false},
		{"E12", "2026-12-30 10:00", Of(2, WorkingDay), Agency, "2027-01-04 17:30", true},
		{"to closing", "2026-10-09 13:30", Of(4, WorkingHour), Agency, "2026-10-09 17:30", false},
	} {
		due := c.DueAt(at(v.start), v.limit, v.party)
		if got := FormatDue(due.At); got != v.want || due.Provisional != v.provisional {
			t.Errorf("%s: due %s provisional %v, want %s %v", v.name, got, due.Provisional, v.want, v.provisional)
		}
	}
	if got := FormatDue(c.WarnAt(at("2026-09-30 16:10"), at("2026-10-08 11:10"), Of(4, WorkingHour))); got != "2026-10-08 10:10" {
		t.Errorf("E1 warns at %s", got)
	}
	if got := FormatDue(c.WarnAt(at("2026-09-29 15:00"), at("2026-10-12 17:30"), Of(5, WorkingDay))); got != "2026-10-12 08:30" {
		t.Errorf("E5 warns at %s", got)
	}
}

func TestPauseAndResume(t *testing.T) {
	c := table(t)
	// E6: returned 10:50 with 190 minutes left; 130 left after 60 more, refused at 16:30.
	due := c.DueAt(at("2026-09-24 10:00"), Of(4, WorkingHour), Agency).At
	left := c.LeftAt(at("2026-09-24 10:50"), due, WorkingHour)
	if left.Time != 190*time.Minute {
		t.Fatalf("E6: left %v", left)
	}
	if got := FormatDue(c.Resume(at("2026-09-24 16:30"), left, Limit{Unit: WorkingHour}, Agency).At); got != "2026-09-28 10:40" {
		t.Errorf("E6: due %s", got)
	}
	// E7: two more days from the old due.
	if got := FormatDue(c.Extend(at("2026-10-12 17:30"), Of(2, WorkingDay), Agency).At); got != "2026-10-14 17:30" {
		t.Errorf("E7: due %s", got)
	}
	// E8: six of fifteen days left.
	due = c.DueAt(at("2026-09-10 10:00"), Of(15, WorkingDay), Agency).At
	left = c.LeftAt(at("2026-09-22 10:00"), due, WorkingDay)
	if FormatDue(due) != "2026-10-08 17:30" || left.Days != 6 {
		t.Fatalf("E8: due %s left %d", FormatDue(due), left.Days)
	}
	if got := FormatDue(c.Resume(at("2026-10-20 10:00"), left, Limit{Unit: WorkingDay}, Agency).At); got != "2026-10-28 17:30" {
		t.Errorf("E8: resumed due %s", got)
	}
	// Nothing left: the same day while the office is open, else the next.
	for resume, want := range map[string]string{
		"2026-09-24 10:00": "2026-09-24 17:30", "2026-09-24 18:00": "2026-09-28 17:30", "2026-09-26 10:00": "2026-09-28 17:30",
	} {
		if got := FormatDue(c.Resume(at(resume), Left{}, Limit{Unit: WorkingDay}, Agency).At); got != want {
			t.Errorf("resumed %s with nothing left: due %s, want %s", resume, got, want)
		}
	}
}

// slow counts office time minute by minute.
func slow(c *Calendar, start time.Time, minutes int) time.Time {
	t := start
	for !c.InOffice(t) {
		t = t.Add(time.Minute)
	}
	for minutes > 0 {
		if c.InOffice(t) {
			minutes--
		}
		t = t.Add(time.Minute)
	}
	return t
}

func TestOfficeTimeAgreesWithCountingMinutes(t *testing.T) {
	c := table(t)
	rapid.Check(t, func(t *rapid.T) {
		start := at("2026-09-15 00:00").Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "start")) * time.Minute)
		n := rapid.IntRange(1, 2000).Draw(t, "minutes")
		due := c.DueAt(start, Limit{N: n, Unit: WorkingHour}, Agency).At
		if want := slow(c, start, n); !due.Equal(want) {
			t.Fatalf("%v + %d office minutes = %v, want %v", start, n, due, want)
		}
		if got := c.officeBetween(start, due); got != time.Duration(n)*time.Minute {
			t.Fatalf("%v between, want %d minutes", got, n)
		}
	})
}

func TestPausingNeverShortensAndForHoursNeverLengthensTheWork(t *testing.T) {
	c := table(t)
	units := []Unit{ContinuousHour, WorkingHour, WorkingDay, NaturalDay}
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.SampledFrom(units).Draw(t, "unit")
		l := Limit{N: rapid.IntRange(1, 20).Draw(t, "n"), Unit: u}
		if u.Hours() {
			l.N *= 30
		}
		minute := func(name string, max int) time.Duration {
			return time.Duration(rapid.IntRange(0, max).Draw(t, name)) * time.Minute
		}
		start := at("2026-09-15 00:00").Add(minute("start", 30*24*60))
		due := c.DueAt(start, l, Agency).At
		pause := start.Add(minute("pause", max(1, int(due.Sub(start)/time.Minute))))
		resume := pause.Add(minute("resume", 20*24*60))
		left := c.LeftAt(pause, due, u)
		again := c.Resume(resume, left, l, Agency).At
		if again.Before(due) && due.After(pause) {
			t.Fatalf("due %v became %v by a pause from %v to %v", due, again, pause, resume)
		}
		if u.Hours() {
			if used := c.ElapsedAt(start, pause, u).Time; due.After(pause) && used+left.Time != time.Duration(l.N)*time.Minute {
				t.Fatalf("used %v + left %v is not %d minutes", used, left.Time, l.N)
			}
			if got := c.LeftAt(resume, again, u).Time; got != left.Time {
				t.Fatalf("left %v before, %v after", left.Time, got)
			}
		}
		if later := c.DueAt(start.Add(time.Hour), l, Agency).At; later.Before(due) {
			t.Fatalf("a later start is due earlier: %v, %v", later, due)
		}
	})
}
