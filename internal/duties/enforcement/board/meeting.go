package board

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// Hooks are what the room adds to the meeting: topics and effect, counted.
func (m *Room) Hooks(base engine.Hooks) engine.Hooks {
	base.Fact = m.fact
	return base
}

// window is how far back an agenda looks, and how long an effect is measured.
const window = 30 * 24 * time.Hour

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	switch name {
	case "topics":
		list, err := m.topics(ctx, a.Snapshot.Division, a.Now.Add(-window), a.Now)
		out := []map[string]string{}
		for _, t := range list {
			out = append(out, map[string]string{"kind": t.Kind, "topic": t.Name, "cases": strings.Join(t.Cases, "、")})
		}
		return out, err
	case "effect":
		return m.effect(ctx, a)
	}
	return nil, fmt.Errorf("board: no fact %q", name)
}

// topic is one matter of an agenda with the cases it comes from.
type topic struct {
	Kind, Name string
	Cases      []string
}

// topics are what went wrong between two instants: limits missed, veto items of
// reviews, decisions annulled, the same matter again in the same grid, what joint
// operations taught.
func (m *Room) topics(ctx context.Context, division id.ID, from, to time.Time) ([]topic, error) {
	found := map[[2]string][]string{}
	add := func(kind, name, number string) {
		k := [2]string{kind, name}
		if !slices.Contains(found[k], number) {
			found[k] = append(found[k], number)
		}
	}
	late, err := m.Missed(ctx, division, from, to)
	if err != nil {
		return nil, err
	}
	for _, x := range late {
		add("breach", x.Case.Proc.Title.ZH+" · "+x.Name.ZH, m.number(ctx, x))
	}
	if err := m.vetoes(ctx, division, from, to, add); err != nil {
		return nil, err
	}
	if err := m.annulled(ctx, division, from, to, add); err != nil {
		return nil, err
	}
	lessons, err := m.Lessons(ctx, division, from, to)
	if err != nil {
		return nil, err
	}
	for _, l := range lessons {
		add("lesson", l.Text, l.Number)
	}
	var out []topic
	for k, cases := range found {
		if k[0] != "repeat" || len(cases) > 1 {
			out = append(out, topic{k[0], k[1], cases})
		}
	}
	slices.SortFunc(out, func(a, b topic) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(len(b.Cases), len(a.Cases)), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// number is the number of the file that the limit belongs to.
func (m *Room) number(ctx context.Context, x missed) string {
	s := x.Case
	if x.File != s.ID {
		if above, err := m.Engine().Find(ctx, s.Division, x.File); err == nil {
			s = above
		}
	}
	return cmp.Or(s.Number, s.Title)
}

func (m *Room) vetoes(ctx context.Context, division id.ID, from, to time.Time, add func(kind, name, number string)) error {
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{review.Campaign}, Sort: record.ByOpened, Limit: 20})
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		var list []*engine.Snapshot
		list, err = m.Reviews.Reviews(ctx, division, p.Rows[i].ID)
		for _, r := range list {
			at := clock.FromMicro(r.Entered)
			if r.Data["veto"] == true && !at.Before(from) && at.Before(to) {
				for _, name := range m.Reviews.Vetoes(r) {
					add("veto", name, r.Text("case_number"))
				}
			}
		}
	}
	return err
}

// annulled adds decisions that did not stand, and matters that came again.
func (m *Room) annulled(ctx context.Context, division id.ID, from, to time.Time, add func(kind, name, number string)) error {
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{Ordinary}, OpenedFrom: clock.Micro(from.AddDate(-1, 0, 0)), Sort: record.ByOpened, Limit: looked})
	for i := 0; i < len(p.Rows) && err == nil; i++ {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(ctx, division, p.Rows[i].ID); err != nil {
			break
		}
		number := cmp.Or(s.Number, s.Title)
		for _, t := range s.Log {
			if t.Step == "clo_annul" && !t.At.Before(from) && t.At.Before(to) {
				add("annulment", s.Text("cause"), number)
			}
		}
		if at := clock.FromMicro(s.Opened); s.Text("grid") != "" && !at.Before(from) && at.Before(to) {
			add("repeat", s.Text("cause")+" · "+s.Text("grid"), number)
		}
	}
	return err
}

// effect compares each topic of the meeting with the same time after its tasks
// were given: before and after, as counted.
func (m *Room) effect(ctx context.Context, a engine.Asked) (string, error) {
	topics, _ := a.Snapshot.Data["topics"].([]map[string]string)
	since := clock.FromMicro(a.Snapshot.Opened)
	for _, t := range a.Snapshot.Log {
		if t.Step == "g_task" {
			since = t.At
		}
	}
	until := since.Add(window)
	if until.After(a.Now) {
		until = a.Now
	}
	after, err := m.topics(ctx, a.Snapshot.Division, since, until)
	if err != nil {
		return "", err
	}
	counts := map[[2]string]int{}
	for _, t := range after {
		counts[[2]string{t.Kind, t.Name}] = len(t.Cases)
	}
	var lines []string
	for _, t := range topics {
		before := len(strings.Split(t["cases"], "、"))
		lines = append(lines, fmt.Sprintf("%s：%d → %d", t["topic"], before, counts[[2]string{t["kind"], t["topic"]}]))
	}
	return strings.Join(slices.Compact(lines), "\n"), nil
}

// keys are sorted, so that pages are the same every time.
func keys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
