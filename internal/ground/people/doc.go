// Package people is who a city's staff are: divisions (the tenants of one
// installation), departments 部门, accounts 账号, posts 岗位 with their scope,
// delegations 代理 with a period, roles and the wall between supervision and
// command, sign-in, API keys, and the audit trail of all of these.
//
// Reading goes through a Directory: an immutable picture of one division, kept
// in memory and replaced when its generation moves. What a person may do in a
// case is casework's matter; browser sessions belong to platform/session.
package people

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
var Migration = dbx.Migration{Name: "people", FS: dbx.Sub(migrations, "migrations")}
