// Package moment joins a running clock to its procedure: which moment comes
// next, and what the procedure makes of it. Taking the step is the engine's.
package moment

import (
	"slices"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
)

// Clone does not share the ladder with the value it copies.
func Clone(c clock.Clock) clock.Clock {
	c.Rungs = append([]clock.Rung(nil), c.Rungs...)
	return c
}

// First fires the clock with the earliest moment, on a copy.
func First(clocks []clock.Clock, now time.Time) (clock.Clock, clock.Moment, bool) {
	best := -1
	for i := range clocks {
		if n := clocks[i].Next(); n != 0 && (best < 0 || n < clocks[best].Next()) {
			best = i
		}
	}
	if best < 0 {
		return clock.Clock{}, clock.Moment{}, false
	}
	c := Clone(clocks[best])
	m, ok := c.Fire(now)
	return c, m, ok
}

// Answer is what a procedure makes of a moment: a step of its own, people told,
// or nothing but the record of it.
type Answer struct {
	Step   string
	Filled func(*rule.View, *procedure.Step) (procedure.Input, error)
	Tells  []procedure.Tell
}

// AnswerTo finds what the procedure makes of the moment of the clock; def may be
// nil.
func AnswerTo(def *procedure.Clock, m clock.Moment) (a Answer) {
	if def == nil {
		return a
	}
	if m.Kind == clock.KindExpire {
		for _, r := range def.Expiry.Alarm {
			a.Tells = append(a.Tells, procedure.Tell{To: r, Text: alarmWords(def)})
		}
		a.Step, a.Filled = def.Expiry.Step, def.Expiry.Filled
		return a
	}
	if m.Kind == clock.KindWarn && warnsAlone(def) {
		for _, r := range def.Expiry.Alarm {
			a.Tells = append(a.Tells, procedure.Tell{To: r, Text: lastDayWords(def)})
		}
	}
	for i := range def.Ladder {
		r := &def.Ladder[i]
		if m.Kind == clock.KindRung && r.ID == m.Rung || m.Kind == clock.KindWarn && r.Used > 0 {
			a.Step, a.Filled = r.Step, r.Filled
			a.Tells = append(a.Tells, r.Tell...)
		}
	}
	return a
}

// Warns reports whether anybody hears of the clock before it is over.
func Warns(def *procedure.Clock) bool {
	return warnsAlone(def) || slices.ContainsFunc(def.Ladder, func(r procedure.Rung) bool { return r.Used > 0 })
}

// warnsAlone: a duty of law whose last day never moves raises its alarm on the
// last working day, unless a rung says something of its own.
func warnsAlone(def *procedure.Clock) bool {
	return def.Roll == string(calendar.Keep) && len(def.Expiry.Alarm) > 0 &&
		!slices.ContainsFunc(def.Ladder, func(r procedure.Rung) bool { return r.Used > 0 })
}

// Name is how the timeline calls the moment.
func Name(m clock.Moment) string {
	if m.Kind == clock.KindRung {
		return m.Rung
	}
	return string(m.Kind)
}

func alarmWords(def *procedure.Clock) i18n.Text {
	return i18n.Text{
		ZH: "{no} “" + def.Name.ZH + "”已到期（{state}）。",
		EN: "{no}: the time for “" + def.Name.EN + "” is over ({state}).",
	}
}

func lastDayWords(def *procedure.Clock) i18n.Text {
	return i18n.Text{
		ZH: "{no} “" + def.Name.ZH + "”：今天是期限内最后一个工作日（{state}）。",
		EN: "{no}: today is the last working day for “" + def.Name.EN + "” ({state}).",
	}
}
