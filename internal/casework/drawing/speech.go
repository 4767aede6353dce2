package drawing

import (
	_ "embed"
	"strconv"
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// Words are the sentences of the picture.
//
//go:embed words.yaml
var Words []byte

// Speech is the language of a picture and the names of a division's roles.
type Speech struct {
	Lang  i18n.Lang
	Words *i18n.Bundle
	Roles people.Roles
}

// Of returns the text in the language of the picture.
func (s Speech) Of(t i18n.Text) string { return t.In(s.Lang) }

// T returns a sentence; kv are alternating placeholder names and values.
func (s Speech) T(key string, kv ...any) string {
	return (&i18n.Printer{Bundle: s.Words, Lang: s.Lang}).T(key, kv...)
}

// Role is the name of a role, or of one of the words a procedure uses for who
// acts; an unknown one is its id.
func (s Speech) Role(id string) string {
	if r, ok := s.Roles[id]; ok {
		return s.Of(r.Name)
	}
	if key := "drawing.who." + id; s.Words.Has(key) {
		return s.T(key)
	}
	return id
}

// RolesOf joins the names of roles.
func (s Speech) RolesOf(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.Role(id)
	}
	return strings.Join(names, s.T("drawing.and"))
}

// Limit says a limit in words; none is "".
func (s Speech) Limit(l *procedure.Limit) string {
	if l == nil {
		return ""
	}
	n, unit := l.N, l.Unit
	if hours, ok := strings.CutSuffix(unit, "hour"); ok && n < 1 {
		n, unit = 60*n, hours+"minute"
	}
	return s.T("drawing.unit."+unit, "n", strconv.FormatFloat(n, 'f', -1, 64))
}

// WhoOf names who takes the step, and that it takes two.
func (s Speech) WhoOf(step *procedure.Step) string {
	who := s.RolesOf(step.Who)
	if step.Officers != nil && step.Officers.N > 1 {
		return s.T("drawing.together", "roles", who)
	}
	return who
}

// LimitOf says a clock's limit, the one of urgent cases where it differs, and
// what becomes of a last day off.
func (s Speech) LimitOf(c *procedure.Clock) string {
	if c.Roll != "" {
		return s.T("drawing.roll."+c.Roll, "limit", s.limitOf(c))
	}
	return s.limitOf(c)
}

func (s Speech) limitOf(c *procedure.Clock) string {
	switch {
	case c.Limit == nil:
		return s.T("drawing.by_case")
	case c.Urgent == nil:
		return s.Limit(c.Limit)
	}
	return s.T("drawing.urgent", "limit", s.Limit(c.Limit), "urgent", s.Limit(c.Urgent))
}
