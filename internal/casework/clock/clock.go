// Package clock is one running time limit of a case as a plain value: started,
// paused, resumed, stopped, moved, warned, late. It keeps no time itself: every
// verb takes the calendar and the instant, so a case's record can replay it.
//
// A breach is a fact: no later verb removes it. The rules are those of the
// service procedures §0.3, §1.3 and §1.4.
package clock

import (
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	wall "xiucheng/internal/platform/clock"
)

// State of a clock.
type State string

// The states.
const (
	Running State = "running"
	Paused  State = "paused"
	Stopped State = "stopped"
)

// Clock is one run of one limit. Instants are microseconds since 1970 UTC, 0
// for none. The zero Clock has never started.
type Clock struct {
	ID       string         `json:"id"`
	Run      int            `json:"run"` // 1, 2 …: a restart is a new run
	State    State          `json:"state"`
	Limit    calendar.Limit `json:"limit"`
	Party    calendar.Party `json:"party"`
	Calendar string         `json:"calendar"`        // desk or dept
	Given    bool           `json:"given,omitempty"` // due was given, not counted

	Started     int64 `json:"started"`
	Due         int64 `json:"due"`
	Provisional bool  `json:"provisional,omitempty"`
	Warn        int64 `json:"warn,omitempty"`
	Warned      bool  `json:"warned,omitempty"`

	// The last point the due instant was counted from, and what was counted:
	// the limit or what was left, and what was added since.
	Anchor int64         `json:"anchor"`
	From   calendar.Left `json:"from"`
	Extra  int           `json:"extra,omitempty"` // minutes or days, approved since the anchor
	Used   calendar.Left `json:"used"`            // before the anchor

	PausedAt int64         `json:"paused_at,omitempty"`
	Left     calendar.Left `json:"left"` // while paused or after the stop
	Delays   int           `json:"delays,omitempty"`
	Held     bool          `json:"held,omitempty"` // a request is pending: a breach is not marked yet
	Late     int64         `json:"late,omitempty"` // the due instant that was missed
	Stop     int64         `json:"stop,omitempty"`

	ExpireAt int64  `json:"expire_at,omitempty"` // first instant of expiry where it is not the due
	Expired  bool   `json:"expired,omitempty"`
	Rungs    []Rung `json:"rungs,omitempty"`
}

// Rung is one rung of the ladder of this run.
type Rung struct {
	ID    string `json:"id"`
	At    int64  `json:"at"`
	Fired bool   `json:"fired,omitempty"`

	// How At is counted; see Ladder.
	Share    float64 `json:"share"`
	MinHours float64 `json:"min_hours,omitempty"`
	MinDays  int     `json:"min_days,omitempty"`
}

// Spec is how a clock starts.
type Spec struct {
	ID       string
	Limit    calendar.Limit
	Party    calendar.Party // empty: agency
	Calendar string         // empty: desk
	Until    time.Time      // a due instant that is given, instead of Limit
	// ExpireAfter is a multiple of the limit after which the clock expires;
	// 0: at the due instant.
	ExpireAfter float64
	Ladder      []Ladder
}

// Ladder is a rung to come: Share of the limit past due, at least MinHours or,
// in day units, MinDays. It fires the instant after.
type Ladder struct {
	ID       string
	Share    float64
	MinHours float64
	MinDays  int
}

// Start begins a run; run counts the runs of this clock in its case from 1.
func Start(cal *calendar.Calendar, s Spec, run int, now time.Time) Clock {
	c := Clock{ID: s.ID, Run: run, State: Running, Limit: s.Limit, Party: s.Party, Calendar: s.Calendar,
		Started: wall.Micro(now), Anchor: wall.Micro(now), From: whole(s.Limit)}
	if c.Party == "" {
		c.Party = calendar.Agency
	}
	if c.Calendar == "" {
		c.Calendar = "desk"
	}
	for _, l := range s.Ladder {
		c.Rungs = append(c.Rungs, Rung{ID: l.ID, Share: l.Share, MinHours: l.MinHours, MinDays: l.MinDays})
	}
	if !s.Until.IsZero() {
		c.Given = true
		c.due(cal, calendar.Due{At: s.Until})
		return c
	}
	c.due(cal, cal.DueAt(now, s.Limit, c.Party))
	if s.ExpireAfter > 0 {
		c.ExpireAt = wall.Micro(cal.DueAt(now, s.Limit.Part(s.ExpireAfter), c.Party).At) + 1
	}
	return c
}

