package record

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Timeline lists a case's events, oldest first. A case without events is an
// empty list.
func Timeline(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Event, err error) {
	defer fault.Trace(&err, "record.Timeline(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT seq, at, step, actor, officers, dept, recalls, body, prev, hash FROM case_events
		WHERE division = $1 AND case_id = $2 ORDER BY seq`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (e Event, err error) {
		err = r.Scan(&e.Seq, &e.At, &e.Step, &e.Actor, &e.With, &e.Dept, &e.Recalls, &e.Body, &e.Prev, &e.Hash)
		return e, err
	})
}

// Read decodes what the event says.
func (e Event) Read() (b Body, err error) {
	err = json.Unmarshal([]byte(e.Body), &b)
	return b, err
}

// Answers are what the forms of a case said, by event: a text as it is, anything
// else as JSON writes it. Personal values are not among them.
func Answers(ctx context.Context, q dbx.Querier, division, caseID id.ID) (said map[int64]map[string]string, err error) {
	defer fault.Trace(&err, "record.Answers(%s)", caseID)
	events, err := Timeline(ctx, q, division, caseID)
	said = map[int64]map[string]string{}
	for i := 0; i < len(events) && err == nil; i++ {
		var b Body
		if b, err = events[i].Read(); err != nil {
			break
		}
		form := map[string]string{}
		for name, raw := range b.Input {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				s = string(raw)
			}
			form[name] = s
		}
		said[b.Seq] = form
	}
	return said, err
}

// Author is the account that last set the data field, "" when nobody did.
func Author(ctx context.Context, q dbx.Querier, division, caseID id.ID, field string) (author string, err error) {
	err = backwards(ctx, q, division, caseID, func(b *Body) bool {
		_, set := b.Data[field]
		if set {
			author = b.Actor.Account
		}
		return set
	})
	return author, err
}

// LastFrom is the last state of the kind that the case left for another one,
// "" when it never did.
func LastFrom(ctx context.Context, q dbx.Querier, division, caseID id.ID, kind func(state string) bool) (state string, err error) {
	err = backwards(ctx, q, division, caseID, func(b *Body) bool {
		found := b.From != b.To && kind(b.From)
		if found {
			state = b.From
		}
		return found
	})
	return state, err
}

// backwards reads the timeline from its end until found.
func backwards(ctx context.Context, q dbx.Querier, division, caseID id.ID, found func(*Body) bool) error {
	events, err := Timeline(ctx, q, division, caseID)
	for i := len(events) - 1; i >= 0 && err == nil; i-- {
		var b Body
		if b, err = events[i].Read(); err == nil && found(&b) {
			return nil
		}
	}
	return err
}

// PersonalOf lists a case's personal values, also erased ones (without value).
func PersonalOf(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Personal, err error) {
	defer fault.Trace(&err, "record.PersonalOf(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT seq, field, salt, value, erased_at, erased_rule FROM personal
		WHERE division = $1 AND case_id = $2 ORDER BY seq, field`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (p Personal, err error) {
		var value sql.NullString
		err = r.Scan(&p.Seq, &p.Field, &p.Salt, &value, &p.Erased, &p.Rule)
		p.Value = value.String
		return p, err
	})
}

// Erase deletes the personal values of a case with their salts, so that the
// commitments in the chain say nothing any more; rule and instant stay.
func Erase(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, rule string, at int64) (n int64, err error) {
	defer fault.Trace(&err, "record.Erase(%s)", caseID)
	return tx.Exec(ctx, `UPDATE personal SET salt = NULL, value = NULL, erased_at = $1, erased_rule = $2
		WHERE division = $3 AND case_id = $4 AND erased_at = 0`, at, rule, division, caseID)
}

// Linked is a link seen from one of its cases.
type Linked struct {
	Other    id.ID
	Relation string
	Back     bool // the other case made the link
	Seq      int64
	At       int64
}

