// Package search 全文检索 finds cases by words. Chinese is cut into pairs of
// characters in Go, so that both engines find the same cases and a word of two
// characters is found as surely as a long one; FTS5 keeps the pairs on SQLite,
// tsvector on PostgreSQL.
//
// The index is a copy: an Indexer follows the outbox some moments behind, and a
// lost index is built again from the cases. It knows words, not people: who may
// read what it finds is the caller's filter.
package search

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations
var files embed.FS

// Migration holds the index.
var Migration = dbx.Migration{Name: "search", FS: dbx.Sub(files, "migrations/sqlite"), Postgres: dbx.Sub(files, "migrations/postgres")}
