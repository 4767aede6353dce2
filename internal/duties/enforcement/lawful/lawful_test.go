package lawful

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
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

// happened is an event in short: the step, who took it, and what it says: "@9" the
// hour, "a>b" the states, "+hold7" a clock that runs from it, "way=no" its form.
func happened(n int, short string) record.Body {
	words := strings.Fields(short)
	b := record.Body{Step: words[0], At: int64(n+1) * hour, Input: map[string]json.RawMessage{}}
	for i, a := range strings.Split(words[1], ",") {
		if i == 0 {
			b.Actor.Account = a
		} else {
			b.Officers = append(b.Officers, record.Actor{Account: a})
		}
	}
	for _, w := range words[2:] {
		if at, ok := strings.CutPrefix(w, "@"); ok {
			h, _ := strconv.ParseInt(at, 10, 64)
			b.At = h * hour
		} else if id, ok := strings.CutPrefix(w, "+"); ok {
			b.Clocks = append(b.Clocks, clock.Clock{ID: id, Run: 1, State: clock.Running, Due: 1000 * hour})
		} else if from, to, ok := strings.Cut(w, ">"); ok {
			b.From, b.To = from, to
		} else if k, v, ok := strings.Cut(w, "="); ok {
			b.Input[k], _ = json.Marshal(v)
		}
	}
	return b
}

const hour = int64(time.Hour / time.Microsecond)

type values = map[string]any

