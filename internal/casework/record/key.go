package record

import (
	"bytes"
	"context"
	"database/sql"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Replay returns the answer stored under the key, or ok = false when the key is
// new. The same key with another body is an Invalid fault.
func Replay(ctx context.Context, q dbx.Querier, division id.ID, key string, hash []byte) (answer string, ok bool, err error) {
	defer fault.Trace(&err, "record.Replay")
	var stored []byte
	err = q.QueryRow(ctx, `SELECT hash, answer FROM idempotency WHERE division = $1 AND key = $2`, division, key).Scan(&stored, &answer)
	switch {
	case fault.Is(err, fault.NotFound):
		return "", false, nil
	case err != nil:
		return "", false, err
	case !bytes.Equal(stored, hash):
		return "", false, fault.New(fault.Invalid, "record.key_reused")
	}
	return answer, true, nil
}

// Claim stores the answer under the key in the case's transaction; false when
// somebody was first, whose answer Replay then gives.
func Claim(ctx context.Context, tx *dbx.Tx, division id.ID, key string, hash []byte, answer string, at int64) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO idempotency (division, key, hash, answer, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (division, key) DO NOTHING`, division, key, hash, answer, at)
	return n == 1, err
}

// OldKeys lists some keys older than the instant with their divisions, and
// DropKey forgets one: the reading, which looks at every key, is not done in
// the writer.
func OldKeys(ctx context.Context, q dbx.Querier, before int64) (_ []OldKey, err error) {
	defer fault.Trace(&err, "record.OldKeys")
	rows, err := q.Query(ctx, `SELECT division, key FROM idempotency WHERE at < $1 LIMIT 500`, before)
	return dbx.Collect(rows, err, func(r *sql.Rows) (k OldKey, err error) {
		err = r.Scan(&k.Division, &k.Key)
		return k, err
	})
}

// OldKey is a key that has served.
type OldKey struct {
	Division id.ID
	Key      string
}

// DropKey forgets a key.
func DropKey(ctx context.Context, tx *dbx.Tx, k OldKey) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM idempotency WHERE division = $1 AND key = $2`, k.Division, k.Key)
}
