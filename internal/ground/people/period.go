package people

import (
	"time"

	"xiucheng/internal/ground/calendar"
)

// Period is a span of civil days in China, both ends included, as
// "2006-01-02"; an empty end is open. Department names and posts have one, so
// that an old case keeps the department of its day.
type Period struct {
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Day is the civil day of an instant in China.
func Day(at time.Time) string { return calendar.DateOf(at).String() }

// Holds reports whether the instant falls inside the period.
func (p Period) Holds(at time.Time) bool {
	day := Day(at)
	return (p.From == "" || p.From <= day) && (p.To == "" || day <= p.To)
}

// Overlaps reports whether the two periods share a day.
func (p Period) Overlaps(o Period) bool {
	return (p.To == "" || o.From == "" || o.From <= p.To) && (o.To == "" || p.From == "" || p.From <= o.To)
}

// Valid reports whether both ends are real dates in order.
func (p Period) Valid() bool {
	for _, d := range []string{p.From, p.To} {
		if d == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return false
		}
	}
	return p.From == "" || p.To == "" || p.From <= p.To
}
