package operation

import (
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/people"
)

// overall are the roles that read every operation.
var overall = []string{"leader", "supervisor", "agency_head", people.Admin}

// Reads reports whether the actor may open the operation: those above it, the
// people of its units, and everybody who takes part.
func Reads(a people.Actor, s *engine.Snapshot) bool {
	if a.Division != s.Division || a.Citizen {
		return false
	}
	if a.System || slices.ContainsFunc(overall, a.Has) {
		return true
	}
	me, units := a.Account.String(), append(slices.Clone(Texts(s, "units")), s.Text("dept"))
	if slices.Contains(units, a.Department) || slices.ContainsFunc(a.Posts, func(g people.Grant) bool { return slices.Contains(units, g.Department) }) {
		return true
	}
	return slices.ContainsFunc(Rows(s, "crew"), func(c row) bool { return c["person"] == me })
}
