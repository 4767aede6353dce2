package lawful

import (
	"encoding/json"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/id"
)

// chain seals bodies as the timeline keeps them.
func chain(t *testing.T, bodies ...record.Body) (out []record.Event) {
	t.Helper()
	var prev []byte
	for i := range bodies {
		bodies[i].Seq, bodies[i].Case = int64(i+1), id.New()
		e, err := record.Seal(&bodies[i], "", prev)
		if err != nil {
			t.Fatal(err)
		}
		prev, out = e.Hash, append(out, e)
	}
	return out
}

func by(step string, accounts ...string) record.Body {
	b := record.Body{Step: step, Actor: record.Actor{Account: accounts[0]}, Input: map[string]json.RawMessage{}}
	for _, a := range accounts[1:] {
		b.Officers = append(b.Officers, record.Actor{Account: a})
	}
	return b
}

func TestWhatBreaksTheLawIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		proc, state, breaks string
		events              []record.Body
	}{
		"all in order":     {"enf.hold", "held", "", []record.Body{by("ho_ask", "a"), by("ho_approve", "b"), by("ho_hold", "a", "c")}},
		"held by one":      {"enf.hold", "held", "ho_hold by", []record.Body{by("ho_ask", "a"), by("ho_approve", "b"), by("ho_hold", "a")}},
		"held by itself":   {"enf.hold", "held", "ho_hold by", []record.Body{by("ho_ask", "a"), by("ho_approve", "b"), by("ho_hold", "a", "a")}},
		"own approval":     {"enf.hold", "held", "took ho_ask and ho_approve", []record.Body{by("ho_ask", "a"), by("ho_approve", "a"), by("ho_hold", "a", "c")}},
		"approved after":   {"enf.hold", "held", "without approval", []record.Body{by("ho_ask", "a"), by("ho_hold", "a", "c"), by("ho_approve", "b")}},
		"nobody educated":  {"enf.exempt", "done", "without education", []record.Body{by("x_ask", "a", "b")}},
		"left at the door": {"enf.service", "trying", "without a refusal", []record.Body{by("leave", "a", "b")}},
		"not measured":     {"enf.measure", "on", "without basis", []record.Body{by("k_ok", "b"), by("k_do", "a", "c")}},
		"refused at once":  {"enf.correct", "refused", "without service", []record.Body{by("c_issue", "a", "b")}},
		"not ours":         {"incident", "filed", "", []record.Body{by("leave", "a")}},
	} {
		s := &engine.Snapshot{Data: map[string]any{}}
		s.Procedure, s.State = c.proc, c.state
		err := Check(s, chain(t, c.events...), nil, nil)
		if (err == nil) != (c.breaks == "") || err != nil && !strings.Contains(err.Error(), c.breaks) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
