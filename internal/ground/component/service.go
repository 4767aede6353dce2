package component

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Service is the use cases of this room. It is safe for concurrent use.
type Service struct {
	db         *dbx.DB
	clk        clock.Clock
	places     *place.Service
	catalogues *catalogue.Service
}

// New returns the service.
func New(db *dbx.DB, clk clock.Clock, places *place.Service, catalogues *catalogue.Service) *Service {
	return &Service{db, clk, places, catalogues}
}

// Plan is what a file would do, or did.
type Plan struct {
	Added, Changed, Same int
	Converted            int // lines whose 16 digits became 17
	Kept                 int // lines of a pack whose component was changed here since
	Problems             []Problem
	Twins                []Twin
	Done                 bool // written
}

// Mode is how far an import goes.
type Mode int

// The modes.
const (
	Look   Mode = iota // says what would happen
	Strict             // writes all of it, or nothing when one line is wrong
	Skip               // writes the lines that are right
)

// Import brings a file into the actor's division. What is wrong with it comes
// back line by line in the plan, whose Done says whether it was written. The
// actor must be an administrator or the system; a file that cannot be read at
// all, or without a coordinate system, is Invalid.
func (s *Service) Import(ctx context.Context, actor people.Actor, f File, mode Mode) (plan Plan, err error) {
	defer fault.Trace(&err, "component.Import(%s)", f.Name)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return plan, err
	}
	lines, problems, err := Read(f)
	if err != nil {
		return plan, err
	}
	return s.bring(ctx, actor, "", lines, problems, mode)
}

// Apply makes the division's components what a file of a pack says; those that
// were changed here since stay. Applying the same again changes nothing. The
// actor must be an administrator or the system. A file with anything wrong is
// Invalid, and nothing is written; nor is it with Look.
func (s *Service) Apply(ctx context.Context, actor people.Actor, pack string, f File, mode Mode) (plan Plan, err error) {
	defer fault.Trace(&err, "component.Apply(%s)", pack)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return plan, err
	}
	lines, problems, err := Read(f)
	if err != nil {
		return plan, err
	}
	if plan, err = s.bring(ctx, actor, pack, lines, problems, mode); err != nil || len(plan.Problems) == 0 {
		return plan, err
	}
	p := plan.Problems[0]
	return plan, fault.Wrap(fmt.Errorf("line %d: %s %v", p.Line, p.Key, p.Args), fault.Invalid, "component.pack_wrong",
		"file", f.Name, "line", p.Line, "n", len(plan.Problems))
}

func (s *Service) bring(ctx context.Context, actor people.Actor, pack string, lines []Line, problems []Problem, mode Mode) (plan Plan, err error) {
	now := s.clk.Now()
	good, more, err := s.place(ctx, actor.Division, lines, now)
	if err != nil {
		return plan, err
	}
	converted := 0
	for _, l := range lines {
		if l.Code == "" {
			converted++
		}
	}
	problems = append(problems, more...)
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	if mode == Look || mode == Strict && len(problems) > 0 {
		b := &bringing{ctx: ctx, q: s.db, actor: actor, at: now, pack: pack}
		plan, err = b.plan(good)
		plan.Problems, plan.Converted = problems, converted
		return plan, err
	}
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		b := &bringing{ctx: ctx, q: tx, actor: actor, at: now, pack: pack}
		var err error
		if plan, err = b.plan(good); err != nil {
			return err
		}
		return b.write(tx, plan.Twins)
	})
	plan.Problems, plan.Converted, plan.Done = problems, converted, err == nil
	return plan, err
}

// place checks what needs the division: that the class is in the catalogue and
// the place on the map; a grid that was not named is found. An identifier of
// the edition of 2013, 6 + 2 + 2 + 6 digits, becomes one of 17 where the
// catalogue knows which class its four digits were.
func (s *Service) place(ctx context.Context, division id.ID, lines []Line, now time.Time) (good []Component, problems []Problem, err error) {
	cat, err := s.catalogues.Catalogue(ctx, division)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.places.Map(ctx, division)
	if err != nil {
		return nil, nil, err
	}
	known, modern := map[string]bool{}, map[string][]string{}
	for _, x := range cat.Classes(catalogue.Component, time.Time{}) {
		known[x.Code] = true
		modern[x.Legacy] = append(modern[x.Legacy], x.Code)
	}
	written := map[string]int{}
	for _, l := range lines {
		c := l.Component
		bad := func(key string, args fault.Args) { problems = append(problems, Problem{l.Number, key, args}) }
		if c.Code == "" {
			of := modern[c.Former[divisionEnd:formerClassEnd]]
			if len(of) != 1 {
				bad("component.former_unknown", fault.Args{"code": c.Former, "class": c.Former[divisionEnd:formerClassEnd]})
				continue
			}
			c.Code = c.Former[:divisionEnd] + of[0] + c.Former[formerClassEnd:]
		}
		if at, twice := written[c.Code]; twice {
			bad("component.twice", fault.Args{"code": c.Code, "line": at})
			continue
		}
		written[c.Code] = l.Number
		if !known[c.Class()] {
			bad("component.class_unknown", fault.Args{"class": c.Class()})
			continue
		}
		where := m.Locate(c.Point(), now)
		if !m.Empty() && !where.Near(place.Slack) {
			bad("component.outside", fault.Args{"code": c.Code})
			continue
		}
		if _, ok := m.Code(c.Grid, now); c.Grid != "" && !ok {
			bad("component.grid_unknown", fault.Args{"grid": c.Grid})
			continue
		}
		if c.Grid == "" {
			c.Grid = where.Grid
		}
		if c.Address == "" {
			c.Address = m.Describe(c.Point(), now).ZH
		}
		good = append(good, c)
	}
	return good, problems, nil
}

