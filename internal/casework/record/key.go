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

// Claim stores the answer under the key in the case's transaction. When
// somebody was first the write fails with a Conflict (dbx's fault.conflict), and
// Replay gives the first one's answer.
func Claim(ctx context.Context, tx *dbx.Tx, division id.ID, key string, hash []byte, answer string, at int64) error {
	return tx.Add(ctx, &newKeys, division, key, hash, answer, at)
}

var newKeys = dbx.Rows{Columns: 5, Into: `INSERT INTO idempotency (division, key, hash, answer, at) VALUES`}

// SweepKeys forgets keys older than the instant and says how many they were.
// Keys have no index by age: they are looked for outside the writer.
func SweepKeys(ctx context.Context, db *dbx.DB, before int64) (n int64, err error) {
	defer fault.Trace(&err, "record.SweepKeys")
	for {
		old, err := oldKeys(ctx, db, before)
		if err != nil || len(old) == 0 {
			return n, err
		}
		err = db.Write(ctx, func(tx *dbx.Tx) error {
			for _, k := range old {
				if _, err := tx.Exec(ctx, `DELETE FROM idempotency WHERE division = $1 AND key = $2`, k.division, k.key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += int64(len(old))
	}
}

type oldKey struct {
	division id.ID
	key      string
}

func oldKeys(ctx context.Context, q dbx.Querier, before int64) ([]oldKey, error) {
	rows, err := q.Query(ctx, `SELECT division, key FROM idempotency WHERE at < $1 LIMIT 500`, before)
	return dbx.Collect(rows, err, func(r *sql.Rows) (k oldKey, err error) {
		err = r.Scan(&k.division, &k.key)
		return k, err
	})
}
