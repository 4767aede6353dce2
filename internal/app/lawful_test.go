package app

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/lawful"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx/dbtest"
)

// paces are how many steps the walks from each procedure take, with all that
// hangs on its cases; those not named take the usual. None is for what has a walk
// of its own.
var paces = map[string]int{"incident": 0, "shift-handover": 0, "joint-operation": 0, "stall-permit": 0, "frontage-pledge": 0, "frontage-inspection": 0, "frontage-list": 0, "persuasion": 0, "enf.ordinary": 20_000, "enf.simple": 4_000, "enf.clear": 2_000, "enf.build": 6_000,
	"enf.inspect": 4_000, "enf.campaign": 1_500, "enf.precedent": 1_500, "enf.session": 300, "enf.meeting": 1_500}

const (
	usualPace = 700
	farthest  = 5_000 // of one walk: time passes in it, and a city has no more to show
)

// learners need dossiers that were closed before.
var learners = []string{"enf.campaign", "enf.precedent", "enf.session"}

// crowd registers so many parties that few are fined twice for one act, and lets
// do what awaits confirmation.
func (c *crew) crowd() {
	c.t.Helper()
	for n := range 25 {
		d := enfparty.Draft{Kind: law.Citizen, Name: fmt.Sprint("演示当事人", n), Number: citizenNumber(n), Address: "演示路2号"}
		if _, err := c.a.parties.Save(c.ctx, c.who("zhifa1"), d); err != nil {
			c.t.Fatal(d.Number, err)
		}
	}
	by := people.SystemActor(c.w.Division)
	for _, key := range []string{"suspend.on", "extend.on", "measure.env52"} {
		if err := c.a.packs.SaveSetting(c.ctx, by, key, "true"); err != nil {
			c.t.Fatal(err)
		}
	}
	// what may be sealed or seized for is one more of the bureau's powers
	more := register.Cells{"violations": "UM-003 UM-004 UM-005"}
	if err := c.a.registry.Edit(c.ctx, by, power.Items, "YS-CF-003", "演示", more); err != nil {
		c.t.Fatal(err)
	}
}

