// Package catalogue is what can be wrong on a street: the classes of
// components 部件 and matters 事项 of GB/T 47678.5-2026 beside the codes of
// GB/T 30428.2-2013, local classes, and for each class its filing conditions
// 立案条件, closing conditions 结案条件 and limits 处置时限, its family for
// duplicates, its route to a department, the questions a reporter is asked and
// the short list of choices a citizen sees.
//
// It is data from packs with local changes kept on top, read as one immutable
// Catalogue per division. It does not count time (calendar), find places
// (place) or decide a dispatch (the incident duty does, with these routes).
package catalogue

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var migrations embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "catalogue", FS: dbx.Sub(migrations, "migrations")}
