package people

import (
	"context"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// MergeDepartment ends a department with yesterday and makes another one its
// heir: duties, zones and routes that name it lead there, its people have their
// posts there from today on, and its name stays for old cases. Doing it again is
// no error. The actor must be an administrator; both must exist, the heir must
// be in force and not be heir to itself in a circle.
func (s *Service) MergeDepartment(ctx context.Context, actor Actor, from, into string) (err error) {
	defer fault.Trace(&err, "people.MergeDepartment(%s, %s)", from, into)
	return s.change(ctx, actor, func(e *edit) error {
		old, ok := e.dir.departments[from]
		if !ok {
			return fault.New(fault.Invalid, "people.department_bad").Field("from", "people.department_unknown", "code", from)
		}
		heir, ok := e.dir.departments[into]
		if !ok || from == into || heir.Heir != "" || !heir.Holds(e.at) {
			return fault.New(fault.Invalid, "people.department_bad").Field("into", "people.department_unknown", "code", into)
		}
		before := old
		yesterday := Day(e.at.AddDate(0, 0, -1))
		old.Heir, old.To = into, yesterday
		if old.From > old.To {
			old.From = old.To
		}
		old.Origin = Origin{Pack: before.Pack, Local: true, By: e.actor.Name, At: e.at}
		if err := putDepartment(e.ctx, e.tx, e.actor.Division, old); err != nil {
			return err
		}
		if err := e.inherit(from, into, yesterday); err != nil {
			return err
		}
		return e.audit("department.merge", from, before, old)
	})
}

// inherit gives the people of a department the same posts in its heir.
func (e *edit) inherit(from, into, yesterday string) error {
	e.wall = true
	for _, p := range e.dir.Posts(id.ID{}) {
		if p.Department != from || !p.Holds(e.at) {
			continue
		}
		next := p
		p.To = yesterday
		if p.From > p.To {
			p.From = p.To
		}
		p.Origin = Origin{Pack: p.Pack, Local: true, By: e.actor.Name, At: e.at}
		next.ID, next.Department, next.From, next.Origin = id.New(), into, Day(e.at), Origin{Local: true, By: e.actor.Name, At: e.at}
		for _, post := range []Post{p, next} {
			if err := putPost(e.ctx, e.tx, e.actor.Division, post); err != nil {
				return err
			}
		}
	}
	for _, a := range e.dir.Accounts() {
		if a.Department != from {
			continue
		}
		a.Department, a.Origin = into, Origin{Pack: a.Pack, Local: true, By: e.actor.Name, At: e.at}
		if err := putAccount(e.ctx, e.tx, e.actor.Division, a); err != nil {
			return err
		}
	}
	return nil
}
