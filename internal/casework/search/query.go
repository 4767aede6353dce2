package search

import (
	"slices"
	"strings"
	"unicode"
)

// term is a phrase of words that stand side by side; the last one may be only
// the beginning of a word.
type term struct {
	words  []string
	prefix bool
}

// shortest is how many letters a word needs to be looked for by its beginning.
const shortest = 3

// terms are what a question asks for, each of which must be found. A single
// Chinese character is left out: it would be found in nearly every case. A
// question may have no term.
func terms(question, sign string) (out []term) {
	for _, run := range runs(question) {
		if !isHan(run) {
			letters := !slices.ContainsFunc(run, unicode.IsDigit)
			out = append(out, term{[]string{sign + string(run)}, letters && len(run) >= shortest})
			continue
		}
		var t term
		for i := range len(run) - 1 {
			t.words = append(t.words, sign+string(run[i:i+2]))
		}
		if len(t.words) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// match is what a case must have: every phrase of all, one word of any unless
// there is none, and not all phrases of any list in but.
type match struct {
	all []term
	any []string
	but [][]term
}

// dialect is how an engine writes a match.
type dialect struct {
	open, next, close string // around and between the words of a phrase
	quote             string // around a word
	begins            string // behind a word of which only the beginning is given
	and, or, not      string
}

var (
	fts5     = dialect{open: `"`, next: " ", close: `"`, begins: "*", and: " AND ", or: " OR ", not: " NOT "}
	tsvector = dialect{open: "(", next: " <-> ", close: ")", quote: "'", begins: ":*", and: " & ", or: " | ", not: " & !"}
)

func (d dialect) term(t term) string {
	quoted := make([]string, len(t.words))
	for i, w := range t.words {
		quoted[i] = d.quote + w + d.quote
	}
	switch inner := strings.Join(quoted, d.next); {
	case t.prefix && d.quote != "":
		return inner + d.begins
	case t.prefix:
		return d.open + inner + d.close + d.begins
	default:
		return d.open + inner + d.close
	}
}

func (d dialect) list(ts []term, between string) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = d.term(t)
	}
	return "(" + strings.Join(parts, between) + ")"
}

func (d dialect) write(m match) string {
	out := d.list(m.all, d.and)
	if len(m.any) > 0 {
		one := make([]term, len(m.any))
		for i, w := range m.any {
			one[i] = term{words: []string{w}}
		}
		out += d.and + d.list(one, d.or)
	}
	for _, b := range m.but {
		out += d.not + d.list(b, d.and)
	}
	return out
}