// bringing is one import against the register as it is.
type bringing struct {
	ctx   context.Context
	q     dbx.Querier
	actor people.Actor
	at    time.Time
	pack  string

	have map[string]Component
	todo []Component
}

func (b *bringing) plan(list []Component) (plan Plan, err error) {
	codes := make([]string, len(list))
	for i, c := range list {
		codes[i] = c.Code
	}
	if b.have, err = findAll(b.ctx, b.q, b.actor.Division, codes); err != nil {
		return plan, err
	}
	for _, c := range list {
		old, there := b.have[c.Code]
		c.Pack, c.Local = b.pack, b.pack == "" && old.Pack != ""
		if b.pack == "" {
			c.Pack = old.Pack
		}
		if c.Former == "" {
			c.Former = old.Former // a later survey need not know it
		}
		if there && rounded(old.Geometry, c.Geometry) {
			c.Geometry = old.Geometry
		}
		_, after := old.difference(c)
		switch {
		case !there:
			plan.Added++
		case b.pack != "" && (old.Local || old.Pack != b.pack):
			plan.Kept++
			continue
		case len(after) == 0:
			plan.Same++
			continue
		default:
			plan.Changed++
		}
		b.todo = append(b.todo, c)
	}
	plan.Twins, err = findTwins(b.ctx, b.q, b.actor.Division, b.todo)
	return plan, err
}

// roundingMetres is how far a corner may move by being written in another
// coordinate system with six decimals and read again.
const roundingMetres = 0.2

// rounded reports whether two geometries differ by no more than that.
func rounded(a, b geo.Feature) bool {
	p, q := corners(a), corners(b)
	if len(p) != len(q) || len(a.Shape) != len(b.Shape) || (a.Line == nil) != (b.Line == nil) {
		return false
	}
	for i := range p {
		if geo.Distance(p[i], q[i]) > roundingMetres {
			return false
		}
	}
	return true
}

func corners(g geo.Feature) (out []geo.Point) {
	convert(g, func(p geo.Point) geo.Point { out = append(out, p); return p })
	return out
}

func (b *bringing) write(tx *dbx.Tx, twins []Twin) error {
	codes := make([]string, 0, len(b.todo))
	for _, c := range b.todo {
		codes = append(codes, c.Code)
		old, there := b.have[c.Code]
		what := imported
		before, after := old.difference(c)
		if !there {
			what, before = created, map[string]string{}
			maps.DeleteFunc(after, func(_, v string) bool { return v == "" })
		}
		if err := put(b.ctx, tx, b.actor.Division, c); err != nil {
			return err
		}
		if err := note(b.ctx, tx, b.actor, b.at, c.Code, what, before, after); err != nil {
			return err
		}
	}
	return keepTwins(b.ctx, tx, b.actor.Division, codes, twins)
}

// Edit changes what an administrator may change by hand: name, state, units,
// address, accuracy and note. Its day of change becomes today. A component that
// is not there is NotFound; what Check refuses is Invalid with its fields.
func (s *Service) Edit(ctx context.Context, actor people.Actor, code string, change func(*Component)) (err error) {
	defer fault.Trace(&err, "component.Edit(%s)", code)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		old, err := Find(ctx, tx, actor.Division, code)
		if err != nil {
			return err
		}
		next := old
		change(&next)
		next.Code, next.Geometry = old.Code, old.Geometry
		if _, after := old.difference(next); len(after) == 0 {
			return nil
		}
		next.Changed, next.Local = people.Day(now), true
		if err := next.Check(); err != nil {
			return err
		}
		before, after := old.difference(next)
		if err := put(ctx, tx, actor.Division, next); err != nil {
			return err
		}
		if err := note(ctx, tx, actor, now, code, edited, before, after); err != nil {
			return err
		}
		twins, err := findTwins(ctx, tx, actor.Division, []Component{next})
		if err != nil {
			return err
		}
		return keepTwins(ctx, tx, actor.Division, []string{code}, twins)
	})
}
