// Package flow looks at a procedure as a graph: states, the ways between them,
// and the clocks that run along them. It finds what only the whole shows:
// states nobody reaches or leaves, cases that could end only if a citizen
// moved, and clocks that run where they may not.
package flow

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"

	"xiucheng/internal/casework/rule"
)

// None is the state before a case exists.
const None = "none"

// Graph is what is looked at.
type Graph struct {
	States []State
	Ways   []Way
	Apart  []Apart
	Clocks []Clock
	// Leaves reports whether the step can be taken from the state.
	Leaves func(step, state string) bool

	env  *cel.Env
	only map[string]*rule.Expr // conditions that read nothing but `to`; nil for the others
	end  map[string]bool
}

// State is a state and where it stands in the file.
type State struct {
	At, ID string
	End    bool // terminal
}

// Way is one transition; a step that stays is a way to the same state.
type Way struct {
	At, Step, From, To string
	Agency             bool     // somebody of the agency can take it
	Moves              []Move   // in order
	Holds, Fails       []string // conditions that hold, and that do not, on this way
}

// Move is what a way does to a clock; "all" is every clock.
type Move struct{ Verb, Clock, When string }

// Apart says that a step is not for whoever took the step Of.
type Apart struct{ At, Step, Of string }

// Clock is a clock with the steps it takes by itself.
type Clock struct {
	ID      string
	Citizen bool // may run in an end
	Takes   []Take
}

// Take is a step a clock takes by itself, at its expiry or a rung.
type Take struct{ At, Name, Step string }

// Finding is something wrong.
type Finding struct{ At, Text string }

// Check lists what is wrong with the graph.
func (g *Graph) Check() []Finding {
	g.end = map[string]bool{}
	for _, s := range g.States {
		g.end[s.ID] = s.End
	}
	return slices.Concat(g.states(), g.precedence(), g.clocks())
}

func (g *Graph) states() (out []Finding) {
	reached := walk([]string{None}, g.Ways)
	var ends []string
	var back []Way
	for _, s := range g.States {
		if s.End {
			ends = append(ends, s.ID)
		}
	}
	for _, w := range g.Ways {
		if w.Agency {
			back = append(back, Way{From: w.To, To: w.From})
		}
	}
	closes := walk(ends, back)
	for _, s := range g.States {
		switch {
		case !reached[s.ID]:
			out = append(out, Finding{s.At, fmt.Sprintf("state %s is unreachable", s.ID)})
		case s.End:
		case !slices.ContainsFunc(g.Ways, func(w Way) bool { return w.From == s.ID && w.To != s.ID }):
			out = append(out, Finding{s.At, fmt.Sprintf("state %s is a dead end: no step leaves it", s.ID)})
		case !closes[s.ID]:
			out = append(out, Finding{s.At, fmt.Sprintf("from state %s no terminal state is reached without a citizen, vendor, shop or contractor", s.ID)})
		}
	}
	if !slices.ContainsFunc(g.Ways, func(w Way) bool { return w.From == None }) {
		out = append(out, Finding{"$.steps", "no step opens a case (from: [none])"})
	}
	return out
}

// walk returns the states reached over the ways.
func walk(from []string, ways []Way) map[string]bool {
	reached := map[string]bool{}
	for len(from) > 0 {
		at := from[0]
		from = from[1:]
		if reached[at] {
			continue
		}
		reached[at] = true
		for _, w := range ways {
			if w.From == at && !reached[w.To] {
				from = append(from, w.To)
			}
		}
	}
	return reached
}

// precedence: "not the actor of x" is empty where x cannot come before.
func (g *Graph) precedence() (out []Finding) {
	for _, a := range g.Apart {
		var after []string
		for _, w := range g.Ways {
			if w.Step == a.Of {
				after = append(after, w.To)
			}
		}
		reached := walk(after, g.Ways)
		if !slices.ContainsFunc(g.Ways, func(w Way) bool { return w.Step == a.Step && reached[w.From] }) {
			out = append(out, Finding{a.At, fmt.Sprintf("step %s can never come before %s", a.Of, a.Step)})
		}
	}
	return out
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

// after is what may run once the way was taken.
func (g *Graph) after(m mayRun, w Way) mayRun {
	out := mayRun{maps.Clone(m.running), maps.Clone(m.paused)}
	for _, v := range w.Moves {
		sure, never := g.decided(v.When, w)
		if !never {
			out.move(v, w.Step, sure)
		}
	}
	return out
}

// move applies a verb; one that is not sure leaves what was possible before.
func (m mayRun) move(v Move, step string, sure bool) {
	drop := func(from map[string]string) {
		switch {
		case sure && v.Clock == "all":
			clear(from)
		case sure:
			delete(from, v.Clock)
		}
	}
	switch v.Verb {
	case "start", "restart":
		m.running[v.Clock] = step
		drop(m.paused)
	case "stop":
		drop(m.running)
		drop(m.paused)
	case "pause":
		if by, ok := m.running[v.Clock]; ok {
			m.paused[v.Clock] = by
			drop(m.running)
		}
	case "resume":
		if by, ok := m.paused[v.Clock]; ok {
			m.running[v.Clock] = by
			drop(m.paused)
		}
	}
}

// clocks follows the clocks along every way until nothing changes, then looks
// for agency clocks in ends and for clocks whose own step cannot be taken where
// they run.
func (g *Graph) clocks() []Finding {
	in := map[string]mayRun{None: {map[string]string{}, map[string]string{}}}
	for _, s := range g.States {
		in[s.ID] = mayRun{map[string]string{}, map[string]string{}}
	}
	for grew := true; grew; {
		grew = false
		for _, w := range g.Ways {
			if in[w.To].add(g.after(in[w.From], w)) {
				grew = true
			}
		}
	}
	return append(g.atEnds(in), g.owed(in)...)
}

func (g *Graph) atEnds(in map[string]mayRun) (out []Finding) {
	citizen := map[string]bool{}
	for _, c := range g.Clocks {
		citizen[c.ID] = c.Citizen
	}
	said := map[string]bool{}
	for _, w := range g.Ways {
		if !g.end[w.To] {
			continue
		}
		left := g.after(in[w.From], w)
		for _, m := range []map[string]string{left.running, left.paused} {
			for _, c := range slices.Sorted(maps.Keys(m)) {
				text := fmt.Sprintf("step %s enters the terminal state %s while agency clock %s (started by %s) may run", w.Step, w.To, c, m[c])
				if !citizen[c] && !said[text] && (w.From != w.To || w.starts(c)) {
					said[text] = true
					out = append(out, Finding{w.At, text})
				}
			}
		}
	}
	return out
}

func (w Way) starts(clock string) bool {
	return slices.ContainsFunc(w.Moves, func(m Move) bool { return m.Clock == clock && (m.Verb == "start" || m.Verb == "restart") })
}

func (g *Graph) owed(in map[string]mayRun) (out []Finding) {
	for _, c := range g.Clocks {
		for _, st := range slices.Sorted(maps.Keys(in)) {
			if _, runs := in[st].running[c.ID]; !runs {
				continue
			}
			for _, t := range c.Takes {
				if !g.Leaves(t.Step, st) {
					out = append(out, Finding{t.At, fmt.Sprintf("%s of clock %s may come in state %s, where step %s cannot be taken", t.Name, c.ID, st, t.Step)})
				}
			}
		}
	}
	return out
}
