package board

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// watched are the procedures of files and of what hangs on them, as far as the
// library has them.
func (m *Room) watched() (out []string) {
	for _, p := range m.Engine().Library().All() {
		if strings.HasPrefix(p.ID, "enf.") && !slices.Contains([]string{Meeting, review.Procedure, review.Campaign, review.Supervise, "enf.precedent"}, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}

// statutory are the time limits of law; a signal follows when one is missed.
var statutory = []string{"decide90", "serve7", "hold7", "hold30", "emerg24", "hand2", "bank2", "unpub3"}

// missed is one time limit of a case that was missed.
type missed struct {
	Case  *engine.Snapshot
	File  id.ID // the case itself or the one it hangs on
	Clock string
	Name  i18n.Text
	At    time.Time
}

// lateIn are the limits of the case that were missed, each clock once. A party's
// period that ran out is nobody's fault.
func lateIn(s *engine.Snapshot) (out []missed) {
	for i := range s.Clocks {
		c := &s.Clocks[i]
		def := s.Proc.ClockOf(c.ID)
		if c.Late == 0 || def == nil || def.Roll == "next" || def.Expiry.None || slices.ContainsFunc(out, func(x missed) bool { return x.Clock == c.ID }) {
			continue
		}
		x := missed{Case: s, File: s.ID, Clock: c.ID, Name: def.Name, At: clock.FromMicro(c.Late)}
		if !s.Parent.IsZero() {
			x.File = s.Parent
		}
		out = append(out, x)
	}
	return out
}

// looked is how many cases are looked at for missed limits, the latest first.
const looked = 500

// Missed are the limits missed between two instants, in cases opened within half
// a year before.
func (m *Room) Missed(ctx context.Context, division id.ID, from, to time.Time) (out []missed, err error) {
	defer fault.Trace(&err, "board.Missed")
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: m.watched(), OpenedFrom: clock.Micro(from.AddDate(0, -6, 0)), Sort: record.ByOpened, Limit: looked})
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, division, p.Rows[i].ID); err != nil {
			break
		}
		for _, x := range lateIn(s) {
			if !x.At.Before(from) && x.At.Before(to) {
				out = append(out, x)
			}
		}
	}
	return out, err
}

// Signal opens a supervision for every limit of law that was missed and has
// none yet: a case that stands still with its limit past, or lapsed.
func (m *Room) Signal(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "board.Signal")
	now := m.Clock.Now()
	late, err := record.List(ctx, m.DB, division, record.Filter{Procedures: m.watched(), Terminal: record.No, DueBefore: clock.Micro(now), Limit: looked})
	if err != nil {
		return err
	}
	lapsed, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{"enf.hold", "enf.measure"}, States: []string{"lapsed"}, Limit: looked})
	for _, r := range append(late.Rows, lapsed.Rows...) {
		if err != nil {
			break
		}
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, division, r.ID); err == nil {
			err = m.signalOf(ctx, s)
		}
	}
	return err
}

func (m *Room) signalOf(ctx context.Context, s *engine.Snapshot) error {
	for _, x := range lateIn(s) {
		if !slices.Contains(statutory, x.Clock) {
			continue
		}
		matter := s.Proc.Title.ZH + "：" + x.Name.ZH + "逾期"
		children, err := record.Children(ctx, m.DB, s.Division, x.File)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(children, func(c record.Row) bool { return c.Procedure == review.Supervise && strings.HasSuffix(c.Title, matter) }) {
			continue
		}
		if _, err := m.Engine().Open(ctx, engine.Opening{Procedure: review.Supervise, Division: s.Division, Step: "v_open", Actor: people.SystemActor(s.Division), Parent: x.File,
			Input: map[string]any{"source": "breach", "matter": matter}}); err != nil {
			return err
		}
	}
	return nil
}
