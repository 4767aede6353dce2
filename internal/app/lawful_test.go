package app

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/lawful"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/packs"
)

// paces are how many steps the walk from each procedure takes, with all that
// hangs on its cases; those not named take the usual. None is for what has a walk
// of its own, or begins with a case that no walk closes.
var paces = map[string]int{"incident": 0, "shift-handover": 0, "stall-permit": 0, "enf.precedent": 0, "enf.ordinary": 5_000,
	"enf.simple": 1_000, "enf.clear": 1_000, "enf.build": 1_000, "enf.campaign": 100}

const usualPace = 700

// plausible fills what a walker cannot find out by trying: what stands in
// registers, and sums that laws compare with them.
func (c *crew) plausible(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	now := c.w.Clock.Now()
	if r.IntN(15) == 0 {
		return nil, false
	}
	if items, _ := s.Data["evidence"].([]string); f.Name == "map" && len(items) > 0 {
		row := map[string]string{}
		for _, col := range f.Columns {
			row[col.Name] = "在店外烧烤"
		}
		row["item"] = items[r.IntN(len(items))]
		return []map[string]string{row}, true
	}
	if slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == "penalty" }) {
		return "penalty", r.IntN(6) > 0
	}
	switch f.Name {
	case "ground", "units", "gains", "other_heavy", "running", "no_fault_claim", "harm_vital", "harm_eco":
		return nil, r.IntN(8) > 0 && len(f.Options) == 0 || f.Name == "ground" && s.Proc.ID == "enf.ordinary"
	case "goods":
		return []string{"烧烤炉"}, f.List
	case "hearing_at":
		return now.AddDate(0, 0, 20), true
	case "violation":
		return []string{"UM-003", "UM-004", "UM-002"}[r.IntN(3)], s.Proc.ID != "enf.build"
	case "rule":
		return map[string]string{"UM-002": "UM-002-ROAD-42", "UM-003": "UM-003-UNL-13"}[s.Text("violation")], s.Text("violation") != "UM-004" && r.IntN(10) > 0
	case "grade":
		return "light", s.Text("violation") == "UM-004"
	case "act_from", "act_end":
		return now.Add(-time.Duration(1+r.IntN(2)) * time.Hour), f.Required
	case "fine", "amount":
		return c.sum(r, s, step)
	case "code": // of the business, at its door
		return s.Text("party_ref"), s.Proc.ID == "enf.inspect"
	case "area":
		return []string{"planning", "planning", "planning", "village"}[r.IntN(4)], true
	case "cost", "budget":
		return int64(1000_00), true
	case "invoices":
		return []map[string]string{{"number": "1", "amount": "100000"}}, true
	}
	if r.IntN(8) > 0 {
		return c.spoken(s, step, f)
	}
	return nil, false
}

// sum is what is owed, or a fine in a range.
func (c *crew) sum(r *rand.Rand, s *engine.Snapshot, step *procedure.Step) (any, bool) {
	data := func(name string) int64 { n, _ := s.Data[name].(int64); return n }
	switch {
	case strings.Contains(step.ID, "refund") && data("refund") > 0:
		return data("refund") - data("refunded"), true
	case s.Procedure == "enf.build" && data("cost") > 0:
		return data("cost") * int64(r.IntN(3)) * 3 / 100, true
	case data("cost") > 0:
		return data("cost"), true
	case (strings.Contains(step.ID, "pay") || strings.Contains(step.ID, "collect") || strings.Contains(step.ID, "onsite")) && data("fine") > 0:
		return max(0, data("fine")+data("gains")+data("surcharge")-data("paid")), true
	case data("told_fine") > 0 && strings.HasPrefix(step.ID, "dec_"):
		return data("told_fine"), r.IntN(10) > 0
	case s.Procedure == "enf.simple":
		return int64(100_00), true
	}
	return []int64{800_00, 4000_00, 4000_00, 8000_00}[r.IntN(4)], true
}

// spoken is what forms say in the demonstration's dossiers.
func (c *crew) spoken(s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	said, ok := c.script[step.ID+"."+f.Name]
	if !ok {
		said, ok = c.script[f.Name]
	}
	list, many := said.([]any)
	if !ok || many != f.List || f.Columns != nil {
		return nil, false
	}
	one, now := *f, c.w.Clock.Now()
	one.List = false
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	word := fmt.Sprint(said)
	switch {
	case strings.HasPrefix(word, "@") || len(out) > 0 && strings.HasPrefix(out[0], "@"):
		return nil, false
	case many:
		return out, f.Type == field.Text
	case f.Type == field.Date || f.Type == field.Time:
		d, err := time.ParseDuration(word)
		return now.Add(d), err == nil
	}
	v, err := one.Parse([]string{word}, calendar.Zone)
	if err == nil && len(f.Options) > 0 && !slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == word }) {
		return nil, false
	}
	return v, err == nil && v != nil
}

// prompt reads what forms say in the demonstration.
func (c *crew) prompt() {
	c.t.Helper()
	files, err := packs.FS(demoPack)
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := fs.ReadFile(files, "demo/dossiers.yaml")
	var doc struct {
		Answers map[string]any `yaml:"answers"`
	}
	if err == nil {
		err = yaml.Unmarshal(b, &doc)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.script = doc.Answers
}

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
	for _, key := range []string{"suspend.on", "extend.on"} {
		if err := c.a.packs.SaveSetting(c.ctx, people.SystemActor(c.w.Division), key, "true"); err != nil {
			c.t.Fatal(err)
		}
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
	return enginetest.Walk{World: c.w, Procedure: p, Steps: pace, Seed: seed, Here: spot, Learning: true, Looks: 25,
		Ways: ways, Beside: []string{"enf.supervise", "enf.review"},
		After: func(t testing.TB, _, s *engine.Snapshot) { lawfully(t, s) }, Ended: lawfully, Value: c.plausible}.Run(t)
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
				for why, n := range stats.Why {
					if n > pace/100 {
						t.Logf("%d times refused: %s", n, why)
					}
				}
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
