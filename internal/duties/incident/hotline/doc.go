// Package hotline 12345工单 is the round trip with the government hotline by
// file, for where no interface was agreed: work orders come in as a table and
// become cases, what the hotline adds to them (urged, supplemented, withdrawn,
// called back) becomes steps, orders that are not ours go back by rule, and a
// numbered file tells the hotline what became of each.
//
// It owns the orders under the hotline's own numbers, the files that came and
// went, and what was answered line by line. Columns are named by a mapping in
// the division's setting hotline.mapping. A case is changed only by steps of
// its procedure; callers' names lie among its personal values, and a file is
// forgotten once it is taken in.
//
// Source: 潍坊市12345热线条例 20 (five working days), 22 (returned by rule),
// 25 (called back).
package hotline

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

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "hotline", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
