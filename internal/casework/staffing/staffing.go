// Package staffing is who may take a step of a case: the post that allows it,
// whoever holds the case, a second officer with the certificate of the day, and
// who took part before. It reads no table and refuses nothing; the engine says
// so in the procedure's words.
package staffing

import (
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// Case is what staffing looks at: one case, one actor, one instant.
type Case struct {
	State *procedure.State // nil while it is being opened
	Text  func(field string) string
	Actor people.Actor
	Now   time.Time

	View    *rule.View
	Strict  func() bool            // the wall between the axes stands
	Lineage func() ([]Past, error) // the case itself, then the one it hangs on
}

// Authorised finds the post by which the actor may take the step.
func (c Case) Authorised(step *procedure.Step) (people.Grant, bool) {
	for _, who := range step.Who {
		g, ok := c.holds(who, step)
		if ok && c.isHolder(step, g) {
			return g, true
		}
	}
	return people.Grant{}, false
}

func (c Case) holds(who string, step *procedure.Step) (people.Grant, bool) {
	switch who {
	case procedure.System:
		return people.Grant{Role: who}, c.Actor.System
	case procedure.Citizen:
		return people.Grant{Role: who}, c.Actor.Citizen
	case procedure.Unit:
		return people.Grant{Role: who, Department: c.Actor.Department}, !c.Actor.Link.IsZero()
	case procedure.Staff:
		if len(c.Actor.Posts) == 0 {
			return people.Grant{}, false
		}
		return c.Actor.Posts[0], true
	case procedure.Owner:
		if c.State != nil {
			for _, r := range c.State.Owner {
				if g, ok := c.grant(r, step); ok && r != procedure.Citizen {
					return g, true
				}
			}
		}
		return people.Grant{}, false
	}
	return c.grant(who, step)
}

// grant is a post of the role that covers the case's grid. Whoever the case
// is assigned to may act wherever the post reaches.
func (c Case) grant(role string, step *procedure.Step) (people.Grant, bool) {
	dept := ""
	if step.Holder == "dept" {
		dept = c.Text("dept")
	}
	grid := c.Text("grid")
	var found *people.Grant
	for i := range c.Actor.Posts {
		g := &c.Actor.Posts[i]
		if g.Role != role || dept != "" && g.Department != dept && c.Actor.Department != dept {
			continue
		}
		if grid != "" && !strings.HasPrefix(grid, g.Scope) && step.Holder != "assignee" {
			continue
		}
		if found == nil || found.Via != nil && g.Via == nil {
			found = g
		}
	}
	if found == nil {
		return people.Grant{}, false
	}
	return *found, true
}

// isHolder applies Step.Holder: the person or the department the case is with.
// The system stands above it.
func (c Case) isHolder(step *procedure.Step, g people.Grant) bool {
	if c.Actor.System || step.Holder == "" {
		return true
	}
	held := c.Text(step.Holder)
	if step.Holder == "assignee" {
		return held != "" && (held == c.Actor.Account.String() || g.Via != nil && held == g.Via.From.String())
	}
	return held != "" && (g.Department == held || c.Actor.Department == held)
}

// Certified reports whether the actor holds what the step asks for on this day.
func (c Case) Certified(step *procedure.Step) bool {
	o := step.Officers
	return o == nil || c.Actor.System || o.Certificate == "" || c.Actor.Certified(o.Certificate)
}

// Officer is somebody who could be the second, with the post for it.
type Officer struct {
	people.Actor
	Post people.Grant
}

// Seconds lists who could be the second officer of the step, by login: another
// person who holds a role for it where the case lies, and the certificate.
func (c Case) Seconds(dir *people.Directory, step *procedure.Step) (out []Officer) {
	o := step.Officers
	roles := o.Roles
	if len(roles) == 0 {
		roles = step.Who
	}
	grid := c.Text("grid")
	seen := map[id.ID]bool{c.Actor.Account: true}
	for _, role := range roles {
		for _, a := range dir.Holders(role, "", grid, c.Now) {
			if seen[a.Account] || o.Certificate != "" && !a.Certified(o.Certificate) {
				continue
			}
			seen[a.Account] = true
			post, _ := a.Grant(role, grid)
			out = append(out, Officer{a, post})
		}
	}
	return out
}

// Colleagues hold a role that owns the state, where the case lies.
func (c Case) Colleagues(dir *people.Directory) (out []people.Account) {
	if c.State == nil {
		return nil
	}
	dept := ""
	if c.State.Axis == procedure.Command {
		dept = c.Text("dept")
	}
	seen := map[id.ID]bool{c.Actor.Account: true}
	for _, r := range c.State.Owner {
		for _, a := range dir.Holders(r, dept, c.Text("grid"), c.Now) {
			if !seen[a.Account] {
				seen[a.Account] = true
				out = append(out, people.Account{ID: a.Account, Name: a.Name})
			}
		}
	}
	return out
}

// Everybody lists the active accounts of the division.
func Everybody(dir *people.Directory) []people.Account {
	return slices.DeleteFunc(dir.Accounts(), func(a people.Account) bool { return !a.Active })
}
