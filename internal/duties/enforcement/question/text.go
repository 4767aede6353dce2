package question

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Pair is one question with its answer.
type Pair struct{ Question, Answer string }

// Bounds of a record: the step's field holds 8,000 characters.
const (
	mostPairs = 100
	// a page of the printed record holds so many lines of so many characters
	pageLines, lineChars = 20, 28
)

// pairs reads q.0, a.0, q.1, … of a form; empty ones are left out unless keep.
func pairs(raw url.Values, keep bool) (out []Pair) {
	for i := range mostPairs {
		n := strconv.Itoa(i)
		if !raw.Has("q."+n) && !raw.Has("a."+n) {
			break
		}
		p := Pair{line(raw.Get("q." + n)), line(raw.Get("a." + n))}
		if keep || p.Question+p.Answer != "" {
			out = append(out, p)
		}
	}
	return out
}

// line makes one paragraph of what was typed: a record has no gaps into which
// anything could be written later.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// Text is the record as the step keeps it.
func Text(list []Pair) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString("问：" + p.Question + "\n答：" + p.Answer + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Pages cuts a record where its printed pages end, no question from its answer.
func Pages(list []Pair) (out [][]Pair) {
	left := 0
	for _, p := range list {
		need := lines(p.Question) + lines(p.Answer)
		if need > left || len(out) == 0 {
			out, left = append(out, nil), pageLines
		}
		left -= need
		out[len(out)-1] = append(out[len(out)-1], p)
	}
	return out
}

func lines(s string) int { return (utf8.RuneCountInString(s)+2)/lineChars + 1 }
