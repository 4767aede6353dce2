package procedure

import (
	"fmt"
	"maps"
	"slices"

	"xiucheng/internal/casework/flow"
)

// outsiders are roles whose silence must never hold a case.
var outsiders = map[string]bool{Citizen: true, "vendor": true, "shop": true, "contractor": true}

// graph checks what only the whole shows.
func (c *checker) graph() {
	g := flow.Graph{Leaves: func(step, state string) bool { s, _ := c.p.Step(step, state); return s != nil }}
	for i := range c.p.States {
		s := &c.p.States[i]
		g.States = append(g.States, flow.State{At: fmt.Sprintf("$.states[%d]", i), ID: s.ID, End: s.Terminal})
	}
	for i := range c.p.Steps {
		s, at := &c.p.Steps[i], fmt.Sprintf("$.steps[%d]", i)
		for _, w := range c.p.Ways(s) {
			w.At = at
			g.Ways = append(g.Ways, w)
		}
		for j, of := range s.Apart {
			g.Apart = append(g.Apart, flow.Apart{At: fmt.Sprintf("%s.apart[%d]", at, j), Step: s.ID, Of: of})
		}
	}
	for i := range c.p.Clocks {
		k, at := &c.p.Clocks[i], fmt.Sprintf("$.clocks[%d]", i)
		clock := flow.Clock{ID: k.ID, Citizen: k.Party == "citizen"}
		if k.Expiry.Step != "" {
			clock.Takes = append(clock.Takes, flow.Take{At: at + ".expiry", Name: "the expiry", Step: k.Expiry.Step})
		}
		for j, r := range k.Ladder {
			if r.Step != "" {
				clock.Takes = append(clock.Takes, flow.Take{At: fmt.Sprintf("%s.ladder[%d]", at, j), Name: "rung " + r.ID, Step: r.Step})
			}
		}
		g.Clocks = append(g.Clocks, clock)
	}
	for _, f := range g.Check() {
		c.bad(f.At, "%s", f.Text)
	}
}

// Ways lists every transition of the step, states that stay included; a way
// back may lead to any terminal state. They do not say where they stand in the file.
func (p *Procedure) Ways(s *Step) (all []flow.Way) {
	var ends []string
	for i := range p.States {
		if p.States[i].Terminal {
			ends = append(ends, p.States[i].ID)
		}
	}
	way := flow.Way{Step: s.ID, Agency: slices.ContainsFunc(s.Who, func(r string) bool { return !outsiders[r] })}
	for i := range s.Clocks {
		kind, id := s.Clocks[i].Kind()
		way.Moves = append(way.Moves, flow.Move{Verb: kind, Clock: id, When: s.Clocks[i].When})
	}
	targets := s.To
	if len(targets) == 0 || targets[len(targets)-1].When != "" {
		targets = append(slices.Clone(targets), Target{State: Stay}) // no condition held
	}
	for _, way.From = range slices.Sorted(maps.Keys(s.from)) {
		var fails []string
		for _, t := range targets {
			way.Holds, way.Fails = flow.Conjuncts(t.When), slices.Clone(fails)
			fails = append(fails, t.When)
			to := []string{t.State}
			switch t.State {
			case Stay:
				to[0] = way.From
			case Back:
				to = ends
			}
			for _, way.To = range to {
				all = append(all, way)
			}
		}
	}
	return all
}
