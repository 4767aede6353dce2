// Package receipt keeps the stock of official receipts 罚没票据: books with a
// range of numbers, the officer each is handed to, and what became of every
// number: used for a payment, or void with the reason. On the spot a fine may be
// taken only against a receipt of a book that the officer holds (PL 70).
//
// It owns books and numbers. What a case owes and who paid it belong elsewhere.
package receipt

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
var Migration = dbx.Migration{Name: "enforcement_receipt", FS: dbx.Sub(files, "migrations")}
