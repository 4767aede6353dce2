// Package message tells people who are not in front of the program: by e-mail
// over SMTP, and by SMS, WeCom, DingTalk or WeChat through one webhook that a
// gateway answers. A message is a row written with the change that causes it,
// and a job that sends it; the same key is never queued twice.
//
// It keeps quiet hours and a daily limit for each address, tries again when the
// other side fails, and keeps what was sent for a month, so that somebody can
// look. It does not decide who is told, nor what: texts are sentences by key.
//
// A crash between sending and noting it sends once more, under the same id,
// which mail programs and gateways use to drop the second one.
package message

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

// Migration holds the messages.
var Migration = dbx.Migration{Name: "message", FS: dbx.Sub(files, "migrations")}
