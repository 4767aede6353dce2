package app

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/lawful"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
)

// paces are how many steps the walk from each procedure takes, with all that
// hangs on its cases; those not named take the usual. None is for what has a walk
// of its own, or begins with a case that no walk closes.
var paces = map[string]int{"incident": 0, "shift-handover": 0, "enf.precedent": 0, "enf.ordinary": 3_000,
	"enf.simple": 200, "enf.clear": 200, "enf.build": 200}

const usualPace = 700

// plausible fills what a walker cannot find out by trying: what stands in
// registers, and sums that laws compare with them.
func plausible(now time.Time, r *rand.Rand, s *engine.Snapshot, f *field.Field) (any, bool) {
	if r.IntN(12) == 0 {
		return nil, false
	}
	if items, _ := s.Data["evidence"].([]string); f.Name == "map" && len(items) > 0 {
		row := map[string]string{}
		for _, c := range f.Columns {
			row[c.Name] = "在店外烧烤"
		}
		row["item"] = items[r.IntN(len(items))]
		return []map[string]string{row}, true
	}
	if slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == "penalty" }) {
		return "penalty", true
	}
	switch f.Name {
	case "ground", "units", "gains", "other_heavy", "running", "no_fault_claim":
		return nil, true
	case "goods":
		return []string{"烧烤炉"}, f.List
	case "hearing_at":
		return now.AddDate(0, 0, 20), true
	case "violation":
		return "UM-004", true
	case "rule":
		return "UM-004-ENV-1132.3", r.IntN(10) > 0
	case "act_from", "act_end":
		return now.Add(-3 * 24 * time.Hour), r.IntN(10) > 0
	case "fine", "amount":
		return []int64{8000_00, 8000_00, 8000_00, 800_00}[r.IntN(4)], true
	}
	return nil, false
}

// staff gives every role of enforcement three more people, certified for
// whatever its steps ask: a walk goes on longer than a certificate is valid, and
// who took part in one step may not take another.
func (c *crew) staff() {
	c.t.Helper()
	kinds := map[string][]string{}
	for _, p := range c.a.engine.Library().All() {
		if procedure.Family(p.ID) == "" {
			continue
		}
		for i := range p.Steps {
			s := &p.Steps[i]
			roles := slices.Clone(s.Who)
			if s.Officers != nil {
				roles = append(roles, s.Officers.Roles...)
			}
			for _, r := range roles {
				if s.Officers != nil && s.Officers.Certificate != "" && !slices.Contains(kinds[r], s.Officers.Certificate) {
					kinds[r] = append(kinds[r], s.Officers.Certificate)
				} else if kinds[r] == nil {
					kinds[r] = []string{}
				}
			}
		}
	}
	by := people.SystemActor(c.w.Division)
	for role, certificates := range kinds {
		if c.w.People.Roles()[role].ID == "" {
			continue // the system, the citizen
		}
		for n := range 3 {
			login := fmt.Sprintf("lawful.%s%d", strings.ReplaceAll(role, "_", ""), n)
			acc, err := c.a.people.CreateAccount(c.ctx, by, people.Account{Login: login, Name: login, Department: "ZHZF"})
			if err == nil {
				_, err = c.a.people.SavePost(c.ctx, by, people.Post{Account: acc.ID, Role: role, Department: "ZHZF"})
			}
			for _, kind := range certificates {
				if err == nil {
					_, err = c.a.people.SaveCertificate(c.ctx, by, people.Certificate{Account: acc.ID, Login: login, Kind: kind, Number: login + kind})
				}
			}
			if err != nil {
				c.t.Fatal(role, err)
			}
		}
	}
	dir, err := c.a.people.Directory(c.ctx, c.w.Division)
	if err != nil {
		c.t.Fatal(err)
	}
	c.w.People = dir
}

