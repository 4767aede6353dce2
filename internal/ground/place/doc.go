// Package place is where things are: the tree of divisions (street 街道,
// community 社区, unit grid 单元网格) whose borders have periods, responsibility
// zones 责任片区 by kind, roads and sites, and the map in memory that answers
// point → grid → street, speaks an address for a point and finds a point for
// an address.
//
// It owns features and codes. Which department answers for a class is the
// catalogue's and the duty's matter; zones only name a department code.
package place

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

// Migration holds the features.
var Migration = dbx.Migration{Name: "place", FS: dbx.Sub(files, "migrations")}
