package law

import (
	"time"

	"xiucheng/internal/ground/calendar"
)

// Harm is what an act did; it decides how long it may be pursued.
type Harm struct {
	Vital      bool // it touches life, health or financial safety …
	Happened   bool // … and did harm
	Ecological bool // it harmed the environment or ecology
	Other      int  // years that another law fixes, 0 for none
}

// LimitationYears is how many years after it an act may still be found out:
// two; five where it touched life, health or financial safety with harm (PL 36),
// or harmed the environment (ENV 1054); another law's figure before both.
func LimitationYears(h Harm) int {
	switch {
	case h.Other > 0:
		return h.Other
	case h.Vital && h.Happened || h.Ecological:
		return 5
	}
	return 2
}

// InTime reports whether an act found on the day may be penalised, and the last
// day on which it might be found (PL 36). An act that still goes on has none and
// is always in time.
func InTime(actEnd calendar.Date, running bool, found calendar.Date, years int) (last calendar.Date, ok bool) {
	if running {
		return 0, true
	}
	last = Months(actEnd, 12*years)
	return last, found <= last
}

// Months is the same day so many months later, the last of the month where it
// has no such day (民法典 202).
func Months(d calendar.Date, n int) calendar.Date {
	t := d.At(0)
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	day := time.Date(first.Year(), first.Month(), min(t.Day(), last), 0, 0, 0, 0, time.UTC)
	return calendar.Date(day.Unix() / 86400)
}

// Ages of PL 30.
const (
	accountable = 14 // younger: no penalty, the guardian is ordered to discipline
	adult       = 18 // younger: a lighter penalty
)

// Age is the completed years on a day. A birthday completes its year only on the
// day after it, as criminal courts count; for the party the later day is safer.
func Age(born, on calendar.Date) int {
	b, t := born.At(0), (on - 1).At(0)
	years := t.Year() - b.Year()
	if t.Month() < b.Month() || t.Month() == b.Month() && t.Day() < b.Day() {
		years--
	}
	return max(years, 0)
}

// Minor is what PL 30 makes of a person's age on the day of the act.
func Minor(born, act calendar.Date) (none, lighter bool) {
	age := Age(born, act)
	return age < accountable, age >= accountable && age < adult
}

// Past is an earlier decision about a party: a penalty, or an exemption.
type Past struct {
	Violation string
	On        calendar.Date
	Exempt    bool
}

// FirstOffence reports whether nothing of the same class was decided about the
// party in the years before the day, neither a penalty nor an exemption (PL 33;
// the number of years is a setting), and what was.
func FirstOffence(past []Past, violation string, on calendar.Date, years int) (first bool, hits []Past) {
	since := Months(on, -12*years)
	for _, p := range past {
		if p.Violation == violation && p.On >= since && p.On <= on {
			hits = append(hits, p)
		}
	}
	return len(hits) == 0, hits
}
