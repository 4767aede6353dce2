package enginetest

import (
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
)

// finish drives a case to a terminal state with the agency's people alone,
// waits until its clocks are over, and checks it for the last time.
func (k *walker) finish(i int) {
	c := k.cases[i]
	k.cases = append(k.cases[:i:i], k.cases[i+1:]...)
	s := k.find(c)
	d := distances(s.Proc)
	if k.Learning && !c.led && !s.Terminal {
		c.led = true
		k.lead(c)
		s = k.find(c)
	}
	for range k.effort() {
		if s.Terminal || k.Learning && k.worth[s.Proc.ID][s.State] < 0.03 {
			break
		}
		k.act(c)
		s = k.find(c)
	}
	for n := 0; !s.Terminal; n++ {
		if n > 45 && k.Learning {
			CheckCase(k.t, k.World, c.id)
			k.stats.Stuck[s.Procedure+" "+s.State]++
			k.given[c.id] = true
			if k.Ended != nil {
				k.Ended(k.t, s)
			}
			return
		}
		if n > 3000 {
			CheckCase(k.t, k.World, c.id)
			k.t.Fatalf("case %s does not end: stuck in %s after %v, refusals %v", c.id, s.State, s.Log[max(0, len(s.Log)-6):], k.stats.Refusals)
		}
		if child := k.childOf(c); child != nil && k.r.IntN(3) > 0 {
			k.act(child)
		} else {
			k.towards(c, s, d)
		}
		if n%12 == 11 {
			k.World.Clock.Advance(time.Duration(k.r.IntN(120)) * time.Minute)
			k.tick()
		}
		s = k.find(c)
	}
	if k.objects(c, s) {
		k.cases = append(k.cases, c)
		return
	}
	k.stats.Ended++
	CheckCase(k.t, k.World, c.id)
	if k.Ended != nil {
		k.Ended(k.t, s)
	}
	k.rest(c)
}

// childOf is a case that hangs on this one and is walked, nil for none. Only
// learning walks look: what waits for a child ends with it.
func (k *walker) childOf(c *walked) *walked {
	if !k.Learning {
		return nil
	}
	list, err := record.Children(k.ctx, k.World.DB, k.World.Division, c.id)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, child := range list {
		if i := slices.IndexFunc(k.cases, func(o *walked) bool { return o.id == child.ID }); i >= 0 && !child.Terminal {
			return k.cases[i]
		}
	}
	return nil
}

// objects lets the reporter of an ended case speak, now and then; true when
// that opened it again.
func (k *walker) objects(c *walked, s *engine.Snapshot) bool {
	if c.receipt == "" || k.stats.Accepted >= k.Steps {
		return false
	}
	for _, step := range s.Proc.From(s.State) {
		if step.By(procedure.Citizen) && !step.Shared() && k.r.IntN(2) == 0 {
			s = k.find(c)
			if leaves(s, step.ID) {
				k.tryBy(c, s, step, k.World.Citizen(c.receipt))
			}
		}
	}
	return !k.find(c).Terminal
}

// towards tries a step that brings the case nearer to an end, or, half of the
// time, any other: it may open the way.
func (k *walker) towards(c *walked, s *engine.Snapshot, d map[string]int) {
	for range 20 {
		step := k.choose(c, s)
		if step == nil || k.hopeless(c, s, step) {
			return
		}
		stray := k.r.IntN(2)
		if k.Learning {
			stray = k.r.IntN(8)
		}
		if !byOutsiders(step) && !step.Shared() && (stray == 0 || nearer(step, s.State, d)) {
			k.try(c, s, step, true)
			return
		}
	}
}

func byOutsiders(s *procedure.Step) bool {
	for _, w := range s.Who {
		if w != procedure.Citizen && w != "vendor" && w != "shop" && w != "contractor" {
			return false
		}
	}
	return true
}

func nearer(step *procedure.Step, state string, d map[string]int) bool {
	for _, t := range step.To {
		if to, ok := d[t.State]; t.State == procedure.Back || ok && to < d[state] {
			return true
		}
	}
	return false
}

// distances counts steps to the nearest end for every state.
func distances(p *procedure.Procedure) map[string]int {
	d := map[string]int{}
	for i := range p.States {
		if p.States[i].Terminal {
			d[p.States[i].ID] = 0
		}
	}
	for grew := true; grew; {
		grew = false
		for i := range p.States {
			from := p.States[i].ID
			for _, s := range p.From(from) {
				for _, t := range s.To {
					to, ok := d[t.State]
					if have, known := d[from]; ok && !byOutsiders(s) && (!known || to+1 < have) {
						d[from] = to + 1
						grew = true
					}
				}
			}
		}
	}
	return d
}

// rest lets the citizen's clocks of an ended case run out: every clock ends.
func (k *walker) rest(c *walked) {
	for range 4 {
		s := k.find(c)
		if s.Tick == record.NoDue || k.Learning && s.Tick > clock.Micro(k.World.Clock.Now().AddDate(0, 0, 20)) {
			return // certificates run out in a walk that waits for every end
		}
		if at := clock.FromMicro(s.Tick); at.After(k.World.Clock.Now()) {
			k.World.Clock.Set(at.Add(time.Second))
		}
		k.tick()
	}
	s := k.find(c)
	if s.Terminal && s.Tick != record.NoDue && !k.Learning {
		k.t.Fatalf("a clock of the ended case %s never ends: %+v", c.id, s.Clocks)
	}
}
