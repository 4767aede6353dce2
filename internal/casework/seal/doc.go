// Package seal 存证 is the sealed log of each division: a Merkle tree over the
// hashes of all case events, and signed checkpoints of it that are also kept
// outside the database. Whoever rewrites a case, with its row and its whole
// chain, no longer fits the checkpoints that others have seen.
//
// It owns the tables seal_*, the private key in the data folder and the files of
// checkpoints. It takes events as it finds them: whether a case's chain holds is
// record's to say.
package seal

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the log.
var Migration = dbx.Migration{Name: "seal", FS: dbx.Sub(files, "migrations")}
