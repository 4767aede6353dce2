// Package setting reads a division's settings as a procedure declares them. It
// keeps none.
package setting

import (
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
)

// Read reads a declared setting as its declared type; a span of time read
// as a whole number is in minutes.
func Read(set *pack.Settings, decl *procedure.Setting) (any, bool) {
	if decl == nil {
		return nil, false
	}
	def, value, ok := set.Lookup(decl.Key)
	if !ok {
		return nil, false
	}
	if def.Type == pack.TypeDuration && decl.Type == field.Int {
		d, err := time.ParseDuration(value)
		return int64(d / time.Minute), err == nil
	}
	f := field.Field{Name: decl.Name, Type: decl.Type, List: decl.List}
	sent := []string{value}
	if decl.List {
		sent = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '，' })
	}
	v, err := f.Parse(sent, calendar.Zone)
	if v == nil && err == nil && decl.List {
		v = []string{}
	} else if v == nil && err == nil {
		v = ""
	}
	return v, err == nil
}

// On reports whether the setting that the step needs is on; a step that needs
// none always is.
func On(set *pack.Settings, step *procedure.Step) bool {
	_, value, _ := set.Lookup(step.Needs)
	return step.Needs == "" || value == "true"
}
