package calendar

import "testing"

// The dates of the worked examples of the enforcement procedures: each period
// with its roll, its last day and, for a duty of the agency, the day of its alarm.
func TestPeriodsOfLaw(t *testing.T) {
	c := table(t)
	for _, v := range []struct {
		name, start string
		limit       Limit
		due, alarm  string
	}{
		{"O2 lead15", "2026-09-16", Limit{15, NaturalDay, Keep}, "2026-10-01", "2026-09-30"},
		{"O2 decide90", "2026-07-06", Limit{90, NaturalDay, Keep}, "2026-10-04", "2026-09-30"},
		{"O2 stmt", "2026-09-23", Limit{5, WorkingDay, Next}, "2026-10-08", ""},
		{"O2 hold7", "2026-09-22", Limit{7, WorkingDay, Keep}, "2026-10-09", "2026-10-09"},
		{"O2 pay15", "2026-09-17", Limit{15, NaturalDay, Next}, "2026-10-08", ""},
		{"O3 decide90", "2026-08-03", Limit{90, NaturalDay, Keep}, "2026-11-01", "2026-10-30"},
		{"O3 hear5", "2026-09-24", Limit{5, WorkingDay, Next}, "2026-10-09", ""},
		{"O3 hearnotice7", "2026-10-12", Limit{7, WorkingDay, Clear}, "2026-10-21", ""},
		{"O3 serve7", "2026-10-30", Limit{7, WorkingDay, Keep}, "2026-11-10", "2026-11-10"},
		{"O3 pay15", "2026-11-05", Limit{15, NaturalDay, Next}, "2026-11-20", ""},
		{"O5 announce30", "2026-09-04", Limit{30, NaturalDay, Next}, "2026-10-08", ""},
		{"O5 stmt", "2026-10-08", Limit{5, WorkingDay, Next}, "2026-10-14", ""},
		{"O5 second announcement", "2026-10-16", Limit{30, NaturalDay, Next}, "2026-11-16", ""},
		{"O5 pay15", "2026-11-16", Limit{15, NaturalDay, Next}, "2026-12-01", ""},
		{"O5 recon60", "2026-11-16", Limit{60, NaturalDay, Next}, "2027-01-15", ""},
		{"O5 serve7", "2026-10-15", Limit{7, WorkingDay, Keep}, "2026-10-26", "2026-10-26"},
		{"K1 hold30", "2026-09-10", Limit{30, NaturalDay, Keep}, "2026-10-10", "2026-10-10"},
		{"C2 term in days", "2026-09-15", Limit{10, NaturalDay, Next}, "2026-09-28", ""},
		{"V1 opinion", "2026-09-07", Limit{30, NaturalDay, Keep}, "2026-10-07", "2026-09-30"},
		{"P1 next15", "2026-12-10", Limit{15, NaturalDay, Next}, "2026-12-25", ""},
		{"P3 retraction", "2026-09-29", Limit{3, WorkingDay, Keep}, "2026-10-09", "2026-10-09"},
		{"G3 call", "2026-09-29", Limit{2, WorkingDay, Clear}, "2026-10-08", ""},
		{"suit6m", "2026-09-17", Limit{6, Month, Next}, "2027-03-17", ""},
		{"months end with the month", "2026-08-31", Limit{6, Month, Keep}, "2027-02-28", "2027-02-26"},
		{"three months into the holiday", "2026-07-03", Limit{3, Month, Next}, "2026-10-08", ""},
		{"two years from a leap day", "2028-02-29", Limit{2, Year, Keep}, "2030-02-28", ""},
	} {
		due := c.DueAt(at(v.start+" 19:00"), v.limit, Agency).At
		if got := FormatDue(due); got != v.due+" 24:00" {
			t.Errorf("%s: ends %s, want %s", v.name, got, v.due)
		}
		if v.alarm != "" {
			if got := FormatDue(c.WarnAt(at(v.start+" 19:00"), due, v.limit)); got != v.alarm+" 08:30" {
				t.Errorf("%s: alarm %s, want %s", v.name, got, v.alarm)
			}
		}
	}
	// O2: ten more days from the old end; the alarm is on the make-up Saturday.
	due := c.Extend(at("2026-10-02 00:00"), Limit{10, NaturalDay, Keep}, Agency).At
	if got := FormatDue(due); got != "2026-10-11 24:00" {
		t.Errorf("O2: extended to %s", got)
	}
	if got := FormatDue(c.WarnAt(at("2026-09-16 19:00"), due, Limit{25, NaturalDay, Keep})); got != "2026-10-10 08:30" {
		t.Errorf("O2: alarm %s", got)
	}
	if !c.DueAt(at("2027-12-20 19:00"), Limit{15, NaturalDay, Next}, Citizen).Provisional {
		t.Error("a year without its official table is provisional")
	}
}

// K3: hours run from the minute.
func TestUrgentMeasuresHaveTwentyFourHours(t *testing.T) {
	if got := FormatDue(table(t).DueAt(at("2026-09-18 17:30"), Of(24, ContinuousHour), Agency).At); got != "2026-09-19 17:30" {
		t.Error(got)
	}
}

func TestWhetherAPlainWeekendRolls(t *testing.T) {
	c := table(t).RollWeekends(false)
	for start, want := range map[string]string{
		"2026-10-30": "2026-11-14 24:00", // a Saturday stays
		"2026-09-17": "2026-10-08 24:00", // the holiday moves to the day after it
		"2026-09-11": "2026-09-28 24:00", // 09-26 lies inside the Mid-Autumn holiday
	} {
		if got := FormatDue(c.DueAt(at(start+" 10:00"), Limit{15, NaturalDay, Next}, Citizen).At); got != want {
			t.Errorf("%s: %s, want %s", start, got, want)
		}
	}
	if got := FormatDue(table(t).DueAt(at("2026-10-30 10:00"), Limit{15, NaturalDay, Next}, Citizen).At); got != "2026-11-16 24:00" {
		t.Errorf("weekends roll as a rule: %s", got)
	}
}
