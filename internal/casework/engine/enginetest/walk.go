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
	Here      procedure.Point  // where cases happen
	Party     *engine.NewParty // for whom cases are opened; nil where only their openers speak
	// Value overrides what a form field is filled with; ok = false leaves it to
	// the walker. It may return nil for "left empty".
	Value func(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (v any, ok bool)
	// Weight says how often a step is tried, beside 4 for others, 12 for the
	// usual next act and 1 for a shared step; nil or 0 leaves it to the walker.
	Weight func(step *procedure.Step) int
	// After is called after every accepted step, for the procedure's own invariants.
	After func(t testing.TB, before, after *engine.Snapshot)
	// Ended is called with every case that was driven to its end, or given up.
	Ended func(t testing.TB, s *engine.Snapshot)
	// Refused is called with every refusal.
	Refused func(t testing.TB, err error)
	// Learning walks prefer steps that were seldom taken, learn from refusals
	// what forms want, and leave to clocks and to other cases what those do.
	Learning bool
	// Ways are usual ways through procedures, as steps ("step?" is left out where the
	// case does not stand there): most cases are led along one of them, to any place
	// on it or to its end, and go on at random from there.
	Ways map[string][][]string
	// Beside are procedures whose cases people or hooks open beside those walked.
	Beside []string
	// Looks is one in how many accepted steps is looked at with After and checked
	// as a whole; 0 is one in ten for the check and every one for After.
	Looks int
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
	Lost                                               map[string]int            // steps at which a way was given up, with the last refusal
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

	habits map[string][]habit
	worth  map[string]map[string]float64 // of states, by procedure
	valued int                           // how many steps were accepted when that was computed
	tried  []habitOf                     // what the form that was filled last is made of
	given  map[id.ID]bool                // cases that found no end
	turned int                           // how often something may have changed a case
	why    string                        // the last refusal
	vain   map[string]int                // how often a step was refused
}

// walked is one case of a walk.
type walked struct {
	id      id.ID
	receipt string
	last    *attempt // the last accepted act, to be sent again
	state   string   // last seen
	proc    string
	at      int64          // version of the case when
	inVain  map[string]int // so many steps were refused
	led     bool           // along one of its ways

	found *engine.Snapshot // the case as it was read
	when  int              // so much had turned
}

type attempt struct {
	act    engine.Act
	result engine.Result
}

// alive is how many cases are alive at a time; the others are driven to their
// end. A learning walk stays with fewer and takes them further.
func (k *walker) alive() int {
	if k.Learning {
		return 10
	}
	return 40
}

// effort is how many steps are tried with a case before it is driven to its end.
func (k *walker) effort() int {
	if k.Learning {
		return 15
	}
	return k.r.IntN(2) * 60 // half of them go the usual way first
}

