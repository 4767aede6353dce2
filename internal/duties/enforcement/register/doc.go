// Package register keeps the registers an enforcement dossier stands on: the
// power list 权责清单, violations and the versions of their rules 法条库, the
// discretion benchmark 裁量基准 and permits 许可. A register is a table of rows
// with named cells and one key; it comes in as CSV or XLSX or with a pack, all
// or nothing, and every change of a row stays in its history.
//
// It owns the rows, their files and their history. What the cells of a register
// mean, and which of them are right, is said by the room of that register.
package register

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

// Migration holds the rows and their history.
var Migration = dbx.Migration{Name: "enforcement_register", FS: dbx.Sub(files, "migrations")}
