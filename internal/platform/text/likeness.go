package text

import "unicode"

// Bigrams returns the pairs of neighbouring characters of s, in order and with
// repeats, after folding width and case. Punctuation and spaces part the text:
// no pair reaches across. A character alone between two of them stands for
// itself.
func Bigrams(s string) []string {
	var out []string
	var run []rune
	flush := func() {
		if len(run) == 1 {
			out = append(out, string(run))
		}
		for i := 0; i+1 < len(run); i++ {
			out = append(out, string(run[i:i+2]))
		}
		run = run[:0]
	}
	for _, r := range s {
		r = unicode.ToLower(fold(r))
		switch {
		case r == hidden:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			run = append(run, r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// Likeness is how alike two texts are: twice their shared character pairs by
// all their pairs (Dice), 0 for nothing shared or an empty text, 1 for the same
// pairs.
func Likeness(a, b string) float64 {
	pa, pb := Bigrams(a), Bigrams(b)
	if len(pa) == 0 || len(pb) == 0 {
		return 0
	}
	count := make(map[string]int, len(pa))
	for _, p := range pa {
		count[p]++
	}
	shared := 0
	for _, p := range pb {
		if count[p] > 0 {
			count[p]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(pa)+len(pb))
}