// Run walks until enough steps were accepted, or far more refused, drives every case to its end and
// checks each of them.
func (w Walk) Run(t testing.TB) Stats {
	t.Helper()
	k := &walker{Walk: w, t: t, r: rand.New(rand.NewPCG(w.Seed, 1)), ctx: context.Background(),
		stats:  Stats{Steps: map[string]int{}, Refusals: map[string]int{}, Why: map[string]int{}, Entered: map[string]map[string]int{}, Stuck: map[string]int{}, Lost: map[string]int{}},
		habits: map[string][]habit{}, given: map[id.ID]bool{}, vain: map[string]int{}}
	for turn := 0; k.stats.Accepted < w.Steps && k.stats.Refused < 30*w.Steps; turn++ {
		if turn%40 == 39 {
			k.beside()
		}
		switch n := k.r.IntN(100); {
		case len(k.cases) == 0 || n < 6 || n >= 88 && k.Learning:
			k.open()
		case n < 16:
			k.time()
		case n < 20:
			k.again()
		default:
			k.act(k.promising())
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

// left reports whether a learning walk leaves the step to clocks and to other
// cases: nobody else takes what is the system's.
func (k *walker) left(s *procedure.Step) bool {
	return k.Learning && len(s.Who) == 1 && s.By(procedure.System)
}

// hopeless reports whether a learning walk tried the step often enough with the
// case as it is. Now and then it tries again: time may have passed.
func (k *walker) hopeless(c *walked, s *engine.Snapshot, step *procedure.Step) bool {
	return k.Learning && c.at == s.Version && c.inVain[step.ID] > 4 && k.r.IntN(10) > 0
}

// enter counts the states that a case was seen in.
func (k *walker) enter(c *walked, s *engine.Snapshot) {
	if c.state == s.State {
		return
	}
	c.state, c.proc = s.State, s.Procedure
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
	o := engine.Opening{Procedure: k.Procedure.ID, Division: k.World.Division, Step: step.ID, Actor: actor, Input: in, Files: files, Key: fmt.Sprint("o", k.Seed, k.key), Party: k.Party}
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
	k.turned++ // what hangs on an open case is seen from there
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
	c.led = true
	k.lead(c)
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
	k.turned++
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
	k.turned++
	if err != nil || !r.Replayed || r.Version != c.last.result.Version {
		k.t.Fatalf("%s sent again: %+v %v", c.last.act.Step, r, err)
	}
	if got := k.find(c).Version; got != before {
		k.t.Fatalf("%s sent again made version %d of %d", c.last.act.Step, got, before)
	}
	k.stats.Replayed++
}

// find reads the case, unless nothing was done since it was read: a refused act
// changes nothing, as still sees to.
func (k *walker) find(c *walked) *engine.Snapshot {
	if c.found != nil && c.when == k.turned {
		return c.found
	}
	s, err := k.World.Engine.Find(k.ctx, k.World.Division, c.id)
	if err != nil {
		k.t.Fatal(err)
	}
	k.enter(c, s)
	c.found, c.when = s, k.turned
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
	step := k.choose(c, s)
	if k.r.IntN(12) == 0 {
		step = &s.Proc.Steps[k.r.IntN(len(s.Proc.Steps))]
	}
	if step != nil {
		if here, _ := s.Proc.Step(step.ID, s.State); here != nil {
			step = here // of two entries with one id the one of this state
		}
	}
	if step == nil || k.left(step) || k.hopeless(c, s, step) {
		return
	}
	if step.Shared() && s.Terminal && k.r.IntN(8) > 0 {
		return // little else can be done in an end
	}
	k.try(c, s, step, k.r.IntN(8) > 0)
}

// choose picks a step of the state by weight.
func (k *walker) choose(c *walked, s *engine.Snapshot) *procedure.Step {
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
		if k.Weight != nil && !k.Learning {
			w = cmp.Or(k.Weight(step), w)
		}
		switch {
		case k.left(step):
			w = 0
		case k.Learning && !step.Shared():
			w = 10 * k.promise(s, step)
			if c.at == s.Version {
				w = max(1, w/(1+c.inVain[step.ID]*c.inVain[step.ID]))
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
		k.refusal(err, step.ID+" in "+s.State)
		k.vain[step.ID]++
		if c.at != s.Version {
			c.at, c.inVain = s.Version, map[string]int{}
		}
		c.inVain[step.ID]++
		k.still(c, s, step.ID, err)
		return false
	}
	k.turned++
	if k.Learning {
		k.World.Clock.Advance(time.Minute)
	}
	after := k.find(c)
	switch {
	case blocked:
		k.t.Fatalf("%s was blocked in the offers and yet taken", step.ID)
	case !leaves(s, step.ID):
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
	if k.After != nil && k.r.IntN(max(1, k.Looks)) == 0 {
		k.After(k.t, s, after)
		k.turned++
	}
	if step.Recall > 0 && k.r.IntN(6) == 0 {
		k.recall(c, s, actor)
	}
	if k.r.IntN(cmp.Or(k.Looks, 10)) == 0 {
		CheckCase(k.t, k.World, c.id)
	}
	return true
}

// leaves reports whether the step can be taken where the case stands.
func leaves(s *engine.Snapshot, step string) bool {
	here, _ := s.Proc.Step(step, s.State)
	return here != nil
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
			k.take(&walked{id: child.ID})
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
	k.turned++
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
	if k.Refused != nil {
		k.Refused(k.t, err)
	}
	k.stats.Refused++
	k.stats.Refusals[f.Key]++
	why := what + " " + f.Key
	for _, x := range f.Fields {
		why += " " + x.Name
	}
	k.stats.Why[why]++
	k.why = why
}