// broken are histories that break one invariant each, by procedure and its place.
var broken = []struct {
	breaks, state string
	data          values
	events, above []string
}{
	{"enf.service 1", "done", nil, []string{"direct a,b"}, nil},
	{"enf.service 2", "", nil, []string{"direct a"}, nil},
	{"enf.service 3", "", nil, []string{"announce a"}, nil},
	{"enf.service 4", "", nil, []string{"leave a,b"}, nil},

	{"enf.recusal 1", "", values{"whom": "a"}, []string{"rc_decide a"}, nil},
	{"enf.recusal 2", "granted", nil, nil, nil},
	{"enf.recusal 3", "", nil, []string{"rc_apply a by=self whom=b"}, nil},

	{"enf.hold 1", "", nil, []string{"ho_ask a", "ho_approve b", "ho_hold a"}, nil},
	{"enf.hold 2", "", nil, []string{"ho_ask a", "ho_approve a"}, nil},
	{"enf.hold 3", "", nil, []string{"ho_ask a", "ho_hold a,c", "ho_approve b"}, nil},
	{"enf.hold 4", "", nil, []string{"ho_handle b held>handled way=sample"}, nil},
	{"enf.hold 5", "", nil, []string{"ho_lapse system"}, nil},
	{"enf.hold 6", "", nil, []string{"ho_approve b", "ho_hold a,c +hold7"}, []string{"clo_ask a @9"}},

	{"enf.measure 1", "", nil, []string{"k_do a"}, nil},
	{"enf.measure 2", "", nil, []string{"k_ask a", "k_ok a"}, nil},
	{"enf.measure 3", "", nil, []string{"k_urgent a,b", "k_urgent_ok b"}, nil},
	{"enf.measure 4", "", nil, []string{"k_do a,b"}, nil},
	{"enf.measure 5", "", nil, []string{"k_urgent a,b", "k_urgent_ok c @30"}, nil},
	{"enf.measure 6", "", nil, []string{"k_extend a", "k_extend a"}, nil},
	{"enf.measure 7", "", nil, []string{"k_keep a +hold30"}, []string{"clo_ask a @9"}},

	{"enf.exempt 1", "done", nil, nil, nil},
	{"enf.exempt 2", "", values{"ground": "g2"}, []string{"x_approve c"}, nil},
	{"enf.exempt 3", "done", values{"ground": "g2", "hits": int64(1)}, []string{"x_teach a,b"}, nil},
	{"enf.exempt 4", "", nil, []string{"x_ask a"}, nil},
	{"enf.exempt 5", "", nil, []string{"x_ask a,b", "x_approve b"}, nil},
	{"enf.exempt 6", "", nil, []string{"x_propose a", "x_approve a"}, nil},

	{"enf.correct 1", "", nil, []string{"c_issue a"}, nil},
	{"enf.correct 2", "", nil, []string{"c_issue a,b", "c_approve b"}, nil},
	{"enf.correct 3", "refused", nil, nil, nil},
	{"enf.correct 4", "", nil, []string{"c_issue a,b mode=days", "served system", "c_check a,b"}, nil},
	{"enf.correct 5", "", nil, []string{"c_extend a due>due"}, nil},

	{"enf.simple 1", "", values{"fine": int64(99_999_00)}, nil, nil},
	{"enf.simple 2", "", nil, []string{"s_decide a,b"}, nil},
	{"enf.simple 3", "", nil, []string{"s_tell a"}, nil},
	{"enf.simple 4", "", values{"cash": int64(1)}, nil, nil},
	{"enf.simple 5", "", nil, []string{"s_close a"}, nil},
	{"enf.simple 6", "", values{"gains": int64(1)}, nil, nil},
	{"enf.simple 7", "converted", nil, []string{"s_tell a,b", "s_decide a,b"}, nil},
	{"enf.simple 8", "", values{"surcharge": int64(2), "fine": int64(1)}, nil, nil},
	{"enf.simple 9", "", nil, []string{"s_court c"}, nil},
	{"enf.simple 10", "", nil, []string{"s_collect a,b", "s_bank b"}, nil},

	{"enf.substitute 1", "", nil, []string{"b_do a,b"}, nil},
	{"enf.substitute 2", "", nil, []string{"b_demand1 c", "b_decide c", "b_demand2 a +dm3", "b_do a,b"}, nil},
	{"enf.substitute 3", "", nil, []string{"b_demand1 c", "b_decide c", "b_demand2 a +dm3", "b_comply a,b", "b_do a,b @2000"}, nil},
	{"enf.substitute 4", "", nil, []string{"b_finish a"}, nil},
	{"enf.substitute 5", "paid", nil, nil, nil},

	{"enf.clear 1", "", values{"thing": "spill"}, nil, nil},
	{"enf.clear 2", "", values{"where": "road"}, nil, nil},
	{"enf.clear 3", "treated", values{"where": "road", "thing": "spill"}, nil, nil},
	{"enf.clear 4", "", values{"where": "road", "thing": "spill"}, []string{"j_clear a"}, nil},

	{"enf.build 1", "", nil, []string{"i_sealsite a,b"}, nil},
	{"enf.build 2", "", nil, []string{"i_enforce c"}, nil},
	{"enf.build 3", "", values{"m_demolish": true}, []string{"i_enforce c"}, nil},
	{"enf.build 4", "", nil, []string{"i_do a,b"}, nil},
	{"enf.build 5", "", nil, []string{"i_stop a,b"}, nil},
	{"enf.build 6", "", values{"fine": int64(10), "cost": int64(100), "opinion_result": "not_correctable"}, nil, nil},
	{"enf.build 7", "", values{"m_demolish": true}, []string{"i_serve a,b", "i_demand c", "i_announce c", "i_enforce c"}, nil},
	{"enf.build 8", "", nil, []string{"i_find a"}, nil},

	{"enf.remedy 1", "", values{"spot": true, "kind": "suit"}, nil, nil},
	{"enf.remedy 2", "", nil, []string{"m_defend a"}, nil},
	{"enf.remedy 3", "", nil, []string{"m_on a"}, nil},
	{"enf.remedy 4", "rejected", nil, nil, nil},
	{"enf.remedy 5", "answered", nil, nil, nil},

	{"enf.supervise 1", "", nil, []string{"v_check a"}, nil},
	{"enf.supervise 2", "", nil, []string{"v_close a @5"}, []string{"svy_inspect a"}},
	{"enf.supervise 3", "", nil, []string{"v_check a,b", "v_decide a opinion>decision"}, nil},
	{"enf.supervise 4", "", nil, []string{"v_notice a"}, nil},
	{"enf.supervise 5", "closed", values{"faults": []string{"x"}}, nil, nil},

	{"enf.review 1", "plan", values{"total": 200.0}, nil, nil},
	{"enf.review 2", "plan", values{"total": 50.0, "veto": true}, nil, nil},
	{"enf.review 3", "plan", nil, []string{"r_score a @5"}, []string{"svy_inspect a"}},
	{"enf.review 4", "scored", nil, nil, nil},
	{"enf.review 5", "", values{"reviewers": []string{"a", "b"}}, []string{"r_score a", "r_score b", "r_final z"}, nil},
	{"enf.review 6", "", values{"reviewers": []string{"a", "b"}}, []string{"r_score a", "r_score b", "r_final a objected>final"}, nil},
	{"enf.review 7", "closed", values{"reviewers": []string{"a", "b"}, "tasks": []string{"x"}}, []string{"r_score a", "r_score b"}, nil},

	{"enf.precedent 1", "", nil, []string{"p_write a", "p_mask a"}, nil},
	{"enf.precedent 2", "", nil, []string{"p_write a", "p_legal a"}, nil},
	{"enf.precedent 3", "", nil, []string{"p_mask a", "p_legal a"}, nil},
	{"enf.precedent 4", "", nil, []string{"p_legal a", "p_ok a"}, nil},
	{"enf.precedent 5", "", nil, []string{"p_out a"}, nil},
	{"enf.precedent 6", "published", nil, []string{"p_write a", "p_mask b", "p_legal c masked>legal", "p_ok d", "p_out e", "p_changed c"}, nil},
	{"enf.precedent 7", "dropped", nil, []string{"p_write a", "p_mask b", "p_legal c masked>legal", "p_ok d", "p_out e"}, nil},

	{"enf.meeting 1", "", nil, []string{"g_hold a"}, nil},
	{"enf.meeting 2", "", values{"findings": []map[string]string{{"finding": "f"}}}, []string{"g_task a"}, nil},
	{"enf.meeting 3", "closed", values{"tasks": []map[string]string{{"what": "x"}}}, nil, nil},
	{"enf.meeting 4", "", values{"effect": "e"}, []string{"g_close a effect=e"}, nil},
	{"enf.meeting 5", "dropped", nil, []string{"g_call a +call", "g_hold a @2000"}, nil},

	{"enf.inspect 1", "", nil, []string{"i_enter a"}, nil},
	{"enf.inspect 2", "", nil, []string{"i_plan a", "i_approve a"}, nil},
	{"enf.inspect 3", "", nil, []string{"i_enter a,b"}, nil},
	{"enf.inspect 4", "", nil, []string{"i_record a,b"}, nil},
	{"enf.inspect 5", "", nil, []string{"i_tell a way=no"}, nil},
	{"enf.inspect 6", "clean", nil, nil, nil},
	{"enf.inspect 7", "lead", nil, nil, nil},
}

