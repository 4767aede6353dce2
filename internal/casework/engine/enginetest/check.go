package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/id"
)

// CheckCase asserts what must hold of a case at any moment: its chain verifies,
// the timeline replayed gives the stored row, times never decrease, the wall
// stands, and no agency clock runs in a terminal state.
func CheckCase(t testing.TB, w *World, caseID id.ID) {
	t.Helper()
	ctx := context.Background()
	proof, err := record.Verify(ctx, w.DB, w.Division, caseID)
	if err != nil || proof.Broken != nil {
		t.Fatalf("case %s: chain %+v %v", caseID, proof.Broken, err)
	}
	s, err := w.Engine.Find(ctx, w.Division, caseID)
	if err != nil {
		t.Fatal(err)
	}
	events, err := record.Timeline(ctx, w.DB, w.Division, caseID)
	if err != nil {
		t.Fatal(err)
	}
	f, err := record.Fold(events)
	if err != nil {
		t.Fatal(err)
	}
	c := record.Case{Row: record.Row{
		Division: w.Division, ID: caseID, Procedure: f.Procedure, ProcVersion: f.Version, Parent: f.Parent, Number: f.Number,
		State: f.State, Opened: f.Opened, Updated: f.Updated, Entered: f.Entered, Version: int64(len(events)),
	}, Raw: f.Raw, Clocks: f.Clocks, Log: f.Log, Head: f.Head}
	if err := c.Project(s.Proc); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(t, &c), plain(t, &s.Case)); diff != "" {
		t.Fatalf("case %s: replayed and stored differ (-replayed +stored):\n%s", caseID, diff)
	}
	checkTimes(t, s.Log)
	checkWall(t, s.Proc, s.Log)
	checkClocks(t, s.Proc, &c)
}

// plain makes JSON columns comparable: one engine keeps them reordered.
func plain(t testing.TB, c *record.Case) record.Case {
	t.Helper()
	out := *c
	out.Raw = map[string]json.RawMessage{}
	for k, raw := range c.Raw {
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out.Raw[k], _ = json.Marshal(v)
	}
	if len(out.Clocks) == 0 {
		out.Clocks = nil
	}
	return out
}

func checkTimes(t testing.TB, log []rule.Taken) {
	t.Helper()
	for i := range log {
		if log[i].Seq != int64(i+1) {
			t.Fatalf("event %d stands at place %d: an event was lost", log[i].Seq, i+1)
		}
		if i > 0 && log[i].At.Before(log[i-1].At) {
			t.Fatalf("event %d is earlier than the one before it", i+1)
		}
	}
}

func checkWall(t testing.TB, p *procedure.Procedure, log []rule.Taken) {
	t.Helper()
	side := map[string]procedure.Axis{}
	for _, x := range log {
		st := p.Named(x.Step)
		if st.Axis == procedure.Neutral || x.Actor == procedure.System || strings.HasPrefix(x.Actor, procedure.Citizen) {
			continue
		}
		if was, ok := side[x.Actor]; ok && was != st.Axis {
			t.Fatalf("%s took %s after a step of the other side", x.Actor, x.Step)
		}
		side[x.Actor] = st.Axis
	}
}

func checkClocks(t testing.TB, p *procedure.Procedure, c *record.Case) {
	t.Helper()
	running := map[string]int{}
	for i := range c.Clocks {
		k := &c.Clocks[i]
		if k.State == clock.Stopped {
			continue
		}
		running[k.ID]++
		if running[k.ID] > 1 {
			t.Fatalf("two runs of clock %s at once", k.ID)
		}
		if c.Terminal && k.Party != calendar.Citizen {
			t.Fatalf("agency clock %s is %s in the terminal state %s", k.ID, k.State, c.State)
		}
		if def := p.ClockOf(k.ID); def.Expiry.Step != "" && k.State == clock.Running {
			if s, _ := p.Step(def.Expiry.Step, c.State); s == nil {
				t.Fatalf("clock %s runs in %s, where its expiry step %s cannot be taken", k.ID, c.State, def.Expiry.Step)
			}
		}
	}
}
