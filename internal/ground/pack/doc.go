// Package pack reads jurisdiction packs: folders of YAML, CSV and GeoJSON that
// turn the program into one city's. A pack is checked whole, with every problem
// named by file and line, and applied whole or not at all. What was changed in
// the city stays on top of what the pack says (the overlay), and a diff shows
// both. People and posts also come from one XLSX workbook.
//
// It owns the settings of a division and the memory of what was applied. The
// rows themselves live in the rooms that use them: catalogue, people, place,
// calendar. Compiling procedures is casework's matter.
package pack

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
var Migration = dbx.Migration{Name: "pack", FS: dbx.Sub(migrations, "migrations")}
