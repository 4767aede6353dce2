// Package history 历史案件 brings in cases that another system kept: a table of
// lines becomes incidents, open or closed, with their own instants of opening,
// target and end. Each is two events at most, "taken over" and "ended
// elsewhere", so the timeline says that nobody here saw what lies between.
//
// It owns which foreign case became which case and how far an import got. A
// case is known by its origin and foreign id, so a second run adds nothing. It
// does not belong here to judge old cases: no step of the procedure is taken,
// nobody is told, and clocks that ran out elsewhere do not ring again.
package history

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "history", FS: dbx.Sub(files, "migrations")}
