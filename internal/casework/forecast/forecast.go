// Package forecast says what a change of a division's calendars would do to the
// running clocks of its open cases, before it is done. It only looks; the
// engine counts again.
package forecast

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Moved is a clock of an open case that another calendar makes due at another
// time.
type Moved struct {
	Case     id.ID
	Number   string
	Title    string
	Clock    i18n.Text
	Was, Now time.Time
}

// Moves lists what Recompute would change if the division had the given
// calendars; it changes nothing. cal is asked by the calendar's name. The actor
// must hold admin.
func Moves(ctx context.Context, e *engine.Engine, actor people.Actor, cal func(name string) (*calendar.Calendar, error)) (list []Moved, err error) {
	defer fault.Trace(&err, "forecast.Moves")
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return nil, err
	}
	f := record.Filter{Terminal: record.No, Sort: record.ByDue, Limit: 200}
	for {
		page, err := record.List(ctx, e.DB, actor.Division, f)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Rows {
			s, err := e.Find(ctx, r.Division, r.ID)
			if err != nil {
				return nil, err
			}
			more, err := movesOf(s, cal)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		if page.Next == "" {
			return list, nil
		}
		f.After = page.Next
	}
}

func movesOf(s *engine.Snapshot, cal func(name string) (*calendar.Calendar, error)) (list []Moved, err error) {
	for _, c := range s.Clocks {
		use, err := cal(c.Calendar)
		if err != nil {
			return nil, err
		}
		was := c.DueAt()
		c = moment.Clone(c)
		if !c.Recompute(use) {
			continue
		}
		m := Moved{Case: s.ID, Number: s.Number, Title: s.Title, Clock: i18n.Text{ZH: c.ID, EN: c.ID}, Was: was, Now: c.DueAt()}
		if def := s.Proc.ClockOf(c.ID); def != nil {
			m.Clock = def.Name
		}
		list = append(list, m)
	}
	return list, nil
}