func whole(l calendar.Limit) calendar.Left {
	if l.Unit.Hours() {
		return calendar.Left{Time: time.Duration(l.N) * time.Minute}
	}
	return calendar.Left{Days: l.N} // or months, or years, of a run that never paused
}

// due sets the due instant with everything that follows from it.
func (c *Clock) due(cal *calendar.Calendar, d calendar.Due) {
	c.Due, c.Provisional = wall.Micro(d.At), d.Provisional
	if !c.Given {
		c.Warn = wall.Micro(c.warn(cal, d.At))
	}
	for i := range c.Rungs {
		c.Rungs[i].At = wall.Micro(c.rung(cal, c.Rungs[i], d.At)) + 1
	}
}

// warnShare of the budget used is when hour units warn.
const warnShare = 0.75

// warn is when the run warns: day units at the opening of the last working
// day; hour units when three quarters of the whole budget are used, counted on
// from the anchor.
func (c *Clock) warn(cal *calendar.Calendar, due time.Time) time.Time {
	if !c.Limit.Unit.Hours() {
		return cal.WarnAt(c.at(c.Anchor), due, c.Limit)
	}
	extra := time.Duration(c.Extra) * time.Minute
	budget := c.Used.Time + c.From.Time + extra
	ahead := time.Duration(float64(budget)*warnShare) - c.Used.Time
	return cal.Resume(c.at(c.Anchor), calendar.Left{Time: max(0, ahead)}, c.Limit, c.Party).At
}

func (c *Clock) rung(cal *calendar.Calendar, r Rung, due time.Time) time.Time {
	if r.Share == 0 && r.MinHours == 0 && r.MinDays == 0 {
		return due
	}
	past := c.Limit.Part(r.Share)
	if c.Limit.Unit.Hours() {
		past.N = max(past.N, int(r.MinHours*60))
	} else {
		past = calendar.Limit{N: max(past.N, r.MinDays), Unit: calendar.WorkingDay}
	}
	return cal.Extend(due, past, calendar.Agency).At
}

func (c *Clock) at(us int64) time.Time { return wall.FromMicro(us) }

// DueAt is the due instant; zero when the clock is not running.
func (c *Clock) DueAt() time.Time {
	if c.State != Running {
		return time.Time{}
	}
	return c.at(c.Due)
}

// Breached reports whether the run was ever late.
func (c *Clock) Breached() bool { return c.Late != 0 }

// Pause stops counting as of an instant, which may lie in the past. A clock
// that is not running stays as it is.
func (c *Clock) Pause(cal *calendar.Calendar, asOf time.Time) {
	if c.State != Running {
		return
	}
	c.markLate(asOf)
	c.State, c.PausedAt, c.Held = Paused, wall.Micro(asOf), false
	counted := c.before(asOf)
	c.Left = cal.LeftAt(counted, c.at(c.Due), c.unit())
	c.Used = c.used(cal, counted)
}

// before is where counting ends at a pause and begins at a resumption. A period
// of law counts whole days: the day of the pause no more, the day of the
// resumption again (行政强制法 25 第三款).
func (c *Clock) before(at time.Time) time.Time {
	if c.Limit.Roll == "" || c.unit().Hours() {
		return at
	}
	return calendar.DateOf(at).At(0).Add(-time.Microsecond)
}

// lasting is what a limit that goes on needs of the run: unit and roll.
func (c *Clock) lasting() calendar.Limit {
	return calendar.Limit{Unit: c.unit(), Roll: c.Limit.Roll}
}

// unit counts a given due in natural terms when no limit has a unit.
func (c *Clock) unit() calendar.Unit {
	if c.Limit.Unit == "" {
		return calendar.ContinuousHour
	}
	return c.Limit.Unit
}

func (c *Clock) used(cal *calendar.Calendar, at time.Time) calendar.Left {
	more := cal.ElapsedAt(c.at(c.Anchor), at, c.unit())
	return calendar.Left{Time: c.Used.Time + more.Time, Days: c.Used.Days + more.Days}
}

// Resume goes on with what was left.
func (c *Clock) Resume(cal *calendar.Calendar, now time.Time) {
	if c.State != Paused {
		return
	}
	from := c.before(now)
	c.State, c.Anchor, c.From, c.Extra, c.PausedAt = Running, wall.Micro(from), c.Left, 0, 0
	c.Left = calendar.Left{}
	c.due(cal, cal.Resume(from, c.From, c.lasting(), c.Party))
}

