package calendar

import (
	"fmt"
	"time"
)

// Zone is where all procedures count: one zone for the whole country.
var Zone = time.FixedZone("Asia/Shanghai", 8*3600)

// Date is a day, counted from 1970-01-01.
type Date int

// DateOf is the day an instant belongs to.
func DateOf(t time.Time) Date {
	t = t.In(Zone)
	return Date(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DueDate is the day a due instant belongs to: 24:00 of a day is the first
// instant of the next one, but still due on its own day.
func DueDate(due time.Time) Date { return DateOf(due.Add(-time.Microsecond)) }

// ParseDate reads 2026-10-08.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date", s)
	}
	return Date(t.Unix() / 86400), nil
}

// At is the instant at so many minutes into the day.
func (d Date) At(minute int) time.Time {
	return time.Unix(int64(d)*86400-8*3600+int64(minute)*60, 0).In(Zone)
}

// End is 24:00 of the day.
func (d Date) End() time.Time { return (d + 1).At(0) }

// Year is the calendar year.
func (d Date) Year() int { return d.At(0).Year() }

// after is the last day of a limit in days, months or years that the day begins
// and does not count in. A month ends on the day of the same number or, where it
// has none, on its last (民法典 202).
func (d Date) after(l Limit) Date {
	months := l.N
	switch l.Unit {
	case Month:
	case Year:
		months *= 12
	default:
		return d + Date(l.N)
	}
	t := d.At(0)
	last := time.Date(t.Year(), t.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, Zone)
	return DateOf(last) - Date(max(0, last.Day()-t.Day()))
}

func (d Date) String() string { return d.At(0).Format(time.DateOnly) }

func (d Date) weekend() bool {
	w := d.At(0).Weekday()
	return w == time.Saturday || w == time.Sunday
}

// FormatDue writes a due instant for people; 24:00 stays on its own day.
func FormatDue(due time.Time) string {
	due = due.In(Zone)
	if due.Hour() == 0 && due.Minute() == 0 {
		return DueDate(due).String() + " 24:00"
	}
	return due.Format("2006-01-02 15:04")
}
