// Package errand runs what a report of another program leaves to be done: open
// the case of a report that was taken with a token (Open311 batch services),
// and fetch the photos it named by address.
//
// It owns the tokens. Errands are jobs, so a restart forgets none, and each is
// done once. Addresses are reached through the fetch room only, never into
// private networks.
package errand

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed words.yaml
var Words []byte

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the tokens.
var Migration = dbx.Migration{Name: "errand", FS: dbx.Sub(files, "migrations")}
