// Package party keeps the parties 当事人 of enforcement: citizens, sole traders
// and organisations, each known once in a division, and what was decided about
// them before.
//
// A number (of an identity card or a unified social credit code) is checked by
// its own check digit, shown masked, and looked for by a keyed digest, never by
// itself. Whoever wants to see it whole says what for, and the log of that is
// written first. Past decisions hang on the digest too.
package party

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

// Migration holds parties, past decisions and who looked.
var Migration = dbx.Migration{Name: "enforcement_party", FS: dbx.Sub(files, "migrations")}
