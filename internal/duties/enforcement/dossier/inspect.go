package dossier

import (
	"time"

	"xiucheng/internal/duties/enforcement/entry"
	"xiucheng/internal/ground/calendar"
)

// inspecting are the facts of an inspection. The code at the premises is the
// party's own id.
var inspecting = map[string]question{
	"party_code": func(a asking) (any, error) { return a.Snapshot.Text("party_ref"), nil },
	"inspected":  asking.inspected,
}

// inspected is how often others entered the business in this calendar year:
// inspections, and joint operations that checked it.
func (a asking) inspected() (any, error) {
	who, year := a.text("party_ref"), a.Now.In(calendar.Zone).Year()
	from, to := time.Date(year, 1, 1, 0, 0, 0, 0, calendar.Zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, calendar.Zone)
	n, err := entry.Count(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID, []string{who}, from, to)
	if err != nil {
		return nil, err
	}
	joint, err := a.Operated(a.ctx, a.Q, a.Snapshot.Division, who, from, to)
	return int64(n + joint), err
}
