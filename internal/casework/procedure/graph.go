package procedure

import (
	"fmt"
	"maps"
	"slices"
)

// outsiders are roles whose silence must never hold a case.
var outsiders = map[string]bool{Citizen: true, "vendor": true, "shop": true, "contractor": true}

// edge is one way from a state to another.
type edge struct {
	at       string // path of the step
	step     *Step
	from, to string
	holds    []string // conditions that hold on this way
	fails    []string // conditions that do not
}

// edges lists every transition, with states that stay included.
func (c *checker) edges() []edge {
	var all []edge
	var ends []string
	for i := range c.p.States {
		if c.p.States[i].Terminal {
			ends = append(ends, c.p.States[i].ID)
		}
	}
	for i := range c.p.Steps {
		s := &c.p.Steps[i]
		at := fmt.Sprintf("$.steps[%d]", i)
		for _, from := range slices.Sorted(maps.Keys(s.from)) {
			targets := s.To
			if len(targets) == 0 || targets[len(targets)-1].When != "" {
				targets = append(slices.Clone(targets), Target{State: Stay}) // no condition held
			}
			var fails []string
			for _, t := range targets {
				way := edge{at: at, step: s, from: from, holds: conjuncts(t.When), fails: slices.Clone(fails)}
				fails = append(fails, t.When)
				to := []string{t.State}
				switch t.State {
				case Stay:
					to[0] = from
				case Back:
					to = ends
				}
				for _, way.to = range to {
					all = append(all, way)
				}
			}
		}
	}
	return all
}

// graph checks what only the whole shows.
func (c *checker) graph() {
	edges := c.edges()
	reached := walk([]string{None}, edges, func(edge) bool { return true })
	toEnd := c.backward(edges)
	for i := range c.p.States {
		s, at := &c.p.States[i], fmt.Sprintf("$.states[%d]", i)
		switch {
		case !reached[s.ID]:
			c.bad(at, "state %s is unreachable", s.ID)
		case s.Terminal:
		case !slices.ContainsFunc(edges, func(e edge) bool { return e.from == s.ID && e.to != s.ID }):
			c.bad(at, "state %s is a dead end: no step leaves it", s.ID)
		case !toEnd[s.ID]:
			c.bad(at, "from state %s no terminal state is reached without a citizen, vendor, shop or contractor", s.ID)
		}
	}
	if !slices.ContainsFunc(edges, func(e edge) bool { return e.from == None }) {
		c.bad("$.steps", "no step opens a case (from: [none])")
	}
	c.precedence(edges)
	c.clockFlow(edges)
}

// walk returns the states reached over the edges that may be used.
func walk(from []string, edges []edge, use func(edge) bool) map[string]bool {
	reached := map[string]bool{}
	for len(from) > 0 {
		at := from[0]
		from = from[1:]
		if reached[at] {
			continue
		}
		reached[at] = true
		for _, e := range edges {
			if e.from == at && !reached[e.to] && use(e) {
				from = append(from, e.to)
			}
		}
	}
	return reached
}

// backward finds the states from which the agency alone can end a case.
func (c *checker) backward(edges []edge) map[string]bool {
	var reversed []edge
	var ends []string
	for _, e := range edges {
		if slices.ContainsFunc(e.step.Who, func(r string) bool { return !outsiders[r] }) {
			reversed = append(reversed, edge{from: e.to, to: e.from})
		}
	}
	for i := range c.p.States {
		if c.p.States[i].Terminal {
			ends = append(ends, c.p.States[i].ID)
		}
	}
	return walk(ends, reversed, func(edge) bool { return true })
}

// precedence: "not the actor of x" is empty where x cannot come before.
func (c *checker) precedence(edges []edge) {
	for i := range c.p.Steps {
		s := &c.p.Steps[i]
		for j, x := range s.Apart {
			var after []string
			for _, e := range edges {
				if e.step.ID == x {
					after = append(after, e.to)
				}
			}
			reached := walk(after, edges, func(edge) bool { return true })
			if !slices.ContainsFunc(slices.Collect(maps.Keys(s.from)), func(f string) bool { return reached[f] }) {
				c.bad(fmt.Sprintf("$.steps[%d].apart[%d]", i, j), "step %s can never come before %s", x, s.ID)
			}
		}
	}
}

