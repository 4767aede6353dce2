package catalogue

import (
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// Limit is how long the responsible department has, in whole hours or days as
// tables state it.
type Limit struct {
	N    int           `json:"n"`
	Unit calendar.Unit `json:"unit"`
}

// Calendar is the limit as the calendar counts it.
func (l Limit) Calendar() calendar.Limit { return calendar.Of(float64(l.N), l.Unit) }

// ParseLimit reads a limit as tables write it; besides the calendar's units it
// knows the tables' own spellings (urgent_hour, work_hour, work_day) and
// urgent_day, which is 24 continuous hours. ok is false for anything else and
// for a number below one.
func ParseLimit(n int, unit string) (l Limit, ok bool) {
	l = Limit{n, calendar.Unit(unit)}
	switch unit {
	case "urgent_hour":
		l.Unit = calendar.ContinuousHour
	case "urgent_day":
		l = Limit{24 * n, calendar.ContinuousHour}
	case "work_hour":
		l.Unit = calendar.WorkingHour
	case "work_day":
		l.Unit = calendar.WorkingDay
	}
	return l, n > 0 && l.Unit.Valid()
}

// Word is the key of the sentence "n working days"; its argument is n.
func (l Limit) Word() string { return "catalogue.limit." + string(l.Unit) }

// Condition is one line of a class's standard: when to file, when to close,
// and how long the repair may take. Several periods of the same line may stand
// side by side; a case keeps the one in force on the day it was reported.
type Condition struct {
	ID          string    `json:"id"`
	Class       string    `json:"class"`
	Filing      i18n.Text `json:"filing"`
	Closing     i18n.Text `json:"closing"`
	Limit       Limit     `json:"limit"`
	Hazard      bool      `json:"hazard"`
	Responsible string    `json:"responsible,omitempty"` // as the source table names it
	people.Period
	Basis      string `json:"basis"`
	Provenance string `json:"provenance"` // demo 演示值, official or local
	Default    bool   `json:"-"`          // the group's default, for want of a line of its own
}

// Provenance of limits.
const (
	Demo     = "demo"     // 演示值: another city's table or our own assumption
	Official = "official" // the district's own published table
	Local    = "local"
)

// hazardWords are the marks of danger in a filing condition.
var hazardWords = []string{"缺失", "移位", "开裂", "隐患", "倾倒", "倒伏", "折断", "泄漏", "着火", "塌陷"}

// Hazard is the rule by which a condition counts as dangerous (安全隐患) when
// its table does not say so itself: the limit runs in continuous hours, and
// the filing condition speaks of something missing, shifted, cracked, toppled,
// broken off, leaking, burning, caved in, or plainly of a danger.
func Hazard(l Limit, filingZH string) bool {
	if l.Unit != calendar.ContinuousHour {
		return false
	}
	for _, w := range hazardWords {
		if strings.Contains(filingZH, w) {
			return true
		}
	}
	return false
}

// Fallback is a group's default line, used where a class has none of its own.
type Fallback struct {
	Group      string    `json:"group"`
	Filing     i18n.Text `json:"filing"`
	Closing    i18n.Text `json:"closing"`
	Limit      Limit     `json:"limit"`
	Basis      string    `json:"basis"`
	Provenance string    `json:"provenance"`
}

// condition makes the group's default into a condition of the class.
func (f Fallback) condition(c Class) Condition {
	return Condition{
		ID: c.ID + "-0", Class: c.ID, Filing: f.Filing, Closing: f.Closing, Limit: f.Limit,
		Basis: f.Basis, Provenance: f.Provenance, Default: true,
	}
}
