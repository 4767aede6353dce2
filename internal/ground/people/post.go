package people

import (
	"context"
	"strings"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Post is a role held by an account, in a department, for a part of the
// division: a prefix of grid codes (a street is nine characters, a community
// twelve), "" for all of it.
type Post struct {
	ID         id.ID  `json:"-"`
	Account    id.ID  `json:"-"`
	Login      string `json:"login"`
	Role       string `json:"role"`
	Department string `json:"department,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Period
	Origin `json:"-"`
}

// Key tells posts apart across imports.
func (p Post) Key() string {
	return strings.Join([]string{p.Login, p.Role, p.Department, p.Scope}, "/")
}

// SavePost gives an account a post, or changes the period of one it has. The
// actor must be an administrator. Unknown account, role or department is
// Invalid; a post on the other side of the wall is refused by name.
func (s *Service) SavePost(ctx context.Context, actor Actor, p Post) (out Post, err error) {
	defer fault.Trace(&err, "people.SavePost")
	fresh := id.New()
	err = s.change(ctx, actor, func(e *edit) error {
		if err := e.checkPost(p); err != nil {
			return err
		}
		acc := e.dir.accounts[p.Account]
		p.Login = acc.Login
		p.ID, p.Origin = fresh, Origin{Local: true, By: e.actor.Name, At: e.at}
		what, before := "post.create", any(nil)
		for _, old := range e.dir.posts[p.Account] {
			if old.Key() == p.Key() {
				p.ID, p.Pack = old.ID, old.Pack
				what, before = "post.change", old
			}
		}
		e.wall = true
		if err := putPost(e.ctx, e.tx, e.actor.Division, p); err != nil {
			return err
		}
		return e.audit(what, p.Key(), before, p)
	})
	return p, err
}

// EndPost ends a post with yesterday, so that today it no longer counts and the
// record of it stays. The actor must be an administrator; unknown is NotFound.
func (s *Service) EndPost(ctx context.Context, actor Actor, post id.ID) (err error) {
	defer fault.Trace(&err, "people.EndPost(%s)", post)
	return s.change(ctx, actor, func(e *edit) error {
		for _, p := range e.dir.Posts(id.ID{}) {
			if p.ID != post {
				continue
			}
			before := p
			p.To = Day(e.at.AddDate(0, 0, -1))
			if p.From > p.To {
				p.From = p.To
			}
			p.Origin = Origin{Pack: before.Pack, Local: true, By: e.actor.Name, At: e.at}
			if err := putPost(e.ctx, e.tx, e.actor.Division, p); err != nil {
				return err
			}
			return e.audit("post.end", p.Key(), before, p)
		}
		return fault.Missing("post")
	})
}

func (e *edit) checkPost(p Post) error {
	bad := fault.New(fault.Invalid, "people.post_bad")
	if _, ok := e.dir.accounts[p.Account]; !ok {
		bad.Field("account", "people.account_unknown")
	}
	if _, ok := e.dir.roles[p.Role]; !ok {
		bad.Field("role", "people.role_unknown", "role", p.Role)
	}
	if _, ok := e.dir.departments[p.Department]; p.Department != "" && !ok {
		bad.Field("department", "people.department_unknown", "code", p.Department)
	}
	if !p.Valid() {
		bad.Field("valid_to", "people.period_bad")
	}
	return bad.OrNil()
}
