// Package resident knows citizens who have an account: a telephone number or an
// e-mail address that they proved with a code. There is no password, and nobody
// needs an account to report.
//
// It owns accounts and codes. Which cases are whose is not its business.
package resident

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

// Migration holds accounts and codes.
var Migration = dbx.Migration{Name: "resident", FS: dbx.Sub(files, "migrations")}
