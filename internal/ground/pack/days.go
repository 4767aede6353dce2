package pack

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// workdays takes a table of days off and make-up days.
func (l *loader) workdays(f File) {
	_, err := calendar.ReadCSV(bytes.NewReader(f.Body))
	for _, e := range parts(err) {
		line := 0
		var wrong *csv.ParseError
		if errors.As(e, &wrong) {
			line = wrong.Line
		} else if _, scanned := fmt.Sscanf(e.Error(), "line %d:", &line); scanned != nil {
			line = 0
		}
		l.problems.add(f.Path, line, "pack.workdays_bad", "why", e.Error())
	}
	l.pack.Workdays = append(l.pack.Workdays, f)
}

// parts takes a joined error apart.
func parts(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

// days imports a table year by year. A year whose official notice was imported
// here stays when the pack only knows its statutory days.
func (a *applying) days(f File) error {
	days, err := calendar.ReadCSV(bytes.NewReader(f.Body))
	if err != nil {
		return err
	}
	years := map[int][]calendar.Day{}
	official := map[int]bool{}
	for _, d := range days {
		y := d.Date.Year()
		years[y] = append(years[y], d)
		official[y] = official[y] || d.Official
	}
	for y, list := range years {
		if a.official[y] && !official[y] {
			continue
		}
		if err := calendar.Import(a.ctx, a.tx, a.actor.Division, y, list); err != nil {
			return err
		}
	}
	return nil
}

// ImportDays replaces the exceptions of each given year in the actor's
// division: a yearly notice that was uploaded. The actor must be an
// administrator; no year at all is Invalid. Clocks that run keep their due
// times until they are counted again.
func (s *Service) ImportDays(ctx context.Context, actor people.Actor, years map[int][]calendar.Day) (err error) {
	defer fault.Trace(&err, "pack.ImportDays")
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	if len(years) == 0 {
		return fault.New(fault.Invalid, "pack.no_days")
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		for _, year := range slices.Sorted(maps.Keys(years)) {
			if err := calendar.Import(ctx, tx, actor.Division, year, years[year]); err != nil {
				return err
			}
			if err := people.Note(ctx, tx, actor, now, "calendar.import", strconv.Itoa(year), nil, len(years[year])); err != nil {
				return err
			}
		}
		return nil
	})
}

// officialYears are the years of which the division has the official table.
func (s *Service) officialYears(ctx context.Context, division id.ID) (map[int]bool, error) {
	days, err := calendar.New(s.db, nil).Days(ctx, division)
	years := map[int]bool{}
	for _, d := range days {
		if d.Official {
			years[d.Date.Year()] = true
		}
	}
	return years, err
}

// hoursKeys are the settings that are a calendar's office hours.
func hoursKeys() map[string]string {
	return map[string]string{"calendar.desk": calendar.Desk, "calendar.dept": calendar.Dept}
}

// spans reads office hours that Accepts has let pass.
func spans(hours string) ([]calendar.Span, error) {
	var out []calendar.Span
	for _, s := range strings.Fields(hours) {
		var h1, m1, h2, m2 int
		if _, err := fmt.Sscanf(s, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "pack.setting_value", "key", "calendar", "value", hours)
		}
		out = append(out, calendar.Span{From: h1*60 + m1, To: h2*60 + m2})
	}
	return out, nil
}