// Links lists the links of a case in both directions, the oldest first.
func Links(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Linked, err error) {
	defer fault.Trace(&err, "record.Links(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT other, relation, FALSE, seq, at FROM case_links WHERE division = $1 AND case_id = $2
		UNION ALL SELECT case_id, relation, TRUE, seq, at FROM case_links WHERE division = $1 AND other = $2 ORDER BY 5, 4`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (l Linked, err error) {
		err = r.Scan(&l.Other, &l.Relation, &l.Back, &l.Seq, &l.At)
		return l, err
	})
}

// Others are the cases that each of the cases is linked with, whoever made the
// link; one without links has no entry.
func Others(ctx context.Context, q dbx.Querier, division id.ID, cases []id.ID) (_ map[id.ID][]id.ID, err error) {
	defer fault.Trace(&err, "record.Others")
	out := map[id.ID][]id.ID{}
	for part := range slices.Chunk(cases, together) {
		args := append([]any{division}, padded(part)...)
		in := dbx.In(2, len(args)-1)
		rows, err := q.Query(ctx, `SELECT case_id, other FROM case_links WHERE division = $1 AND case_id IN (`+in+`)
			UNION ALL SELECT other, case_id FROM case_links WHERE division = $1 AND other IN (`+in+`)`, args...)
		_, err = dbx.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var of, other id.ID
			err = r.Scan(&of, &other)
			out[of] = append(out[of], other)
			return none, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CountLinks counts the links of the relation the case itself made; "" counts all.
func CountLinks(ctx context.Context, q dbx.Querier, division, caseID id.ID, relation string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM case_links WHERE division = $1 AND case_id = $2 AND ($3 = '' OR relation = $3)`,
		division, caseID, relation).Scan(&n)
	return n, err
}

// Children lists a case's child cases, the oldest first.
func Children(ctx context.Context, q dbx.Querier, division, parent id.ID) (_ []Row, err error) {
	defer fault.Trace(&err, "record.Children(%s)", parent)
	rows, err := q.Query(ctx, `SELECT `+rowColumns+` FROM cases WHERE division = $1 AND parent = $2`, division, parent)
	list, err := dbx.Collect(rows, err, scanRow)
	// Sorted here: asked for the order, SQLite would read all cases in it.
	slices.SortFunc(list, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Opened, b.Opened), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, err
}

// CountChildren counts child cases of the procedure ("" any) in the state;
// "open" is every non-terminal one, "" all.
func CountChildren(ctx context.Context, q dbx.Querier, division, parent id.ID, procedure, state string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM cases WHERE division = $1 AND parent = $2 AND ($3 = '' OR procedure = $3)
		AND ($4 = '' OR state = $4 OR ($4 = 'open' AND NOT terminal))`, division, parent, procedure, state).Scan(&n)
	return n, err
}

// Due is a case whose clock must be looked at.
type Due struct {
	Division id.ID
	ID       id.ID
}

// DueBy lists up to limit cases with a clock to look at by the instant, the
// earliest first.
func DueBy(ctx context.Context, q dbx.Querier, at int64, limit int) (_ []Due, err error) {
	defer fault.Trace(&err, "record.DueBy")
	rows, err := q.Query(ctx, `SELECT division, id FROM cases WHERE tick <= $1 ORDER BY tick LIMIT $2`, at, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (d Due, err error) {
		err = r.Scan(&d.Division, &d.ID)
		return d, err
	})
}

// ByNumber finds a case by its number; unknown is NotFound.
func ByNumber(ctx context.Context, q dbx.Querier, division id.ID, number string) (caseID id.ID, err error) {
	defer fault.Trace(&err, "record.ByNumber(%s)", number)
	err = q.QueryRow(ctx, `SELECT id FROM cases WHERE division = $1 AND number = $2 AND number <> ''`, division, number).Scan(&caseID)
	if fault.Is(err, fault.NotFound) {
		return id.ID{}, fault.Missing("case")
	}
	return caseID, err
}
