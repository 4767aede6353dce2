package goods

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// terms are the clocks that end a right to keep goods.
var terms = []string{"hold7", "hold30"}

// free are the states of a hold or a measure in which what is kept must go back.
var free = []string{"lapsed", "released", "dropped"}

// Standing is a lot with what its case says of the right to keep it.
type Standing struct {
	Lot
	Title string    // of the case
	Due   time.Time // until when it may be kept; zero without a running term
	Back  bool      // the right has ended: what is kept must be returned
}

// Urgent reports whether the lot needs somebody before the end of the next days.
func (s Standing) Urgent(now time.Time) bool {
	return s.Kept() > 0 && (s.Back || !s.Due.IsZero() && s.Due.Before(now.Add(soon)))
}

// soon is how long before its end a term is an alarm.
const soon = 3 * 24 * time.Hour

// Standings joins lots to their cases, the most urgent first.
func (m *Room) Standings(ctx context.Context, division id.ID, lots []Lot) (out []Standing, err error) {
	defer fault.Trace(&err, "goods.Standings")
	cases := map[id.ID]*engine.Snapshot{}
	for _, l := range lots {
		s := cases[l.Case]
		if s == nil {
			if s, err = m.Engine().Find(ctx, division, l.Case); err != nil {
				return nil, err
			}
			cases[l.Case] = s
		}
		x := Standing{Lot: l, Title: s.Text("title"), Back: slices.Contains(free, s.State)}
		for _, name := range terms {
			if c := s.Clock(name); c != nil && c.State == "running" {
				x.Due = c.DueAt()
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Standing) int {
		switch {
		case a.Back != b.Back:
			if a.Back {
				return -1
			}
			return 1
		case a.Due.IsZero() != b.Due.IsZero():
			if b.Due.IsZero() {
				return -1
			}
			return 1
		}
		return a.Due.Compare(b.Due)
	})
	return out, nil
}
