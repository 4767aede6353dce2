package enginetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Walk takes a procedure at random: right and wrong people, good and bad
// forms, clocks that run on and are set back.
type Walk struct {
	World     *World
	Procedure *procedure.Procedure
	Steps     int // accepted steps, the system's included
	Seed      uint64
	Here      procedure.Point // where cases happen
	// Value overrides what a form field is filled with; ok = false leaves it to
	// the walker. It may return nil for "left empty".
	Value func(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (v any, ok bool)
	// Weight says how often a step is tried, beside 4 for others, 12 for the
	// usual next act and 1 for a shared step; nil or 0 leaves it to the walker.
	Weight func(step *procedure.Step) int
	// After is called after every accepted step, for the procedure's own invariants.
	After func(t testing.TB, before, after *engine.Snapshot)
	// Ended is called with every case that was driven to its end.
	Ended func(t testing.TB, s *engine.Snapshot)
	// Learning walks prefer steps that were seldom taken, learn from refusals
	// what forms want, and leave to clocks and to other cases what those do.
	Learning bool
}

// Stats is what a walk met.
type Stats struct {
	Accepted, Refused, Replayed, Moments, Cases, Ended int
	Steps                                              map[string]int            // accepted, by step
	Refusals                                           map[string]int            // by code
	Why                                                map[string]int            // refusals by step, code and fields
	States                                             map[string]int            // of the procedure, entered
	Entered                                            map[string]map[string]int // states of every procedure
	Stuck                                              map[string]int            // cases of a learning walk that found no end, by state
}

// walker is a running walk.
type walker struct {
	Walk
	t     testing.TB
	r     *rand.Rand
	ctx   context.Context
	cases []*walked
	stats Stats
	key   int

	machine map[string]bool // steps that clocks and other cases take, by procedure and id
	habits  map[string][]habit
	tried   []habitOf // what the form that was filled last is made of
}

// walked is one case of a walk.
type walked struct {
	id      id.ID
	receipt string
	last    *attempt // the last accepted act, to be sent again
	state   string   // last seen
}

type attempt struct {
	act    engine.Act
	result engine.Result
}

// alive is how many cases are alive at a time; the others are driven to their
// end. A learning walk stays with fewer and takes them further.
func (k *walker) alive() int {
	if k.Learning {
		return 15
	}
	return 40
}

// effort is how many steps are tried with a case before it is driven to its end.
func (k *walker) effort() int {
	if k.Learning {
		return 150
	}
	return k.r.IntN(2) * 60 // half of them go the usual way first
}

// Run walks until enough steps were accepted, drives every case to its end and
// checks each of them.
func (w Walk) Run(t testing.TB) Stats {
	t.Helper()
	k := &walker{Walk: w, t: t, r: rand.New(rand.NewPCG(w.Seed, 1)), ctx: context.Background(),
		stats:   Stats{Steps: map[string]int{}, Refusals: map[string]int{}, Why: map[string]int{}, Entered: map[string]map[string]int{}, Stuck: map[string]int{}},
		machine: map[string]bool{}, habits: map[string][]habit{}}
	k.machines()
	for k.stats.Accepted < w.Steps {
		switch n := k.r.IntN(100); {
		case len(k.cases) == 0 || n < 6:
			k.open()
		case n < 16:
			k.time()
		case n < 20:
			k.again()
		default:
			k.act(k.cases[k.r.IntN(len(k.cases))])
		}
		if len(k.cases) > k.alive() {
			k.finish(0)
		}
	}
	for len(k.cases) > 0 {
		k.finish(0)
	}
	k.stats.States = k.stats.Entered[k.Procedure.ID]
	return k.stats
}

// machines finds what clocks and other cases take.
func (k *walker) machines() {
	for _, p := range k.World.Engine.Library().All() {
		for i := range p.Clocks {
			c := &p.Clocks[i]
			k.machine[p.ID+"."+c.Expiry.Step] = true
			for _, r := range c.Ladder {
				k.machine[p.ID+"."+r.Step] = true
			}
		}
		for i := range p.Steps {
			up := p.Steps[i].Parent
			for _, o := range k.World.Engine.Library().All() {
				if up != nil {
					k.machine[o.ID+"."+up.Step] = true
				}
			}
		}
	}
}

// left reports whether the step is left to clocks and other cases.
func (k *walker) left(p *procedure.Procedure, s *procedure.Step) bool {
	return k.Learning && k.machine[p.ID+"."+s.ID] && len(s.Who) == 1 && s.By(procedure.System)
}

// enter counts the states that a case was seen in.
func (k *walker) enter(c *walked, s *engine.Snapshot) {
	if c.state == s.State {
		return
	}
	c.state = s.State
	if k.stats.Entered[s.Procedure] == nil {
		k.stats.Entered[s.Procedure] = map[string]int{}
	}
	k.stats.Entered[s.Procedure][s.State]++
}

func (k *walker) open() {
	var openers []*procedure.Step
	for _, s := range k.Procedure.From(procedure.None) {
		if !s.Hidden {
			openers = append(openers, s)
		}
	}
	step := openers[k.r.IntN(len(openers))]
	s := &engine.Snapshot{Proc: k.Procedure, Data: map[string]any{}}
	s.Division, s.State = k.World.Division, procedure.None
	actor := k.actor(s, step, "", k.r.IntN(10) > 0)
	in, files := k.form(s, step, actor)
	k.key++
	o := engine.Opening{Procedure: k.Procedure.ID, Division: k.World.Division, Step: step.ID, Actor: actor, Input: in, Files: files, Key: fmt.Sprint("o", k.Seed, k.key)}
	r, err := k.World.Engine.Open(k.ctx, o)
	if err != nil {
		k.refusal(err, "open "+step.ID)
		k.learn(err)
		return
	}
	again, err := k.World.Engine.Open(k.ctx, o)
	if err != nil || again.Case != r.Case || !again.Replayed {
		k.t.Fatalf("one key, two answers: %+v %+v %v", r, again, err)
	}
	k.stats.Accepted++
	k.stats.Cases++
	k.stats.Steps[step.ID]++
	c := &walked{id: r.Case, receipt: r.Receipt}
	k.cases = append(k.cases, c)
	k.find(c)
	k.learn(nil)
	if len(step.Open) > 0 {
		k.adopt(c)
	}
}

// time moves the clock, mostly on, sometimes back, and lets clocks act.
func (k *walker) time() {
	by := time.Duration(k.r.IntN(180)) * time.Minute
	switch k.r.IntN(12) {
	case 2, 3: // just before or after something is due
		if len(k.cases) > 0 {
			s := k.find(k.cases[k.r.IntN(len(k.cases))])
			due := clock.FromMicro(s.Tick).Sub(k.World.Clock.Now())
			if s.Tick != record.NoDue && due > 0 && due < 40*24*time.Hour {
				by = due + []time.Duration{-time.Second, 0, time.Second, time.Minute}[k.r.IntN(4)]
			}
		}
	case 0:
		by = time.Duration(k.r.IntN(8*24)) * time.Hour
	case 1:
		by = -time.Duration(k.r.IntN(600)) * time.Minute
	}
	k.World.Clock.Advance(by)
	k.tick()
}

func (k *walker) tick() {
	n, err := k.World.Engine.Tick(k.ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	k.stats.Moments += n
	k.stats.Accepted += n
}

// again sends the last accepted act of a case once more under its key.
func (k *walker) again() {
	c := k.cases[k.r.IntN(len(k.cases))]
	if c.last == nil {
		return
	}
	before := k.find(c).Version // another case may have touched this one since
	r, err := k.World.Engine.Act(k.ctx, c.last.act)
	if err != nil || !r.Replayed || r.Version != c.last.result.Version {
		k.t.Fatalf("%s sent again: %+v %v", c.last.act.Step, r, err)
	}
	if got := k.find(c).Version; got != before {
		k.t.Fatalf("%s sent again made version %d of %d", c.last.act.Step, got, before)
	}
	k.stats.Replayed++
}

func (k *walker) find(c *walked) *engine.Snapshot {
	s, err := k.World.Engine.Find(k.ctx, k.World.Division, c.id)
	if err != nil {
		k.t.Fatal(err)
	}
	k.enter(c, s)
	return s
}

// still checks that a refused act left the case as it was.
func (k *walker) still(c *walked, s *engine.Snapshot, step string, refusal error) {
	var version int64
	var head []byte
	err := k.World.DB.QueryRow(k.ctx, `SELECT version, head FROM cases WHERE division = $1 AND id = $2`, k.World.Division, c.id).Scan(&version, &head)
	if err != nil || version != s.Version || string(head) != string(s.Head) {
		k.t.Fatalf("%s was refused (%v) and changed the case: %v", step, refusal, err)
	}
}

// act tries one step of the case.
func (k *walker) act(c *walked) {
	s := k.find(c)
	step := k.choose(s)
	if k.r.IntN(12) == 0 {
		step = &s.Proc.Steps[k.r.IntN(len(s.Proc.Steps))]
	}
	if step == nil || k.left(s.Proc, step) {
		return
	}
	if step.Shared() && s.Terminal && k.r.IntN(8) > 0 {
		return // little else can be done in an end
	}
	k.try(c, s, step, k.r.IntN(8) > 0)
}

// choose picks a step of the state by weight.
func (k *walker) choose(s *engine.Snapshot) *procedure.Step {
	steps := s.Proc.From(s.State)
	total := 0
	weights := make([]int, len(steps))
	for i, step := range steps {
		w := 4
		switch {
		case step.Shared():
			w = 1
		case step.Primary:
			w = 12
		}
		if k.Weight != nil {
			w = cmp.Or(k.Weight(step), w)
		}
		switch {
		case k.left(s.Proc, step):
			w = 0
		case k.Learning && !step.Shared():
			w = max(4, w*400/(20+k.stats.Steps[step.ID]))
			if ends(s.Proc, step) {
				w = 1 + w/20
			}
		case k.Learning:
			w = 1
		}
		weights[i], total = w, total+w
	}
	if total == 0 {
		return nil
	}
	at := k.r.IntN(total)
	for i := range steps {
		if at -= weights[i]; at < 0 {
			return steps[i]
		}
	}
	return steps[0]
}

// ends reports whether the step leads nowhere but to an end.
func ends(p *procedure.Procedure, step *procedure.Step) bool {
	return len(step.To) > 0 && !slices.ContainsFunc(step.To, func(t procedure.Target) bool {
		st := p.StateOf(t.State)
		return st == nil || !st.Terminal
	})
}

// try takes a step with somebody, and checks what must follow either way.
func (k *walker) try(c *walked, s *engine.Snapshot, step *procedure.Step, right bool) bool {
	return k.tryBy(c, s, step, k.actor(s, step, c.receipt, right))
}

func (k *walker) tryBy(c *walked, s *engine.Snapshot, step *procedure.Step, actor people.Actor) bool {
	in, files := k.form(s, step, actor)
	k.key++
	a := engine.Act{Case: c.id, Step: step.ID, Actor: actor, Input: in, Files: files, Key: fmt.Sprint("a", k.Seed, k.key)}
	if k.r.IntN(map[bool]int{false: 3, true: 30}[k.Learning]) == 0 {
		a.Version = s.Version - int64(k.r.IntN(2))
	}
	blocked := k.blocked(s, step, actor)
	r, err := k.World.Engine.Act(k.ctx, a)
	k.learn(err)
	if err != nil {
		k.refusal(err, step.ID)
		k.still(c, s, step.ID, err)
		return false
	}
	after := k.find(c)
	switch {
	case blocked:
		k.t.Fatalf("%s was blocked in the offers and yet taken", step.ID)
	case !step.Leaves(s.State):
		k.t.Fatalf("%s was taken from %s", step.ID, s.State)
	case a.Version != 0 && a.Version != s.Version:
		k.t.Fatalf("%s was taken over an old version", step.ID)
	case r.Version != s.Version+1 || after.Version < r.Version || after.State == "":
		k.t.Fatalf("%s made version %d from %d", step.ID, after.Version, s.Version)
	}
	k.stats.Accepted++
	k.stats.Steps[step.ID]++
	c.last = &attempt{a, r}
	if len(step.Open) > 0 {
		k.adopt(c)
	}
	if k.After != nil {
		k.After(k.t, s, after)
	}
	if step.Recall > 0 && k.r.IntN(6) == 0 {
		k.recall(c, s, actor)
	}
	if k.r.IntN(10) == 0 {
		CheckCase(k.t, k.World, c.id)
	}
	return true
}

// adopt walks the children of a case too.
func (k *walker) adopt(c *walked) {
	list, err := record.Children(k.ctx, k.World.DB, k.World.Division, c.id)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, child := range list {
		known := slices.ContainsFunc(k.cases, func(o *walked) bool { return o.id == child.ID })
		if !child.Terminal && !known {
			k.stats.Cases++
			o := &walked{id: child.ID}
			k.cases = append(k.cases, o)
			k.find(o)
		}
	}
}

// recall takes the step just taken back, at once: all is as it was before.
func (k *walker) recall(c *walked, before *engine.Snapshot, actor people.Actor) {
	_, err := k.World.Engine.Act(k.ctx, engine.Act{Case: c.id, Step: rule.RecallStep, Actor: actor, Input: procedure.Input{"reason": "误操作"}})
	if err != nil {
		k.refusal(err, rule.RecallStep)
		return
	}
	after := k.find(c)
	if after.State != before.State || after.Due != before.Due || after.Tick != before.Tick || len(after.Raw) != len(before.Raw) {
		k.t.Fatalf("taken back from %s to %s, due %d of %d", before.State, after.State, after.Due, before.Due)
	}
	k.stats.Accepted++
	k.stats.Steps[rule.RecallStep]++
	c.last = nil
}

// blocked asks the offers, now and then.
func (k *walker) blocked(s *engine.Snapshot, step *procedure.Step, actor people.Actor) bool {
	if k.r.IntN(5) > 0 {
		return false
	}
	offers, err := k.World.Engine.Offers(k.ctx, actor, s)
	if err != nil {
		return true // may not see it
	}
	for _, o := range offers {
		if o.Step == step {
			if !o.Allowed && (o.Refusal == nil || o.Reason.ZH == "" || o.Reason.EN == "") {
				k.t.Fatalf("%s is blocked without a reason", step.ID)
			}
			return !o.Allowed
		}
	}
	return false
}

// refusal: every refusal is a fault that somebody can act on, in words.
func (k *walker) refusal(err error, what string) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		k.t.Fatalf("%s failed: %v", what, err)
	}
	k.stats.Refused++
	k.stats.Refusals[f.Key]++
	why := what + " " + f.Key
	for _, x := range f.Fields {
		why += " " + x.Name
	}
	k.stats.Why[why]++
}

