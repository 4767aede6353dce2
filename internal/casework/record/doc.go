// Package record is what is kept of a case: one row with its present state, an
// append-only timeline whose events are chained by hash, the personal values
// kept apart from it, links, numbers and idempotency keys.
//
// It owns the tables and proves them: Fold rebuilds the row from the timeline
// and Verify names the first event that was altered, removed, inserted or
// moved. It decides nothing: which step may be taken is the engine's matter;
// files are evidence's, reporters party's, messages notice's.
package record

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "record", FS: dbx.Sub(files, "migrations")}

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
