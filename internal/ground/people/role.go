package people

import (
	"slices"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Axis is the side of the wall a role stands on.
type Axis string

// The axes. Oversight stands above both; None is outside the wall.
const (
	None        Axis = ""
	Supervision Axis = "supervision"
	Command     Axis = "command"
	Oversight   Axis = "oversight"
)

// Known reports whether a is one of the axes.
func (a Axis) Known() bool {
	return a == None || a == Supervision || a == Command || a == Oversight
}

// Enforcers are the roles that run dossiers of enforcement and read every one
// of their division; Dossiers are all that read them: oversight, too.
var (
	Enforcers = []string{"officer", "clerk", "unit_head", "legal", "technician", "agency_head", "chief", "panel", "host", "recorder", "finance", "archivist"}
	Dossiers  = slices.Concat(Enforcers, []string{"supervisor", "leader"})
)

// Role is one kind of post, from the pack's roles.yaml.
type Role struct {
	ID   string    `yaml:"id" json:"id"`
	Name i18n.Text `yaml:"name" json:"name"`
	Axis Axis      `yaml:"axis" json:"axis"`
	Pack string    `yaml:"-" json:"-"` // id of the pack that brought it
}

// Roles are a division's roles by id.
type Roles map[string]Role

// CheckWall refuses a person who would hold a supervision role and a command
// role in the same division at once: whoever orders a repair may not judge it.
// held are the role ids of one person. name fills the sentence.
func (r Roles) CheckWall(name string, held ...string) error {
	var first, second *Role
	for _, h := range held {
		role, ok := r[h]
		if !ok || (role.Axis != Supervision && role.Axis != Command) {
			continue
		}
		switch {
		case first == nil:
			first = &role
		case first.Axis != role.Axis:
			second = &role
		}
	}
	if second == nil {
		return nil
	}
	return fault.New(fault.Invalid, "people.wall", "name", name, "a", first.Name, "b", second.Name)
}