// onwards are the steps that lead through the whole of a dossier: left alone, a
// walk stays in its investigation.
func onwards(step *procedure.Step) int {
	switch step.ID {
	case "inv_officers", "clo_reopen", "file_withdraw", "inv_terminate", "lead_refer", "x_review":
		return -1
	}
	for _, prefix := range []string{"lead_check", "file_propose", "file_approve", "svy_", "inv_question", "inv_verify", "inv_conclude", "adj_examine", "adj_notice", "adj_statement", "adj_hear",
		"adj_reexam", "adj_to_legal", "adj_legal", "adj_panel", "dec_penalty", "exe_", "direct", "inv_collect"} {
		if strings.HasPrefix(step.ID, prefix) {
			return 1
		}
	}
	return 0
}

// walkLawfully walks from the procedure's own opening through all that hangs on
// its cases, on a city of its own.
func walkLawfully(t *testing.T, db, proc string, pace int, seed uint64) enginetest.Stats {
	t.Helper()
	c := newCrew(t, db)
	c.barbecuer()
	c.staff()
	p, err := c.a.engine.Library().Latest(proc)
	if err != nil {
		t.Fatal(err)
	}
	lawfully := func(t testing.TB, s *engine.Snapshot) {
		events, err := record.Timeline(c.ctx, c.w.DB, c.w.Division, s.ID)
		if err == nil {
			err = lawful.Check(s, events)
		}
		if err != nil {
			t.Fatalf("case %s in %s: %v; %v", s.ID, s.State, err, steps(s))
		}
	}
	return enginetest.Walk{World: c.w, Procedure: p, Steps: pace, Seed: seed, Here: spot, Learning: true, Weight: onwards,
		After: func(t testing.TB, _, s *engine.Snapshot) { lawfully(t, s) }, Ended: lawfully,
		Value: func(r *rand.Rand, s *engine.Snapshot, _ *procedure.Step, f *field.Field) (any, bool) {
			return plausible(c.w.Clock.Now(), r, s, f)
		}}.Run(t)
}

// TestEveryProcedureWalksAtRandom walks from every procedure that somebody opens,
// and names the states that no walk entered. XIUCHENG_WALK multiplies the steps:
// with 10 they are some tens of thousands.
func TestEveryProcedureWalksAtRandom(t *testing.T) {
	t.Parallel()
	more, _ := strconv.Atoi(os.Getenv("XIUCHENG_WALK"))
	a, _ := zone(t, "")
	var together sync.Mutex
	entered := map[string]map[string]int{}
	t.Run("walks", func(t *testing.T) {
		for _, p := range a.engine.Library().All() {
			pace, named := paces[p.ID]
			if !named {
				pace = usualPace
			}
			if p.Child || pace == 0 {
				continue
			}
			t.Run(p.ID, func(t *testing.T) {
				t.Parallel()
				stats := walkLawfully(t, "", p.ID, pace*max(1, more), 1)
				t.Logf("%d steps accepted, %d refused, %d cases, %v stuck", stats.Accepted, stats.Refused, stats.Cases, stats.Stuck)
				together.Lock()
				defer together.Unlock()
				for id, states := range stats.Entered {
					if entered[id] == nil {
						entered[id] = map[string]int{}
					}
					for s, n := range states {
						entered[id][s] += n
					}
				}
			})
		}
	})
	for _, p := range a.engine.Library().All() {
		if pace, named := paces[p.ID]; procedure.Family(p.ID) == "" || named && pace == 0 {
			continue // those have walks of their own, or none
		}
		var never []string
		for i := range p.States {
			if s := p.States[i].ID; entered[p.ID][s] == 0 {
				never = append(never, s)
			}
		}
		if len(never) > 0 && slices.Contains(whole, p.ID) {
			t.Errorf("%s: no walk entered %v", p.ID, never)
		}
		t.Logf("%s: %d of %d states entered, never %v", p.ID, len(p.States)-len(never), len(p.States), never)
	}
}

// whole are the procedures of which a short walk enters every state.
var whole = []string{"enf.meeting", "enf.service"}

func TestADossierWalksOnPostgreSQL(t *testing.T) {
	t.Parallel()
	stats := walkLawfully(t, dbtest.PostgresURL(t), "enf.ordinary", 150, 2)
	if stats.Entered["enf.ordinary"]["filed"] == 0 {
		t.Errorf("no case was filed: %+v", stats)
	}
}
