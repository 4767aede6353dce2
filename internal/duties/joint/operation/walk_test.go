package operation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
)

// way is how an operation goes when all goes well.
var way = map[string][][]string{operation.Procedure: {
	{"draft", "submit", "approve", "answer", "answer", "answer", "answer", "answer", "confirm", "begin", "find", "find", "sign_out", "sign_out", "finish", "find?", "report", "close"},
	{"draft", "submit", "approve", "answer", "answer", "answer", "answer", "confirm", "change", "answer", "answer", "answer", "answer", "confirm", "begin", "join?", "find", "stop_early", "report", "return", "report", "close"}}}

// plausible fills what a walker cannot find out by trying.
func (w *town) plausible(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	now := w.Clock.Now()
	switch f.Name {
	case "start": // late enough that the units can answer before
		return now.Add(500 * time.Hour).Truncate(time.Hour), r.IntN(15) > 0
	case "end":
		return now.Add(510 * time.Hour).Truncate(time.Hour), r.IntN(15) > 0
	case "laws":
		return []string{"street", "traffic", "food"}, r.IntN(12) > 0
	case "units":
		return []string{"d1", "d2", "d3"}[:2+r.IntN(5)/4], r.IntN(12) > 0
	case "recording", "told":
		return true, r.IntN(12) > 0
	case "targets":
		var out []map[string]string
		for i := range r.IntN(3) {
			out = append(out, map[string]string{"code": fmt.Sprint("SHOP", r.IntN(4), i), "name": "演示店", "risk": []string{"A", "B", "C"}[r.IntN(3)]})
		}
		return out, true
	case "exceptions":
		out := []map[string]string{}
		for _, t := range operation.Rows(s, "targets") {
			if r.IntN(2) == 0 {
				out = append(out, map[string]string{"code": t["code"], "kind": "complaint", "ground": "工单"})
			}
		}
		return out, true
	case "kind":
		return []string{operation.ToIncident, operation.ToIncident, operation.Enforcement, operation.Nothing}[r.IntN(4)], step.ID == "find"
	case "violation":
		return "UM-002", true
	case "words":
		return "占道摆摊", true
	case "law", "unit":
		v := map[string][]string{"law": {"street", "traffic"}, "unit": {"d1", "d2"}}[f.Name][w.Clock.Now().Minute()%2]
		return v, r.IntN(5) > 0
	case "come":
		return "yes", r.IntN(8) > 0
	case "officers": // two of a unit that has not answered; the actor may be one of it
		for _, u := range []string{"d1", "d2", "d3"} {
			if step.ID == "answer" && !slices.ContainsFunc(operation.Rows(s, "answers"), func(a map[string]string) bool { return a["unit"] == u }) {
				return w.keys("officer"+u+"0", "officer"+u+"1"), true
			}
		}
	case "roll":
		if begins, _ := s.Data["start"].(time.Time); s.State == "ready" && now.Before(begins) && r.IntN(3) > 0 {
			w.Clock.Set(begins) // the lead waits for the hour
		}
		var out []string
		for _, t := range operation.Rows(s, "teams") {
			out = append(out, t["person"])
		}
		return out, r.IntN(8) > 0
	case "people":
		return nil, f.List && r.IntN(4) > 0
	case "recorders":
		return []string{"JLY-01"}, r.IntN(8) > 0
	case "minimum":
		return int64(2), true
	case "shop":
		if list := operation.Rows(s, "targets"); len(list) > 0 && r.IntN(2) == 0 {
			return list[0]["code"], true
		}
		return nil, r.IntN(3) > 0
	case "scan":
		if list := operation.Rows(s, "targets"); len(list) > 0 {
			return list[0]["code"], true
		}
	case "exception":
		return nil, r.IntN(3) > 0
	case "lessons", "text":
		return "先引导、后处罚，提前公告时间地点。", true
	case "reasons":
		out := []map[string]string{}
		for n := range 30 {
			out = append(out, map[string]string{"n": fmt.Sprint(n + 1), "why": "当场改正"})
		}
		return out, r.IntN(3) > 0
	}
	return nil, false
}

