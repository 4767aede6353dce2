// Package unitlink lets a unit without an account answer 签名链接: whoever asks it
// (the dispatcher or the department's desk of an incident, the lead unit of a
// joint operation) issues a link to one case, for one department, for a few days;
// whoever has it sees what the case asks of the unit and takes the steps that the
// procedure gives to "unit", under a name that is typed each time.
//
// A link's address carries its id and an HMAC-SHA-256 over id, division, case,
// department and end, made with a key that lies in the database. The row decides
// whether it was revoked, the engine whether the case is still with the
// department or still asks it. Who a link went to is personal and lies with the case's personal
// values. Uses are the timeline's own events and are written down nowhere else
// but in the audit trail.
package unitlink

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

// Migration holds the links and the divisions' keys.
var Migration = dbx.Migration{Name: "unitlink", FS: dbx.Sub(files, "migrations")}

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
