package party

import (
	"context"
	"database/sql"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Decision is a decision about a party: a penalty, or an exemption.
type Decision struct {
	Case      id.ID // zero for one from elsewhere
	Violation string
	ActFrom   calendar.Date
	ActTo     calendar.Date
	Decided   calendar.Date
	Fine      law.Fen
	Exempt    bool
	Annulled  bool
}

// Note writes a decision down in the transaction that makes it. A case has one:
// a second replaces the first.
func Note(ctx context.Context, tx *dbx.Tx, division, party id.ID, d Decision) (err error) {
	defer fault.Trace(&err, "party.Note")
	p, err := Find(ctx, tx, division, party)
	if err != nil {
		return err
	}
	if !d.Case.IsZero() {
		if _, err := tx.Exec(ctx, `DELETE FROM enforcement_past WHERE division = $1 AND digest = $2 AND case_id = $3`, division, p.digest, d.Case); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO enforcement_past (division, digest, id, case_id, violation, act_from, act_to, decided, fine, exempt, annulled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, division, p.digest, id.New(), d.Case, d.Violation, d.ActFrom.String(), d.ActTo.String(), d.Decided.String(),
		int64(d.Fine), d.Exempt, d.Annulled)
	return err
}

// Decisions lists what was decided about the party, the latest first.
func Decisions(ctx context.Context, q dbx.Querier, division id.ID, p Party) (_ []Decision, err error) {
	defer fault.Trace(&err, "party.Decisions")
	rows, err := q.Query(ctx, `SELECT case_id, violation, act_from, act_to, decided, fine, exempt, annulled FROM enforcement_past
		WHERE division = $1 AND digest = $2 ORDER BY decided DESC, id DESC`, division, p.digest)
	return dbx.Collect(rows, err, func(r *sql.Rows) (d Decision, err error) {
		var from, to, decided string
		if err = r.Scan(&d.Case, &d.Violation, &from, &to, &decided, (*int64)(&d.Fine), &d.Exempt, &d.Annulled); err != nil {
			return d, err
		}
		for day, text := range map[*calendar.Date]string{&d.ActFrom: from, &d.ActTo: to, &d.Decided: decided} {
			if *day, err = calendar.ParseDate(text); err != nil {
				return d, err
			}
		}
		return d, nil
	})
}

// Past is the decisions as law.FirstOffence takes them: annulled ones never were.
func Past(list []Decision) (out []law.Past) {
	for _, d := range list {
		if !d.Annulled {
			out = append(out, law.Past{Violation: d.Violation, On: d.Decided, Exempt: d.Exempt})
		}
	}
	return out
}

// SameAct finds a fine that the party already got for the act (PL 29):
// of the same class, for days that touch. Other than one act on the same days is a
// matter of judgement, which is why the decision comes back and not a refusal.
func SameAct(list []Decision, violation string, from, to calendar.Date) (Decision, bool) {
	for _, d := range list {
		if d.Fine > 0 && !d.Annulled && d.Violation == violation && d.ActFrom <= to && from <= d.ActTo {
			return d, true
		}
	}
	return Decision{}, false
}
