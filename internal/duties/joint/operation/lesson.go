package operation

import (
	"context"
	"strings"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Lesson is what an operation taught, with its number.
type Lesson struct{ Text, Number string }

// Lessons are those of the operations that were closed between two instants, for
// the agenda of the next analysis meeting.
func (m *Room) Lessons(ctx context.Context, division id.ID, from, to time.Time) (out []Lesson, err error) {
	defer fault.Trace(&err, "operation.Lessons")
	f := record.Filter{Procedures: []string{Procedure}, States: []string{"closed"}, Sort: record.ByOpened, Limit: 100}
	p, err := record.List(ctx, m.DB, division, f)
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		if at := clock.FromMicro(p.Rows[i].Entered); at.Before(from) || !at.Before(to) {
			continue
		}
		s, err := m.Engine().Find(ctx, division, p.Rows[i].ID)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(s.Text("lessons")) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, Lesson{line, s.Number})
			}
		}
	}
	return out, err
}
