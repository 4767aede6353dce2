package openness

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// changes are how a decision ends up, as a step says it, in the words of a
// precedent. What confirms the decision is none.
var changes = map[string]string{"annul": "annulled", "annulled": "annulled", "invalid": "void", "unlawful": "unlawful", "change": "changed", "changed": "changed"}

// changed tells the precedents made of a case that its decision was changed or
// annulled: from that day their time to be retracted runs (PL 48).
func (m *Room) changed(ctx context.Context, d *engine.Doing) error {
	said, _ := d.Input["result"].(string)
	if kind, ok := d.Input["kind"].(string); ok {
		said = cmp.Or(said, kind)
	}
	change := changes[said]
	if change == "" {
		return nil
	}
	on, ok := d.Input["on"].(time.Time)
	if !ok {
		on = d.Now
	}
	list, err := precedents(ctx, d)
	for _, key := range list {
		if err == nil {
			_, err = d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: key, Step: "p_changed", Actor: people.SystemActor(d.After.Division),
				Input: procedure.Input{"change": change, "on": on}})
		}
		if fault.Is(err, fault.Conflict) {
			err = nil // it is to be retracted already
		}
	}
	return err
}

// precedents are the published ones that tell of the case.
func precedents(ctx context.Context, d *engine.Doing) (out []id.ID, err error) {
	of, f := d.After.ID.String(), record.Filter{Procedures: []string{"enf.precedent"}, States: []string{"published"}, Limit: 500}
	for {
		p, err := record.List(ctx, d.Tx, d.After.Division, f)
		if err != nil {
			return nil, err
		}
		all := make([]id.ID, 0, len(p.Rows))
		for _, r := range p.Rows {
			all = append(all, r.ID)
		}
		err = record.Data(ctx, d.Tx, d.After.Division, all, func(key id.ID, data map[string]json.RawMessage) error {
			if string(data["case"]) == `"`+of+`"` {
				out = append(out, key)
			}
			return nil
		})
		if f.After = p.Next; err != nil || p.Next == "" {
			return out, err
		}
	}
}
