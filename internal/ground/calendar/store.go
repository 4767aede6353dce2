package calendar

import (
	"context"
	"database/sql"
	"embed"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the tables of days and office hours.
var Migration = dbx.Migration{Name: "calendar", FS: dbx.Sub(files, "migrations")}

// The calendars of a division: the supervision and dispatch desk's, and the
// departments'. Both default to the demonstration's office hours.
const (
	Desk = "desk"
	Dept = "dept"
)

// Service keeps the divisions' calendars.
type Service struct {
	db     *dbx.DB
	byName *dbx.Kept[map[string]*Calendar]
	rolls  func(ctx context.Context, division id.ID) (bool, error)
}

// kept is the name of the calendars' generation.
const kept = "calendar"

// New returns the service. rolls tells whether a party's period that ends on a
// plain weekend moves in the division (setting roll.weekend); nil moves it
// everywhere.
func New(db *dbx.DB, rolls func(context.Context, id.ID) (bool, error)) *Service {
	if rolls == nil {
		rolls = func(context.Context, id.ID) (bool, error) { return true, nil }
	}
	s := &Service{db: db, rolls: rolls}
	s.byName = dbx.NewKept(db, kept, s.load)
	return s
}

// Calendar returns a division's calendar by name, desk or dept; every other
// name is desk.
func (s *Service) Calendar(ctx context.Context, division id.ID, name string) (_ *Calendar, err error) {
	defer fault.Trace(&err, "calendar.Calendar(%s)", name)
	all, err := s.byName.Get(ctx, division)
	if err != nil {
		return nil, err
	}
	c, ok := all[name]
	if !ok {
		c = all[Desk]
	}
	on, err := s.rolls(ctx, division)
	return c.RollWeekends(on), err
}

func (s *Service) load(ctx context.Context, division id.ID) (map[string]*Calendar, error) {
	days, err := s.Days(ctx, division)
	if err != nil {
		return nil, err
	}
	byName := map[string]*Calendar{}
	for _, name := range []string{Desk, Dept} {
		office, err := s.office(ctx, division, name)
		if err != nil {
			return nil, err
		}
		byName[name] = Make(days, office)
	}
	return byName, nil
}

// Days lists all exceptions of a division in order.
func (s *Service) Days(ctx context.Context, division id.ID) (_ []Day, err error) {
	defer fault.Trace(&err, "calendar.Days")
	rows, err := s.db.Query(ctx, `SELECT date, off, name, official, source FROM calendar_day WHERE division = $1 ORDER BY date`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (d Day, err error) {
		err = r.Scan(&d.Date, &d.Off, &d.Name, &d.Official, &d.Source)
		return d, err
	})
}

func (s *Service) office(ctx context.Context, division id.ID, name string) ([]Span, error) {
	rows, err := s.db.Query(ctx, `SELECT starts, ends FROM calendar_office WHERE division = $1 AND calendar = $2 ORDER BY starts`, division, name)
	spans, err := dbx.Collect(rows, err, func(r *sql.Rows) (p Span, err error) {
		err = r.Scan(&p.From, &p.To)
		return p, err
	})
	if len(spans) == 0 {
		spans = OfficeHours()
	}
	return spans, err
}

// Import replaces a year's exceptions with the given days in the caller's
// transaction. Days of the last week of the year before, which a notice may
// name, are added.
func Import(ctx context.Context, tx *dbx.Tx, division id.ID, year int, days []Day) (err error) {
	defer fault.Trace(&err, "calendar.Import(%d)", year)
	first, next := firstOf(year), firstOf(year+1)
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_day WHERE division = $1 AND date >= $2 AND date < $3`, division, first, next); err != nil {
		return err
	}
	for _, d := range days {
		_, err := tx.Exec(ctx, `INSERT INTO calendar_day (division, date, off, name, official, source) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (division, date) DO UPDATE SET off = excluded.off, name = excluded.name, official = excluded.official, source = excluded.source`,
			division, int64(d.Date), d.Off, d.Name, d.Official, d.Source)
		if err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, division, kept)
}

// SetOffice replaces the office hours of a division's calendar. Spans must be
// in order, within the day, and not touch: else Invalid.
func SetOffice(ctx context.Context, tx *dbx.Tx, division id.ID, name string, spans []Span) (err error) {
	defer fault.Trace(&err, "calendar.SetOffice(%s)", name)
	last := -1
	for _, p := range spans {
		if p.From <= last || p.To <= p.From || p.To > 24*60 {
			return fault.New(fault.Invalid, "calendar.office_bad")
		}
		last = p.To
	}
	if len(spans) == 0 {
		return fault.New(fault.Invalid, "calendar.office_bad")
	}
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_office WHERE division = $1 AND calendar = $2`, division, name); err != nil {
		return err
	}
	for _, p := range spans {
		if _, err := tx.Exec(ctx, `INSERT INTO calendar_office (division, calendar, starts, ends) VALUES ($1, $2, $3, $4)`, division, name, p.From, p.To); err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, division, kept)
}

func firstOf(year int) int64 {
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
