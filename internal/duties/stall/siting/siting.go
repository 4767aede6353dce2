// Package siting proposes where the next stall clusters 便民摊点群 should be: of
// many candidates those few that together reach most of the demand that no
// cluster reaches yet, none of them where a cluster may not stand. Each
// candidate says what speaks for it and against it; the officer decides.
//
// A scenario is a plain value that can be kept as JSON and worked out again with
// the same result. All distances are metres as the crow flies.
package siting

import (
	"cmp"
	"math"
	"slices"

	"xiucheng/internal/platform/geo"
)

// Scenario is one question.
type Scenario struct {
	Candidates []Candidate    `json:"candidates"`
	Demand     []Demand       `json:"demand"`
	Clusters   []geo.Point    `json:"clusters"` // those there are
	Obstacles  []Obstacle     `json:"obstacles"`
	Distances  map[string]int `json:"distances"` // least metres from a kind of obstacle; a kind that is not named forbids nothing
	Weights    map[string]int `json:"weights"`   // of one unit of a kind of demand; a kind that is not named does not count
	Radius     int            `json:"radius"`    // how far a cluster reaches
	Count      int            `json:"count"`     // how many clusters are to be added
}

// Candidate is a place that might be one. IDs are unique.
type Candidate struct {
	ID    string    `json:"id"`
	Place geo.Point `json:"place"`
}

// Demand is something that a cluster within reach answers.
type Demand struct {
	Kind   string    `json:"kind"`
	Place  geo.Point `json:"place"`
	Amount int       `json:"amount"` // residents, cases, complaints; below 0 counts as 0
}

// Kinds of demand.
const (
	Residents  = "residents"
	Disorder   = "disorder"
	Complaints = "complaints"
)

// Obstacle is what a cluster has to keep away from: a point, a line or an area.
type Obstacle struct {
	Kind  string     `json:"kind"`
	Name  string     `json:"name"`
	Point *geo.Point `json:"point,omitempty"`
	Line  geo.Line   `json:"line,omitempty"`
	Area  geo.Shape  `json:"area,omitempty"`
}

// Kinds of obstacle, after Weifang's rule of 2020 on stalls
// 两鼓励三允许两严禁, which names these places and no distances.
const (
	MainRoad   = "main_road"  // 主次干道
	FireLane   = "fire_lane"  // 消防通道
	Tactile    = "tactile"    // 盲道
	Square     = "square"     // 广场
	Green      = "green"      // 绿地
	Park       = "park"       // 公园
	School     = "school"     // 学校
	Hospital   = "hospital"   // 医院
	Station    = "station"    // 车站
	Government = "government" // 机关
)

// UsualDistances are a beginning for a division's own: the rule says "on" for
// what lies in the street and "near" for the rest.
func UsualDistances() map[string]int {
	return map[string]int{MainRoad: 20, FireLane: 5, Tactile: 3, Square: 0, Green: 0, Park: 0, School: 100, Hospital: 100, Station: 100, Government: 100}
}

// metres is how far the place is from the obstacle; 0 inside an area, infinite
// for an obstacle that is nowhere.
func (o *Obstacle) metres(p geo.Point) float64 {
	least := math.Inf(1)
	if o.Point != nil {
		least = geo.Distance(p, *o.Point)
	}
	if len(o.Line) > 1 {
		d, _, _ := o.Line.Near(p)
		least = min(least, d)
	}
	if len(o.Area) > 0 {
		if o.Area.Contains(p) {
			return 0
		}
		least = min(least, o.Area.BorderDistance(p))
	}
	return least
}

// Plan is the answer.
type Plan struct {
	Chosen   []string       `json:"chosen"`   // at most Count, the one that adds most first
	All      map[string]int `json:"all"`      // demand by kind
	Before   map[string]int `json:"before"`   // of it within reach of a cluster that there is
	After    map[string]int `json:"after"`    // and of one that there is or is chosen
	Verdicts []Verdict      `json:"verdicts"` // one for each candidate, in their order
}

// Verdict is what is known of a candidate.
type Verdict struct {
	ID     string         `json:"id"`
	Broken []Broken       `json:"broken,omitempty"` // nearest first; one of them forbids it
	Covers map[string]int `json:"covers"`           // demand within reach, by kind
	Adds   map[string]int `json:"adds"`             // of it beyond the other clusters and, apart from itself, those chosen
	Chosen bool           `json:"chosen"`
}

// Broken is a rule that a candidate breaks.
type Broken struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Metres int    `json:"metres"` // rounded down
	Least  int    `json:"least"`  // what the rule asks for
}

