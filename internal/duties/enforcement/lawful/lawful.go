// Package lawful says what must hold of every case of enforcement, whatever steps
// were taken: over its events, apart from the procedure that allowed them. Only
// tests import it; a procedure has a file here and a line in Of.
package lawful

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/platform/clock"
)

// History is a case with everything that happened to it.
type History struct {
	*engine.Snapshot
	Events []record.Body
	Above  []record.Body         // of the case it hangs on
	Rule   func(string) law.Rule // by id, zero where there is none; nil knows none
}

// Of are the invariants of the procedures.
var Of = map[string][]func(History) error{
	"enf.service":  service,
	"enf.recusal":  recusal,
	"enf.hold":     hold,
	"enf.measure":  measure,
	"enf.exempt":   exempt,
	"enf.correct":  correct,
	"enf.ordinary": {ordinary},

	"enf.simple":     simple,
	"enf.substitute": substitute,
	"enf.clear":      clearing,
	"enf.build":      build,
	"enf.remedy":     remedy,
	"enf.supervise":  supervise,
	"enf.review":     review,
	"enf.precedent":  precedent,
	"enf.meeting":    meeting,
	"enf.inspect":    inspect,
}

// Check is the first invariant that the case breaks, nil if none. above are the
// events of the case it hangs on, rule the law library (nil for none).
func Check(s *engine.Snapshot, events, above []record.Event, rule func(string) law.Rule) (err error) {
	h := History{Snapshot: s, Rule: rule}
	if h.Events, err = read(events); err != nil {
		return err
	}
	if h.Above, err = read(above); err != nil {
		return err
	}
	for i, holds := range Of[s.Procedure] {
		if err := holds(h); err != nil {
			return fmt.Errorf("%s, invariant %d: %w", s.Procedure, i+1, err)
		}
	}
	return nil
}

func read(events []record.Event) (out []record.Body, err error) {
	for _, e := range events {
		b, err := e.Read()
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// says is an invariant in words.
func says(words string, holds func(History) bool) func(History) error {
	return func(h History) error {
		if !holds(h) {
			return errors.New("not " + words)
		}
		return nil
	}
}

// byTwo are steps that two persons take.
func byTwo(steps ...string) func(History) error {
	return func(h History) error { return h.byTwo(steps...) }
}

// apart are two steps that nobody takes both.
func apart(first, second string) func(History) error {
	return func(h History) error { return h.apart(first, second) }
}

// strangers are steps that nobody takes who took part in the case above before.
func strangers(steps ...string) func(History) error {
	return func(h History) error {
		for _, step := range steps {
			for _, e := range h.took(step) {
				for _, a := range h.Above {
					if a.At < e.At && a.Actor.Account != procedure.System && slices.ContainsFunc(people(e), func(p string) bool { return slices.Contains(people(a), p) }) {
						return fmt.Errorf("%s by somebody who took %s above", step, a.Step)
					}
				}
			}
		}
		return nil
	}
}

// last is when the step was taken last, zero for never.
func (h History) last(step string) (at time.Time) {
	if list := h.took(step); len(list) > 0 {
		at = clock.FromMicro(list[len(list)-1].At)
	}
	return at
}

func (h History) did(step string) bool     { return !h.last(step).IsZero() }
func (h History) fen(name string) int64    { n, _ := h.Data[name].(int64); return n }
func (h History) flag(name string) bool    { b, _ := h.Data[name].(bool); return b }
func (h History) in(states ...string) bool { return slices.Contains(states, h.State) }

// over reports whether the clock's last term had ended at the instant.
func (h History) over(clock string, at time.Time) bool {
	c := h.Clock(clock)
	return c != nil && at.After(c.DueAt())
}

// rows are the records of a list.
func (h History) rows(name string) []map[string]string {
	rows, _ := h.Data[name].([]map[string]string)
	return rows
}

// list are the texts of a list.
func (h History) list(name string) []string { l, _ := h.Data[name].([]string); return l }

// took are the events of the step, the oldest first.
func (h History) took(step string) (out []record.Body) {
	for _, e := range h.Events {
		if e.Step == step {
			out = append(out, e)
		}
	}
	return out
}

// before reports whether the step was taken before the event.
func (h History) before(step string, e record.Body) bool {
	list := h.took(step)
	return len(list) > 0 && list[0].Seq < e.Seq
}

// latest is the last event of one of the steps before the event, empty for none.
func (h History) latest(e record.Body, steps ...string) (out record.Body) {
	for _, x := range h.Events {
		if x.Seq < e.Seq && slices.Contains(steps, x.Step) {
			out = x
		}
	}
	return out
}

// people are who took the event: the actor and the second officer.
func people(e record.Body) []string {
	out := []string{e.Actor.Account}
	for _, o := range e.Officers {
		out = append(out, o.Account)
	}
	return out
}

// byTwo is an error if one of the steps was taken by fewer than two persons.
func (h History) byTwo(steps ...string) error {
	for _, step := range steps {
		for _, e := range h.took(step) {
			if p := people(e); len(p) != 2 || p[0] == p[1] {
				return fmt.Errorf("%s by %v", step, p)
			}
		}
	}
	return nil
}

// apart is an error if somebody of the first step also took the second.
func (h History) apart(first, second string) error {
	for _, a := range h.took(first) {
		for _, b := range h.took(second) {
			for _, x := range people(a) {
				for _, y := range people(b) {
					if x == y {
						return fmt.Errorf("%s took %s and %s", x, first, second)
					}
				}
			}
		}
	}
	return nil
}

// said is what the event's form said, "" for nothing.
func said(e record.Body, field string) string {
	var s string
	if raw := e.Input[field]; json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

// instant is one of the case's data, zero when it has none.
func (h History) instant(field string) time.Time {
	t, _ := h.Data[field].(time.Time)
	return t
}
