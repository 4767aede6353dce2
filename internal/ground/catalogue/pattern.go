package catalogue

import (
	"strings"
)

// Pattern names classes in tables: words separated by spaces, each a class id
// ("06010", "LOCAL-STALL"), a range ("06001-06009"), the beginning of a code
// ("01") or "*".
type Pattern string

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
	from, to, isRange := strings.Cut(w, "-")
	if isRange && digits(from, 5, 5) && digits(to, 5, 5) && len(code) == 5 && from <= code && code <= to {
		return 50
	}
	if digits(w, 2, 4) && strings.HasPrefix(code, w) {
		return 10 + len(w)
	}
	if w == "*" {
		return 1
	}
	return 0
}

// digits reports whether s is so many digits.
func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
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
