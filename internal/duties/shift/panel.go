package shift

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// panel is what the page of a handover shows beside every case's.
type panel struct {
	Facts   []ui.Fact
	Frozen  bool   // the list was signed; before, it is what stands now
	At      string // when
	N       int
	Counts  []ui.Chip
	Changed int64
	More    bool
	Lines   []line
}

// line is one case on the list, then and now.
type line struct {
	Number, Title, Href string
	Why                 []ui.Chip
	Was, Note           string
	Now                 ui.Chip
	Left                ui.Left
	Changed, New        bool
}

// Panel is what a page shows of a handover.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	p, err := m.panel(ctx, s)
	return handover(p), err
}

func (m *Room) panel(ctx context.Context, s *engine.Snapshot) (p panel, err error) {
	d, at := deskOf(engine.Asked{Snapshot: s}), m.Clock.Now()
	dir, err := m.People.Directory(ctx, s.Division)
	if err != nil {
		return p, err
	}
	p.Facts = facts(ctx, dir, s, d)
	was, err := read(s.Text("list"))
	if err != nil {
		return p, err
	}
	p.Frozen = was.At != 0
	if !p.Frozen {
		actor := visit.From(ctx).Actor
		if was, err = m.open(ctx, m.DB, s.Division, d, &actor, at); err != nil {
			return p, err
		}
	}
	p.N, p.More, p.At, p.Counts = len(was.Items), was.More, minute(was.At), counts(ctx, was)
	beside := d
	if s.Terminal || !p.Frozen {
		beside = Desk{} // what comes afterwards is no longer this shift's
	}
	list, err := m.since(ctx, m.DB, s.Division, beside, was, at)
	if err != nil {
		return p, err
	}
	notes, _ := s.Data["notes"].(map[string]string)
	for _, x := range list {
		p.Lines = append(p.Lines, m.line(ctx, x, notes, at))
	}
	if p.Frozen && !s.Terminal {
		p.Changed = changed(list)
	}
	return p, nil
}

// soon is when a time left turns amber.
const soon = time.Hour

func (m *Room) line(ctx context.Context, x now, notes map[string]string, at time.Time) (l line) {
	lang := i18n.LangOf(ctx)
	l.Changed, l.New = x.Changed(), x.Was == nil
	if l.New {
		l.Why = append(l.Why, ui.Chip{Label: i18n.T(ctx, "shift.new"), Tone: ui.Blue})
	}
	for _, w := range x.Why {
		l.Why = append(l.Why, reason(ctx, w))
	}
	if x.Row != nil {
		l.Title, l.Number, l.Href = x.Row.Title, x.Row.Number, "/cases/"+x.Row.ID.String()
		l.Now = ui.Chip{Label: m.stateName(*x.Row, x.Row.State).In(lang), Tone: ui.Plain}
		if l.Changed {
			l.Now.Tone = ui.Blue
		}
		l.Left = left(ctx, *x.Row, at)
	}
	if x.Was != nil {
		l.Note = notes[x.Was.key()]
		if x.Row != nil {
			l.Was = m.stateName(*x.Row, x.Was.State).In(lang)
		}
		if x.Was.Due != 0 {
			l.Was += " · " + calendar.FormatDue(clock.FromMicro(x.Was.Due))
		}
	}
	return l
}

func left(ctx context.Context, r record.Row, at time.Time) ui.Left {
	switch {
	case r.Terminal:
		return ui.Took(ctx, clock.FromMicro(r.Opened), clock.FromMicro(r.Entered))
	case r.DueState == "paused":
		return ui.Paused(ctx)
	case r.Due == record.NoDue:
		return ui.LeftUntil(ctx, at, time.Time{}, soon)
	}
	return ui.LeftUntil(ctx, at, clock.FromMicro(r.Due), soon)
}

// tones of reasons; the others are plain.
var tones = map[string]ui.Tone{Overdue: ui.Red, DueSoon: ui.Amber, Supervised: ui.Red, Urged: ui.Amber, Resumes: ui.Blue}

func reason(ctx context.Context, why string) ui.Chip {
	c := ui.Chip{Label: i18n.T(ctx, "shift.why."+why), Tone: ui.Plain}
	if t, ok := tones[why]; ok {
		c.Tone = t
	}
	return c
}

// counts says how many cases stand on the list for each reason.
func counts(ctx context.Context, l List) (out []ui.Chip) {
	n := map[string]int{}
	for _, x := range l.Items {
		for _, w := range x.Why {
			n[w]++
		}
	}
	for _, w := range reasons {
		if n[w] > 0 {
			c := reason(ctx, w)
			c.Label += " " + strconv.Itoa(n[w])
			out = append(out, c)
		}
	}
	return out
}

// facts are who hands over to whom, and what they wrote.
func facts(ctx context.Context, dir *people.Directory, s *engine.Snapshot, d Desk) (out []ui.Fact) {
	fact := func(col, text string) ui.Fact {
		return ui.Fact{Label: i18n.T(ctx, "shift.col."+col), Text: text, Wide: true}
	}
	out = append(out, fact("desk", deskNames[d.ID].In(i18n.LangOf(ctx))), fact("outgoing", name(dir, s.Text("outgoing"))+moment(s.Data["handed_at"])),
		fact("incoming", name(dir, s.Text("incoming"))+moment(s.Data["taken_at"])))
	for _, f := range []string{"summary", "attention", "goods", "remarks"} {
		if text := s.Text(f); text != "" {
			out = append(out, ui.Fact{Label: s.Proc.FieldOf(f).Label.In(i18n.LangOf(ctx)), Text: text, Wide: true})
		}
	}
	return out
}

func moment(v any) string {
	if t, ok := v.(time.Time); ok {
		return " · " + minute(clock.Micro(t))
	}
	return ""
}

func minute(us int64) string { return clock.FromMicro(us).In(calendar.Zone).Format("01-02 15:04") }

func name(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}
