package siting

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/geo"
)

var station = geo.Point{Lat: 36.7958, Lng: 119.18942}

func at(east, north float64) geo.Point { return geo.Offset(station, east, north) }

// small draws few places on a lattice, so that much is reached by several.
func small(t *rapid.T) Scenario {
	place := func(what string) geo.Point {
		return at(float64(rapid.IntRange(0, 12).Draw(t, what+" east"))*100, float64(rapid.IntRange(0, 12).Draw(t, what+" north"))*100)
	}
	s := Scenario{Radius: rapid.IntRange(0, 500).Draw(t, "radius"), Count: rapid.IntRange(0, 4).Draw(t, "count"),
		Weights: map[string]int{Residents: 1, Disorder: 20}, Distances: map[string]int{School: 100, Park: 0, MainRoad: 20}}
	for i := range rapid.IntRange(0, 10).Draw(t, "candidates") {
		s.Candidates = append(s.Candidates, Candidate{fmt.Sprint("c", i), place("candidate")})
	}
	for range rapid.IntRange(0, 25).Draw(t, "demand") {
		s.Demand = append(s.Demand, Demand{rapid.SampledFrom([]string{Residents, Disorder, Complaints}).Draw(t, "kind"), place("demand"), rapid.IntRange(-1, 50).Draw(t, "amount")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "clusters") {
		s.Clusters = append(s.Clusters, place("cluster"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "schools") {
		p := place("school")
		s.Obstacles = append(s.Obstacles, Obstacle{Kind: School, Name: "学校", Point: &p})
	}
	return s
}

// worth is what a set of candidates reaches beyond the clusters there are.
func worth(s Scenario, set []int) (sum int) {
	far := func(p, q geo.Point) bool { return geo.Distance(p, q) > float64(s.Radius) }
	for _, d := range s.Demand {
		reached := slices.ContainsFunc(set, func(i int) bool { return !far(s.Candidates[i].Place, d.Place) })
		if reached && !slices.ContainsFunc(s.Clusters, func(p geo.Point) bool { return !far(p, d.Place) }) {
			sum += max(0, d.Amount) * s.Weights[d.Kind]
		}
	}
	return sum
}

// exact branches over all lawful candidates.
func exact(s Scenario, lawful []int, count int, set []int) int {
	if count == 0 || len(lawful) == 0 {
		return worth(s, set)
	}
	return max(exact(s, lawful[1:], count-1, append(slices.Clone(set), lawful[0])), exact(s, lawful[1:], count, set))
}

func TestNearTheBestAndNeverForbidden(t *testing.T) {
	missed, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := small(t)
		p := Solve(s)
		var set, lawful []int
		for i, c := range s.Candidates {
			ok := true
			for _, o := range s.Obstacles {
				ok = ok && geo.Distance(c.Place, *o.Point) >= 100
			}
			v := p.Verdicts[i]
			if ok != (v.Broken == nil) || v.Chosen != slices.Contains(p.Chosen, c.ID) || v.Chosen && !ok {
				t.Fatalf("%+v", v)
			}
			if ok {
				lawful = append(lawful, i)
			}
			if v.Chosen {
				set = append(set, i)
			}
		}
		if len(p.Chosen) != len(set) || len(set) > s.Count {
			t.Fatal("too many", p.Chosen)
		}
		got, best := worth(s, set), exact(s, lawful, s.Count, nil)
		if float64(got) < (1-1/math.E)*float64(best) || got > best {
			t.Fatalf("%d of %d", got, best)
		}
		if all++; got < best {
			missed++
		}
		sums(t, s, p, set, got)
	})
	if missed*20 > all {
		t.Errorf("%d of %d are not the best", missed, all)
	}
}

// sums says that the figures of a plan agree with each other.
func sums(t *rapid.T, s Scenario, p Plan, set []int, got int) {
	gained := 0
	for kind, n := range p.After {
		if n < p.Before[kind] || n > p.All[kind] {
			t.Fatalf("%s: %d before, %d after, of %d", kind, p.Before[kind], n, p.All[kind])
		}
		gained += (n - p.Before[kind]) * s.Weights[kind]
	}
	if gained != got {
		t.Fatalf("the plan says %d, it is %d", gained, got)
	}
	for i, v := range p.Verdicts {
		with := append(slices.DeleteFunc(slices.Clone(set), func(k int) bool { return k == i }), i)
		adds := 0
		for kind, n := range v.Adds {
			if adds += n * s.Weights[kind]; n > v.Covers[kind] {
				t.Fatalf("%+v", v)
			}
		}
		if want := worth(s, with) - worth(s, with[:len(with)-1]); adds != want {
			t.Fatalf("%s adds %d, it says %d", v.ID, want, adds)
		}
	}
}

func TestAScenarioIsKeptAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := small(t)
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Scenario
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(Solve(s), Solve(again)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestReasonsOfACandidate(t *testing.T) {
	school := at(0, 60.5)
	s := Scenario{
		Candidates: []Candidate{{"by the school", at(0, 0)}, {"in the park", at(500, 500)}, {"on the road", at(1000, 19.5)}, {"free", at(1000, 21)}},
		Demand:     []Demand{{Residents, at(1000, 300), 40}, {Disorder, at(1000, 0), 3}, {Residents, at(0, 0), 1000}},
		Clusters:   []geo.Point{at(900, 300)},
		Obstacles: []Obstacle{
			{Kind: MainRoad, Name: "泰祥街", Line: geo.Line{at(800, 0), at(1200, 0)}},
			{Kind: School, Name: "学校", Point: &school},
			{Kind: Park, Name: "公园", Area: geo.Shape{{{at(400, 400), at(600, 400), at(600, 600), at(400, 600)}}}},
			{Kind: "bus_stop", Name: "公交站", Point: &school},
			{Kind: Station, Name: "nowhere"},
		},
		Distances: UsualDistances(), Weights: map[string]int{Residents: 1, Disorder: 50}, Radius: 400, Count: 2,
	}
	want := Plan{
		Chosen: []string{"free"}, All: map[string]int{Residents: 1040, Disorder: 3},
		Before: map[string]int{Residents: 40, Disorder: 3}, After: map[string]int{Residents: 40, Disorder: 3},
	}
	got := Solve(s)
	want.Chosen = nil // a cluster 316 m away reaches the disorder already
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Plan{}, "Verdicts")); d != "" {
		t.Error(d)
	}
	s.Clusters = []geo.Point{at(900, 500)}
	want.Chosen, want.Before, want.After = []string{"free"}, map[string]int{Residents: 40}, map[string]int{Residents: 40, Disorder: 3}
	want.Verdicts = []Verdict{
		{ID: "by the school", Broken: []Broken{{School, "学校", 60, 100}}, Covers: map[string]int{Residents: 1000}, Adds: map[string]int{Residents: 1000}},
		{ID: "in the park", Broken: []Broken{{Park, "公园", 0, 0}}, Covers: map[string]int{}, Adds: map[string]int{}},
		{ID: "on the road", Broken: []Broken{{MainRoad, "泰祥街", 19, 20}}, Covers: map[string]int{Residents: 40, Disorder: 3}, Adds: map[string]int{}},
		{ID: "free", Covers: map[string]int{Residents: 40, Disorder: 3}, Adds: map[string]int{Disorder: 3}, Chosen: true},
	}
	got = Solve(s)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The one that adds most is not always part of the best pair.
func TestExchangeMendsWhatGreedTook(t *testing.T) {
	demand := []Demand{{Residents, at(0, 0), 10}, {Residents, at(300, 0), 7}, {Residents, at(500, 0), 7}, {Residents, at(800, 0), 10}}
	s := Scenario{Demand: demand, Weights: map[string]int{Residents: 1}, Radius: 210, Count: 2,
		Candidates: []Candidate{{"middle", at(400, 0)}, {"west", at(150, 0)}, {"east", at(650, 0)}}}
	s.Demand[1].Amount, s.Demand[2].Amount = 9, 9
	if got := Solve(s); !slices.Equal(got.Chosen, []string{"west", "east"}) || got.After[Residents] != 38 {
		t.Errorf("%+v", got)
	}
}

// district is what a whole district asks.
func district() Scenario {
	r := rand.New(rand.NewPCG(5, 14))
	place := func() geo.Point { return at(r.Float64()*8000, r.Float64()*8000) }
	s := Scenario{Radius: 1000, Count: 14, Weights: map[string]int{Residents: 1, Disorder: 30, Complaints: 60}, Distances: UsualDistances()}
	for i := range 500 {
		s.Candidates = append(s.Candidates, Candidate{fmt.Sprint("c", i), place()})
	}
	for i := range 20_000 {
		s.Demand = append(s.Demand, Demand{[]string{Residents, Disorder, Complaints}[i%3], place(), r.IntN(100)})
	}
	for range 200 {
		p := place()
		s.Obstacles = append(s.Obstacles, Obstacle{Kind: School, Point: &p})
	}
	return s
}

func BenchmarkSolve(b *testing.B) {
	s := district()
	for b.Loop() {
		Solve(s)
	}
}
