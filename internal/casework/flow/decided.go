package flow

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"xiucheng/internal/casework/rule"
)

// decided says whether a condition surely holds, or surely fails, on the way
// of a transition: because it speaks only of the state being entered, or because the
// way's own target was chosen by the same condition. Neither means "maybe".
func (g *Graph) decided(when string, w Way) (sure, never bool) {
	if when == "" {
		return true, false
	}
	if holds, ok := g.ofTarget(when, w.To); ok {
		return holds, !holds
	}
	sure = true
	for _, part := range Conjuncts(when) {
		yes, no := slices.Contains(w.Holds, part), false
		for _, f := range w.Fails {
			yes = yes || opposite(part) == squeeze(f)
			no = no || part == squeeze(f)
		}
		no = no || slices.Contains(w.Holds, opposite(part))
		if no {
			return false, true
		}
		sure = sure && yes
	}
	return sure, false
}

// ofTarget evaluates a condition that reads nothing but `to`.
func (g *Graph) ofTarget(when, to string) (holds, ok bool) {
	if g.env == nil {
		env, err := cel.NewEnv(cel.Variable("to", cel.StringType))
		if err != nil {
			return false, false
		}
		g.env = env
	}
	x, seen := g.only[when]
	if !seen { // a condition is asked about for every way it stands on, and most read more than `to`
		if readsTo.MatchString(when) {
			x, _, _ = rule.Compile(g.env, when, cel.BoolType)
		}
		if g.only == nil {
			g.only = map[string]*rule.Expr{}
		}
		g.only[when] = x
	}
	if x == nil {
		return false, false
	}
	holds, err := x.Bool(&rule.View{To: to})
	return holds, err == nil
}

var readsTo = regexp.MustCompile(`\bto\b`)

// Conjuncts splits "a && b" outside parentheses.
func Conjuncts(when string) []string {
	if when == "" {
		return nil
	}
	depth, start := 0, 0
	var out []string
	for i := range len(when) {
		switch when[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '&':
			if depth == 0 && strings.HasPrefix(when[i:], "&&") {
				out = append(out, squeeze(when[start:i]))
				start = i + 2
			}
		case '|':
			if depth == 0 {
				return []string{squeeze(when)} // "a && b || c" does not split
			}
		}
	}
	return append(out, squeeze(when[start:]))
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// opposite is the condition that holds exactly when s fails, for simple forms.
func opposite(s string) string {
	s = squeeze(s)
	switch {
	case strings.ContainsAny(s, "&|?"):
		return "!(" + s + ")"
	case strings.HasPrefix(s, "!(") && strings.HasSuffix(s, ")"):
		return s[2 : len(s)-1]
	case strings.Contains(s, " == "):
		return strings.Replace(s, " == ", " != ", 1)
	case strings.Contains(s, " != "):
		return strings.Replace(s, " != ", " == ", 1)
	case strings.HasPrefix(s, "!"):
		return s[1:]
	}
	return "!" + s
}
