// Package evidence keeps what is known of a case's photos and files 证据: digest,
// kind, when and where each was captured and received, by whom and with which
// device, whether faces in it are blurred when it is shown, and whether a person
// released it to the public or hid it.
//
// It owns these rows. The bytes lie in blob and are never overwritten; reading
// EXIF, decoding and masking pictures do not belong here.
package evidence

import (
	"context"
	"database/sql"
	"embed"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the table of this room.
var Migration = dbx.Migration{Name: "evidence", FS: dbx.Sub(files, "migrations")}

// Signature is the kind of what was drawn to sign a step.
const Signature = "signature"

// Exhibit is one file of a case.
type Exhibit struct {
	Case       id.ID
	Seq        int64 // of the step that brought it
	N          int   // within the step, from 0
	SHA256     string
	Kind       string // before, verify, safe, after, check, …
	Field      string // of the step's form
	Name       string // as the sender called it
	Mime       string
	Size       int64
	Taken      time.Time // as the device says; zero when unknown
	Received   time.Time
	At         *procedure.Point // where it was captured; nil when unknown
	Device     string
	Actor      string
	DHash      int64 // perceptual hash, 0 for none
	Late       bool  // added after the case had ended
	Veiled     bool  // shown only with the faces blurred
	Released   time.Time
	ReleasedBy string
	Hidden     time.Time // shown no more, because somebody is recognised in it; zero for most
	HiddenBy   string
}

// Named is how the event that brought it names it.
func (e Exhibit) Named() record.Exhibit {
	r := record.Exhibit{SHA256: e.SHA256, Kind: e.Kind, Field: e.Field, Taken: clock.Micro(e.Taken)}
	if e.At != nil {
		r.Lat, r.Lng, r.Accuracy = e.At.Lat, e.At.Lng, e.At.Accuracy
	}
	return r
}

// View is what expressions see of it. A photo whose device said no time counts
// from when it arrived.
func (e Exhibit) View() rule.FileView {
	v := rule.FileView{Kind: e.Kind, Photo: e.picture(), Taken: e.Taken, At: e.At}
	if v.Taken.IsZero() {
		v.Taken = e.Received
	}
	return v
}

// Photo reports whether the file is a picture of what a case is about, and may
// be shown.
func (e Exhibit) Photo() bool { return e.picture() && e.Hidden.IsZero() }

func (e Exhibit) picture() bool {
	return strings.HasPrefix(e.Mime, "image/") && e.Kind != Signature
}

// Public reports whether a person released it to everybody.
func (e Exhibit) Public() bool { return !e.Released.IsZero() }

// Insert writes the files of one step.
func Insert(ctx context.Context, tx *dbx.Tx, division id.ID, list []Exhibit) error {
	for _, e := range list {
		var lat, lng, acc any
		if e.At != nil {
			lat, lng, acc = e.At.Lat, e.At.Lng, e.At.Accuracy
		}
		_, err := tx.Exec(ctx, `INSERT INTO evidence (division, case_id, seq, n, sha256, kind, field, name, mime, size, taken, received,
			lat, lng, accuracy, device, actor, dhash, late, veiled, released, released_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0, '')`,
			division, e.Case, e.Seq, e.N, e.SHA256, e.Kind, e.Field, e.Name, e.Mime, e.Size, clock.Micro(e.Taken), clock.Micro(e.Received),
			lat, lng, acc, e.Device, e.Actor, e.DHash, e.Late, e.Veiled)
		if err != nil {
			return err
		}
	}
	return nil
}

const columns = `case_id, seq, n, sha256, kind, field, name, mime, size, taken, received, lat, lng, accuracy, device, actor, dhash, late, veiled, released, released_by, hidden, hidden_by`

func scan(r *sql.Rows) (e Exhibit, err error) {
	var taken, received, released, hidden int64
	var lat, lng, acc sql.NullFloat64
	err = r.Scan(&e.Case, &e.Seq, &e.N, &e.SHA256, &e.Kind, &e.Field, &e.Name, &e.Mime, &e.Size, &taken, &received, &lat, &lng, &acc,
		&e.Device, &e.Actor, &e.DHash, &e.Late, &e.Veiled, &released, &e.ReleasedBy, &hidden, &e.HiddenBy)
	e.Taken, e.Received, e.Released, e.Hidden = clock.FromMicro(taken), clock.FromMicro(received), clock.FromMicro(released), clock.FromMicro(hidden)
	if lat.Valid {
		e.At = &procedure.Point{Lat: lat.Float64, Lng: lng.Float64, Accuracy: acc.Float64}
	}
	return e, err
}

// Of lists a case's files, the oldest first.
func Of(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Exhibit, err error) {
	defer fault.Trace(&err, "evidence.Of(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM evidence WHERE division = $1 AND case_id = $2 ORDER BY seq, n`, division, caseID)
	return dbx.Collect(rows, err, scan)
}

// Holding lists the exhibits with these bytes in any case of the division.
func Holding(ctx context.Context, q dbx.Querier, division id.ID, sha string) (_ []Exhibit, err error) {
	defer fault.Trace(&err, "evidence.Holding")
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM evidence WHERE division = $1 AND sha256 = $2 ORDER BY case_id, seq, n`, division, sha)
	return dbx.Collect(rows, err, scan)
}

// Release lets the public see a file, or no longer; by is the account that
// looked at it. A file the case does not have is NotFound.
func Release(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, sha string, open bool, by string, at time.Time) (err error) {
	defer fault.Trace(&err, "evidence.Release(%s)", caseID)
	released := int64(0)
	if open {
		released = clock.Micro(at)
	}
	n, err := tx.Exec(ctx, `UPDATE evidence SET released = $1, released_by = $2 WHERE division = $3 AND case_id = $4 AND sha256 = $5`,
		released, by, division, caseID, sha)
	if err == nil && n == 0 {
		return fault.Missing("file")
	}
	return err
}

// Hide takes a veiled photo of a case off every page, or puts it back; by is who
// recognised somebody in it. It stays in the record. A photo that the case does
// not have, or that is not veiled, is NotFound.
func Hide(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, sha string, away bool, by string, at time.Time) (err error) {
	defer fault.Trace(&err, "evidence.Hide(%s)", caseID)
	hidden := int64(0)
	if away {
		hidden = clock.Micro(at)
	}
	n, err := tx.Exec(ctx, `UPDATE evidence SET hidden = $1, hidden_by = $2 WHERE division = $3 AND case_id = $4 AND sha256 = $5 AND veiled`,
		hidden, by, division, caseID, sha)
	if err == nil && n == 0 {
		return fault.Missing("file")
	}
	return err
}

// released is how many cases one query of Released asks about.
const released = 500

// Released lists the photos of the cases that a person released to everybody,
// case by case, the oldest first.
func Released(ctx context.Context, q dbx.Querier, division id.ID, cases []id.ID) (_ map[id.ID][]Exhibit, err error) {
	defer fault.Trace(&err, "evidence.Released")
	out := map[id.ID][]Exhibit{}
	for part := range slices.Chunk(cases, released) {
		args := []any{division}
		for _, c := range part {
			args = append(args, c)
		}
		rows, err := q.Query(ctx, `SELECT `+columns+` FROM evidence WHERE division = $1 AND case_id IN (`+dbx.In(2, len(part))+`)
			AND released > 0 ORDER BY case_id, seq, n`, args...)
		list, err := dbx.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.Photo() {
				out[x.Case] = append(out[x.Case], x)
			}
		}
	}
	return out, nil
}
