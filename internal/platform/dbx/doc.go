// Package dbx is the database: one portable SQL text over database/sql on two
// engines, SQLite (embedded, the default) and PostgreSQL.
//
// SQLite has one writer connection with group commit (many waiting calls in
// one durable transaction) and a pool of read connections. PostgreSQL has one
// pool; serialization failures are retried. Driver errors are translated here,
// once, into faults. Placeholders are $1, $2 … in ascending order of first use.
//
// Text is compared bytewise on both engines: SQLite does so by itself, a
// PostgreSQL database must be created with LC_COLLATE 'C', which Open checks.
//
// It owns connections, transactions, migrations and error translation. It
// knows no table but goose's version tables.
package dbx
