package review

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// File is a file as a reviewer reads it: the case, what happened in it, its
// papers and the cases that hang on it.
type File struct {
	*engine.Snapshot
	Events   []record.Body
	Papers   []Sheet
	Children []*engine.Snapshot
	Rule     library.Rule     // the version that was applied; empty for none
	Choice   law.Choice       // what applies by PL 37
	Past     []party.Decision // about the same party, in other files
}

// Sheet is one paper of a file.
type Sheet struct {
	Template string
	Seq      int64
	Party    string
	Agency   string
}

// Read reads a file whole.
func (m *Room) Read(ctx context.Context, division, caseID id.ID) (f *File, err error) {
	defer fault.Trace(&err, "review.Read(%s)", caseID)
	f = &File{}
	if f.Snapshot, err = m.Engine().Find(ctx, division, caseID); err != nil {
		return nil, err
	}
	events, err := record.Timeline(ctx, m.DB, division, caseID)
	for i := 0; i < len(events) && err == nil; i++ {
		var b record.Body
		b, err = events[i].Read()
		f.Events = append(f.Events, b)
	}
	if err != nil {
		return nil, err
	}
	children, err := record.Children(ctx, m.DB, division, caseID)
	for i := 0; i < len(children) && err == nil; i++ {
		if children[i].Procedure == Procedure {
			continue // other reviews of the file are no part of it
		}
		var s *engine.Snapshot
		s, err = m.Engine().Find(ctx, division, children[i].ID)
		f.Children = append(f.Children, s)
	}
	if err != nil {
		return nil, err
	}
	if err := m.papers(ctx, f); err != nil {
		return nil, err
	}
	if err := m.past(ctx, f); err != nil {
		return nil, err
	}
	return f, m.law(ctx, f)
}

func (m *Room) papers(ctx context.Context, f *File) error {
	lib, err := m.Templates(ctx)
	if err != nil {
		return err
	}
	list, err := paper.Of(ctx, m.DB, f.Division, f.ID)
	for i := 0; i < len(list) && err == nil; i++ {
		p, t := list[i], lib.Version(list[i].Template, list[i].Version)
		if p.State != paper.Issued || t == nil {
			continue
		}
		var c paper.Content
		c, err = p.Content(t)
		whom, _ := c.Fields["party"].(string)
		f.Papers = append(f.Papers, Sheet{Template: p.Template, Seq: p.Seq, Party: whom, Agency: c.Agency.Name})
	}
	return err
}

func (m *Room) law(ctx context.Context, f *File) error {
	lib, err := m.Library.Library(ctx, f.Division)
	if err != nil {
		return err
	}
	r, err := lib.Rule(f.Text("rule"))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		f.Rule = r
		f.Choice = lib.Pick(law.Question{Series: r.Series, ActEnd: f.day("act_end"), Decision: calendar.DateOf(f.decidedAt()), Tier: r.Tier, Party: r.Party})
	}
	return err
}

// last is the latest event of one of the steps before the seq; 0 is no bound.
// What was recalled did not happen.
func (f *File) last(before int64, steps ...string) *record.Body {
	for i := len(f.Events) - 1; i >= 0; i-- {
		if e := &f.Events[i]; (before == 0 || e.Seq < before) && slices.Contains(steps, e.Step) && !f.recalled(e.Seq) {
			return e
		}
	}
	return nil
}

func (f *File) recalled(seq int64) bool {
	return slices.ContainsFunc(f.Events, func(e record.Body) bool { return e.Recalls == seq })
}

// every is each event of the step, the oldest first.
func (f *File) every(step string) (out []*record.Body) {
	for i := range f.Events {
		if f.Events[i].Step == step && !f.recalled(f.Events[i].Seq) {
			out = append(out, &f.Events[i])
		}
	}
	return out
}

// decision is the event by which a penalty was decided, nil for none.
func (f *File) decision() *record.Body { return f.last(0, "dec_penalty") }

func (f *File) decidedAt() time.Time {
	if d := f.decision(); d != nil {
		return clock.FromMicro(d.At)
	}
	return clock.FromMicro(f.Updated)
}

func (f *File) day(name string) calendar.Date {
	if t, ok := f.Data[name].(time.Time); ok {
		return calendar.DateOf(t)
	}
	return 0
}

func (f *File) flag(name string) bool { b, _ := f.Data[name].(bool); return b }

func (f *File) fen(name string) law.Fen { n, _ := f.Data[name].(int64); return law.Fen(n) }

// said is what the form of an event answered, as text or list.
func said[T any](e *record.Body, name string) (v T) {
	if e != nil && e.Input[name] != nil {
		_ = json.Unmarshal(e.Input[name], &v) // of the form's type, or empty
	}
	return v
}

// who are the accounts that took the event.
func who(e *record.Body) []string {
	out := []string{e.Actor.Account}
	for _, o := range e.Officers {
		out = append(out, o.Account)
	}
	return out
}

// investigators are the accounts of every step of the investigation.
func (f *File) investigators() (out []string) {
	for i := range f.Events {
		if f.Proc.InGroup(f.Events[i].Step, "investigation") {
			out = append(out, who(&f.Events[i])...)
		}
	}
	return out
}

// people are the accounts of everybody in the file, program and public apart.
func (f *File) people() (out []string) {
	for i := range f.Events {
		out = append(out, who(&f.Events[i])...)
	}
	return out
}

func (f *File) paper(templates ...string) *Sheet {
	if i := slices.IndexFunc(f.Papers, func(p Sheet) bool { return slices.Contains(templates, p.Template) }); i >= 0 {
		return &f.Papers[i]
	}
	return nil
}

func (f *File) children(procedure string) (out []*engine.Snapshot) {
	for _, c := range f.Children {
		if c.Procedure == procedure {
			out = append(out, c)
		}
	}
	return out
}
