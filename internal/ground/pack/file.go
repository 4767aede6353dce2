package pack

import (
	"context"
	"database/sql"
	"errors"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// files takes over the whole files that differ.
func (a *applying) files(changes []Difference) error {
	differs := map[string]bool{}
	for _, d := range changes {
		differs[d.File] = true
	}
	for _, f := range a.pack.Workdays {
		if !differs[f.Path] {
			continue
		}
		if err := errors.Join(a.days(f), a.remember(f, "")); err != nil {
			return err
		}
	}
	for _, layer := range a.pack.Layers {
		if !differs[layer.Path] {
			continue
		}
		if err := errors.Join(a.putLayer(layer), a.remember(layer.File, featureKeys(layer.Features))); err != nil {
			return err
		}
	}
	for _, x := range a.pack.texts() {
		for _, p := range x.files {
			_, err := a.tx.Exec(a.ctx, `INSERT INTO `+x.table+` (division, id, version, pack, path, body) VALUES ($1,$2,$3,$4,$5,$6)
				ON CONFLICT (division, id, version) DO NOTHING`, a.actor.Division, p.ID, p.Version, a.pack.ID, p.Path, string(p.Body))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// texts are files of which every version is kept.
type texts struct {
	kind, table, changed string
	files                []Procedure
}

func (p *Pack) texts() []texts {
	return []texts{
		{filesProcedures, "pack_procedure", "pack.procedure_changed", p.Procedures},
		{filesPapers, "pack_paper", "pack.paper_changed", p.Papers},
	}
}

// remember keeps what was taken over, so that the next apply can tell.
func (a *applying) remember(f File, holds string) error {
	_, err := a.tx.Exec(a.ctx, `INSERT INTO pack_file (division, pack, path, hash, holds) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (division, pack, path) DO UPDATE SET hash = excluded.hash, holds = excluded.holds`,
		a.actor.Division, a.pack.ID, f.Path, f.Hash(), holds)
	return err
}

// Procedures lists the procedure files of a division, every version a case may
// have been opened under, by id and version.
func (s *Service) Procedures(ctx context.Context, division id.ID) (list []Procedure, err error) {
	defer fault.Trace(&err, "pack.Procedures")
	return s.texts(ctx, "pack_procedure", division)
}

// Papers lists the templates of documents of a division, every version a paper
// may have been fixed with, by id and version.
func (s *Service) Papers(ctx context.Context, division id.ID) (list []Procedure, err error) {
	defer fault.Trace(&err, "pack.Papers")
	return s.texts(ctx, "pack_paper", division)
}

func (s *Service) texts(ctx context.Context, table string, division id.ID) ([]Procedure, error) {
	rows, err := s.db.Query(ctx, `SELECT id, version, path, body FROM `+table+` WHERE division = $1 ORDER BY id, version`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (p Procedure, err error) {
		var text string
		err = r.Scan(&p.ID, &p.Version, &p.Path, &text)
		p.Body = []byte(text)
		return p, err
	})
}
