package procedure

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
)

// decided says whether a condition surely holds, or surely fails, on the way
// of an edge: because it speaks only of the state being entered, or because the
// edge's own target was chosen by the same condition. Neither means "maybe".
func (c *checker) decided(when string, e edge) (sure, never bool) {
	if when == "" {
		return true, false
	}
	if holds, ok := c.ofTarget(when, e.to); ok {
		return holds, !holds
	}
	sure = true
	for _, part := range conjuncts(when) {
		yes, no := slices.Contains(e.holds, part), false
		for _, f := range e.fails {
			yes = yes || opposite(part) == squeeze(f)
			no = no || part == squeeze(f)
		}
		no = no || slices.Contains(e.holds, opposite(part))
		if no {
			return false, true
		}
		sure = sure && yes
	}
	return sure, false
}

// ofTarget evaluates a condition that reads nothing but `to`.
func (c *checker) ofTarget(when, to string) (holds, ok bool) {
	if c.toEnv == nil {
		env, err := cel.NewEnv(cel.Variable("to", cel.StringType))
		if err != nil {
			return false, false
		}
		c.toEnv = env
	}
	x, _, err := compile(c.toEnv, when, condition...)
	if err != nil {
		return false, false
	}
	holds, err = x.Bool((&View{To: to}).For(c.p, nil))
	return holds, err == nil
}

// conjuncts splits "a && b" outside parentheses.
func conjuncts(when string) []string {
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
