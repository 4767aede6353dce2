// Package party keeps who a case belongs to: its reporters 报告人. A reporter is
// known by a receipt code, of which only the digest and the last four letters
// are kept; name and telephone lie among the case's personal values.
//
// When cases are merged their reporters are carried to the case that goes on
// and back again when it is undone; nobody is ever copied or lost.
package party

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the table of this room.
var Migration = dbx.Migration{Name: "party", FS: dbx.Sub(files, "migrations")}

// Reporter is the kind of party that reported a case.
const Reporter = "reporter"

// Party is one reporter.
type Party struct {
	Division  id.ID
	ID        id.ID
	Case      id.ID // the case of the report
	Now       id.ID // the case that carries it now
	Kind      string
	Seq       int64  // of the step that brought the party
	Receipt   []byte // SHA-256 of the canonical receipt code; nil for none
	Last4     string
	Anonymous bool
	CallBack  bool   // wants to be called back
	PhoneHash []byte // finds earlier reports of the number; see PhoneDigest
	At        time.Time
}

// Digest is what is kept of a receipt code in canonical form.
func Digest(receipt string) []byte {
	sum := sha256.Sum256([]byte(receipt))
	return sum[:]
}

// Last4 is the part of a receipt code that staff may see.
func Last4(receipt string) string { return receipt[max(0, len(receipt)-4):] }

// PhoneDigest is what is kept to find a number's earlier reports; salted with
// the division so that it cannot be joined elsewhere. Only its digits count,
// however they are grouped.
func PhoneDigest(division id.ID, phone string) []byte {
	phone = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
	if phone == "" {
		return nil
	}
	sum := sha256.Sum256(append(division[:], phone...))
	return sum[:]
}

// Insert writes a party.
func Insert(ctx context.Context, tx *dbx.Tx, p Party) error {
	return tx.Add(ctx, &newParties, p.Division, p.ID, p.Case, p.Now, p.Kind, p.Seq, null(p.Receipt), p.Last4, p.Anonymous, p.CallBack, null(p.PhoneHash), clock.Micro(p.At))
}

var newParties = dbx.Rows{Columns: 12, Into: `INSERT INTO party (` + columns + `) VALUES`}

func null(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

const columns = `division, id, case_id, now_case, kind, seq, receipt, last4, anonymous, call_back, phone_hash, at`

func dest(p *Party, at *int64) []any {
	return []any{&p.Division, &p.ID, &p.Case, &p.Now, &p.Kind, &p.Seq, &p.Receipt, &p.Last4, &p.Anonymous, &p.CallBack, &p.PhoneHash, at}
}

func scan(r *sql.Rows) (p Party, err error) {
	var at int64
	err = r.Scan(dest(&p, &at)...)
	p.At = clock.FromMicro(at)
	return p, err
}

// Of lists the parties a case carries now, the earliest first.
func Of(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Party, err error) {
	defer fault.Trace(&err, "party.Of(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM party WHERE division = $1 AND now_case = $2 ORDER BY at, id`, division, caseID)
	return dbx.Collect(rows, err, scan)
}

// ByReceipt finds the party of a receipt code in canonical form, in whatever
// division; a code nobody has is NotFound.
func ByReceipt(ctx context.Context, q dbx.Querier, receipt string) (p Party, err error) {
	defer fault.Trace(&err, "party.ByReceipt")
	var at int64
	err = q.QueryRow(ctx, `SELECT `+columns+` FROM party WHERE receipt = $1`, Digest(receipt)).Scan(dest(&p, &at)...)
	p.At = clock.FromMicro(at)
	if fault.Is(err, fault.NotFound) {
		return p, fault.Missing("receipt")
	}
	return p, err
}

// Speaking finds the reporter a citizen's step is taken for: by id in the
// division where one is given, else by the receipt code; none is NotFound.
func Speaking(ctx context.Context, q dbx.Querier, division, partyID id.ID, receipt string) (p Party, err error) {
	if partyID.IsZero() {
		return ByReceipt(ctx, q, receipt)
	}
	defer fault.Trace(&err, "party.Speaking")
	var at int64
	err = q.QueryRow(ctx, `SELECT `+columns+` FROM party WHERE division = $1 AND id = $2`, division, partyID).Scan(dest(&p, &at)...)
	p.At = clock.FromMicro(at)
	return p, err
}

// ByPhone lists the latest reports of a telephone number, at most limit.
func ByPhone(ctx context.Context, q dbx.Querier, division id.ID, phone string, limit int) (_ []Party, err error) {
	defer fault.Trace(&err, "party.ByPhone")
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM party WHERE division = $1 AND phone_hash = $2 ORDER BY at DESC LIMIT $3`,
		division, PhoneDigest(division, phone), limit)
	return dbx.Collect(rows, err, scan)
}

// Carry makes the case to carry the parties that reported the given cases.
// Merging carries a case's own and all that were merged into it; undoing a
// merge carries the same cases' parties back.
func Carry(ctx context.Context, tx *dbx.Tx, division id.ID, reported []id.ID, to id.ID) (n int64, err error) {
	defer fault.Trace(&err, "party.Carry")
	for _, c := range reported {
		moved, err := tx.Exec(ctx, `UPDATE party SET now_case = $1 WHERE division = $2 AND case_id = $3`, to, division, c)
		if err != nil {
			return n, err
		}
		n += moved
	}
	return n, nil
}

// Redact takes the party's contact away: no call back, no number to find it by.
func Redact(ctx context.Context, tx *dbx.Tx, division, partyID id.ID) (err error) {
	defer fault.Trace(&err, "party.Redact")
	_, err = tx.Exec(ctx, `UPDATE party SET anonymous = TRUE, call_back = FALSE, phone_hash = NULL WHERE division = $1 AND id = $2`, division, partyID)
	return err
}

// Renew gives a party another receipt code in canonical form: the one it had opens
// nothing any more. "" leaves it without one.
func Renew(ctx context.Context, tx *dbx.Tx, division, partyID id.ID, receipt string) (err error) {
	defer fault.Trace(&err, "party.Renew")
	digest := []byte(nil)
	if receipt != "" {
		digest = Digest(receipt)
	}
	_, err = tx.Exec(ctx, `UPDATE party SET receipt = $1, last4 = $2 WHERE division = $3 AND id = $4`, null(digest), Last4(receipt), division, partyID)
	return err
}

// Find lists the parties with these ids; ids nobody has are left out.
func Find(ctx context.Context, q dbx.Querier, division id.ID, ids []id.ID) (out []Party, err error) {
	defer fault.Trace(&err, "party.Find")
	for part := range slices.Chunk(ids, together) {
		args := []any{division}
		for _, p := range part {
			args = append(args, p)
		}
		rows, err := q.Query(ctx, `SELECT `+columns+` FROM party WHERE division = $1 AND id IN (`+dbx.In(2, len(part))+`)`, args...)
		list, err := dbx.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// together is how many parties one query asks for.
const together = 400
