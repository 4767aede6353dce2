package moment

import (
	"fmt"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
)

// Spec is how a run of the clock starts, but for its limit.
func Spec(def *procedure.Clock) clock.Spec {
	s := clock.Spec{ID: def.ID, Party: calendar.Party(def.Party), Calendar: def.Calendar, ExpireAfter: def.Expiry.After}
	for _, r := range def.Ladder {
		if r.Past != nil {
			s.Ladder = append(s.Ladder, clock.Ladder{ID: r.ID, Share: *r.Past, MinHours: r.MinHours, MinDays: r.MinDays})
		}
	}
	return s
}

// limit is how long a run lasts: what the verb says, else the clock's own, in
// the urgent column for an urgent case.
func (h Hand) limit(v *procedure.Verb, def *procedure.Clock) (calendar.Limit, error) {
	urgent, _ := h.Data["urgent_column"].(bool)
	own := def.Limit
	if urgent && def.Urgent != nil {
		own = def.Urgent
	}
	switch v.Limit {
	case procedure.CaseLimit:
		return h.caseLimit()
	case procedure.Rework:
		return h.rework(def.ID)
	case procedure.HalfUrgent:
		if own == nil {
			return calendar.Limit{}, fmt.Errorf("clock %s has no limit to halve", def.ID)
		}
		l := calendar.Of(own.N, calendar.Unit(own.Unit))
		if urgent {
			l = l.Part(0.5)
		}
		return l, nil
	}
	given, err := v.LimitValue(h.View)
	if err != nil {
		return calendar.Limit{}, err
	}
	if given == nil {
		given = own
	}
	if given == nil {
		return calendar.Limit{}, fmt.Errorf("clock %s has no limit", def.ID)
	}
	return calendar.Of(given.N, calendar.Unit(given.Unit)), nil
}

// caseLimit is the limit copied into the case when it was filed.
func (h Hand) caseLimit() (calendar.Limit, error) {
	text, _ := h.Data["limit_unit"].(string)
	unit := calendar.Unit(text)
	var n float64
	switch x := h.Data["limit_n"].(type) {
	case float64:
		n = x
	case int64:
		n = float64(x)
	}
	if n <= 0 || !unit.Valid() {
		return calendar.Limit{}, fault.New(fault.Conflict, "R05", "fields", "limit")
	}
	return calendar.Of(n, unit), nil
}

// rework is the limit after a failed check, by the division's setting.
func (h Hand) rework(name string) (calendar.Limit, error) {
	l, err := h.caseLimit()
	if err != nil {
		return l, err
	}
	last := clock.Clock{Limit: l}
	if c := h.Case.Clock(name); c != nil {
		last.Left = c.Left
	}
	return last.Rework(h.Rework), nil
}

// View is the clock as expressions see it; late tells whether any of its runs
// ever was.
func View(c *clock.Clock, cal *calendar.Calendar, now time.Time, late bool) rule.ClockView {
	used, left := c.Elapsed(cal, now), c.LeftAt(cal, now)
	unit := func(l calendar.Left) int64 {
		if c.Limit.Unit == "" || c.Limit.Unit.Hours() {
			return int64(l.Time / time.Minute)
		}
		return int64(l.Days)
	}
	due := c.DueAt() // zero when it does not run
	return rule.ClockView{
		// A citizen's period is over when it is over, and so are clear days; an agency's clock runs on, late.
		Running:  !due.IsZero() && (c.Party != calendar.Citizen && c.Limit.Roll != calendar.Clear || !now.After(due)),
		Breached: late, Due: time.UnixMicro(c.Due).UTC(),
		Elapsed: unit(used), Left: unit(left), ReturnOpen: c.ReturnOpen(cal, now),
	}
}
