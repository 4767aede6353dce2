// Package field is one typed value of a form or of a case's data: how it is asked
// for, read, stored and checked, and what expressions see of it.
//
// It does not know which steps ask for it (procedure) nor how a form looks.
package field

import (
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/i18n"
)

// Type is how a value is asked for, checked and bound in guards.
type Type string

// Field types and how guards see them:
// text long enum person dept class component case code phone → string; sign →
// string: the SHA-256 of what was drawn, or the name typed in its place;
// int, money (fen) → int; dec → double; bool → bool; date, time → timestamp;
// photo, file → list(string) of SHA-256; place → map(string, double) with
// lat, lng, accuracy; map → map(string, string); rows → list(map(string,
// string)), numbers in decimal and money in fen. List turns T into list(T).
const (
	Text      Type = "text"
	Long      Type = "long"
	Int       Type = "int"
	Dec       Type = "dec"
	Money     Type = "money"
	Bool      Type = "bool"
	Date      Type = "date"
	Time      Type = "time"
	Enum      Type = "enum"
	Place     Type = "place"
	Photo     Type = "photo"
	File      Type = "file"
	Person    Type = "person"
	Dept      Type = "dept"
	Class     Type = "class"
	Component Type = "component"
	CaseRef   Type = "case"
	Code      Type = "code"
	Phone     Type = "phone"
	Sign      Type = "sign"
	Map       Type = "map"
	Rows      Type = "rows"
)

// Field is one typed value of a form, or of a case's data.
type Field struct {
	Name     string    `yaml:"name"`
	Type     Type      `yaml:"type"`
	List     bool      `yaml:"list,omitempty"`
	Label    i18n.Text `yaml:"label"`
	Help     i18n.Text `yaml:"help,omitempty"`
	Required bool      `yaml:"required,omitempty"`
	Options  []Option  `yaml:"options,omitempty"` // enum
	Columns  []Column  `yaml:"columns,omitempty"` // rows
	Min      *int      `yaml:"min,omitempty"`     // characters, value or items
	Max      *int      `yaml:"max,omitempty"`
	Default  string    `yaml:"default,omitempty"`   // CEL over data, fact, actor: what the form is filled with
	Choices  string    `yaml:"choices,omitempty"`   // name of a list the duty provides: collectors, handlers, filing_conditions …
	ShowWhen string    `yaml:"show_when,omitempty"` // another field's value, "result=cannot_fix|not_found"
	Personal bool      `yaml:"personal,omitempty"`  // kept apart, erasable; the event holds a salted commitment
	Evidence string    `yaml:"evidence,omitempty"`  // photo, file: kind of evidence: before, verify, safe, after, check …

	Filler *rule.Expr `yaml:"-"` // Default, compiled; nil for none
}

// Column is one column of a field of rows.
type Column struct {
	Name     string    `yaml:"name"`
	Type     Type      `yaml:"type"` // text, int, money, date, enum or person
	Label    i18n.Text `yaml:"label"`
	Required bool      `yaml:"required,omitempty"` // in every row
	Options  []Option  `yaml:"options,omitempty"`  // enum
}

// Option is one value of an enum.
type Option struct {
	Value string    `yaml:"value"`
	Label i18n.Text `yaml:"label"`
}
