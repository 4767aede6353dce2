package record

import (
	"context"
	"database/sql"
	"fmt"

	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// KeepProcedures stores the texts of the procedures in force and returns a
// library of them and of all versions kept before, so that every open case
// finds the version it began with. A version whose text has changed since it
// was kept is an Invalid fault that names it.
func KeepProcedures(ctx context.Context, db *dbx.DB, now int64, inForce ...*procedure.Procedure) (l *library.Library, err error) {
	defer fault.Trace(&err, "record.KeepProcedures")
	err = db.Write(ctx, func(tx *dbx.Tx) error {
		for _, p := range inForce {
			_, err := tx.Exec(ctx, `INSERT INTO procedure_texts (procedure, version, sum, source, at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (procedure, version) DO NOTHING`, p.ID, p.Version, p.Sum(), string(p.Source()), now)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `SELECT procedure, version, source FROM procedure_texts ORDER BY procedure, version`)
	kept, err := dbx.Collect(rows, err, func(r *sql.Rows) (*procedure.Procedure, error) {
		var name, source string
		var version int
		if err := r.Scan(&name, &version, &source); err != nil {
			return nil, err
		}
		return library.Read(fmt.Sprintf("%s version %d", name, version), []byte(source))
	})
	if err != nil {
		return nil, err
	}
	l, err = library.New(append(inForce, kept...)...)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "record.version_changed", "why", err.Error())
	}
	return l, nil
}
