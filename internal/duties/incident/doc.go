// Package incident is the main duty, 数字城管: a problem on the street is
// reported, filed, dispatched, fixed, checked and closed. How that goes is the
// procedure packs/cn-base/procedures/incident.yaml; this room adds what a
// procedure cannot say: which department and why, what looks like a duplicate,
// how urgent it is, who may confirm and check.
//
// Invariants: supervision and command are kept apart (the engine's wall); ends
// "fixed", "cannot be fixed" and "not ours" are never added up; a person merges
// duplicates, never the program; who reports never sets the priority.
package incident

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the rulings about responsibility.
var Migration = dbx.Migration{Name: "incident", FS: dbx.Sub(files, "migrations")}
