package unitlink

import (
	"context"
	"crypto/rand"
	"database/sql"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const columns = `SELECT division, id, case_id, dept, seq, issued, issued_by, expires, opened, revoked, revoked_by FROM unit_link`

func scan(row func(...any) error) (l Link, err error) {
	var issued, expires, opened, revoked int64
	err = row(&l.Division, &l.ID, &l.Case, &l.Dept, &l.Seq, &issued, &l.IssuedBy, &expires, &opened, &revoked, &l.RevokedBy)
	l.Issued, l.Expires, l.Opened, l.Revoked = clock.FromMicro(issued), clock.FromMicro(expires), clock.FromMicro(opened), clock.FromMicro(revoked)
	return l, err
}

func insert(ctx context.Context, tx *dbx.Tx, l Link) error {
	_, err := tx.Exec(ctx, `INSERT INTO unit_link (division, id, case_id, dept, seq, issued, issued_by, expires, opened, revoked, revoked_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '')`,
		l.Division, l.ID, l.Case, l.Dept, l.Seq, clock.Micro(l.Issued), l.IssuedBy, clock.Micro(l.Expires))
	return err
}

// byID finds a link without knowing its division, which no address says.
func byID(ctx context.Context, q dbx.Querier, link id.ID) (Link, error) {
	return scan(q.QueryRow(ctx, columns+` WHERE id = $1`, link).Scan)
}

// ofCase lists the links of a case, the latest first.
func ofCase(ctx context.Context, q dbx.Querier, division, caseID id.ID) ([]Link, error) {
	rows, err := q.Query(ctx, columns+` WHERE division = $1 AND case_id = $2 ORDER BY id DESC`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (Link, error) { return scan(r.Scan) })
}

const secretSize = 32

// secret is the division's key; zero length when it has issued no link yet.
func secret(ctx context.Context, q dbx.Querier, division id.ID) (key []byte, err error) {
	err = q.QueryRow(ctx, `SELECT secret FROM unit_link_key WHERE division = $1`, division).Scan(&key)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return key, err
}

// needSecret makes the division's key with its first link.
func needSecret(ctx context.Context, tx *dbx.Tx, division id.ID) ([]byte, error) {
	fresh := make([]byte, secretSize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO unit_link_key (division, secret) VALUES ($1, $2) ON CONFLICT (division) DO NOTHING`, division, fresh); err != nil {
		return nil, err
	}
	return secret(ctx, tx, division)
}
