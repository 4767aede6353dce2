package calendar

import (
	"fmt"
	"math"
	"time"
)

// Unit is how a limit counts.
type Unit string

// The units of §0.3, and the two of the Civil Code 民法典 202.
const (
	ContinuousHour Unit = "continuous_hour" // nights and holidays count
	WorkingHour    Unit = "working_hour"    // office minutes only
	WorkingDay     Unit = "working_day"     // start day not counted
	NaturalDay     Unit = "natural_day"     // start day not counted, all days count
	Month          Unit = "month"           // the day of the same number, else the month's last
	Year           Unit = "year"            // the same, twelve months each
)

// Hours reports whether the unit counts time rather than days.
func (u Unit) Hours() bool { return u == ContinuousHour || u == WorkingHour }

// Valid reports whether the unit is one of the six.
func (u Unit) Valid() bool {
	return u.Hours() || u == WorkingDay || u == NaturalDay || u == Month || u == Year
}

// Roll is what becomes of a period of law whose last day is a day off. Periods
// with a roll end at 24:00.
type Roll string

// The rolls. Without one, Party decides.
const (
	Next  Roll = "next"  // a party's period: it moves to the next working day
	Keep  Roll = "keep"  // a duty of the agency: it never moves
	Clear Roll = "clear" // clear days that must have passed: the act is lawful only on a later day
)

// Limit is a budget of time: whole minutes in hour units, whole days, months or
// years in the others. Integers, because a deadline must not depend on rounding.
type Limit struct {
	N    int  `json:"n"` // minutes, days, months or years
	Unit Unit `json:"unit"`
	Roll Roll `json:"roll,omitempty"`
}

// Of makes a limit from a number of hours or days; parts of a minute are
// dropped and days are rounded up.
func Of(n float64, u Unit) Limit {
	if u.Hours() {
		return Limit{N: int(math.Round(n * 60)), Unit: u}
	}
	return Limit{N: int(math.Ceil(n)), Unit: u}
}

// Number is the limit in hours or days.
func (l Limit) Number() float64 {
	if l.Unit.Hours() {
		return float64(l.N) / 60
	}
	return float64(l.N)
}

// Check refuses a negative limit and an unknown unit.
func (l Limit) Check() error {
	if l.N < 0 || !l.Unit.Valid() {
		return fmt.Errorf("%d %q is no limit", l.N, l.Unit)
	}
	return nil
}

// Part is the share of the limit; days are rounded up, and of months and years
// days remain.
func (l Limit) Part(share float64) Limit {
	n, unit := l.Number(), l.Unit
	switch unit {
	case Month:
		n, unit = n*30, NaturalDay
	case Year:
		n, unit = n*365, NaturalDay
	}
	part := Of(n*share, unit)
	part.Roll = l.Roll
	return part
}

// Party is whose period it is: it decides the hour of a due day, and whether a
// last day on a day off rolls to the next working day.
type Party string

// The parties.
const (
	Agency  Party = "agency"
	Citizen Party = "citizen"
)

// Due is an instant that is still in time, and whether the official table of
// its year was missing when it was computed.
type Due struct {
	At          time.Time
	Provisional bool
}

// DueAt is when a limit that starts at the instant ends.
func (c *Calendar) DueAt(start time.Time, l Limit, p Party) Due {
	switch l.Unit {
	case ContinuousHour:
		return Due{At: start.Add(time.Duration(l.N) * time.Minute)}
	case WorkingHour:
		return c.told(start, c.addOffice(start, time.Duration(l.N)*time.Minute))
	}
	return c.dayDue(start, DateOf(start), l, p)
}

// Extend is a due instant moved by more of the unit, counted from the old due
// and not from the day it was asked or allowed.
func (c *Calendar) Extend(due time.Time, more Limit, p Party) Due {
	if more.Unit.Hours() {
		return c.DueAt(due, more, p)
	}
	return c.dayDue(due, DueDate(due), more, p)
}

