package record

import (
	"context"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Change is an event with as much of its case as a public list needs.
type Change struct {
	Case        id.ID
	Opened      int64
	ProcVersion int
	Version     int64 // of the case now
	Seq         int64
	At          int64
	Body        string
}

// Read decodes what the event says.
func (c Change) Read() (Body, error) { return Event{Body: c.Body}.Read() }

const changeColumns = `SELECT c.id, c.opened, c.proc_version, c.version, e.seq, e.at, e.body
	FROM case_events e JOIN cases c ON c.division = e.division AND c.id = e.case_id`

// Changes calls found for every event after a case's first within a time, the
// newest first, until found says no. The second instant is exclusive.
func Changes(ctx context.Context, q dbx.Querier, division id.ID, procedure string, from, to int64, found func(Change) (more bool, err error)) (err error) {
	defer fault.Trace(&err, "record.Changes")
	return changes(ctx, q, found, changeColumns+` WHERE e.division = $1 AND e.at >= $2 AND e.at < $3 AND e.seq > 1 AND c.procedure = $4
		ORDER BY e.at DESC, e.case_id DESC, e.seq DESC`, division, from, to, procedure)
}

// ChangesOf calls found for every event after the first of the cases, the oldest
// of a case first.
func ChangesOf(ctx context.Context, q dbx.Querier, division id.ID, cases []id.ID, found func(Change) error) (err error) {
	defer fault.Trace(&err, "record.ChangesOf")
	every := func(c Change) (bool, error) { return true, found(c) }
	for len(cases) > 0 && err == nil {
		part := cases[:min(together, len(cases))]
		cases = cases[len(part):]
		args := append([]any{division}, padded(part)...)
		err = changes(ctx, q, every, changeColumns+` WHERE e.division = $1 AND e.case_id IN (`+dbx.In(2, len(args)-1)+`) AND e.seq > 1
			ORDER BY e.case_id, e.seq`, args...)
	}
	return err
}

func changes(ctx context.Context, q dbx.Querier, found func(Change) (bool, error), query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Case, &c.Opened, &c.ProcVersion, &c.Version, &c.Seq, &c.At, &c.Body); err != nil {
			return err
		}
		if more, err := found(c); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}
