package frontage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	wall "xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Entry is one case of a shop, as lists and counts need it.
type Entry struct {
	Case, Parent    id.ID
	Procedure, Shop string
	State           string
	Terminal        bool
	Opened, Moved   time.Time
	Stretch         shop.Line
	Signed, Until   time.Time
	Routine         bool
	Total           int
	Failed          time.Time
	List            string
}

const entryColumns = `case_id, parent, procedure, shop, state, terminal, opened, moved, stretch, signed, until, routine, total, failed, list`

func scan(r *sql.Rows) (e Entry, err error) {
	var opened, moved, signed, until, failed int64
	var stretch string
	err = r.Scan(&e.Case, &e.Parent, &e.Procedure, &e.Shop, &e.State, &e.Terminal, &opened, &moved, &stretch, &signed, &until, &e.Routine, &e.Total, &failed, &e.List)
	e.Opened, e.Moved, e.Signed, e.Until, e.Failed = instant(opened), instant(moved), instant(signed), instant(until), instant(failed)
	e.Stretch, _ = shop.ParseLine(stretch) // none for what is no pledge
	return e, err
}

// instant is the zero time for 0: what never happened.
func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return clock.FromMicro(micro)
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.Micro(t)
}

// Of lists a shop's cases, the newest first; procedure "" is all.
func Of(ctx context.Context, q dbx.Querier, division id.ID, shop, procedure string) (_ []Entry, err error) {
	defer fault.Trace(&err, "frontage.Of(%s)", shop)
	rows, err := q.Query(ctx, `SELECT `+entryColumns+` FROM frontage_case WHERE division = $1 AND shop = $2 AND ($3 = '' OR procedure = $3) ORDER BY opened DESC, case_id DESC`,
		division, shop, procedure)
	return dbx.Collect(rows, err, scan)
}

// Since lists the cases of a procedure that were opened from an instant on, the
// oldest first; the zero time is all.
func Since(ctx context.Context, q dbx.Querier, division id.ID, procedure string, from time.Time) (_ []Entry, err error) {
	defer fault.Trace(&err, "frontage.Since(%s)", procedure)
	rows, err := q.Query(ctx, `SELECT `+entryColumns+` FROM frontage_case WHERE division = $1 AND procedure = $2 AND opened >= $3 ORDER BY opened, case_id`,
		division, procedure, micro(from))
	return dbx.Collect(rows, err, scan)
}

// Standing lists the open cases of a procedure by shop.
func Standing(ctx context.Context, q dbx.Querier, division id.ID, procedure string) (_ []Entry, err error) {
	defer fault.Trace(&err, "frontage.Standing(%s)", procedure)
	rows, err := q.Query(ctx, `SELECT `+entryColumns+` FROM frontage_case WHERE division = $1 AND procedure = $2 AND terminal = FALSE ORDER BY shop, opened`, division, procedure)
	return dbx.Collect(rows, err, scan)
}

// remembered lists what boards and maps look at, the oldest of each procedure
// first: all pledges and entries of the lists, the inspections of a year, and those
// before it that nobody has ended.
func remembered(ctx context.Context, q dbx.Querier, division id.ID, now time.Time) (_ []Entry, err error) {
	defer fault.Trace(&err, "frontage.remembered")
	from := now.Add(-seen)
	out, err := Standing(ctx, q, division, Inspection)
	out = slices.DeleteFunc(out, func(e Entry) bool { return !e.Opened.Before(from) })
	for _, x := range []struct {
		procedure string
		from      time.Time
	}{{Inspection, from}, {Pledge, time.Time{}}, {Listing, time.Time{}}} {
		if err != nil {
			break
		}
		var list []Entry
		list, err = Since(ctx, q, division, x.procedure, x.from)
		out = append(out, list...)
	}
	for i := range out {
		out[i].Stretch = nil // not of the board, and kept for nothing
	}
	return slices.Clip(out), err
}

// generation moves with every step of the duty.
const generation = "frontage"

var entries = &dbx.Rows{Into: `INSERT INTO frontage_case (division, ` + entryColumns + `) VALUES`, Columns: 16,
	Tail: ` ON CONFLICT (division, case_id) DO UPDATE SET state = excluded.state, terminal = excluded.terminal, moved = excluded.moved, stretch = excluded.stretch,
		signed = excluded.signed, until = excluded.until, failed = CASE WHEN frontage_case.failed > 0 THEN frontage_case.failed ELSE excluded.failed END`}

// track keeps the row of a case at each of its steps.
func track(ctx context.Context, d *engine.Doing) error {
	s := d.After
	at := func(name string) int64 { t, _ := s.Data[name].(time.Time); return micro(t) }
	total, _ := s.Data["total"].(int64)
	until, failed := at("until"), int64(0)
	if k := s.Clock("stay"); k != nil && k.State != wall.Stopped {
		until = micro(k.DueAt())
	}
	if s.State == "failed" {
		failed = micro(d.Now)
	}
	err := d.Tx.Add(ctx, entries, s.Division, s.ID, s.Parent, s.Procedure, s.Text("shop"), s.State, s.StateOf().Terminal, s.Opened, s.Entered, s.Text("stretch"),
		at("signed_at"), until, s.Text("occasion") == "routine", total, failed, s.Text("list"))
	if err != nil {
		return err
	}
	return dbx.Moved(ctx, d.Tx, s.Division, generation)
}
