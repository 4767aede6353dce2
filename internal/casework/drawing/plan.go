package drawing

import (
	"cmp"
	"slices"
	"strings"

	"xiucheng/internal/casework/flow"
	"xiucheng/internal/casework/procedure"
)

// node is a state in the picture; the first is the start, which is no state.
type node struct {
	state *procedure.State // nil at the start
	stage int              // index of the procedure's stages; -1 at the start
	main  bool             // on the usual way
	stays []*procedure.Step
}

// label is a step written at an arrow; forks says that the step also leads elsewhere.
type label struct {
	step  *procedure.Step
	forks bool
}

// tap leaves a node on one side towards one or more others: steps that lead to
// the same states share it.
type tap struct {
	from   int
	to     []int
	labels []label
}

// forward reports whether the tap leads downwards, which it does on the right.
func (t tap) forward() bool { return t.to[0] > t.from }

// plan is what is drawn, before it has a place.
type plan struct {
	p     *procedure.Procedure
	nodes []node
	usual []tap // from one node of the usual way to its next
	taps  []tap
	open  []*procedure.Step // possible in every open state
	many  []*procedure.Step // possible in many states
	any   []*procedure.Step // possible in every state
}

// newPlan reads a procedure.
func newPlan(p *procedure.Procedure) *plan {
	d := &plan{p: p, nodes: []node{{stage: -1, main: true}}}
	for i := range p.States {
		s := &p.States[i]
		d.nodes = append(d.nodes, node{state: s, stage: slices.IndexFunc(p.Stages, func(g procedure.Stage) bool { return g.ID == s.Stage })})
	}
	slices.SortStableFunc(d.nodes, func(a, b node) int { return cmp.Compare(a.stage, b.stage) })
	d.join(d.edges())
	return d
}

// pair is two nodes with an arrow between them.
type pair struct{ from, to int }

// edges lists what leads from where to where, and puts aside what stays.
func (d *plan) edges() map[pair][]label {
	row := map[string]int{}
	for i, n := range d.nodes {
		row[n.id()] = i
	}
	edges := map[pair][]label{}
	for i := range d.p.Steps {
		s := &d.p.Steps[i]
		if d.everywhere(s) {
			continue
		}
		targets := map[int][]int{}
		for _, w := range d.p.Ways(s) {
			from, to := row[w.From], row[w.To]
			if !slices.Contains(targets[from], to) {
				targets[from] = append(targets[from], to)
			}
		}
		for from, list := range targets {
			for _, to := range list {
				if to != from {
					edges[pair{from, to}] = append(edges[pair{from, to}], label{s, len(list) > 1})
				} else if len(list) == 1 {
					d.nodes[from].stays = append(d.nodes[from].stays, s)
				}
			}
		}
	}
	return edges
}

// everywhere puts aside a step of every state that leads nowhere.
func (d *plan) everywhere(s *procedure.Step) bool {
	switch {
	case len(s.To) > 0:
		return false
	case slices.Contains(s.From, procedure.Any):
		d.any = append(d.any, s)
	case slices.Contains(s.From, procedure.Open):
		d.open = append(d.open, s)
	default:
		if len(s.From) < manyStates {
			return false
		}
		d.many = append(d.many, s)
	}
	return true
}

// manyStates is when a step that leads nowhere is written once below the
// picture and not in each of its states.
const manyStates = 4

func (n node) id() string {
	if n.state == nil {
		return flow.None
	}
	return n.state.ID
}

// join makes arrows of edges: those of the usual way apart, the others by what
// they have in common.
func (d *plan) join(edges map[pair][]label) {
	way := d.usualWay(edges)
	for i, n := range way {
		d.nodes[n].main = true
		if i > 0 {
			e := pair{way[i-1], n}
			d.usual = append(d.usual, tap{e.from, []int{e.to}, ordered(edges[e])})
			delete(edges, e)
		}
	}
	keys := make([]pair, 0, len(edges))
	for e := range edges {
		keys = append(keys, e)
	}
	slices.SortFunc(keys, func(a, b pair) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	for _, e := range keys {
		t := tap{e.from, []int{e.to}, ordered(edges[e])}
		same := slices.IndexFunc(d.taps, func(o tap) bool {
			return o.from == t.from && o.forward() == t.forward() && slices.Equal(o.labels, t.labels)
		})
		if same >= 0 {
			d.taps[same].to = append(d.taps[same].to, e.to)
		} else {
			d.taps = append(d.taps, t)
		}
	}
}

// ordered puts the usual steps first and keeps the order of the file.
func ordered(list []label) []label {
	slices.SortStableFunc(list, func(a, b label) int { return rank(a.step) - rank(b.step) })
	return list
}

func rank(s *procedure.Step) int {
	if s.Primary {
		return 0
	}
	return 1
}

// Costs of a step on the usual way: a step marked as the usual next act is
// always preferred; what only the system does is avoided.
const (
	usualCost, otherCost, hiddenCost = 1, 100, 10000
)

func cost(list []label) int {
	least := hiddenCost
	for _, l := range list {
		switch {
		case l.step.Primary:
			least = min(least, usualCost)
		case !l.step.Hidden:
			least = min(least, otherCost)
		}
	}
	return least
}

// usualWay is the cheapest way down the page from the start to the good end:
// the first terminal state that is "fixed", else the first terminal state.
func (d *plan) usualWay(edges map[pair][]label) []int {
	end := 0
	for i, n := range d.nodes {
		if n.state != nil && n.state.Terminal && (end == 0 || n.state.End == "fixed" && d.nodes[end].state.End != "fixed") {
			end = i
		}
	}
	best, before := make([]int, len(d.nodes)), make([]int, len(d.nodes))
	for to := 1; to < len(d.nodes); to++ {
		best[to] = -1
		for from := range to { // arrows down only: what comes before is known
			list, ok := edges[pair{from, to}]
			if !ok || best[from] < 0 {
				continue
			}
			if c := best[from] + cost(list); best[to] < 0 || c < best[to] {
				best[to], before[to] = c, from
			}
		}
	}
	if best[end] <= 0 {
		return []int{0}
	}
	way := []int{end}
	for end != 0 {
		end = before[end]
		way = append(way, end)
	}
	slices.Reverse(way)
	return way
}

// text is a step as it is written at an arrow or in a box.
func (l label) text(s Speech) string {
	var b strings.Builder
	if l.forks {
		b.WriteString("◇ ")
	}
	b.WriteString(s.Of(l.step.Name) + " · " + s.WhoOf(l.step))
	return b.String()
}
