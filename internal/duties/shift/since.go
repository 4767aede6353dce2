package shift

import (
	"context"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// now is one case of the list beside how it stands: Was is nil for a case that
// came to the desk since, Row for one that can no longer be found.
type now struct {
	Was *Item
	Row *record.Row
	Why []string
}

// Changed reports whether the case is not as it was handed over.
func (n now) Changed() bool {
	return n.Was == nil || n.Row == nil || n.Row.State != n.Was.State || due(*n.Row) != n.Was.Due
}

func due(r record.Row) int64 {
	if r.Due == record.NoDue {
		return 0
	}
	return r.Due
}

// since puts a frozen list beside the cases as they are, and behind it what
// came to the desk since.
func (m *Room) since(ctx context.Context, q dbx.Querier, division id.ID, d Desk, was List, at time.Time) ([]now, error) {
	live, err := m.open(ctx, q, division, d, nil, at)
	if err != nil {
		return nil, err
	}
	listed := map[id.ID]bool{}
	cases := make([]id.ID, 0, len(was.Items)+len(live.Items))
	for _, x := range was.Items {
		listed[x.Case] = true
		cases = append(cases, x.Case)
	}
	for _, x := range live.Items {
		if !listed[x.Case] {
			cases = append(cases, x.Case)
		}
	}
	rows, err := record.Rows(ctx, q, division, record.Filter{}, cases)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.ID]*record.Row, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	out := make([]now, 0, len(cases))
	for i := range was.Items {
		x := &was.Items[i]
		out = append(out, now{Was: x, Row: byID[x.Case], Why: x.Why})
	}
	if was.More { // what is new cannot be told from what did not fit
		return out, nil
	}
	for _, x := range live.Items {
		if !listed[x.Case] {
			out = append(out, now{Row: byID[x.Case], Why: x.Why})
		}
	}
	return out, nil
}

// changed counts what is not as it was handed over.
func changed(list []now) (n int64) {
	for _, x := range list {
		if x.Changed() {
			n++
		}
	}
	return n
}
