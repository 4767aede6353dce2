// Package webhook 事件推送 tells other programs what happened to cases: an
// administrator's subscription names an https address and the kinds of events
// it wants, and each event is posted there, signed as the Standard Webhooks
// specification says, at least once and in order.
//
// A subscription follows the outbox by position, some moments behind. What a
// receiver did not take is sent again, ever more rarely; after days of failure
// the subscription is switched off and the administrators are told.
//
// It owns subscriptions and the log of deliveries. What it sends never holds
// personal data. Which addresses may be reached is package fetch's matter, what
// happened is the engine's.
package webhook

import (
	"embed"

	"xiucheng/internal/platform/dbx"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "webhook", FS: dbx.Sub(files, "migrations")}

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
