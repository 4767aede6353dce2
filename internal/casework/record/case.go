package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"

	"github.com/golang/geo/s2"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	wall "xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// NoDue is the due instant of a case without a running clock: after all others.
const NoDue = math.MaxInt64 / 2

// Row is a case as a queue line: columns that can be filtered and sorted.
type Row struct {
	Division    id.ID
	ID          id.ID
	Procedure   string
	ProcVersion int
	Parent      id.ID
	Number      string // "" before it is issued
	State       string
	Terminal    bool
	End         string
	Class       string
	Component   string // identifier of the component it is about, "" for none
	Dept        string
	Assignee    string // account id as text
	Priority    string
	Place       *procedure.Point
	Address     string
	Grid        string
	Street      string
	Community   string
	Title       string
	Source      string
	Provenance  string
	Opened      int64
	Updated     int64
	Entered     int64  // when it came into its state: of an end, when it ended
	Due         int64  // of the state's clock; NoDue when it does not run
	DueState    string // running, paused, provisional or ""
	PromiseDue  int64  // 0 for none
	Tick        int64  // when a clock must be looked at next; NoDue for never
	Version     int64
	Digest      string // of its chain: SM3, or "" for SHA-256
}

// Case is a row with everything a step needs.
type Case struct {
	Row
	Raw    map[string]json.RawMessage
	Clocks []clock.Clock
	Log    []rule.Taken
	Head   []byte
}

const rowColumns = `division, id, procedure, proc_version, parent, number, state, terminal, ended, class, component, dept, assignee, priority,
	lat, lng, accuracy, address, grid, street, community, title, source, provenance, opened, updated, entered, due, due_state, promise_due, tick, version, digest`

func (r *Row) dest(lat, lng, acc *sql.NullFloat64) []any {
	return []any{&r.Division, &r.ID, &r.Procedure, &r.ProcVersion, &r.Parent, &r.Number, &r.State, &r.Terminal, &r.End, &r.Class, &r.Component, &r.Dept, &r.Assignee, &r.Priority,
		lat, lng, acc, &r.Address, &r.Grid, &r.Street, &r.Community, &r.Title, &r.Source, &r.Provenance, &r.Opened, &r.Updated, &r.Entered, &r.Due, &r.DueState, &r.PromiseDue, &r.Tick, &r.Version, &r.Digest}
}

func (r *Row) place(lat, lng, acc sql.NullFloat64) {
	if lat.Valid && lng.Valid {
		r.Place = &procedure.Point{Lat: lat.Float64, Lng: lng.Float64, Accuracy: acc.Float64}
	}
}

func scanRow(rows *sql.Rows) (r Row, err error) {
	var lat, lng, acc sql.NullFloat64
	err = rows.Scan(r.dest(&lat, &lng, &acc)...)
	r.place(lat, lng, acc)
	return r, err
}

// Find reads one case with its log, in two queries. A case of another division,
// or none, is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, caseID id.ID) (c *Case, err error) {
	defer fault.Trace(&err, "record.Find(%s)", caseID)
	c = &Case{}
	var lat, lng, acc sql.NullFloat64
	var data, clocks string
	dest := append(c.dest(&lat, &lng, &acc), &c.Head, &data, &clocks)
	err = q.QueryRow(ctx, `SELECT `+rowColumns+`, head, data, clocks FROM cases WHERE division = $1 AND id = $2`, division, caseID).Scan(dest...)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Missing("case")
	}
	if err != nil {
		return nil, err
	}
	c.place(lat, lng, acc)
	if err := json.Unmarshal([]byte(data), &c.Raw); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(clocks), &c.Clocks); err != nil {
		return nil, err
	}
	c.Log, err = readLog(ctx, q, division, caseID)
	return c, err
}

func readLog(ctx context.Context, q dbx.Querier, division, caseID id.ID) ([]rule.Taken, error) {
	recalled := map[int64]bool{}
	rows, err := q.Query(ctx, `SELECT seq, at, step, actor, officers, dept, recalls FROM case_events WHERE division = $1 AND case_id = $2 ORDER BY seq`, division, caseID)
	log, err := dbx.Collect(rows, err, func(r *sql.Rows) (t rule.Taken, err error) {
		var at, recalls int64
		var with string
		err = r.Scan(&t.Seq, &at, &t.Step, &t.Actor, &with, &t.Dept, &recalls)
		if with != "" {
			t.With = strings.Fields(with)
		}
		t.At = wall.FromMicro(at)
		if recalls != 0 {
			recalled[recalls] = true
		}
		return t, err
	})
	for i := range log {
		log[i].Recalled = recalled[log[i].Seq]
	}
	return log, err
}

// Project fills the columns that follow from state, data and clocks, so that
// every one of them can be rebuilt from the timeline.
func (c *Case) Project(p *procedure.Procedure) error {
	if st := p.StateOf(c.State); st != nil {
		c.Terminal, c.End = st.Terminal, st.End
		c.Due, c.DueState = c.due(st.Clock)
	}
	c.PromiseDue, c.Tick = 0, NoDue
	for i := range c.Clocks {
		k := &c.Clocks[i]
		if k.ID == "promise" && k.State == clock.Running {
			c.PromiseDue = k.Due
		}
		if n := k.Next(); n != 0 {
			c.Tick = min(c.Tick, n)
		}
	}
	for name, dst := range map[string]*string{
		"class": &c.Class, "component": &c.Component, "dept": &c.Dept, "assignee": &c.Assignee, "priority": &c.Priority, "address": &c.Address, "grid": &c.Grid,
		"street": &c.Street, "community": &c.Community, "title": &c.Title, "source": &c.Source, "provenance": &c.Provenance,
	} {
		*dst = ""
		if raw := c.Raw[name]; raw != nil {
			if err := json.Unmarshal(raw, dst); err != nil {
				return err
			}
		}
	}
	c.Place = nil
	if raw := c.Raw["place"]; raw != nil {
		c.Place = &procedure.Point{}
		return json.Unmarshal(raw, c.Place)
	}
	return nil
}

// due is the instant that sorts the queue in a state, and what it means.
func (c *Case) due(id string) (int64, string) {
	for i := len(c.Clocks) - 1; i >= 0; i-- {
		k := &c.Clocks[i]
		if k.ID != id {
			continue
		}
		switch {
		case k.State == clock.Running && k.Provisional:
			return k.Due, "provisional"
		case k.State == clock.Running:
			return k.Due, string(clock.Running)
		case k.State == clock.Paused:
			return NoDue, string(clock.Paused)
		}
		break
	}
	return NoDue, ""
}

// cell is the S2 leaf cell of the place as a signed number; NULL without place.
func (r *Row) cell() any {
	if r.Place == nil {
		return nil
	}
	return int64(s2.CellIDFromLatLng(s2.LatLngFromDegrees(r.Place.Lat, r.Place.Lng)))
}

// Clock returns the latest run of a clock, nil if it never started.
func (c *Case) Clock(id string) *clock.Clock {
	var found *clock.Clock
	for i := range c.Clocks {
		if k := &c.Clocks[i]; k.ID == id && (found == nil || k.Run > found.Run) {
			found = k
		}
	}
	return found
}

// Late reports whether any run of the clock was ever breached.
func (c *Case) Late(id string) bool {
	for i := range c.Clocks {
		if c.Clocks[i].ID == id && c.Clocks[i].Late != 0 {
			return true
		}
	}
	return false
}
