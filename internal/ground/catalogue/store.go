package catalogue

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

const none = "{}"

// Entries reads all entries of a division, by kind and key.
func Entries(ctx context.Context, q dbx.Querier, division id.ID) ([]Stored, error) {
	rows, err := q.Query(ctx, `SELECT kind, key, body, pack_body, pack, local, author, changed_at
		FROM catalogue_entry WHERE division = $1 ORDER BY kind, key`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (s Stored, err error) {
		var at int64
		err = r.Scan(&s.Kind, &s.Key, &s.Body, &s.PackBody, &s.Pack, &s.Local, &s.Author, &at)
		s.At = clock.FromMicro(at)
		if s.PackBody == none {
			s.PackBody = ""
		}
		return s, err
	})
}

// Put writes what a pack says. A local change stays in force: only what the
// pack says beside it moves.
func Put(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, pack string, entries []Entry) error {
	for _, e := range entries {
		_, err := tx.Exec(ctx, `INSERT INTO catalogue_entry (division, kind, key, body, pack_body, pack, local, author, changed_at)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)
			ON CONFLICT (division, kind, key) DO UPDATE SET
			body = CASE WHEN catalogue_entry.local THEN catalogue_entry.body ELSE excluded.body END,
			author = CASE WHEN catalogue_entry.local THEN catalogue_entry.author ELSE excluded.author END,
			changed_at = CASE WHEN catalogue_entry.local THEN catalogue_entry.changed_at ELSE excluded.changed_at END,
			pack_body = excluded.pack_body, pack = excluded.pack`,
			actor.Division, e.Kind, e.Key, e.Body, e.Body, pack, false, actor.Name, clock.Micro(at))
		if err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, actor.Division, kept)
}

// Drop deletes entries their pack brings no more; a local change stays and
// becomes purely local.
func Drop(ctx context.Context, tx *dbx.Tx, actor people.Actor, entries []Entry) error {
	for _, e := range entries {
		if _, err := tx.Exec(ctx, `DELETE FROM catalogue_entry WHERE division = $1 AND kind = $2 AND key = $3 AND NOT local`,
			actor.Division, e.Kind, e.Key); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE catalogue_entry SET pack_body = $1, pack = '' WHERE division = $2 AND kind = $3 AND key = $4`,
			none, actor.Division, e.Kind, e.Key); err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, actor.Division, kept)
}

func putLocal(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, e Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_entry (division, kind, key, body, pack_body, pack, local, author, changed_at)
		VALUES ($1,$2,$3,$4,$5,'',$6,$7,$8)
		ON CONFLICT (division, kind, key) DO UPDATE SET body = excluded.body, local = excluded.local,
		author = excluded.author, changed_at = excluded.changed_at`,
		actor.Division, e.Kind, e.Key, e.Body, none, true, actor.Name, clock.Micro(at))
	if err != nil {
		return err
	}
	return dbx.Moved(ctx, tx, actor.Division, kept)
}

func revert(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, kind, key string) error {
	var packed, local string
	if err := tx.QueryRow(ctx, `SELECT pack_body, body FROM catalogue_entry WHERE division = $1 AND kind = $2 AND key = $3 AND local`,
		actor.Division, kind, key).Scan(&packed, &local); err != nil {
		return err
	}
	query := `UPDATE catalogue_entry SET body = pack_body, local = $1, author = $2, changed_at = $3
		WHERE division = $4 AND kind = $5 AND key = $6`
	args := []any{false, actor.Name, clock.Micro(at), actor.Division, kind, key}
	if packed == none {
		query = `DELETE FROM catalogue_entry WHERE division = $1 AND kind = $2 AND key = $3`
		args = args[3:]
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return err
	}
	var after any
	if packed != none {
		after = json.RawMessage(packed)
	}
	if err := people.Note(ctx, tx, actor, at, "catalogue.revert", kind+" "+key, json.RawMessage(local), after); err != nil {
		return err
	}
	return dbx.Moved(ctx, tx, actor.Division, kept)
}

// SameJSON reports whether two bodies say the same; PostgreSQL stores JSONB
// with its keys in an order of its own.
func SameJSON(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := canonical(a)
	y, err2 := canonical(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

func canonical(s string) ([]byte, error) {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
