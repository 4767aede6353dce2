package lawful

import (
	"encoding/json"
	"strings"
	"testing"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
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
	is := func(step string, data map[string]any) happening {
		return happening{Body: event(step, "", nil), data: data}
	}
	clocks := func(x happening, list ...clock.Clock) happening {
		x.clocks, x.Clocks = map[string]clock.Clock{}, list
		for _, k := range list {
			x.clocks[k.ID] = k
		}
		return x
	}
	late := is("dec_penalty", nil)
	late.At = 5
	ruled := is("dec_penalty", map[string]any{"fine": 9.0})
	ruled.rule = law.Rule{ID: "r", HasFine: true, Max: 1, From: 1, To: 2}
	met := map[string]bool{}
	for says, list := range map[string][]happening{
		"1 ":                       {is("dec_penalty", nil)},
		"2 ":                       {is("dec_penalty", nil)},
		"3 ":                       {is("dec_penalty", map[string]any{"hearing_offered": true})},
		"4 ":                       {is("dec_penalty", map[string]any{"hearing_asked": true})},
		"5 ":                       {is("adj_hear_hold", nil)},
		"6 ":                       {is("svy_inspect", nil), is("adj_legal", nil)},
		"7 ":                       {is("inv_question", nil)},
		"8 ":                       {is("dec_penalty", map[string]any{"statement_open": true})},
		"9 the decision":           {is("dec_penalty", map[string]any{"fine": 2.0, "told_fine": 1.0})},
		"9 a heavier":              {is("adj_notice", map[string]any{"fine": 1.0}), is("adj_notice", map[string]any{"fine": 2.0})},
		"10 ":                      {is("inv_conclude", nil), is("dec_penalty", nil)},
		"11 ":                      {{Body: event("adj_legal", "panel", nil)}, is("dec_penalty", nil)},
		"12 ":                      {is("adj_legal", nil), clocks(late, clock.Clock{ID: "decide90", Due: 1})},
		"13 ":                      {clocks(is("note", nil), clock.Clock{ID: "surch", State: clock.Paused})},
		"14 ":                      {ruled},
		"16 ":                      {ruled},
		"17 a surcharge never":     {is("note", map[string]any{"surcharge": 2.0}), is("note", map[string]any{"surcharge": 1.0})},
		"17 the surcharge":         {is("exe_pay", map[string]any{"fined": true, "surcharge": 2.0, "fine": 1.0})},
		"17 no surcharge for days": {is("exe_pay", map[string]any{"surcharge": 3.0, "fine": 100.0})},
		"18 ":                      {is("exe_pay", map[string]any{"surcharge": 3.0})},
		"19 ":                      {is("exe_onsite", nil)},
		"20 ":                      {is("exe_court", nil)},
		"22 ":                      {is("served", nil)},
		"23 no decision":           {is("dec_none", map[string]any{"recusals": 1.0})},
		"23 who is recused":        {is("note", map[string]any{"recused": []any{"a"}}), is("note", nil)},
		"24 ":                      {is("inv_conclude", nil)},
		"25 ":                      {is("dec_penalty", map[string]any{"crime_open": true})},
		"26 ":                      {clocks(happening{Body: event("clo_ok", "closed", nil)}, clock.Clock{ID: "surch", State: clock.Running})},
		"27 what is annulled":      {{Body: event("clo_annul", "annulled", nil), data: map[string]any{"published": true}}},
		"29 ":                      {{Body: event("dec_penalty", "decided", nil), data: map[string]any{"exempted": "g2"}}},
	} {
		found := false
		for n := range list {
			for _, x := range ofOrdinary {
				if strings.HasPrefix(x.says, says) && !x.holds(list, n) {
					found, met[x.says] = true, true
				}
			}
		}
		if !found {
			t.Errorf("%s breaks nothing", says)
		}
	}
	for _, x := range ofOrdinary {
		if !met[x.says] {
			t.Errorf("nothing breaks %q", x.says)
		}
	}
}

func TestACaseThatIsNotWhatHappenedIsFound(t *testing.T) {
	for state, data := range map[string]values{"filed": nil, "lead": {"fine": int64(1)}} {
		s, events := history(t, "enf.ordinary", state, data, []string{"lead_register a none>lead"})
		if err := Check(s, events, nil, nil); err == nil || !strings.Contains(err.Error(), says30) {
			t.Error(state, err)
		}
	}
}
