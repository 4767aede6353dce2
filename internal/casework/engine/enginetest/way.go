package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	running "xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/id"
)

// patience is how often a step of a way is tried before it is left out.
const patience = 16

// Pause in a way lets the time pass until a term of the case is over.
const Pause = "…"

// lead takes the case along one of the ways of its procedure, to any place on it
// or to its end.
func (k *walker) lead(c *walked) {
	s := k.find(c)
	ways := k.Ways[s.Procedure]
	if len(ways) == 0 || s.Terminal || k.r.IntN(8) == 0 {
		return
	}
	way := ways[k.r.IntN(len(ways))]
	if k.r.IntN(5) == 0 {
		way = way[:1+k.r.IntN(len(way))]
	}
	for i, step := range way {
		if step == Pause {
			k.wait(k.find(c), patience)
			continue
		}
		if taken(s, step) && !slices.ContainsFunc(way[:i], func(x string) bool { return !taken(s, x) }) {
			continue // somebody went there already
		}
		if k.stats.Accepted >= k.Steps || !k.reach(c, strings.TrimSuffix(step, "?"), strings.HasSuffix(step, "?")) {
			return
		}
	}
}

// taken reports whether the case took a step of a way before it was led.
func taken(s *engine.Snapshot, step string) bool {
	return slices.ContainsFunc(s.Log, func(t rule.Taken) bool { return t.Step == strings.TrimSuffix(step, "?") })
}

// reach takes the step as soon as it can be taken: what it waits for is a case
// that hangs on this one, or time. One that is optional is left out where the case
// does not stand there. False says that the case cannot be led further.
func (k *walker) reach(c *walked, id string, optional bool) bool {
	k.why = ""
	for n := range patience {
		s := k.find(c)
		step, _ := s.Proc.Step(id, s.State)
		if s.Terminal && step == nil {
			return false
		}
		if step != nil && k.try(c, s, step, true) {
			return true
		}
		if optional && (step == nil || n > 3) {
			return true
		}
		if child := k.childOf(c); child != nil {
			k.usual(child)
		} else if n%3 == 2 || step == nil {
			k.wait(k.find(c), n)
		}
	}
	if !optional {
		k.stats.Lost[fmt.Sprintf("%s %s in %s: %s", c.proc, id, c.state, k.why)]++
	}
	return optional
}

// usual leads a case, or tries its usual next act or another one.
func (k *walker) usual(c *walked) {
	before := k.find(c).Version
	if !c.led {
		c.led = true
		k.lead(c)
	}
	for range 6 {
		s := k.find(c)
		step := k.choose(c, s)
		if s.Version != before || step == nil {
			return
		}
		if step.Primary || k.r.IntN(4) == 0 {
			k.try(c, s, step, true)
		}
	}
}

// wait lets about a day pass, and in the end all the time until a term of the case
// is over that is not the agency's own.
func (k *walker) wait(s *engine.Snapshot, tries int) {
	by := 20*time.Hour + time.Duration(k.r.IntN(8*60))*time.Minute
	for i := range s.Clocks {
		c := &s.Clocks[i]
		e := s.Proc.ClockOf(c.ID).Expiry
		due := c.DueAt().Sub(k.World.Clock.Now())
		if tries > 5 && c.State == running.Running && (e.None || e.Step != "") && due > 0 && due < 200*24*time.Hour {
			by = due + time.Minute
			break
		}
	}
	k.World.Clock.Advance(by)
	k.tick()
}

// beside opens, now and then, a case beside one that is walked, and takes up those
// that others opened.
func (k *walker) beside() {
	for _, name := range k.Beside {
		p, err := k.World.Engine.Library().Latest(name)
		if err != nil {
			k.t.Fatal(err)
		}
		for _, step := range p.From(procedure.None) {
			if step.By(procedure.System) && len(step.Who) == 1 || len(k.cases) == 0 || k.r.IntN(6) > 0 {
				continue
			}
			k.openBeside(p, step, k.cases[k.r.IntN(len(k.cases))])
		}
		rows, err := k.World.DB.Query(k.ctx, `SELECT id FROM cases WHERE division = $1 AND procedure = $2 AND NOT terminal`, k.World.Division, name)
		if err != nil {
			k.t.Fatal(err)
		}
		var open []id.ID
		for rows.Next() {
			var x id.ID
			if err := rows.Scan(&x); err != nil {
				k.t.Fatal(err)
			}
			open = append(open, x)
		}
		if err := rows.Close(); err != nil {
			k.t.Fatal(err)
		}
		for _, x := range open {
			if !slices.ContainsFunc(k.cases, func(o *walked) bool { return o.id == x }) && !k.given[x] {
				k.take(&walked{id: x})
			}
		}
	}
}

// openBeside opens a case of the procedure that hangs on the other.
func (k *walker) openBeside(p *procedure.Procedure, step *procedure.Step, above *walked) {
	s := &engine.Snapshot{Proc: p, Data: map[string]any{}}
	s.Division, s.State, s.Parent = k.World.Division, procedure.None, above.id
	actor := k.actor(s, step, "", true)
	in, files := k.form(s, step, actor)
	k.key++
	_, err := k.World.Engine.Open(k.ctx, engine.Opening{Procedure: p.ID, Division: k.World.Division, Step: step.ID, Actor: actor, Input: in, Files: files,
		Parent: above.id, Key: fmt.Sprint("b", k.Seed, k.key)})
	k.turned++
	k.learn(err)
	if err != nil {
		k.refusal(err, "open "+step.ID)
		return
	}
	k.stats.Accepted++
	k.stats.Steps[step.ID]++
}

// take walks the case, too.
func (k *walker) take(c *walked) {
	k.stats.Cases++
	k.cases = append(k.cases, c)
	k.find(c)
}
