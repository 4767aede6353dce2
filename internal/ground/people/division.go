package people

import (
	"context"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Division is a tenant: one district's bureau on this installation. Its id
// never changes; Code, the six-digit division code, is only an attribute,
// because functional zones have none and codes change.
type Division struct {
	ID       id.ID
	Key      string // "weifang-ez": stable, in addresses and commands
	Code     string
	Name     i18n.Text
	Practice bool // for training: worked like any other, never counted
	Created  time.Time
}

const divisionColumns = `id, key, code, name_zh, name_en, practice, created`

// EnsureDivision returns the division with d.Key, creating it with d's other
// attributes when there is none; an existing one takes over name and code.
func (s *Service) EnsureDivision(ctx context.Context, d Division) (out Division, err error) {
	defer fault.Trace(&err, "people.EnsureDivision(%s)", d.Key)
	if d.Key == "" || d.Name.ZH == "" {
		return Division{}, fault.New(fault.Invalid, "people.division_blank")
	}
	fresh, now := id.New(), s.clk.Now()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO division (`+divisionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)
			ON CONFLICT (key) DO UPDATE SET code = excluded.code, name_zh = excluded.name_zh, name_en = excluded.name_en`,
			fresh, d.Key, d.Code, d.Name.ZH, d.Name.EN, d.Practice, clock.Micro(now))
		if err != nil {
			return err
		}
		out, err = scanDivision(tx.QueryRow(ctx, `SELECT `+divisionColumns+` FROM division WHERE key = $1`, d.Key))
		if err != nil {
			return err
		}
		if err := dbx.Moved(ctx, tx, everywhere(), kept); err != nil {
			return err
		}
		return dbx.Moved(ctx, tx, out.ID, kept)
	})
	return out, err
}

// Division finds a division by key; unknown is NotFound.
func (s *Service) Division(ctx context.Context, key string) (d Division, err error) {
	defer fault.Trace(&err, "people.Division(%s)", key)
	return scanDivision(s.db.QueryRow(ctx, `SELECT `+divisionColumns+` FROM division WHERE key = $1`, key))
}

// Divisions lists all divisions of the installation, the oldest first.
func (s *Service) Divisions(ctx context.Context) (ds []Division, err error) {
	defer fault.Trace(&err, "people.Divisions")
	return s.divisions.Get(ctx, everywhere())
}

// everywhere stands for the installation where a division is asked for.
func everywhere() id.ID { return id.ID{15: 1} }

type scanner interface{ Scan(dest ...any) error }

func scanDivision(r scanner) (d Division, err error) {
	var created int64
	err = r.Scan(&d.ID, &d.Key, &d.Code, &d.Name.ZH, &d.Name.EN, &d.Practice, &created)
	d.Created = clock.FromMicro(created)
	return d, err
}
