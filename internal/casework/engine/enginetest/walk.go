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
}

// Stats is what a walk met.
type Stats struct {
	Accepted, Refused, Replayed, Moments, Cases, Ended int
	Steps                                              map[string]int // accepted, by step
	Refusals                                           map[string]int // by code
	States                                             map[string]int // entered
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
}

// walked is one case of a walk.
type walked struct {
	id      id.ID
	receipt string
	last    *attempt // the last accepted act, to be sent again
}

type attempt struct {
	act    engine.Act
	result engine.Result
}

const openCases = 40 // alive at a time; the others are driven to their end

// Run walks until enough steps were accepted, drives every case to its end and
// checks each of them.
func (w Walk) Run(t testing.TB) Stats {
	t.Helper()
	k := &walker{Walk: w, t: t, r: rand.New(rand.NewPCG(w.Seed, 1)), ctx: context.Background(),
		stats: Stats{Steps: map[string]int{}, Refusals: map[string]int{}, States: map[string]int{}}}
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
		if len(k.cases) > openCases {
			k.finish(0)
		}
	}
	for len(k.cases) > 0 {
		k.finish(0)
	}
	return k.stats
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
		return
	}
	again, err := k.World.Engine.Open(k.ctx, o)
	if err != nil || again.Case != r.Case || !again.Replayed {
		k.t.Fatalf("one key, two answers: %+v %+v %v", r, again, err)
	}
	k.stats.Accepted++
	k.stats.Cases++
	k.stats.Steps[step.ID]++
	k.stats.States[r.State]++
	k.cases = append(k.cases, &walked{id: r.Case, receipt: r.Receipt})
}

// time moves the clock, mostly on, sometimes back, and lets clocks act.
func (k *walker) time() {
	by := time.Duration(k.r.IntN(180)) * time.Minute
	switch k.r.IntN(10) {
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
	return s
}

// act tries one step of the case.
func (k *walker) act(c *walked) {
	s := k.find(c)
	step := k.choose(s)
	if k.r.IntN(12) == 0 {
		step = &s.Proc.Steps[k.r.IntN(len(s.Proc.Steps))]
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
		weights[i], total = w, total+w
	}
	at := k.r.IntN(total)
	for i := range steps {
		if at -= weights[i]; at < 0 {
			return steps[i]
		}
	}
	return steps[0]
}

// try takes a step with somebody, and checks what must follow either way.
func (k *walker) try(c *walked, s *engine.Snapshot, step *procedure.Step, right bool) bool {
	return k.tryBy(c, s, step, k.actor(s, step, c.receipt, right))
}

func (k *walker) tryBy(c *walked, s *engine.Snapshot, step *procedure.Step, actor people.Actor) bool {
	in, files := k.form(s, step, actor)
	k.key++
	a := engine.Act{Case: c.id, Step: step.ID, Actor: actor, Input: in, Files: files, Key: fmt.Sprint("a", k.Seed, k.key)}
	if k.r.IntN(3) == 0 {
		a.Version = s.Version - int64(k.r.IntN(2))
	}
	blocked := k.blocked(s, step, actor)
	r, err := k.World.Engine.Act(k.ctx, a)
	after := k.find(c)
	if err != nil {
		k.refusal(err, step.ID)
		if after.Version != s.Version || string(after.Head) != string(s.Head) {
			k.t.Fatalf("%s was refused (%v) and changed the case", step.ID, err)
		}
		return false
	}
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
	if after.State != s.State {
		k.stats.States[after.State]++
	}
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
			k.cases = append(k.cases, &walked{id: child.ID})
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
}

// finish drives a case to a terminal state with the agency's people alone,
// waits until its clocks are over, and checks it for the last time.
func (k *walker) finish(i int) {
	c := k.cases[i]
	k.cases = append(k.cases[:i:i], k.cases[i+1:]...)
	s := k.find(c)
	d := distances(s.Proc)
	for range k.r.IntN(2) * 60 { // half of them go the usual way first
		if s.Terminal {
			break
		}
		k.act(c)
		s = k.find(c)
	}
	for n := 0; !s.Terminal; n++ {
		if n > 3000 {
			CheckCase(k.t, k.World, c.id)
			k.t.Fatalf("case %s does not end: stuck in %s after %v, refusals %v", c.id, s.State, s.Log[max(0, len(s.Log)-6):], k.stats.Refusals)
		}
		k.towards(c, s, d)
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
	k.rest(c)
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