// history is a case of short events; its clocks are those that the events started.
func history(t *testing.T, proc, state string, data values, short []string) (*engine.Snapshot, []record.Event) {
	t.Helper()
	s := &engine.Snapshot{Data: data}
	s.Procedure, s.State = proc, state
	var bodies []record.Body
	for n, x := range short {
		b := happened(n, x)
		s.Clocks = append(s.Clocks, b.Clocks...)
		bodies = append(bodies, b)
	}
	return s, chain(t, bodies...)
}

func TestWhatBreaksTheLawIsFound(t *testing.T) {
	met := map[string]bool{}
	for _, c := range broken {
		proc, n, _ := strings.Cut(c.breaks, " ")
		met[c.breaks] = true
		s, events := history(t, proc, c.state, c.data, c.events)
		_, above := history(t, "", "", nil, c.above)
		if err := Check(s, events, above, nil); err == nil || !strings.Contains(err.Error(), proc+", invariant "+n+":") {
			t.Errorf("%s: %v", c.breaks, err)
		}
	}
	for proc, list := range Of {
		for n := range list {
			if x := fmt.Sprint(proc, " ", n+1); proc != "enf.ordinary" && !met[x] {
				t.Errorf("nothing breaks %s", x)
			}
		}
	}
}

func TestWhatIsInOrderPasses(t *testing.T) {
	for proc, events := range map[string][]string{"enf.hold": {"ho_ask a", "ho_approve b", "ho_hold a,c"}, "incident": {"leave a"},
		"enf.measure": {"k_ask a", "k_ok b"}} {
		s, list := history(t, proc, "held", values{}, events)
		if err := Check(s, list, nil, nil); err != nil {
			t.Errorf("%s: %v", proc, err)
		}
	}
}

func TestTwoFinesForOneActAreFound(t *testing.T) {
	day := time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)
	fined := func(party string, from time.Time) *engine.Snapshot {
		s := &engine.Snapshot{Data: values{"fined": true, "fine": int64(100), "party_ref": party, "violation": "UM-002", "act_from": from, "act_end": from.AddDate(0, 0, 2)}}
		s.Procedure = "enf.ordinary"
		return s
	}
	if err := Once([]*engine.Snapshot{fined("a", day), fined("b", day), fined("a", day.AddDate(0, 0, 9))}); err != nil {
		t.Error(err)
	}
	if Once([]*engine.Snapshot{fined("a", day), fined("a", day.AddDate(0, 0, 1))}) == nil {
		t.Error("one act was fined twice")
	}
}

func TestARefusalSaysWhatItIs(t *testing.T) {
	said := func(key, zh string) error {
		err := fault.New(fault.Conflict, key)
		err.Args = fault.Args{"text": i18n.Text{ZH: zh, EN: zh}}
		return err
	}
	for want, err := range map[string]error{"": said("N15", "x"), "code": said("x", "x"), "sentence": said("N15", "until {date}")} {
		if got := Refused(err); (got == nil) != (want == "") || got != nil && !strings.Contains(got.Error(), want) {
			t.Errorf("%q: %v", want, got)
		}
	}
}