// Solve works a scenario out.
//
// It is the maximal covering location problem (R. L. Church, C. ReVelle: The
// maximal covering location problem, Papers of the Regional Science Association
// 32 (1974) 101–118), solved as they do by greedy adding with substitution: the
// candidate that adds most is taken, then single ones are exchanged as long as
// that adds to the sum. The result covers at least 1−1/e of what the best could
// (G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, Mathematical Programming 14
// (1978) 265–294); nearly always it is the best. Between equals the candidate
// that comes first is taken.
func Solve(s Scenario) Plan {
	c := newCoverage(&s)
	chosen := c.choose(s.Count)
	p := Plan{All: map[string]int{}, Before: map[string]int{}, After: map[string]int{}}
	for i, d := range s.Demand {
		n := max(0, d.Amount)
		p.All[d.Kind] += n
		if c.served[i] {
			p.Before[d.Kind] += n
		}
		if c.served[i] || c.times[i] > 0 {
			p.After[d.Kind] += n
		}
	}
	for _, i := range chosen {
		p.Chosen = append(p.Chosen, s.Candidates[i].ID)
	}
	for i := range s.Candidates {
		p.Verdicts = append(p.Verdicts, c.verdict(i, slices.Contains(chosen, i)))
	}
	return p
}

// coverage is who reaches what.
type coverage struct {
	*Scenario
	reach  [][]int32 // of each candidate, the demand within its radius
	weight []int     // of each demand
	served []bool    // demand that a present cluster reaches
	times  []int     // how many chosen candidates reach each demand
	broken [][]Broken
}

func newCoverage(s *Scenario) *coverage {
	c := &coverage{Scenario: s, weight: make([]int, len(s.Demand)), served: make([]bool, len(s.Demand)), times: make([]int, len(s.Demand))}
	for i, d := range s.Demand {
		c.weight[i] = max(0, d.Amount) * max(0, s.Weights[d.Kind])
	}
	for _, p := range s.Clusters {
		for _, i := range s.within(p) {
			c.served[i] = true
		}
	}
	for _, cand := range s.Candidates {
		c.reach = append(c.reach, s.within(cand.Place))
		c.broken = append(c.broken, s.rules(cand.Place))
	}
	return c
}

// within lists the demand that a cluster at the place reaches.
func (s *Scenario) within(p geo.Point) (out []int32) {
	box := geo.Line{p}.Bounds().Grow(float64(s.Radius))
	for i := range s.Demand {
		if q := s.Demand[i].Place; box.Contains(q) && geo.Distance(p, q) <= float64(s.Radius) {
			out = append(out, int32(i))
		}
	}
	return out
}

// rules lists the rules that a cluster at the place would break.
func (s *Scenario) rules(p geo.Point) (out []Broken) {
	for i := range s.Obstacles {
		o := &s.Obstacles[i]
		least, ok := s.Distances[o.Kind]
		if !ok {
			continue
		}
		if d := o.metres(p); d < float64(least) || d == 0 {
			out = append(out, Broken{o.Kind, o.Name, int(d), least})
		}
	}
	slices.SortStableFunc(out, func(a, b Broken) int { return cmp.Compare(a.Metres, b.Metres) })
	return out
}

// gain is what the candidate adds to those chosen.
func (c *coverage) gain(i int) (sum int) {
	for _, d := range c.reach[i] {
		if !c.served[d] && c.times[d] == 0 {
			sum += c.weight[d]
		}
	}
	return sum
}

func (c *coverage) add(i, n int) {
	for _, d := range c.reach[i] {
		c.times[d] += n
	}
}

// choose takes at most count candidates that break no rule and add something.
func (c *coverage) choose(count int) (chosen []int) {
	for len(chosen) < count {
		i, gain := c.best(chosen)
		if gain == 0 {
			break
		}
		chosen = append(chosen, i)
		c.add(i, 1)
		for c.exchange(chosen) {
		}
	}
	return c.sorted(chosen)
}

// best is the candidate that adds most.
func (c *coverage) best(chosen []int) (best, most int) {
	for i := range c.reach {
		if c.broken[i] != nil || slices.Contains(chosen, i) {
			continue
		}
		if g := c.gain(i); g > most {
			best, most = i, g
		}
	}
	return best, most
}

// exchange replaces one chosen candidate by one that adds more, if any does.
func (c *coverage) exchange(chosen []int) bool {
	for k, old := range chosen {
		c.add(old, -1)
		if i, gain := c.best(chosen); gain > c.gain(old) {
			chosen[k] = i
			c.add(i, 1)
			return true
		}
		c.add(old, 1)
	}
	return false
}

// sorted puts the one that adds most to those before it first.
func (c *coverage) sorted(chosen []int) (out []int) {
	clear(c.times)
	slices.Sort(chosen)
	for len(out) < len(chosen) {
		best, most := -1, -1
		for _, i := range chosen {
			if g := c.gain(i); g > most && !slices.Contains(out, i) {
				best, most = i, g
			}
		}
		out = append(out, best)
		c.add(best, 1)
	}
	return out
}

func (c *coverage) verdict(i int, chosen bool) Verdict {
	v := Verdict{ID: c.Candidates[i].ID, Broken: c.broken[i], Covers: map[string]int{}, Adds: map[string]int{}, Chosen: chosen}
	own := 0
	if chosen {
		own = 1
	}
	for _, d := range c.reach[i] {
		x := c.Demand[d]
		v.Covers[x.Kind] += max(0, x.Amount)
		if !c.served[d] && c.times[d] == own {
			v.Adds[x.Kind] += max(0, x.Amount)
		}
	}
	return v
}
