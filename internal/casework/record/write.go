package record

import (
	"context"
	"encoding/json"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Topic of what is published when a case has moved; the subject is the case.
const Topic = "case"

// Encoded is a case's JSON columns, made before the transaction.
type Encoded struct{ data, clocks string }

// Encode makes the JSON columns of the case.
func (c *Case) Encode() (Encoded, error) {
	data := appendObject(nil, c.Raw)
	if c.Clocks == nil {
		return Encoded{string(data), "[]"}, nil
	}
	clocks, err := json.Marshal(c.Clocks)
	return Encoded{string(data), string(clocks)}, err
}

// values are the columns that a step can change, in the order of both
// statements below.
func (c *Case) values(e Encoded) []any {
	var lat, lng, acc any
	if c.Place != nil {
		lat, lng, acc = c.Place.Lat, c.Place.Lng, c.Place.Accuracy
	}
	return []any{c.Number, c.State, c.Terminal, c.End, c.Class, c.Dept, c.Assignee, c.Priority, lat, lng, acc, c.cell(),
		c.Address, c.Grid, c.Street, c.Community, c.Title, c.Source, c.Provenance, c.Updated, c.Due, c.DueState, c.PromiseDue, c.Tick,
		c.Version, c.Head, e.data, e.clocks, c.Entered, c.Component}
}

// The rows of new cases, events and personal values.
var (
	newCases = dbx.Rows{Columns: 37, Into: `INSERT INTO cases (number, state, terminal, ended, class, dept, assignee, priority, lat, lng, accuracy, cell,
		address, grid, street, community, title, source, provenance, updated, due, due_state, promise_due, tick,
		version, head, data, clocks, entered, component, division, id, procedure, proc_version, parent, opened, digest) VALUES`}
	newEvents   = dbx.Rows{Columns: 12, Into: `INSERT INTO case_events (division, case_id, seq, at, step, actor, officers, dept, recalls, body, prev, hash) VALUES`}
	newPersonal = dbx.Rows{Columns: 8, Into: `INSERT INTO personal (division, case_id, seq, field, salt, value, erased_at, erased_rule) VALUES`}
)

// Insert writes a new case with its first event.
func Insert(ctx context.Context, tx *dbx.Tx, c *Case, e Encoded, ev Event) error {
	args := append(c.values(e), c.Division, c.ID, c.Procedure, c.ProcVersion, c.Parent, c.Opened, c.Digest)
	if err := tx.Add(ctx, &newCases, args...); err != nil {
		return err
	}
	return appendEvent(ctx, tx, c.Division, c.ID, ev)
}

// Bring writes a case that comes with a history of its own: several events at
// once, of which the row is the outcome.
func Bring(ctx context.Context, tx *dbx.Tx, c *Case, e Encoded, events []Event) error {
	if err := Insert(ctx, tx, c, e, events[0]); err != nil {
		return err
	}
	for _, ev := range events[1:] {
		if err := appendEvent(ctx, tx, c.Division, c.ID, ev); err != nil {
			return err
		}
	}
	return nil
}

// Update writes the case's next version with its event. When somebody else was
// first it is a Stale fault and nothing is written.
func Update(ctx context.Context, tx *dbx.Tx, c *Case, e Encoded, ev Event) error {
	args := append(c.values(e), c.Division, c.ID, c.Version-1)
	n, err := tx.Exec(ctx, `UPDATE cases SET number = $1, state = $2, terminal = $3, ended = $4, class = $5, dept = $6, assignee = $7, priority = $8,
		lat = $9, lng = $10, accuracy = $11, cell = $12, address = $13, grid = $14, street = $15, community = $16, title = $17, source = $18,
		provenance = $19, updated = $20, due = $21, due_state = $22, promise_due = $23, tick = $24, version = $25, head = $26, data = $27, clocks = $28, entered = $29,
		component = $30 WHERE division = $31 AND id = $32 AND version = $33`, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Stale, "R02")
	}
	return appendEvent(ctx, tx, c.Division, c.ID, ev)
}

func appendEvent(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, ev Event) error {
	return tx.Add(ctx, &newEvents, division, caseID, ev.Seq, ev.At, ev.Step, ev.Actor, ev.With, ev.Dept, ev.Recalls, ev.Body, ev.Prev, ev.Hash)
}

// InsertPersonal writes the values an event committed to.
func InsertPersonal(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, seq int64, ps []Personal) error {
	for _, p := range ps {
		if err := tx.Add(ctx, &newPersonal, division, caseID, seq, p.Field, p.Salt, p.Value, 0, ""); err != nil {
			return err
		}
	}
	return nil
}

// InsertLinks writes links both ways of looking at them find; a link that is
// there already stays as it is.
func InsertLinks(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, seq, at int64, links []Link) error {
	for _, l := range links {
		_, err := tx.Exec(ctx, `INSERT INTO case_links (division, case_id, other, relation, seq, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (division, case_id, other, relation) DO NOTHING`, division, caseID, l.Other, l.Relation, seq, at)
		if err != nil {
			return err
		}
	}
	return nil
}
