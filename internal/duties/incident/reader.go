package incident

import (
	"encoding/json"
	"slices"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/event"
)

// overall are the roles that read every case of their division.
var overall = []string{"acceptor", "shift_leader", "dispatcher", "supervisor", "leader", "admin", "reviewer", "privacy_officer"}

// dossiers is the family of procedures whose cases are dossiers of enforcement.
const dossiers = "enf"

// Dossier reports whether cases of the procedure are dossiers of enforcement.
func Dossier(proc string) bool { return procedure.Family(proc) == dossiers }

// Hidden is the family of procedures whose cases the actor meets in no list, ""
// where there is none.
func Hidden(a people.Actor) string {
	if a.System || slices.ContainsFunc(people.Dossiers, a.Has) {
		return ""
	}
	return dossiers
}

// keepers are the roles that read every case of a procedure beside those who read
// all: whoever keeps the stalls reads every permit.
var keepers = map[string][]string{
	"stall-permit": {"stall_clerk", "stall_head", "stall_manager", "street_head", "legal", "officer"},
	"stall-points": {"stall_clerk", "stall_head", "stall_manager", "street_head", "officer"},
	"persuasion":   {"duty_lead", "party_member", "stall_manager", "stall_head", "street_head", "section_head", "officer"},

	"frontage-pledge": frontages, "frontage-inspection": frontages, "frontage-list": frontages,
}

var frontages = []string{"officer", "community_inspector", "outreach", "street_head", "section_head"}

// MayOpenDossier reports whether the actor may begin a dossier from an incident.
func MayOpenDossier(a people.Actor) bool { return a.Has("officer") || a.Has("clerk") }

// MayRead reports whether a member of staff may open a case: those who keep the
// whole, and those the case is or was given to. What a person may not see is
// not found.
func MayRead(a people.Actor, r record.Row) bool {
	if a.Division != r.Division || a.Citizen {
		return false
	}
	if a.System || r.Assignee == a.Account.String() {
		return true
	}
	if Dossier(r.Procedure) {
		return Hidden(a) == ""
	}
	if slices.ContainsFunc(overall, a.Has) || slices.ContainsFunc(keepers[r.Procedure], a.Has) {
		return true
	}
	if r.Dept != "" && (a.HasFor("dept_desk", r.Dept) || a.HasFor("handler", r.Dept) || a.HasFor("officer", r.Dept)) {
		return true
	}
	return a.HasIn("collector", r.Grid) || r.Grid == "" && a.Has("collector")
}

// apart are the procedures whose cases have lists of their own, at /street and
// /joint: a permit that is in use for a year waits for nobody at the desk.
var apart = []string{"stall-permit", "stall-points", "frontage-pledge", "frontage-inspection", "frontage-list", "joint-operation", "persuasion"}

// Narrow limits a list to what the actor may read: departments see their own
// cases, collectors those of their grids or given to them, and dossiers only who
// may open them. Cases of street order stand in it only where they are asked for.
func Narrow(a people.Actor, f record.Filter) record.Filter {
	f.Without = Hidden(a)
	if len(f.Procedures) == 0 {
		f.Except = apart
	}
	if a.System || slices.ContainsFunc(overall, a.Has) {
		return f
	}
	if len(f.Procedures) > 0 && !slices.ContainsFunc(f.Procedures, func(p string) bool { return !Dossier(p) }) && slices.ContainsFunc(people.Enforcers, a.Has) {
		return f
	}
	if depts := slices.Concat(a.Departments("dept_desk"), a.Departments("handler"), a.Departments("officer")); len(depts) > 0 {
		slices.Sort(depts)
		f.Depts = slices.Compact(depts)
		return f
	}
	f.Assignee = a.Account.String()
	return f
}

// MayHear reports whether an actor may be told at once that the event happened.
func MayHear(a people.Actor, e event.Event) bool {
	hidden := Hidden(a)
	if e.Topic != record.Topic || hidden == "" {
		return true
	}
	var said struct {
		Procedure string `json:"procedure"`
	}
	return json.Unmarshal([]byte(e.Data), &said) == nil && procedure.Family(said.Procedure) != hidden
}

// Inbox are the ways by which notices reach an actor.
func Inbox(a people.Actor) []notice.Address {
	out := []notice.Address{{Kind: notice.Account, Target: a.Account.String()}}
	for _, g := range a.Posts {
		out = append(out, notice.Address{Kind: notice.Role, Target: g.Role, Scope: g.Scope})
		if g.Department != "" && g.Role == "dept_desk" {
			out = append(out, notice.Address{Kind: notice.Dept, Target: g.Department})
		}
	}
	return out
}

// Takers are the roles that write down what others report: by telephone, at the
// counter, from the hotline, the media or a leader's note.
var Takers = []string{"acceptor", "shift_leader"}