// citizenNumber is the n-th made-up identity number with its check digit
// (GB 11643).
func citizenNumber(n int) string {
	body := fmt.Sprintf("110105194912%02d%03d", 1+n%28, 100+n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// rules looks up the division's law library.
func (c *crew) rules() func(string) law.Rule {
	c.t.Helper()
	lib, err := c.a.library.Library(c.ctx, c.w.Division)
	if err != nil {
		c.t.Fatal(err)
	}
	return func(id string) law.Rule { r, _ := lib.Rule(id); return r.Rule }
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
		home := "ZHZF"
		if role == "supervisor" {
			home = c.w.Depts[0] // nobody reviews the own unit
		}
		for n := range 3 {
			login := fmt.Sprintf("lawful.%s%d", strings.ReplaceAll(role, "_", ""), n)
			acc, err := c.a.people.CreateAccount(c.ctx, by, people.Account{Login: login, Name: login, Department: home})
			if err == nil {
				_, err = c.a.people.SavePost(c.ctx, by, people.Post{Account: acc.ID, Role: role, Department: home})
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

// walkLawfully walks from the procedure's own opening through all that hangs on
// its cases, on a city of its own.
func walkLawfully(t *testing.T, db, proc string, pace int, seed uint64) enginetest.Stats {
	t.Helper()
	c := newCrew(t, db)
	c.crowd()
	c.staff()
	c.prompt()
	p, err := c.a.engine.Library().Latest(proc)
	if err != nil {
		t.Fatal(err)
	}
	rules := c.rules()
	lawfully := func(t testing.TB, s *engine.Snapshot) {
		events, err := record.Timeline(c.ctx, c.w.DB, c.w.Division, s.ID)
		var above []record.Event
		if err == nil && !s.Parent.IsZero() {
			above, err = record.Timeline(c.ctx, c.w.DB, c.w.Division, s.Parent)
		}
		if err == nil {
			err = lawful.Check(s, events, above, rules)
		}
		if err != nil {
			t.Fatalf("case %s in %s: %v; %v", s.ID, s.State, err, steps(s))
		}
	}
	walk := enginetest.Walk{World: c.w, Procedure: p, Steps: pace, Seed: seed, Here: spot, Learning: true, Looks: 25,
		Weight: func(s *procedure.Step) int {
			if slices.Contains(asides, s.ID) {
				return -1
			}
			return 0
		},
		Ways: ways, Beside: []string{"enf.supervise", "enf.review"},
		After: func(t testing.TB, _, s *engine.Snapshot) { lawfully(t, s) }, Ended: lawfully, Value: c.plausible,
		Refused: func(t testing.TB, err error) {
			if err := lawful.Refused(err); err != nil {
				t.Fatal(err)
			}
		}}
	if slices.Contains(learners, proc) {
		before := walk
		if before.Procedure, err = c.a.engine.Library().Latest("enf.ordinary"); err != nil {
			t.Fatal(err)
		}
		before.Steps, before.Seed = 1_000, seed+100
		before.Run(t)
		c.w.Clock.Advance(250 * day) // until no remedy is left
	}
	stats := walk.Run(t)
	if err := lawful.Once(c.dossiers()); err != nil {
		t.Fatal(err)
	}
	return stats
}

// dossiers are the penalties by the ordinary procedure of the city.
func (c *crew) dossiers() (out []*engine.Snapshot) {
	c.t.Helper()
	for after := ""; ; {
		p, err := record.List(c.ctx, c.a.db, c.w.Division, record.Filter{Procedures: []string{"enf.ordinary"}, Sort: record.ByOpened, After: after, Limit: 500})
		if err != nil {
			c.t.Fatal(err)
		}
		for i := range p.Rows {
			out = append(out, c.find(p.Rows[i].ID))
		}
		if after = p.Next; after == "" {
			return out
		}
	}
}

// TestEveryProcedureWalksAtRandom walks from every procedure that somebody opens,
// some tens of thousands of steps together, and names the states that no walk
// entered.
func TestEveryProcedureWalksAtRandom(t *testing.T) {
	t.Parallel()
	a, _ := zone(t, "")
	var all tally
	t.Run("walks", func(t *testing.T) {
		for _, p := range a.engine.Library().All() {
			pace, named := paces[p.ID]
			if !named {
				pace = usualPace
			}
			if p.Child {
				continue
			}
			pace *= further()
			for n := range (pace + farthest - 1) / farthest {
				t.Run(fmt.Sprintf("%s/%d", p.ID, n+1), func(t *testing.T) {
					t.Parallel()
					all.add(t, walkLawfully(t, "", p.ID, min(pace, farthest), uint64(n+1)))
				})
			}
		}
	})
	t.Logf("%d steps accepted, %d refused, %d cases, together", all.accepted, all.refused, all.cases)
	for _, p := range a.engine.Library().All() {
		if procedure.Family(p.ID) == "" {
			continue // those have walks of their own
		}
		var never []string
		for i := range p.States {
			if s := p.States[i].ID; all.entered[p.ID][s] == 0 {
				never = append(never, s)
			}
		}
		if len(never) > 0 && slices.Contains(whole, p.ID) {
			t.Errorf("%s: no walk entered %v", p.ID, never)
		}
		t.Logf("%s: %d of %d states entered, never %v", p.ID, len(p.States)-len(never), len(p.States), never)
	}
}

// further is how many times as far as usual walks go: XIUCHENG_WALK says so.
func further() int {
	n, _ := strconv.Atoi(os.Getenv("XIUCHENG_WALK"))
	return max(1, n)
}

// tally is what walks met together.
type tally struct {
	sync.Mutex
	accepted, refused, cases int
	entered                  map[string]map[string]int // states, by procedure
}

func (y *tally) add(t *testing.T, stats enginetest.Stats) {
	t.Logf("%d steps accepted, %d refused, %d cases, %v stuck", stats.Accepted, stats.Refused, stats.Cases, stats.Stuck)
	for where, n := range stats.Lost {
		if n > stats.Accepted/1000 {
			t.Logf("%d times lost: %s", n, where)
		}
	}
	for why, n := range stats.Why {
		if n > stats.Accepted/100 {
			t.Logf("%d times refused: %s", n, why)
		}
	}
	y.Lock()
	defer y.Unlock()
	y.accepted, y.refused, y.cases = y.accepted+stats.Accepted, y.refused+stats.Refused, y.cases+stats.Cases
	if y.entered == nil {
		y.entered = map[string]map[string]int{}
	}
	for id, states := range stats.Entered {
		if y.entered[id] == nil {
			y.entered[id] = map[string]int{}
		}
		for s, n := range states {
			y.entered[id][s] += n
		}
	}
}

// whole are the procedures of which every walk enters every state, whatever it
// draws; of the others the log tells which were entered.
var whole = []string{"enf.clear", "enf.meeting", "enf.recusal", "enf.service", "enf.session"}

func TestADossierWalksOnPostgreSQL(t *testing.T) {
	t.Parallel()
	stats := walkLawfully(t, dbtest.PostgresURL(t), "enf.ordinary", 150, 2)
	if stats.Entered["enf.ordinary"]["filed"] == 0 {
		t.Errorf("no case was filed: %+v", stats)
	}
}
