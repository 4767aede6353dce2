package catalogue

import (
	"regexp"
	"strings"
)

// Pattern names classes in tables: words separated by spaces, each a class id
// ("06010", "LOCAL-STALL"), a range ("06001-06009"), the beginning of a code
// ("01") or "*".
type Pattern string

var (
	patternRange  = regexp.MustCompile(`^(\d{5})-(\d{5})$`)
	patternPrefix = regexp.MustCompile(`^\d{2,4}$`)
)

// Match returns how closely the pattern names the class: 0 not at all, more
// for a closer word, so that of several tables' rows the closest one wins.
func (p Pattern) Match(c Class) int {
	code := c.ID
	if c.Kind == Component || c.Standard == c2026 {
		code = c.Code
	}
	best := 0
	for _, w := range strings.Fields(string(p)) {
		best = max(best, matchWord(w, c.ID, code))
	}
	return best
}

func matchWord(w, id, code string) int {
	if w == id || w == code {
		return 100
	}
	if m := patternRange.FindStringSubmatch(w); m != nil && len(code) == 5 && m[1] <= code && code <= m[2] {
		return 50
	}
	if patternPrefix.MatchString(w) && strings.HasPrefix(code, w) {
		return 10 + len(w)
	}
	if w == "*" {
		return 1
	}
	return 0
}

// closest returns the row whose pattern names the class most closely, the
// earlier one where two do so equally; ok is false when none does.
func closest[T any](rows []T, pattern func(T) Pattern, c Class) (row T, ok bool) {
	best := 0
	for _, r := range rows {
		if n := pattern(r).Match(c); n > best {
			best, row = n, r
		}
	}
	return row, best > 0
}
