// Package component is the register of components 部件: the manhole covers,
// lamps, bins and trees of a division, each with the 17-digit identifier of
// GB/T 47678.5-2026 (which replaced GB/T 30428.2-2013), its state, its units,
// its place and its history.
//
// It owns their rows, their files (GeoJSON, CSV, XLSX, each with a named
// coordinate system) and what may be entered twice. Which classes there are is
// the catalogue's matter; which cases name a component, the record's; which
// department answers for one, the duty's.
package component

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

// Migration holds the register.
var Migration = dbx.Migration{Name: "component", FS: dbx.Sub(files, "migrations")}
