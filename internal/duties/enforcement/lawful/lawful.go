// Package lawful says what must hold of every case of enforcement, whatever steps
// were taken: over its events, apart from the procedure that allowed them. Only
// tests import it; a procedure has a file here and a line in Of.
package lawful

import (
	"encoding/json"
	"fmt"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
)

// History is a case with everything that happened to it.
type History struct {
	*engine.Snapshot
	Events []record.Body
}

// Of are the invariants of the procedures.
var Of = map[string][]func(History) error{
	"enf.service": service,
	"enf.recusal": recusal,
	"enf.hold":    hold,
	"enf.measure": measure,
	"enf.exempt":  exempt,
	"enf.correct": correct,
}

// Check is the first invariant that the case breaks, nil if none.
func Check(s *engine.Snapshot, events []record.Event) error {
	h := History{Snapshot: s, Events: make([]record.Body, len(events))}
	for i, e := range events {
		var err error
		if h.Events[i], err = e.Read(); err != nil {
			return err
		}
	}
	for i, holds := range Of[s.Procedure] {
		if err := holds(h); err != nil {
			return fmt.Errorf("%s, invariant %d: %w", s.Procedure, i+1, err)
		}
	}
	return nil
}

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
