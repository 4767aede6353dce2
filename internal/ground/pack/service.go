package pack

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Service is the use cases of this room. It is safe for concurrent use.
type Service struct {
	db       *dbx.DB
	clk      clock.Clock
	settings *dbx.Kept[*Settings]
}

// kept is the name of the settings' generation.
const kept = "pack"

// New returns the service.
func New(db *dbx.DB, clk clock.Clock) *Service {
	return &Service{db, clk, dbx.NewKept(db, kept, func(ctx context.Context, division id.ID) (*Settings, error) {
		return loadSettings(ctx, db, division)
	})}
}

// Settings returns a division's settings as of now. Before any pack they are
// the defaults.
func (s *Service) Settings(ctx context.Context, division id.ID) (set *Settings, err error) {
	defer fault.Trace(&err, "pack.Settings")
	return s.settings.Get(ctx, division)
}

// Strict tells whether the division keeps the wall: what people.New asks for.
func (s *Service) Strict(ctx context.Context, division id.ID) (bool, error) {
	set, err := s.Settings(ctx, division)
	if err != nil {
		return true, err
	}
	return set.Bool("axis.strict"), nil
}

// RollsWeekends reports whether the division moves the last day of a party's
// period from a plain weekend, as the calendar asks.
func (s *Service) RollsWeekends(ctx context.Context, division id.ID) (bool, error) {
	set, err := s.Settings(ctx, division)
	if err != nil {
		return true, err
	}
	return set.Bool("roll.weekend"), nil
}

// SaveSetting changes one setting, as a local change. The actor must be an
// administrator; a value that does not fit is Invalid.
func (s *Service) SaveSetting(ctx context.Context, actor people.Actor, key, value string) (err error) {
	defer fault.Trace(&err, "pack.SaveSetting(%s)", key)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	d, _, ok := NewSettings(nil).Lookup(key)
	if !ok {
		return fault.Missing("setting")
	}
	if !d.Accepts(value) {
		return fault.New(fault.Invalid, "pack.setting_value", "key", key, "value", value).Field(key, "pack.setting_value", "key", key, "value", value)
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		old, err := loadSettings(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO setting (division, key, value, pack_value, pack, local, author, changed_at)
			VALUES ($1,$2,$3,'','',$4,$5,$6)
			ON CONFLICT (division, key) DO UPDATE SET value = excluded.value, local = excluded.local,
			author = excluded.author, changed_at = excluded.changed_at`,
			actor.Division, key, value, true, actor.Name, clock.Micro(now))
		if err != nil {
			return err
		}
		set, err := loadSettings(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		if err := people.Note(ctx, tx, actor, now, "setting.save", key, old.Text(key), value); err != nil {
			return err
		}
		return settle(ctx, tx, actor.Division, set, key)
	})
}

func loadSettings(ctx context.Context, q dbx.Querier, division id.ID) (*Settings, error) {
	rows, err := storedSettings(ctx, q, division)
	values := map[string]string{}
	for _, r := range rows {
		values[r.Key] = r.Value
	}
	return NewSettings(values), err
}

// settle hands the calendar the office hours among the changed settings and
// moves the generation.
func settle(ctx context.Context, tx *dbx.Tx, division id.ID, set *Settings, changed ...string) error {
	for _, key := range changed {
		name, isHours := hoursKeys()[key]
		if !isHours {
			continue
		}
		hours, err := spans(set.Text(key))
		if err != nil {
			return err
		}
		if err := calendar.SetOffice(ctx, tx, division, name, hours); err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, division, kept)
}

// storedSetting is a setting that is not at its default.
type storedSetting struct {
	setting
	PackValue string
	Pack      string
	Local     bool
	Author    string
	At        time.Time
}

func storedSettings(ctx context.Context, q dbx.Querier, division id.ID) ([]storedSetting, error) {
	rows, err := q.Query(ctx, `SELECT key, value, pack_value, pack, local, author, changed_at FROM setting WHERE division = $1 ORDER BY key`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (x storedSetting, err error) {
		var at int64
		err = r.Scan(&x.Key, &x.Value, &x.PackValue, &x.Pack, &x.Local, &x.Author, &at)
		x.At = clock.FromMicro(at)
		return x, err
	})
}

func putSetting(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, pack string, x setting) error {
	_, err := tx.Exec(ctx, `INSERT INTO setting (division, key, value, pack_value, pack, local, author, changed_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (division, key) DO UPDATE SET
		value = CASE WHEN setting.local THEN setting.value ELSE excluded.value END,
		author = CASE WHEN setting.local THEN setting.author ELSE excluded.author END,
		changed_at = CASE WHEN setting.local THEN setting.changed_at ELSE excluded.changed_at END,
		pack_value = excluded.pack_value, pack = excluded.pack`,
		actor.Division, x.Key, x.Value, x.Value, pack, false, actor.Name, clock.Micro(at))
	return err
}

func dropSetting(ctx context.Context, tx *dbx.Tx, division id.ID, key string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM setting WHERE division = $1 AND key = $2 AND NOT local`, division, key); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE setting SET pack = '', pack_value = '' WHERE division = $1 AND key = $2`, division, key)
	return err
}
