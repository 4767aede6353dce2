package pack

import (
	"context"
	"database/sql"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// files takes over the whole files that differ.
func (a *applying) files(changes []Difference) error {
	for _, d := range changes {
		if d.Kind == filesProcedures {
			continue
		}
		for _, f := range a.pack.Workdays {
			if f.Path != d.Key {
				continue
			}
			if err := a.days(f); err != nil {
				return err
			}
		}
		for _, f := range append(a.pack.Workdays, a.pack.Layers...) {
			if f.Path != d.Key {
				continue
			}
			if err := a.wholeFile(f); err != nil {
				return err
			}
		}
	}
	for _, p := range a.pack.Procedures {
		_, err := a.tx.Exec(a.ctx, `INSERT INTO pack_procedure (division, id, version, pack, path, body) VALUES ($1,$2,$3,$4,$5,$6)
			ON CONFLICT (division, id, version) DO NOTHING`, a.actor.Division, p.ID, p.Version, a.pack.ID, p.Path, string(p.Body))
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) wholeFile(f File) error {
	_, err := a.tx.Exec(a.ctx, `INSERT INTO pack_file (division, pack, path, hash) VALUES ($1,$2,$3,$4)
		ON CONFLICT (division, pack, path) DO UPDATE SET hash = excluded.hash`, a.actor.Division, a.pack.ID, f.Path, f.Hash())
	return err
}

// Procedures lists the procedure files of a division, every version a case may
// have been opened under, by id and version.
func (s *Service) Procedures(ctx context.Context, division id.ID) (list []Procedure, err error) {
	defer fault.Trace(&err, "pack.Procedures")
	rows, err := s.db.Query(ctx, `SELECT id, version, path, body FROM pack_procedure WHERE division = $1 ORDER BY id, version`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (p Procedure, err error) {
		var text string
		err = r.Scan(&p.ID, &p.Version, &p.Path, &text)
		p.Body = []byte(text)
		return p, err
	})
}
