// Package dbx is the database: one portable SQL text over database/sql on two
// engines, SQLite (embedded, the default) and PostgreSQL.
//
// SQLite has one writer connection with group commit (many waiting calls in
// one durable transaction) and a pool of read connections. PostgreSQL has one
// pool; serialization failures and deadlocks are retried. Driver errors are
// translated here, once, into faults.
//
// What the one SQL text keeps to:
//
//   - Placeholders are $1, $2 … in ascending order of first use.
//   - Columns: BIGINT (times in microseconds UTC, money in fen), TEXT, BOOLEAN,
//     BYTEA (ids, digests), JSONB bound as a string. Never a time.Time.
//   - Text is compared bytewise on both engines. SQLite does so by itself; a
//     PostgreSQL database must be created with LC_COLLATE 'C' (or C.UTF-8),
//     which Open checks, so no column names a collation.
//   - Text is UTF-8 without NUL on both engines; anything else is an Invalid
//     fault before a statement runs.
//   - No Conflict may be expected inside a Write and passed over: a failed
//     statement fails the write. INSERT … ON CONFLICT says what should happen.
//
// Signal, Notify and Listen wake what waits for new rows: inside the process
// on both engines, between processes by LISTEN/NOTIFY on PostgreSQL.
//
// It owns connections, transactions, migrations and error translation. It
// knows no table but goose's version tables.
package dbx

import _ "embed" // words.yaml

// Words are the sentences of the faults that come from here.
//
//go:embed words.yaml
var Words []byte
