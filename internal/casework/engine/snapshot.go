package engine

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Snapshot is a case as it stands, with its procedure and typed data.
type Snapshot struct {
	record.Case
	Proc *procedure.Procedure
	Data map[string]any // as procedure.Field.Decode gives it
}

// Find loads a case of the division; another division's or none is NotFound.
func (e *Engine) Find(ctx context.Context, division, caseID id.ID) (s *Snapshot, err error) {
	defer fault.Trace(&err, "engine.Find(%s)", caseID)
	return e.find(ctx, e.DB, division, caseID)
}

func (e *Engine) find(ctx context.Context, q dbx.Querier, division, caseID id.ID) (*Snapshot, error) {
	c, err := record.Find(ctx, q, division, caseID)
	if err != nil {
		return nil, err
	}
	p, err := e.Library().Version(c.Procedure, c.ProcVersion)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "fault.internal")
	}
	s := &Snapshot{Case: *c, Proc: p}
	s.Data, err = typed(p, c.Raw)
	return s, err
}

// typed decodes stored data by the procedure's fields. A field the procedure
// does not have stays in Raw alone.
func typed(p *procedure.Procedure, raw map[string]json.RawMessage) (map[string]any, error) {
	out := make(map[string]any, len(raw))
	for name, r := range raw {
		f := p.FieldOf(name)
		if f == nil {
			continue
		}
		v, err := f.Decode(r)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "fault.internal")
		}
		if v != nil {
			out[name] = v
		}
	}
	return out, nil
}

// next is a copy that effects may change.
func (s *Snapshot) next() *Snapshot {
	n := *s
	n.Data = maps.Clone(s.Data)
	n.Raw = maps.Clone(s.Raw)
	n.Clocks = append(n.Clocks[:0:0], s.Clocks...)
	return &n
}

// Text is a data field as text, "" when it has no value or is no text.
func (s *Snapshot) Text(name string) string {
	v, _ := s.Data[name].(string)
	return v
}

// Reached reports whether a link reaches the case now: it is the link's own, and
// the state is one in which a department by its link has something to do. Where
// the procedure gives links the steps of the department that holds the case, it
// is with the department that the link was given to; where it asks several, the
// state is one that such a step names, and the step's guard says whether that
// department is among them.
func (s *Snapshot) Reached(a people.Actor) bool {
	held := func(step *procedure.Step) bool { return step.Holder == "dept" && step.By(procedure.Unit) }
	reached := func(step *procedure.Step) bool { return step.By(procedure.Unit) && slices.Contains(step.From, s.State) }
	if slices.ContainsFunc(s.Proc.Steps, func(step procedure.Step) bool { return held(&step) }) {
		reached = func(step *procedure.Step) bool { return held(step) && s.Text("dept") == a.Department }
	}
	return s.ID == a.Case && slices.ContainsFunc(s.Proc.From(s.State), reached)
}

// StateOf is the state the case is in.
func (s *Snapshot) StateOf() *procedure.State { return s.Proc.StateOf(s.State) }
