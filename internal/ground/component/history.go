package component

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Change is one line of a component's history: the attributes that changed,
// before and after. Who is a name as it was then, "" for the program itself.
type Change struct {
	At   time.Time
	Who  string
	What string // create, import, edit or retire
	Old  map[string]string
	New  map[string]string
}

// Whats of a Change.
const (
	created  = "create"
	imported = "import"
	edited   = "edit"
	retired  = "retire"
)

var changes = &dbx.Rows{Into: `INSERT INTO component_change (division, code, id, at, actor, name, what, old, new) VALUES`, Columns: 9}

// note writes a line of history.
func note(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, code, what string, old, new map[string]string) error {
	before, err := json.Marshal(old)
	if err != nil {
		return err
	}
	after, err := json.Marshal(new)
	if err != nil {
		return err
	}
	return tx.Add(ctx, changes, actor.Division, code, id.New(), clock.Micro(at), actor.Account, actor.Name, what, string(before), string(after))
}

// History lists what happened to a component, newest first.
func History(ctx context.Context, q dbx.Querier, division id.ID, code string) (_ []Change, err error) {
	defer fault.Trace(&err, "component.History(%s)", code)
	rows, err := q.Query(ctx, `SELECT at, name, what, old, new FROM component_change WHERE division = $1 AND code = $2 ORDER BY id DESC`, division, code)
	return dbx.Collect(rows, err, func(r *sql.Rows) (c Change, err error) {
		var at int64
		var old, new string
		if err = r.Scan(&at, &c.Who, &c.What, &old, &new); err != nil {
			return c, err
		}
		c.At = clock.FromMicro(at)
		if err = json.Unmarshal([]byte(old), &c.Old); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(new), &c.New)
	})
}
