// Package audit 存证核验 looks at every case of the database after the fact: do
// its events still chain, does its row follow from them, is every personal value
// the one committed to, is every file the one that was filed.
//
// It owns no table and mends nothing. What somebody removes together with
// everything that speaks of it, a whole case or its last event with its row put
// back to match, it cannot see: that takes a witness outside the database.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Finding is one thing that is not as it was written.
type Finding struct {
	Division id.ID
	Case     id.ID
	Number   string // "" when the case has none
	Seq      int64  // of the event, 0 where it is not one event
	What     What
	Detail   string // the column or the file
}

// What happened to it.
type What string

// What can be found.
const (
	Altered  What = "altered"  // an event's bytes are not those that were hashed
	Missing  What = "missing"  // an event is gone
	Moved    What = "moved"    // an event stands where another one stood, or was put in
	Cut      What = "cut"      // the row does not end where the timeline does: events were taken from its end, or the row was changed
	Personal What = "personal" // a personal value is not the one committed to
	Row      What = "row"      // a column of the row does not follow from the timeline
	File     What = "file"     // a filed file is gone or has other bytes
	Orphan   What = "orphan"   // events of a case that is not there
)

// Report is what was looked at and what was found.
type Report struct {
	Cases, Events, Files int
	Findings             []Finding
}

// Auditor looks at a database and its files.
type Auditor struct {
	DB      *dbx.DB
	Files   *blob.Store
	Version func(procedure string, version int) (*procedure.Procedure, error)
	Tell    func(Report) // now and then, while it goes on; nil for nobody
}

const page = 200

// Verify looks at every case of the divisions.
func (a Auditor) Verify(ctx context.Context, divisions []id.ID) (r Report, err error) {
	defer fault.Trace(&err, "audit.Verify")
	for _, d := range divisions {
		for f := (record.Filter{Sort: record.ByOpened, Limit: page}); ; {
			p, err := record.List(ctx, a.DB, d, f)
			if err != nil {
				return r, err
			}
			for _, row := range p.Rows {
				if err := a.one(ctx, row, &r); err != nil {
					return r, fmt.Errorf("case %s: %w", row.ID, err)
				}
			}
			if a.Tell != nil {
				a.Tell(r)
			}
			if f.After = p.Next; p.Next == "" {
				break
			}
		}
	}
	return r, a.orphans(ctx, &r)
}

func (a Auditor) one(ctx context.Context, row record.Row, r *Report) error {
	r.Cases++
	found := func(seq int64, what What, detail string) {
		r.Findings = append(r.Findings, Finding{row.Division, row.ID, row.Number, seq, what, detail})
	}
	proof, err := record.Verify(ctx, a.DB, row.Division, row.ID)
	if err != nil {
		return err
	}
	r.Events += proof.Events
	if b := proof.Broken; b != nil {
		found(b.Seq, map[record.FindingKind]What{record.Altered: Altered, record.Missing: Missing, record.Moved: Moved, record.Head: Cut, record.Unproven: Personal}[b.Kind], "")
		return nil // what follows from broken events proves nothing
	}
	events, err := record.Timeline(ctx, a.DB, row.Division, row.ID)
	if err != nil {
		return err
	}
	stored, err := record.Find(ctx, a.DB, row.Division, row.ID)
	if err != nil {
		return err
	}
	column, err := a.follows(stored, events)
	if err != nil {
		return err
	}
	if column != "" {
		found(0, Row, column)
	}
	for _, e := range events {
		b, err := e.Read()
		if err != nil {
			return err
		}
		for _, x := range b.Evidence {
			r.Files++
			if !a.kept(x.SHA256) {
				found(e.Seq, File, x.SHA256)
			}
		}
	}
	return nil
}

// follows is the first column of the row that the timeline does not give, ""
// when all do.
func (a Auditor) follows(stored *record.Case, events []record.Event) (string, error) {
	f, err := record.Fold(events)
	if err != nil {
		return "", err
	}
	p, err := a.Version(f.Procedure, f.Version)
	if err != nil {
		return "procedure", nil
	}
	c := record.Case{Row: record.Row{Division: stored.Division, ID: stored.ID, Procedure: f.Procedure, ProcVersion: f.Version, Parent: f.Parent, Digest: f.Digest, Number: f.Number,
		State: f.State, Opened: f.Opened, Updated: f.Updated, Entered: f.Entered, Version: int64(len(events))}, Raw: f.Raw, Clocks: f.Clocks}
	if err := c.Project(p); err != nil {
		return "", err
	}
	want, got := reflect.ValueOf(c.Row), reflect.ValueOf(stored.Row)
	for i := range want.NumField() {
		if !reflect.DeepEqual(want.Field(i).Interface(), got.Field(i).Interface()) {
			return want.Type().Field(i).Name, nil
		}
	}
	if !same(c.Raw, stored.Raw) {
		return "data", nil
	}
	if !same(c.Clocks, stored.Clocks) && len(c.Clocks)+len(stored.Clocks) > 0 {
		return "clocks", nil
	}
	return "", nil
}

// same compares what JSON says: one engine keeps objects in an order of its own.
func same(a, b any) bool {
	x, err1 := plain(a)
	y, err2 := plain(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

func plain(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var any any
	if err := json.Unmarshal(raw, &any); err != nil {
		return nil, err
	}
	return json.Marshal(any)
}

// kept reports whether the file is there with the bytes it was filed with.
func (a Auditor) kept(sha string) bool {
	f, err := a.Files.Open(sha)
	if err != nil {
		return false
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return errors.Join(err, f.Close()) == nil && hex.EncodeToString(h.Sum(nil)) == sha
}

// orphans finds events whose case is not there.
func (a Auditor) orphans(ctx context.Context, r *Report) error {
	rows, err := a.DB.Query(ctx, `SELECT e.division, e.case_id FROM case_events e WHERE e.seq = 1
		AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.division = e.division AND c.id = e.case_id)`)
	list, err := dbx.Collect(rows, err, func(s *sql.Rows) (f Finding, err error) {
		f.What = Orphan
		err = s.Scan(&f.Division, &f.Case)
		return f, err
	})
	r.Findings = append(r.Findings, list...)
	return err
}
