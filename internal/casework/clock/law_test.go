package clock

import (
	"testing"

	"xiucheng/internal/ground/calendar"
)

func period(start string, n float64, u calendar.Unit, roll calendar.Roll) (Clock, *calendar.Calendar) {
	cal := autumn()
	l := calendar.Of(n, u)
	l.Roll = roll
	return Start(cal, Spec{ID: "hold30", Limit: l}, 1, at(start)), cal
}

// K1: an extension counts from the old end, which was a make-up day.
func TestK1ExtensionOfASeizure(t *testing.T) {
	c, cal := period("2026-09-10 15:00", 30, calendar.NaturalDay, calendar.Keep)
	c.wantDue(t, "K1", "2026-10-10 24:00")
	c.Extend(cal, 30)
	c.wantDue(t, "K1 extended", "2026-11-09 24:00")
}

// K2: the days of a test are not counted, the day of its start among them.
func TestK2PauseForATest(t *testing.T) {
	c, cal := period("2026-09-10 15:00", 30, calendar.NaturalDay, calendar.Keep)
	c.Pause(cal, at("2026-09-14 10:00"))
	c.Resume(cal, at("2026-09-20 17:00"))
	c.wantDue(t, "K2", "2026-10-16 24:00")
	c.Extend(cal, 30)
	c.wantDue(t, "K2 extended", "2026-11-15 24:00")
	if got := calendar.FormatDue(c.at(c.Warn)); got != "2026-11-13 08:30" {
		t.Errorf("K2: alarm %s", got)
	}
	if c.Recompute(cal) {
		t.Errorf("counted again it moved to %s", calendar.FormatDue(c.DueAt()))
	}
}

// T9: of working days, those of the pause are not counted, whatever the hour.
func TestAPauseOfWorkingDays(t *testing.T) {
	for _, hour := range []string{" 08:00", " 23:00"} {
		c, cal := period("2026-10-12 15:00", 7, calendar.WorkingDay, calendar.Next) // 10-21
		c.Pause(cal, at("2026-10-14"+hour))
		c.Resume(cal, at("2026-10-16"+hour)) // 14 and 15 are not counted
		c.wantDue(t, "resumed at"+hour, "2026-10-23 24:00")
		if left := c.LeftAt(cal, at("2026-10-16 12:00")).Days; left != 5 {
			t.Errorf("left %d", left)
		}
		c.Pause(cal, at("2026-10-16"+hour))
		c.Resume(cal, at("2026-10-16"+hour))
		c.wantDue(t, "paused for nothing at"+hour, "2026-10-23 24:00")
	}
}

// A paused period of months goes on with the days that were left.
func TestAPauseOfMonths(t *testing.T) {
	c, cal := period("2026-09-17 10:00", 3, calendar.Month, calendar.Next)
	c.wantDue(t, "three months", "2026-12-17 24:00")
	c.Pause(cal, at("2026-10-12 10:00"))
	c.Resume(cal, at("2026-10-22 10:00"))
	c.wantDue(t, "ten days later", "2026-12-28 24:00") // 12-27 is a Sunday
}

// Clear days are nobody's duty: when they are over, nothing was late.
func TestClearDaysAreNeverLate(t *testing.T) {
	c, cal := period("2026-10-12 15:00", 7, calendar.WorkingDay, calendar.Clear)
	c.Warned = true
	m, ok := c.Fire(at("2026-10-22 00:01"))
	if !ok || m.Kind != KindExpire || c.Breached() {
		t.Errorf("fired %v %v, late %d", m, ok, c.Late)
	}
	c.Finish(cal, at("2026-10-23 10:00"))
	if c.Breached() {
		t.Error("late when it was stopped")
	}
}
