// Package succession moves what a department had in hand to the department that
// it was merged into, case by case, each with a step of its own in its
// timeline. Times go on as they were: a merger is nobody's excuse.
package succession

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Registry merges departments and their open cases.
type Registry struct {
	DB     *dbx.DB
	Engine *engine.Engine
	People *people.Service
}

// step is the one that moves a case.
const step = "move_dept"

// Moved is one case and what became of it.
type Moved struct {
	Row record.Row
	Err error // why it stays; nil when it was moved
}

// page is how many cases are read at once.
const page = 200

// Merge ends a department, makes the other one its heir and moves every open
// case. Done again it moves what is left: after a crash, or when something
// stayed. The actor must be an administrator. Only failures of ours are the
// error; what refuses a case stands beside it.
func (g *Registry) Merge(ctx context.Context, actor people.Actor, from, into, reason string) (out []Moved, err error) {
	defer fault.Trace(&err, "succession.Merge(%s, %s)", from, into)
	if err := g.People.MergeDepartment(ctx, actor, from, into); err != nil {
		return nil, err
	}
	f := record.Filter{Depts: []string{from}, Terminal: record.No, Limit: page}
	for {
		list, err := record.List(ctx, g.DB, actor.Division, f)
		if err != nil {
			return out, err
		}
		for _, r := range list.Rows {
			m := Moved{Row: r}
			_, m.Err = g.Engine.Act(ctx, engine.Act{Case: r.ID, Version: r.Version, Step: step, Actor: people.SystemActor(actor.Division),
				Input: procedure.Input{"dept": into, "reason": actor.Name + "：" + reason}})
			if e := fault.As(m.Err); e != nil && (e.Kind == fault.Internal || e.Kind == fault.Unavailable) {
				return out, m.Err
			}
			out = append(out, m)
		}
		if f.After = list.Next; list.Next == "" {
			return out, nil
		}
	}
}

// Left counts the open cases that still name a department.
func (g *Registry) Left(ctx context.Context, actor people.Actor, dept string) (n int, err error) {
	defer fault.Trace(&err, "succession.Left(%s)", dept)
	counts, err := record.Counts(ctx, g.DB, actor.Division, record.Filter{Depts: []string{dept}, Terminal: record.No}, 0)
	for _, c := range counts {
		n += c.N
	}
	return n, err
}
