package permit_test

import (
	"math/rand/v2"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
)

// TestPermitsWalkAtRandom keeps the invariants of the table: one permit per stall
// and hours, one per person, none outside a designation, a readable reason for
// every end, a withdrawal only after notice, time, answer and by two people, a
// balance within bounds.
func TestPermitsWalkAtRandom(t *testing.T) {
	each(t, func(s *street) {
		p, err := s.Engine.Library().Latest(permit.Procedure)
		if err != nil {
			s.t.Fatal(err)
		}
		stats := enginetest.Walk{World: s.World, Procedure: p, Steps: 300, Seed: 7, Here: spot, Learning: true, Looks: 5, Value: s.value,
			Ways: map[string][][]string{permit.Procedure: {
				{"receive", "propose", "check", "offer?", "take_place", "pause", "resume"}, {"receive", "propose", "check", "offer?", "take_place", "ask_renewal", "renew"},
				{"receive", "propose", "check", "offer?", "take_place", "propose_revoke", "state_case", "legal_review", "revoke"},
				{"receive", "propose", "check", "offer?", "take_place", "propose_revoke", "waive", "legal_review", "revoke"},
				{"need_more", "complete", "receive", "propose", "check", "offer?", "decline"}}},
			Beside: []string{permit.Points},
			After:  func(t testing.TB, _, after *engine.Snapshot) { s.lawful(t, after) }, Ended: s.lawful}.Run(s.t)
		s.t.Logf("%d accepted, %d refused, %d cases, states %v, stuck %v", stats.Accepted, stats.Refused, stats.Cases, stats.Entered, stats.Stuck)
		for _, state := range []string{"waiting", "offered", "active", "refused"} {
			if stats.Entered[permit.Procedure][state] == 0 {
				s.t.Errorf("nobody was ever %s", state)
			}
		}
	})
}

// value fills what a walker cannot find out by trying.
func (s *street) value(r *rand.Rand, c *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	switch {
	case r.IntN(12) == 0:
		return nil, false
	case f.Name == "id_no":
		s.n++
		return identity(s.n%800, []string{"1980", "1981", "1982"}[s.n/800%3]), true
	case f.Name == "goods":
		return []string{[]string{"daily", "snack", "toys"}[r.IntN(3)]}, true
	case f.Name == "clusters":
		return []string{"C01"}, true
	case f.Name == "hours":
		return "evening", true
	case f.Name == "household", f.Name == "power_w":
		return nil, true
	case f.Name == "ok", f.Name == "explained_to":
		return r.IntN(6) > 0, true
	case f.Name == "health_until":
		return s.Clock.Now().Add(200 * days), true
	case f.Name == "until":
		return (calendar.DateOf(s.Clock.Now()) + calendar.Date(1+r.IntN(8))).At(0), true
	case f.Name == "rule":
		return "batch", true
	case f.Name == "at":
		return s.Clock.Now(), true
	case f.Name == "ground" && step.ID == "propose_revoke":
		return []string{"sublet", "safety"}[r.IntN(2)], true
	}
	return nil, false
}

// lawful asserts the invariants of a case and of the books beside it.
func (s *street) lawful(t testing.TB, c *engine.Snapshot) {
	t.Helper()
	if c.Procedure == permit.Points {
		n, err := s.room.Balance(ctx, s.DB, s.Division, c.Parent, s.Clock.Now())
		if err != nil || n < 0 || n > 12 {
			t.Fatalf("a balance of %d, %v", n, err)
		}
		return
	}
	all, err := permit.In(ctx, s.DB, s.Division, "offered", "active", "suspended", "renewing", "revoking")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[[2]string]bool{}
	for _, p := range all {
		if p.Stall == "" || taken[[2]string{p.Stall, p.Band}] {
			t.Fatalf("%q is held twice in the %s, or is none", p.Stall, p.Band)
		}
		taken[[2]string{p.Stall, p.Band}] = true
	}
	switch c.State {
	case "refused", "ended", "lapsed", "revoked":
		if c.Text("reason") == "" {
			t.Fatalf("%s without a reason: %v", c.State, c.Data)
		}
	}
	if c.State == "revoked" {
		by := map[string]string{}
		for _, x := range c.Log {
			by[x.Step] = x.Actor
		}
		if by["propose_revoke"] == "" || by["propose_revoke"] == by["revoke"] || c.Data["reviewed"] != true && c.Text("ground") != "designation_ended" {
			t.Fatalf("withdrawn against the rule: %v", by)
		}
	}
}
