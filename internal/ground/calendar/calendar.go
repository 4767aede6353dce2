package calendar

import (
	"slices"
	"time"
)

// Day is an exception from "Monday to Friday works".
type Day struct {
	Date     Date
	Off      bool // else a make-up day: it works although it is a weekend
	Name     string
	Official bool // from the State Council's notice, not only from the statute
	Source   string
}

// Span is a piece of office time, in minutes of the day.
type Span struct{ From, To int }

// OfficeHours are the demonstration's: 08:30–12:00 and 13:30–17:30.
func OfficeHours() []Span { return []Span{{8*60 + 30, 12 * 60}, {13*60 + 30, 17*60 + 30}} }

// Calendar is a table of days with office hours. It never changes once made.
type Calendar struct {
	days     map[Date]Day
	official map[int]bool
	office   []Span
	weekdays bool // a last day on a plain Saturday or Sunday does not roll
}

// Make makes a calendar. Office spans are in order and do not touch. A year is
// official when its table has an official day.
func Make(days []Day, office []Span) *Calendar {
	c := &Calendar{days: map[Date]Day{}, official: map[int]bool{}, office: slices.Clone(office)}
	for _, d := range days {
		c.days[d.Date] = d
		if d.Official {
			c.official[d.Date.Year()] = true
		}
	}
	return c
}

// Official reports whether the year has its official table.
func (c *Calendar) Official(year int) bool { return c.official[year] }

// With is the calendar as it would be after the year's exceptions were
// replaced by the given days, as Import does.
func (c *Calendar) With(year int, days []Day) *Calendar {
	var all []Day
	for _, d := range c.days {
		if d.Date.Year() != year {
			all = append(all, d)
		}
	}
	return Make(append(all, days...), c.office).RollWeekends(!c.weekdays)
}

// RollWeekends is the calendar in which the last day of a party's period also
// rolls from a plain Saturday or Sunday, or only from a statutory holiday 法定休假日.
func (c *Calendar) RollWeekends(on bool) *Calendar {
	if on == !c.weekdays {
		return c
	}
	other := *c
	other.weekdays = !on
	return &other
}

// rolled is the day to which a last day moves: itself, unless it is off.
func (c *Calendar) rolled(d Date) Date {
	if !c.weekdays {
		return c.NextWorking(d)
	}
	for c.days[d].Off {
		d++
	}
	return d
}

// Works reports whether the day is a working day.
func (c *Calendar) Works(d Date) bool {
	if e, ok := c.days[d]; ok {
		return !e.Off
	}
	return !d.weekend()
}

// Holiday reports whether the day is off by the official table 法定节假日; a plain
// weekend is not.
func (c *Calendar) Holiday(d Date) bool { return c.days[d].Off }

// Days lists the exceptions of a year in order.
func (c *Calendar) Days(year int) []Day {
	var out []Day
	for _, d := range c.days {
		if d.Date.Year() == year {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Day) int { return int(a.Date - b.Date) })
	return out
}

// Open is when the office opens on a day, Close when it closes.
func (c *Calendar) Open(d Date) time.Time  { return d.At(c.office[0].From) }
func (c *Calendar) Close(d Date) time.Time { return d.At(c.office[len(c.office)-1].To) }

// InOffice reports whether the instant is office time.
func (c *Calendar) InOffice(t time.Time) bool {
	d := DateOf(t)
	return c.Works(d) && slices.ContainsFunc(c.office, func(s Span) bool {
		return !t.Before(d.At(s.From)) && t.Before(d.At(s.To))
	})
}

// horizon bounds every search for a working day: no table closes an office for
// a year.
const horizon = 366

// NextWorking is the day itself, or the first working day after it.
func (c *Calendar) NextWorking(d Date) Date {
	for i := Date(0); i < horizon; i++ {
		if c.Works(d + i) {
			return d + i
		}
	}
	return d
}

// addOffice moves on by so much office time. A budget that ends when the office
// closes is due at closing time, not on the next morning.
func (c *Calendar) addOffice(t time.Time, budget time.Duration) time.Time {
	for d := DateOf(t); ; d++ {
		d = c.NextWorking(d)
		for _, s := range c.office {
			from, to := later(d.At(s.From), t), d.At(s.To)
			if from.After(to) || from.Equal(to) {
				continue
			}
			if room := to.Sub(from); budget > room {
				budget -= room
				continue
			}
			return from.Add(budget)
		}
	}
}

// officeBetween is the office time from a to b; 0 when b is not after a.
func (c *Calendar) officeBetween(a, b time.Time) (sum time.Duration) {
	for d := DateOf(a); d <= DateOf(b); d++ {
		if !c.Works(d) {
			continue
		}
		for _, s := range c.office {
			from, to := later(d.At(s.From), a), earlier(d.At(s.To), b)
			if to.After(from) {
				sum += to.Sub(from)
			}
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
