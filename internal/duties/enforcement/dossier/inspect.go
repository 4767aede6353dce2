package dossier

import (
	"encoding/json"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// Inspection is the procedure of an administrative inspection 行政检查.
const Inspection = "enf.inspect"

// inspecting are the facts of an inspection. The code at the premises is the
// party's own id.
var inspecting = map[string]question{
	"party_code": func(a asking) (any, error) { return a.Snapshot.Text("party_ref"), nil },
	"inspected":  asking.inspected,
}

// inspected is how many other inspections entered the business in this calendar
// year. One planned in the year before may enter in this one.
func (a asking) inspected() (any, error) {
	year := a.Now.In(calendar.Zone).Year()
	first := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, calendar.Zone) }
	f := record.Filter{Procedures: []string{Inspection}, Sort: record.ByOpened, OpenedFrom: clock.Micro(first(year - 1)), Limit: 500}
	who, n := a.text("party_ref"), int64(0)
	for {
		page, err := record.List(a.ctx, a.Q, a.Snapshot.Division, f)
		if err != nil {
			return nil, err
		}
		cases := make([]id.ID, len(page.Rows))
		for i, r := range page.Rows {
			cases[i] = r.ID
		}
		err = record.Data(a.ctx, a.Q, a.Snapshot.Division, cases, func(caseID id.ID, data map[string]json.RawMessage) error {
			var of string
			if json.Unmarshal(data["party_ref"], &of) != nil || of != who || caseID == a.Snapshot.ID || data["entered_at"] == nil {
				return nil
			}
			v, err := a.Snapshot.Proc.FieldOf("entered_at").Decode(data["entered_at"])
			if at, ok := v.(time.Time); ok && !at.Before(first(year)) {
				n++
			}
			return err
		})
		if f.After = page.Next; err != nil || page.Next == "" {
			return n, err
		}
	}
}
