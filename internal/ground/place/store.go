package place

import (
	"context"
	"database/sql"
	"sync"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Service keeps the divisions' maps in memory.
type Service struct {
	db *dbx.DB

	mu    sync.Mutex
	cache map[id.ID]cached
}

type cached struct {
	generation int64
	m          *Map
}

// New returns the service.
func New(db *dbx.DB) *Service { return &Service{db: db, cache: map[id.ID]cached{}} }

// Map is the division's map at this moment. It never changes once returned.
func (s *Service) Map(ctx context.Context, division id.ID) (_ *Map, err error) {
	defer fault.Trace(&err, "place.Map")
	var generation int64
	err = s.db.QueryRow(ctx, `SELECT generation FROM place_generation WHERE division = $1`, division).Scan(&generation)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	s.mu.Lock()
	have, ok := s.cache[division]
	s.mu.Unlock()
	if ok && have.generation == generation {
		return have.m, nil
	}
	list, err := Features(ctx, s.db, division)
	if err != nil {
		return nil, err
	}
	m := NewMap(list)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache[division].generation <= generation { // a slower reader must not put an older map back
		s.cache[division] = cached{generation, m}
	}
	return m, nil
}

// Features lists everything on a division's map, of all periods, by layer and
// code.
func Features(ctx context.Context, q dbx.Querier, division id.ID) (_ []Feature, err error) {
	defer fault.Trace(&err, "place.Features")
	rows, err := q.Query(ctx, `SELECT layer, code, valid_from, valid_to, name_zh, name_en, kind, parent, department, unit, provenance, note, geometry
		FROM place_feature WHERE division = $1 ORDER BY layer, code, valid_from`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (f Feature, err error) {
		var geometry string
		err = r.Scan(&f.Layer, &f.Code, &f.From, &f.To, &f.Name.ZH, &f.Name.EN, &f.Kind, &f.Parent, &f.Department, &f.Unit, &f.Provenance, &f.Note, &geometry)
		if err == nil {
			err = f.Geometry.UnmarshalGeometry([]byte(geometry))
		}
		return f, err
	})
}

// Put writes features in the caller's transaction. Writing the same again
// changes nothing. A grid, community or street whose border changed in a later
// period stands beside the older one, so that old cases keep theirs.
func Put(ctx context.Context, tx *dbx.Tx, division id.ID, pack string, list []Feature) (err error) {
	defer fault.Trace(&err, "place.Put")
	for _, f := range list {
		_, err := tx.Exec(ctx, `INSERT INTO place_feature
			(division, layer, code, valid_from, valid_to, name_zh, name_en, kind, parent, department, unit, provenance, note, geometry, pack)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT (division, layer, code, valid_from) DO UPDATE SET valid_to = excluded.valid_to, name_zh = excluded.name_zh,
				name_en = excluded.name_en, kind = excluded.kind, parent = excluded.parent, department = excluded.department, unit = excluded.unit,
				provenance = excluded.provenance, note = excluded.note, geometry = excluded.geometry, pack = excluded.pack`,
			division, string(f.Layer), f.Code, f.From, f.To, f.Name.ZH, f.Name.EN, f.Kind, f.Parent, f.Department, f.Unit, f.Provenance, f.Note,
			string(f.Geometry.MarshalGeometry()), pack)
		if err != nil {
			return err
		}
	}
	return bump(ctx, tx, division)
}

// Drop removes features of a pack by layer, code and start of their period.
func Drop(ctx context.Context, tx *dbx.Tx, division id.ID, list []Feature) (err error) {
	defer fault.Trace(&err, "place.Drop")
	for _, f := range list {
		_, err := tx.Exec(ctx, `DELETE FROM place_feature WHERE division = $1 AND layer = $2 AND code = $3 AND valid_from = $4`,
			division, string(f.Layer), f.Code, f.From)
		if err != nil {
			return err
		}
	}
	return bump(ctx, tx, division)
}

func bump(ctx context.Context, tx *dbx.Tx, division id.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO place_generation (division, generation) VALUES ($1, 1)
		ON CONFLICT (division) DO UPDATE SET generation = place_generation.generation + 1`, division)
	return err
}
