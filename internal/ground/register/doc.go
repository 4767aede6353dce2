// Package register keeps what duties stand on and seldom change: the power list
// 权责清单, the law library 法条库, permits 许可, stalls 摊位, shops 门店. A register
// is a table of rows with named cells and one key; it comes in as CSV or XLSX or
// with a pack, all or nothing, and every change of a row stays in its history.
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
