package place

import (
	"context"
	"database/sql"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Service keeps the divisions' maps in memory.
type Service struct{ maps *dbx.Kept[*Map] }

// kept is the name of the maps' generation.
const kept = "place"

// New returns the service.
func New(db *dbx.DB) *Service {
	return &Service{dbx.NewKept(db, kept, func(ctx context.Context, division id.ID) (*Map, error) {
		list, err := Features(ctx, db, division)
		return NewMap(list), err
	})}
}

// Map is the division's map at this moment. It never changes once returned.
func (s *Service) Map(ctx context.Context, division id.ID) (_ *Map, err error) {
	defer fault.Trace(&err, "place.Map")
	return s.maps.Get(ctx, division)
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
	return dbx.Moved(ctx, tx, division, kept)
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
	return dbx.Moved(ctx, tx, division, kept)
}