// mayRun says which clocks may be running or paused in a state, and by which
// step each was started.
type mayRun struct{ running, paused map[string]string }

func (m mayRun) add(o mayRun) (grew bool) {
	for _, pair := range [][2]map[string]string{{m.running, o.running}, {m.paused, o.paused}} {
		for k, v := range pair[1] {
			if _, ok := pair[0][k]; !ok {
				pair[0][k] = v
				grew = true
			}
		}
	}
	return grew
}

// after is what may run once the edge's step was taken.
func (c *checker) after(m mayRun, e edge) mayRun {
	out := mayRun{maps.Clone(m.running), maps.Clone(m.paused)}
	for i := range e.step.Clocks {
		v := &e.step.Clocks[i]
		kind, id := v.Kind()
		sure, never := c.decided(v.When, e)
		if never {
			continue
		}
		switch kind {
		case Start, Restart:
			out.running[id] = e.step.ID
			if sure {
				delete(out.paused, id)
			}
		case Stop:
			if sure && id == All {
				clear(out.running)
				clear(out.paused)
			} else if sure {
				delete(out.running, id)
				delete(out.paused, id)
			}
		case Pause:
			if by, ok := out.running[id]; ok {
				out.paused[id] = by
				if sure {
					delete(out.running, id)
				}
			}
		case Resume:
			if by, ok := out.paused[id]; ok {
				out.running[id] = by
				if sure {
					delete(out.paused, id)
				}
			}
		}
	}
	return out
}

// clockFlow follows the clocks along every path until nothing changes, then
// looks for agency clocks in terminal states and for clocks whose expiry step
// cannot be taken where they run.
func (c *checker) clockFlow(edges []edge) {
	in := map[string]mayRun{None: {map[string]string{}, map[string]string{}}}
	for i := range c.p.States {
		in[c.p.States[i].ID] = mayRun{map[string]string{}, map[string]string{}}
	}
	for grew := true; grew; {
		grew = false
		for _, e := range edges {
			if in[e.to].add(c.after(in[e.from], e)) {
				grew = true
			}
		}
	}
	said := map[string]bool{}
	for _, e := range edges {
		if st := c.p.state[e.to]; st == nil || !st.Terminal {
			continue
		}
		out := c.after(in[e.from], e)
		for _, m := range []map[string]string{out.running, out.paused} {
			for _, id := range slices.Sorted(maps.Keys(m)) {
				text := fmt.Sprintf("step %s enters the terminal state %s while agency clock %s (started by %s) may run", e.step.ID, e.to, id, m[id])
				if c.p.clock[id].Party != "citizen" && !said[text] && (e.from != e.to || e.step.starts(id)) {
					said[text] = true
					c.bad(e.at, "%s", text)
				}
			}
		}
	}
	for i := range c.p.Clocks {
		c.endsEverywhere(i, in)
	}
}

func (s *Step) starts(clock string) bool {
	return slices.ContainsFunc(s.Clocks, func(v Verb) bool { return v.Start == clock || v.Restart == clock })
}

func (c *checker) endsEverywhere(i int, in map[string]mayRun) {
	k := &c.p.Clocks[i]
	for _, st := range slices.Sorted(maps.Keys(in)) {
		if _, runs := in[st].running[k.ID]; !runs {
			continue
		}
		if s, _ := c.p.Step(k.Expiry.Step, st); k.Expiry.Step != "" && s == nil {
			c.bad(fmt.Sprintf("$.clocks[%d].expiry", i), "clock %s may end in state %s, where step %s cannot be taken", k.ID, st, k.Expiry.Step)
		}
		for j, r := range k.Ladder {
			if s, _ := c.p.Step(r.Step, st); r.Step != "" && s == nil {
				c.bad(fmt.Sprintf("$.clocks[%d].ladder[%d]", i, j), "rung %s may come in state %s, where step %s cannot be taken", r.ID, st, r.Step)
			}
		}
	}
}
