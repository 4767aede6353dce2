package people

import (
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Actor is the identity that acts everywhere: a member of staff with the posts
// held at one instant, the system itself, a citizen, or somebody of a unit
// without an account who holds a link to one case. It is a value: resolve it
// anew for every request.
type Actor struct {
	Account    id.ID // none for the system, for citizens and for who comes by a link
	Login      string
	Name       string
	Department string // code of the account's own department
	Division   id.ID
	Posts      []Grant
	System     bool
	Citizen    bool
	Receipt    string // a citizen's receipt code in canonical form; "" for a mere visitor
	Party      id.ID  // the reporter for whom Speaker tells it, where there is no receipt code
	Speaker    string // who tells it; stands in the timeline
	Link       id.ID  // by which somebody of Department answers without an account
	Case       id.ID  // the only case that Link reaches

	Certificates []Certificate // those that hold at the instant
}

// Grant is one role held, where, and by whose leave.
type Grant struct {
	Role       string
	Axis       Axis
	Department string     // department the role is held in; may be ""
	Scope      string     // prefix of grid codes; "" is the whole division
	Via        *Delegated // nil for an own post
}

// Delegated names the person whose post is being filled in for.
type Delegated struct {
	From  id.ID
	Name  string
	Until time.Time
}

// SystemActor is the program acting by rule: clocks, imports, the seal log.
func SystemActor(division id.ID) Actor {
	return Actor{Division: division, System: true, Name: "system"}
}

// CitizenActor is the holder of a receipt code, or a visitor without one.
func CitizenActor(division id.ID, receipt string) Actor {
	return Actor{Division: division, Citizen: true, Receipt: receipt}
}

// SpokenFor is a reporter for whom somebody else tells what they want: the
// hotline that took the call.
func SpokenFor(division, party id.ID, speaker string) Actor {
	return Actor{Division: division, Citizen: true, Party: party, Speaker: speaker}
}

// LinkActor is somebody of a department who gave a name and holds a link to one
// case of it. No post comes with a link: only steps that name "unit" are theirs.
func LinkActor(division id.ID, department, name string, link, caseID id.ID) Actor {
	return Actor{Division: division, Department: department, Name: name, Link: link, Case: caseID}
}

// Has reports whether the actor holds the role anywhere in the division.
// "system", "citizen" and "unit" are roles too.
func (a Actor) Has(role string) bool {
	return (a.System && role == "system") || (a.Citizen && role == "citizen") || (!a.Link.IsZero() && role == "unit") ||
		slices.ContainsFunc(a.Posts, func(g Grant) bool { return g.Role == role })
}

// HasIn reports whether the actor holds the role for the grid; an unknown grid
// ("") is covered only by a post for the whole division.
func (a Actor) HasIn(role, grid string) bool {
	_, ok := a.Grant(role, grid)
	return ok
}

// Grant returns the post by which the actor may act as role in the grid, an own
// post before a delegated one.
func (a Actor) Grant(role, grid string) (Grant, bool) {
	if (a.System && role == "system") || (a.Citizen && role == "citizen") {
		return Grant{Role: role}, true
	}
	var found *Grant
	for i := range a.Posts {
		g := &a.Posts[i]
		if g.Role != role || !strings.HasPrefix(grid, g.Scope) {
			continue
		}
		if found == nil || (found.Via != nil && g.Via == nil) {
			found = g
		}
	}
	if found == nil {
		return Grant{}, false
	}
	return *found, true
}

// Departments lists the departments in which the actor holds the role.
func (a Actor) Departments(role string) []string {
	var codes []string
	for _, g := range a.Posts {
		if g.Role == role && g.Department != "" && !slices.Contains(codes, g.Department) {
			codes = append(codes, g.Department)
		}
	}
	return codes
}

// HasFor reports whether the actor holds the role in the department.
func (a Actor) HasFor(role, department string) bool {
	return slices.Contains(a.Departments(role), department)
}

// On reports whether the actor holds any role on the axis.
func (a Actor) On(x Axis) bool {
	return slices.ContainsFunc(a.Posts, func(g Grant) bool { return g.Axis == x })
}

// Roles lists the ids of the roles held, each once, own posts first.
func (a Actor) Roles() []string {
	if !a.Link.IsZero() {
		return []string{"unit"}
	}
	var ids []string
	for _, g := range a.Posts {
		if !slices.Contains(ids, g.Role) {
			ids = append(ids, g.Role)
		}
	}
	return ids
}

// Require refuses with Forbidden unless the actor is the system or holds one
// of the roles in the division.
func (a Actor) Require(division id.ID, roles ...string) error {
	if a.Division != division {
		return fault.Missing("division")
	}
	if a.System || slices.ContainsFunc(roles, a.Has) {
		return nil
	}
	return fault.New(fault.Forbidden, "people.role_needed", "role", strings.Join(roles, ", "))
}
