package clock

import (
	"cmp"
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	wall "xiucheng/internal/platform/clock"
)

// Kind of a moment.
type Kind string

// The kinds, in the order in which they happen at one instant.
const (
	KindWarn   Kind = "warn"
	KindLate   Kind = "late"
	KindRung   Kind = "rung"
	KindExpire Kind = "expire"
)

var rank = map[Kind]int{KindWarn: 0, KindLate: 1, KindRung: 2, KindExpire: 3}

// Moment is something that time alone brings about.
type Moment struct {
	Kind Kind
	Rung string // of KindRung
	At   int64
}

// pending lists what is still to come, in order. A provisional due brings
// nothing but its warning; a held breach is not marked yet, and nothing that
// follows from being late happens before the request is decided.
func (c *Clock) pending() []Moment {
	if c.State != Running {
		return nil
	}
	var out []Moment
	if c.Warn != 0 && !c.Warned {
		out = append(out, Moment{Kind: KindWarn, At: c.Warn})
	}
	if !c.Provisional && !c.Held {
		if c.Late == 0 && c.Limit.Roll != calendar.Clear { // clear days are nobody's duty
			out = append(out, Moment{Kind: KindLate, At: c.Due + 1})
		}
		for _, r := range c.Rungs {
			if !r.Fired {
				out = append(out, Moment{Kind: KindRung, Rung: r.ID, At: r.At})
			}
		}
		if !c.Expired {
			out = append(out, Moment{Kind: KindExpire, At: c.expiry()})
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(rank[a.Kind], rank[b.Kind]))
	})
	return out
}

func (c *Clock) expiry() int64 {
	if c.ExpireAt != 0 {
		return c.ExpireAt
	}
	return c.Due + 1
}

// Next is the first instant at which the clock must be looked at; 0 for never.
func (c *Clock) Next() int64 {
	if p := c.pending(); len(p) > 0 {
		return p[0].At
	}
	return 0
}

// Fire marks the first moment that has come by now and returns it; false when
// none has. What a moment does may move the clock, so call it again only after
// the moment's own effects.
func (c *Clock) Fire(now time.Time) (Moment, bool) {
	p := c.pending()
	if len(p) == 0 || p[0].At > wall.Micro(now) {
		return Moment{}, false
	}
	switch m := p[0]; m.Kind {
	case KindWarn:
		c.Warned = true
	case KindLate:
		c.Late = c.Due
	case KindExpire:
		c.Expired = true
	case KindRung:
		for i := range c.Rungs {
			if c.Rungs[i].ID == m.Rung {
				c.Rungs[i].Fired = true
			}
		}
	}
	return p[0], true
}

const (
	returnShare   = 0.25
	returnMost    = 4 * time.Hour    // of office time; also the window of day limits
	returnAtLeast = 30 * time.Minute // in the clock's own unit
)

// ReturnOpen reports whether the department may still hand the case back: a
// quarter of the limit, at most 4 h, at least half an hour; limits in days give
// 4 working hours from the start (§1.3).
func (c *Clock) ReturnOpen(cal *calendar.Calendar, now time.Time) bool {
	if c.Limit.Unit.Hours() {
		window := time.Duration(float64(c.Limit.N) * returnShare * float64(time.Minute))
		return c.Elapsed(cal, now).Time <= max(returnAtLeast, min(window, returnMost))
	}
	return cal.ElapsedAt(c.at(c.Started), now, calendar.WorkingHour).Time <= returnMost
}

// ReturnUntil is the last instant of the return window of a run that is not
// paused, for people to read.
func (c *Clock) ReturnUntil(cal *calendar.Calendar) time.Time {
	start, unit, window := c.at(c.Anchor), c.Limit.Unit, returnMost
	if unit.Hours() {
		window = max(returnAtLeast, min(time.Duration(float64(c.Limit.N)*returnShare*float64(time.Minute)), returnMost)) - c.Used.Time
	} else {
		unit, start = calendar.WorkingHour, c.at(c.Started)
	}
	return cal.Resume(start, calendar.Left{Time: max(0, window)}, calendar.Limit{Unit: unit}, calendar.Agency).At
}

// Rework is the limit of the run after a failed check: half of the limit (days
// rounded up), the whole of it ("restart"), or what was left at the stop, at
// least half an hour ("continue").
func (c *Clock) Rework(mode string) calendar.Limit {
	switch mode {
	case "restart":
		return c.Limit
	case "continue":
		if c.Limit.Unit.Hours() {
			return calendar.Limit{N: int(max(c.Left.Time, returnAtLeast) / time.Minute), Unit: c.Limit.Unit}
		}
		if c.Left.Days == 0 {
			return calendar.Limit{N: 30, Unit: calendar.WorkingHour}
		}
		return calendar.Limit{N: c.Left.Days, Unit: c.Limit.Unit}
	}
	return c.Limit.Part(0.5)
}
