package catalogue

import (
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// Kind is whether a class is a thing or something that happens. The two
// lists of a standard use the same numbers.
type Kind string

// The kinds. The standard of 2026 calls an event a matter 事项; a case is
// always about an event, "component X is out of order" included.
const (
	Component Kind = "component"
	Event     Kind = "event"
)

// The standards whose codes are kept side by side.
const (
	c2026  = "GB/T 47678.5-2026"
	c2013  = "GB/T 30428.2-2013"
	cLocal = "LOCAL"
)

// Key is what makes a class unique across standards and their versions.
type Key struct {
	Standard string `json:"standard"`
	Kind     Kind   `json:"kind"`
	Code     string `json:"code"`
}

// Class is one class of components or matters. ID is its short form, which
// cases, routes and addresses use: the bare code for a matter of the standard
// in force, "C-" and the code for a component, "LEGACY-…" for codes only the
// older edition has, "LOCAL-…" for local additions (the standard lists are closed).
type Class struct {
	ID string `json:"id"`
	Key
	Group       string    `json:"group"`
	Name        i18n.Text `json:"name"`
	Legacy      string    `json:"legacy,omitempty"`       // code of GB/T 30428.2-2013
	LegacyBasis string    `json:"legacy_basis,omitempty"` // seen, inferred or none/new
	LegacyName  string    `json:"legacy_name,omitempty"`
	people.Period
	Note    string `json:"note,omitempty"`
	Retired bool   `json:"retired,omitempty"` // switched off here

	// Department, ZoneKind and CoUnit override the routing table when set here.
	Department string `json:"department,omitempty"` // code, or people.StreetTeam, people.StreetOffice
	ZoneKind   string `json:"zone_kind,omitempty"`
	CoUnit     string `json:"co_unit,omitempty"`

	GroupName i18n.Text `json:"-"`
	Family    Family    `json:"-"`
	Blocking  bool      `json:"-"` // blocks the way: nearness to schools, hospitals raises priority
	SelfFix   bool      `json:"-"` // a collector may put it right on the spot
	Waivable  bool      `json:"-"` // the check on site may be waived
	Public    bool      `json:"-"` // offered to citizens
}

// Active reports whether new cases of the class may be opened at the instant.
func (c Class) Active(at time.Time) bool { return !c.Retired && c.Period.Holds(at) }

// Family is what counts as "the same problem": a hint of a duplicate needs the
// same family within the radius and the window.
type Family struct {
	ID          string    `json:"id"`
	Name        i18n.Text `json:"name"`
	Classes     Pattern   `json:"classes"`
	RadiusM     int       `json:"radius_m"`
	WindowHours int       `json:"window_hours"`
}

// Window is the family's window as a duration.
func (f Family) Window() time.Duration { return time.Duration(f.WindowHours) * time.Hour }

// Group is a class of the first level: 市政公用设施, 市容环境 …
type Group struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// Flag marks classes that behave alike.
type Flag struct {
	ID      string  `json:"id"` // blocking, self_fix or waivable
	Classes Pattern `json:"classes"`
}

// Flag ids.
const (
	FlagBlocking = "blocking"
	FlagSelfFix  = "self_fix"
	FlagWaivable = "waivable"
)

// Route says who usually owns a class: rule R3 looks in zones of ZoneKind, R5
// takes Department.
type Route struct {
	Classes    Pattern `json:"classes"`
	ZoneKind   string  `json:"zone_kind,omitempty"`
	Department string  `json:"department"`
	CoUnit     string  `json:"co_unit,omitempty"`
}

// Duty is a line of a street's duty list 职责清单 (rule R4).
type Duty struct {
	Street     string  `json:"street"`
	Classes    Pattern `json:"classes"`
	Department string  `json:"department"`
	Basis      string  `json:"basis,omitempty"`
}