func (c *Calendar) dayDue(start time.Time, d Date, l Limit, p Party) Due {
	if l.Unit != WorkingDay {
		d = d.after(l)
		if l.Roll == Next || l.Roll == "" && p == Citizen {
			return c.told(start, c.rolled(d).End())
		}
		return Due{At: d.End()}
	}
	for range l.N {
		d = c.NextWorking(d + 1)
	}
	if l.Roll != "" || p == Citizen {
		return c.told(start, d.End())
	}
	return c.told(start, c.Close(d))
}

// told adds whether the official tables of all years on the way were there.
func (c *Calendar) told(start, due time.Time) Due {
	for y := start.In(Zone).Year(); y <= DueDate(due).Year(); y++ {
		if !c.official[y] {
			return Due{At: due, Provisional: true}
		}
	}
	return Due{At: due}
}

// Left is what remains of a limit: time in hour units, days in day units.
type Left struct {
	Time time.Duration `json:"time,omitempty"`
	Days int           `json:"days,omitempty"`
}

// LeftAt is what remains at the instant of a limit due at due; never negative.
// Days are those after the instant's day, up to the due day.
func (c *Calendar) LeftAt(at, due time.Time, u Unit) Left {
	switch {
	case !due.After(at):
		return Left{}
	case u == ContinuousHour:
		return Left{Time: due.Sub(at)}
	case u == WorkingHour:
		return Left{Time: c.officeBetween(at, due)}
	}
	return Left{Days: c.daysBetween(DateOf(at), DueDate(due), u)}
}

func (c *Calendar) daysBetween(after, upTo Date, u Unit) (n int) {
	for d := after + 1; d <= upTo; d++ {
		if u != WorkingDay || c.Works(d) {
			n++
		}
	}
	return n
}

// Resume is the due instant of a limit, of which the unit and the roll count,
// that goes on at the instant with so much left. What is left of months and
// years are days.
func (c *Calendar) Resume(at time.Time, left Left, l Limit, p Party) Due {
	switch l.Unit {
	case ContinuousHour:
		return Due{At: at.Add(left.Time)}
	case WorkingHour:
		return c.told(at, c.addOffice(at, left.Time))
	}
	if l.Unit != WorkingDay {
		l.Unit = NaturalDay
	}
	if l.N = left.Days; l.N > 0 {
		return c.DueAt(at, l, p)
	}
	d := DateOf(at)
	if l.Unit == NaturalDay || p == Citizen || l.Roll != "" {
		return Due{At: d.End()}
	}
	if !c.Works(d) || at.After(c.Close(d)) {
		d = c.NextWorking(d + 1)
	}
	return c.told(at, c.Close(d))
}

// ElapsedAt is how much of a limit that started at start has been used.
func (c *Calendar) ElapsedAt(start, at time.Time, u Unit) Left {
	switch {
	case !at.After(start):
		return Left{}
	case u == ContinuousHour:
		return Left{Time: at.Sub(start)}
	case u == WorkingHour:
		return Left{Time: c.officeBetween(start, at)}
	}
	return Left{Days: c.daysBetween(DateOf(start), DateOf(at), u)}
}

// warnShare of the budget used is when hour units warn.
const warnShare = 0.75

// WarnAt is when to warn of a due instant: hour units at 75 % of the budget,
// day units at the opening of the last working day.
func (c *Calendar) WarnAt(start, due time.Time, l Limit) time.Time {
	switch l.Unit {
	case ContinuousHour:
		return start.Add(time.Duration(float64(l.N) * warnShare * float64(time.Minute)))
	case WorkingHour:
		return c.addOffice(start, time.Duration(float64(l.N)*warnShare*float64(time.Minute)))
	}
	d := DueDate(due)
	for !c.Works(d) && c.Open(d).After(start) {
		d--
	}
	return later(c.Open(d), start)
}
