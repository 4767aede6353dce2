// Package subscriber tells people outside the program what became of an
// incident: reporters who left a number, and residents who reported it or
// follow it. It also answers what a resident may ask about their data: see it,
// take it along, have it erased.
//
// It follows the outbox by position, so a restart misses nothing, and each news
// has a key, so nobody is told it twice. It owns subscriptions; what is said is
// written by the procedure, and sent by the message room.
//
// Source: 个人信息保护法 art. 45, 47.
package subscriber

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds subscriptions.
var Migration = dbx.Migration{Name: "subscriber", FS: dbx.Sub(files, "migrations")}