// holds says what is true of every operation after every step.
func (w *town) holds(t testing.TB, s *engine.Snapshot) {
	t.Helper()
	named(t, s)
	finds, err := operation.Finds(w.ctx, w.DB, w.Division, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	children, err := record.Children(w.ctx, w.DB, w.Division, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, f := range finds {
		if f.Child.IsZero() {
			continue
		}
		opened++
		i := slices.IndexFunc(children, func(r record.Row) bool { return r.ID == f.Child })
		if i < 0 || children[i].Procedure != "incident" && children[i].Procedure != "enf.ordinary" {
			t.Fatalf("finding %d opened %v", f.N, f.Child) // nothing is penalised here
		}
	}
	if opened != len(children) {
		t.Fatalf("%d findings opened cases, there are %d", opened, len(children))
	}
	if s.State != "reported" && s.State != "closed" {
		return
	}
	count := func(name string) int64 { n, _ := s.Data[name].(int64); return n }
	if count("incidents")+count("leads") != int64(len(children)) || count("places") != int64(len(finds)) {
		t.Fatalf("the report counts %v, there are %d findings and %d cases", s.Data, len(finds), len(children))
	}
}

// unexcepted counts in how many operations a business was checked without a
// named exception.
func (w *town) unexcepted(t testing.TB) map[string]int {
	t.Helper()
	out, after := map[string]int{}, ""
	for {
		p, err := record.List(w.ctx, w.DB, w.Division, record.Filter{Procedures: []string{operation.Procedure}, Sort: record.ByOpened, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rows {
			s := w.find(r.ID)
			finds, err := operation.Finds(w.ctx, w.DB, w.Division, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, f := range finds {
				planned := slices.ContainsFunc(operation.Rows(s, "exceptions"), func(e map[string]string) bool { return e["code"] == f.Shop })
				key := fmt.Sprint(f.Shop, " ", f.At.Year())
				if f.Shop != "" && f.Exception == "" && !planned && !seen[key] {
					seen[key] = true
					out[key]++
				}
			}
		}
		if after = p.Next; after == "" {
			return out
		}
	}
}

func walk(t *testing.T, db *dbx.DB, steps int, seed uint64) enginetest.Stats {
	w := newTown(t, db)
	w.caps = "A:1 B:1" // C has no cap that is known
	stats := enginetest.Walk{World: w.World, Procedure: loaded(t)[0], Steps: steps, Seed: seed, Here: spot, Learning: true, Looks: 3, Ways: way, Value: w.plausible,
		After: func(t testing.TB, _, s *engine.Snapshot) {
			if s.Procedure == operation.Procedure {
				w.holds(t, s)
			}
		}}.Run(t)
	for shop, n := range w.unexcepted(t) {
		if n > 1 {
			t.Errorf("%s was checked in %d operations without an exception", shop, n)
		}
	}
	t.Logf("%d accepted, %d refused, %v, %v, stuck %v", stats.Accepted, stats.Refused, stats.Steps, stats.States, stats.Stuck)
	for why, n := range stats.Why {
		if n > 40 {
			t.Logf("%d times refused: %s", n, why)
		}
	}
	return stats
}

func TestOperationsWalkAtRandom(t *testing.T) {
	stats := walk(t, dbtest.SQLite(t, append(enginetest.Migrations(), register.Migration)...), 600, 1)
	for _, state := range []string{"drafted", "in_review", "summoning", "ready", "running", "wrapping", "reported", "closed", "cancelled"} {
		if stats.States[state] == 0 {
			t.Errorf("no operation was ever %s", state)
		}
	}
	walk(t, dbtest.Postgres(t, append(enginetest.Migrations(), register.Migration)...), 120, 2)
}
