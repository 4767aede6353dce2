// Package reveal shows who reported a case to those who may ask, and writes down
// that they did. Its table is the incident duty's.
package reveal

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Roles are the roles that may ask who reported: those who call back, and
// those who watch over secrecy. Whoever handles the case is never among them.
var Roles = []string{"acceptor", "shift_leader", "supervisor", "privacy_officer"}

// Told is one thing a reporter said about themselves.
type Told struct {
	Field string // name, phone …
	Value string
}

// own are the fields in which reporters speak of themselves; what others are
// called in later steps, such as who got a link, is not asked for here.
var own = []string{"name", "phone", "on_behalf"}

// minPurpose is how many characters a purpose has at least.
const minPurpose = 4

// Identity returns what the reporters of a case said about themselves and writes
// down who looked, when and what for; the log is written first. Others than
// Roles are Forbidden, a purpose of less than four characters is Invalid.
func Identity(ctx context.Context, db *dbx.DB, actor people.Actor, caseID id.ID, purpose string, now time.Time) (out []Told, err error) {
	defer fault.Trace(&err, "reveal.Identity(%s)", caseID)
	if !slices.ContainsFunc(Roles, actor.Has) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	purpose = strings.TrimSpace(purpose)
	if len([]rune(purpose)) < minPurpose {
		return nil, fault.New(fault.Invalid, "form.refused").Field("purpose", "incident.reveal.purpose", "n", minPurpose)
	}
	key := id.New()
	err = db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO incident_reveal (division, id, case_id, at, account, name, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			actor.Division, key, caseID, clock.Micro(now), actor.Account, actor.Name, purpose)
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := record.PersonalOf(ctx, db, actor.Division, caseID)
	for _, p := range list {
		var s string
		if slices.Contains(own, p.Field) && p.Value != "" && json.Unmarshal([]byte(p.Value), &s) == nil && s != "" {
			out = append(out, Told{Field: p.Field, Value: s})
		}
	}
	return out, err
}

// Line is one line of the log.
type Line struct {
	ID      id.ID
	Case    id.ID
	At      time.Time
	Name    string // who looked
	Purpose string
}

// List lists who looked at reporters' identities, the latest first, at most
// limit, before the given line (zero: from now).
func List(ctx context.Context, q dbx.Querier, division, before id.ID, limit int) (_ []Line, err error) {
	defer fault.Trace(&err, "reveal.List")
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	rows, err := q.Query(ctx, `SELECT id, case_id, at, name, purpose FROM incident_reveal WHERE division = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, division, before, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (x Line, err error) {
		var at int64
		err = r.Scan(&x.ID, &x.Case, &at, &x.Name, &x.Purpose)
		x.At = clock.FromMicro(at)
		return x, err
	})
}