// Finish stops the run. It is late when now is after a due instant that was
// not provisional.
func (c *Clock) Finish(cal *calendar.Calendar, now time.Time) {
	switch c.State {
	case Running:
		c.Used = c.used(cal, now)
		c.Left = cal.LeftAt(now, c.at(c.Due), c.unit())
		c.markLate(now)
	case Paused:
	default:
		return
	}
	c.State, c.Stop, c.Held = Stopped, wall.Micro(now), false
}

func (c *Clock) markLate(now time.Time) {
	if c.Late == 0 && !c.Provisional && c.Limit.Roll != calendar.Clear && wall.Micro(now) > c.Due {
		c.Late = c.Due
	}
}

// Extend moves the due instant by more of the limit's unit from the old due,
// and lets the ladder begin anew. A breach inside the waiting time is not
// marked.
func (c *Clock) Extend(cal *calendar.Calendar, more int) {
	if c.State != Running {
		return
	}
	if c.Limit.Unit.Hours() {
		more *= 60
	}
	c.Extra += more
	c.Delays++
	c.Held, c.Warned = false, false
	for i := range c.Rungs {
		c.Rungs[i].Fired = false
	}
	c.due(cal, cal.Extend(c.at(c.Due), calendar.Limit{N: more, Unit: c.Limit.Unit, Roll: c.Limit.Roll}, c.Party))
}

// Hold keeps a breach from being marked while a request is open; Release marks
// it as if it had never been held.
func (c *Clock) Hold() {
	if c.State == Running {
		c.Held = true
	}
}

// Release ends a Hold.
func (c *Clock) Release() { c.Held = false }

// Retime gives the run another limit from the same start. If that would
// already be past, the old due stays.
func (c *Clock) Retime(cal *calendar.Calendar, l calendar.Limit, now time.Time) {
	if c.State != Running || c.Given {
		return
	}
	next := *c
	next.Rungs = slices.Clone(c.Rungs)
	next.Limit, next.Extra = l, 0
	if c.Anchor == c.Started || l.Unit != c.Limit.Unit {
		next.Anchor, next.From, next.Used = c.Started, whole(l), calendar.Left{}
	} else {
		w := whole(l)
		next.From = calendar.Left{Time: max(0, w.Time-c.Used.Time), Days: max(0, w.Days-c.Used.Days)}
	}
	next.due(cal, next.counted(cal))
	if next.Due <= wall.Micro(now) {
		return
	}
	*c = next
}

// counted is the due instant as the anchor, what was left there and what was
// added since make it.
func (c *Clock) counted(cal *calendar.Calendar) calendar.Due {
	d := calendar.Due{}
	if c.Anchor == c.Started && c.Used == (calendar.Left{}) {
		d = cal.DueAt(c.at(c.Anchor), c.asLimit(c.From), c.Party)
	} else {
		d = cal.Resume(c.at(c.Anchor), c.From, c.lasting(), c.Party)
	}
	if c.Extra > 0 {
		d = cal.Extend(d.At, calendar.Limit{N: c.Extra, Unit: c.Limit.Unit, Roll: c.Limit.Roll}, c.Party)
	}
	return d
}

func (c *Clock) asLimit(l calendar.Left) calendar.Limit {
	if c.Limit.Unit.Hours() {
		return calendar.Limit{N: int(l.Time / time.Minute), Unit: c.Limit.Unit, Roll: c.Limit.Roll}
	}
	return calendar.Limit{N: l.Days, Unit: c.Limit.Unit, Roll: c.Limit.Roll}
}

// Recompute counts the due instant again over another calendar, for example
// when the year's official table has arrived. It reports whether it moved.
func (c *Clock) Recompute(cal *calendar.Calendar) bool {
	if c.State != Running || c.Given {
		return false
	}
	was, provisional := c.Due, c.Provisional
	c.due(cal, c.counted(cal))
	return c.Due != was || c.Provisional != provisional
}

// Elapsed is what was used so far.
func (c *Clock) Elapsed(cal *calendar.Calendar, now time.Time) calendar.Left {
	if c.State == Running {
		return c.used(cal, now)
	}
	return c.Used
}

// LeftAt is what remains.
func (c *Clock) LeftAt(cal *calendar.Calendar, now time.Time) calendar.Left {
	if c.State == Running {
		return cal.LeftAt(now, c.at(c.Due), c.unit())
	}
	return c.Left
}
