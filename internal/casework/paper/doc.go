// Package paper makes official documents 文书: templates as data, the papers
// that an act fixes by them, their numbers, and what becomes of each: sealed,
// printed, delivered, its signed copy scanned back.
//
// An act fixes a paper inside its own transaction with Fix: number, fields and
// version of the template never change from then on. A job sets the PDF later;
// the same paper always gives the same bytes. Who may issue what, and when, is
// the engine's matter; setting type is platform/pdf's.
package paper

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "paper", FS: dbx.Sub(files, "migrations")}

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