// finish drives a case to a terminal state with the agency's people alone,
// waits until its clocks are over, and checks it for the last time.
func (k *walker) finish(i int) {
	c := k.cases[i]
	k.cases = append(k.cases[:i:i], k.cases[i+1:]...)
	s := k.find(c)
	d := distances(s.Proc)
	for range k.effort() {
		if s.Terminal {
			break
		}
		k.act(c)
		s = k.find(c)
	}
	for n := 0; !s.Terminal; n++ {
		if n > 400 && k.Learning {
			CheckCase(k.t, k.World, c.id)
			k.stats.Stuck[s.Procedure+" "+s.State]++
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
			if step.Leaves(s.State) {
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
		step := k.choose(s)
		if step == nil {
			return
		}
		if !byOutsiders(step) && !step.Shared() && (k.r.IntN(2) == 0 || nearer(step, s.State, d)) {
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
		if s.Tick == record.NoDue {
			return
		}
		if at := clock.FromMicro(s.Tick); at.After(k.World.Clock.Now()) {
			k.World.Clock.Set(at.Add(time.Second))
		}
		k.tick()
	}
	s := k.find(c)
	if s.Terminal && s.Tick != record.NoDue {
		k.t.Fatalf("a clock of the ended case %s never ends: %+v", c.id, s.Clocks)
	}
}
