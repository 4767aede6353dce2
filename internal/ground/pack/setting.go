package pack

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/platform/i18n"
)

//go:embed settings.yaml
var definitions []byte

// Definition is a setting the program reads: its type decides which values are
// accepted and which getter reads it.
type Definition struct {
	Key     string    `yaml:"key"`
	Type    string    `yaml:"type"`
	Default string    `yaml:"default"`
	Options []string  `yaml:"options,omitempty"` // of an enum
	Title   i18n.Text `yaml:"title"`
}

// Types of settings.
const (
	TypeBool     = "bool"
	TypeInt      = "int"
	TypeText     = "text"
	TypeEnum     = "enum"
	TypeDuration = "duration" // "30m"
	TypeHours    = "hours"    // "08:30-12:00 13:30-17:30"
)

// Definitions lists all settings in the order of their file.
func Definitions() []Definition {
	var list []Definition
	if err := yaml.UnmarshalWithOptions(definitions, &list, yaml.Strict()); err != nil {
		panic(err) // embedded, and read by a test
	}
	return list
}

var hoursShape = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`)

// Accepts reports whether the text is a value of the setting's type. Numbers
// are whole and not negative; office hours are spans in order.
func (d Definition) Accepts(value string) bool {
	switch d.Type {
	case TypeBool:
		return value == "true" || value == "false"
	case TypeInt:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0
	case TypeEnum:
		return slices.Contains(d.Options, value)
	case TypeDuration:
		v, err := time.ParseDuration(value)
		return err == nil && v >= 0
	case TypeHours:
		last := ""
		for _, span := range strings.Fields(value) {
			if !hoursShape.MatchString(span) || span[:5] >= span[6:] || span[:5] < last {
				return false
			}
			last = span[6:]
		}
		return last != ""
	}
	return d.Type == TypeText
}

// Settings are a division's values at one moment: the defaults, over them the
// pack's, over them the local changes. It never changes.
type Settings struct {
	defs   map[string]Definition
	values map[string]string
}

// NewSettings lays values over the defaults; unknown keys and values that do
// not fit are ignored.
func NewSettings(values map[string]string) *Settings {
	s := &Settings{defs: map[string]Definition{}, values: map[string]string{}}
	for _, d := range Definitions() {
		s.defs[d.Key], s.values[d.Key] = d, d.Default
		if v, ok := values[d.Key]; ok && d.Accepts(v) {
			s.values[d.Key] = v
		}
	}
	return s
}

// Lookup returns a setting's definition and value; ok is false for an unknown key.
func (s *Settings) Lookup(key string) (d Definition, value string, ok bool) {
	d, ok = s.defs[key]
	return d, s.values[key], ok
}

// Bool, Int, Text and Duration read a setting of that type (Text reads any).
// Asking for a key that is not defined, or of another type, is a mistake in
// the program and panics.
func (s *Settings) Bool(key string) bool { return s.get(key, TypeBool) == "true" }

// Int reads a whole number; see Bool.
func (s *Settings) Int(key string) int {
	n, _ := strconv.Atoi(s.get(key, TypeInt))
	return n
}

// Text reads any setting as text; see Bool.
func (s *Settings) Text(key string) string { return s.get(key, "") }

// Duration reads a span of time; see Bool.
func (s *Settings) Duration(key string) time.Duration {
	d, _ := time.ParseDuration(s.get(key, TypeDuration))
	return d
}

func (s *Settings) get(key, kind string) string {
	d, ok := s.defs[key]
	if !ok || (kind != "" && d.Type != kind) {
		panic(fmt.Sprintf("pack: no setting %q of type %q", key, kind))
	}
	return s.values[key]
}
