package lawful

import (
	"encoding/json"
	"testing"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/record"
)

// An invariant that cannot fail proves nothing: each is held against a timeline
// that breaks it.
func TestABrokenDossierIsFound(t *testing.T) {
	event := func(step, to string, data map[string]any) record.Body {
		b := record.Body{Step: step, To: to, Data: map[string]json.RawMessage{}, Actor: record.Actor{Account: "a"}}
		for k, v := range data {
			b.Data[k], _ = json.Marshal(v)
		}
		return b
	}
	for says, list := range map[string][]happening{
		"1 ":  {{Body: event("dec_penalty", "decided", nil)}},
		"6 ":  {{Body: event("svy_inspect", "", nil)}, {Body: event("adj_legal", "", nil)}},
		"7 ":  {{Body: event("inv_question", "", nil)}},
		"17 ": {{Body: event("exe_pay", "", nil), data: map[string]any{"fined": true, "surcharge": 2.0, "fine": 1.0}}},
		"19 ": {{Body: event("exe_onsite", "", nil)}},
		"20 ": {{Body: event("exe_court", "court", nil)}},
		"23 ": {{Body: event("dec_none", "", nil), data: map[string]any{"recusals": 1.0}}},
		"24 ": {{Body: event("inv_conclude", "", nil)}},
		"26 ": {{Body: event("clo_ok", "closed", nil), clocks: map[string]clock.Clock{"surch": {ID: "surch", State: clock.Running}}}},
		"27 ": {{Body: event("clo_annul", "annulled", nil), data: map[string]any{"published": true}}},
		"29 ": {{Body: event("dec_penalty", "decided", nil), data: map[string]any{"exempted": "g2"}}},
	} {
		found := false
		for n := range list {
			for _, x := range ofOrdinary {
				found = found || len(x.says) > len(says) && x.says[:len(says)] == says && !x.holds(list, n)
			}
		}
		if !found {
			t.Errorf("%s breaks nothing", says)
		}
	}
}
