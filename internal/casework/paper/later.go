package paper

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// change updates an issued paper; any other state is a Conflict.
func change(ctx context.Context, tx *dbx.Tx, division, paper id.ID, set string, args ...any) error {
	n, err := tx.Exec(ctx, `UPDATE paper SET `+set+` WHERE division = $1 AND id = $2 AND state = '`+Issued+`'`, append([]any{division, paper}, args...)...)
	if err == nil && n == 0 {
		return wrongState(ctx, tx, division, paper)
	}
	return err
}

// Void takes an issued paper back. Its number stays in the register with the
// reason and is never given again.
func Void(ctx context.Context, tx *dbx.Tx, division, paper id.ID, by, reason string, at time.Time) (err error) {
	defer fault.Trace(&err, "paper.Void(%s)", paper)
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "paper.reason").Field("reason", "paper.reason")
	}
	return change(ctx, tx, division, paper, `state = $3, ended_at = $4, ended_by = $5, reason = $6`, Voided, clock.Micro(at), by, reason)
}

// Replace says that another issued paper stands for this one: a correction, a
// changed decision.
func Replace(ctx context.Context, tx *dbx.Tx, division, paper, by id.ID, who, reason string, at time.Time) (err error) {
	defer fault.Trace(&err, "paper.Replace(%s)", paper)
	next, err := Find(ctx, tx, division, by)
	if err != nil {
		return err
	}
	if next.State != Issued || by == paper {
		return next.refuse()
	}
	return change(ctx, tx, division, paper, `state = $3, replaced_by = $4, ended_at = $5, ended_by = $6, reason = $7`,
		Replaced, by, clock.Micro(at), who, reason)
}

// Printed counts a printing.
func Printed(ctx context.Context, tx *dbx.Tx, division, paper id.ID, at time.Time) error {
	return change(ctx, tx, division, paper, `printed_at = $3, prints = prints + 1`, clock.Micro(at))
}

// Scanned joins the signed copy, a kept file, to its paper; a later scan takes
// the place of an earlier one, whose file stays.
func Scanned(ctx context.Context, tx *dbx.Tx, division, paper id.ID, s Scan) error {
	return change(ctx, tx, division, paper, `scan_sha256 = $3, scan_pages = $4, scan_at = $5, scan_by = $6`, s.SHA256, s.Pages, clock.Micro(s.At), s.By)
}

// Ways of lawful service.
var ways = []string{"direct", "leave", "electronic", "post", "entrust", "announce"}

// Delivery is how a paper reached somebody 送达.
type Delivery struct {
	Paper    id.ID
	Way      string
	At       time.Time // the day of service in law
	Receiver string
	Relation string
	Place    string
	Witness  string
	Proof    string // digest of a kept file
	By       string
	Noted    time.Time
}

// Deliver notes that an issued paper was served.
func Deliver(ctx context.Context, tx *dbx.Tx, division id.ID, d Delivery) (err error) {
	defer fault.Trace(&err, "paper.Deliver(%s)", d.Paper)
	if !slices.Contains(ways, d.Way) {
		return fault.New(fault.Invalid, "paper.way").Field("way", "paper.way")
	}
	p, err := Find(ctx, tx, division, d.Paper)
	if err != nil {
		return err
	}
	if p.State != Issued {
		return p.refuse()
	}
	_, err = tx.Exec(ctx, `INSERT INTO paper_delivery (division, id, paper, way, at, receiver, relation, place, witness, proof, noted_by, noted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		division, id.New(), d.Paper, d.Way, clock.Micro(d.At), d.Receiver, d.Relation, d.Place, d.Witness, d.Proof, d.By, clock.Micro(d.Noted))
	return err
}

// Deliveries lists how a paper was served, the earliest first.
func Deliveries(ctx context.Context, q dbx.Querier, division, paper id.ID) (_ []Delivery, err error) {
	defer fault.Trace(&err, "paper.Deliveries(%s)", paper)
	rows, err := q.Query(ctx, `SELECT paper, way, at, receiver, relation, place, witness, proof, noted_by, noted_at FROM paper_delivery
		WHERE division = $1 AND paper = $2 ORDER BY at, id`, division, paper)
	return dbx.Collect(rows, err, func(r *sql.Rows) (d Delivery, err error) {
		var at, noted int64
		err = r.Scan(&d.Paper, &d.Way, &at, &d.Receiver, &d.Relation, &d.Place, &d.Witness, &d.Proof, &d.By, &noted)
		d.At, d.Noted = clock.FromMicro(at), clock.FromMicro(noted)
		return d, err
	})
}
