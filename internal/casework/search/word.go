package search

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"xiucheng/internal/platform/id"
)

// Doc is what of a case can be found.
type Doc struct {
	Division id.ID
	Case     id.ID
	Opened   int64 // microseconds; results of equal rank come newest first
	Number   string
	Title    string
	Address  string
	Text     string
	Dept     string
	Family   string // of its procedure
	Ended    bool
}

// Signs before a word that is not simply said in the text. None of them is a
// letter, so nobody can type them.
const (
	signExact = "§" // the whole number or address
	signTitle = "¶" // said in the title
	signDept  = "¤" // the department
	signFam   = "¥" // the family of its procedure, where it has one
	wordOpen  = "¬" // the case has not ended
)

const (
	longest = 5000 // runes of a text that are indexed
	serial  = 5    // signs of a number's end by which people name a case
)

// runs cuts a text into runs of Chinese characters and words of other letters
// and digits, in one form of letters: full width, upper case and compatibility
// forms are written the plain way.
func runs(text string) (out [][]rune) {
	var run []rune
	han := false
	end := func() {
		if len(run) > 0 {
			out = append(out, run)
		}
		run = nil
	}
	n := 0
	for _, r := range norm.NFKC.String(text) {
		if n++; n > longest {
			break
		}
		switch is := unicode.Is(unicode.Han, r); {
		case !is && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			end()
		case is != han:
			end()
			han = is
			fallthrough
		default:
			run = append(run, unicode.ToLower(r))
		}
	}
	end()
	return out
}

func allDigits(run []rune) bool {
	return !slices.ContainsFunc(run, func(r rune) bool { return r < '0' || r > '9' })
}

func isHan(run []rune) bool { return unicode.Is(unicode.Han, run[0]) }

// words are the words of a text in order. A Chinese run is its pairs and its
// last character: so no pair follows another run's pair directly, and a phrase
// does not reach across a comma.
func words(text string) (out []string) {
	for _, run := range runs(text) {
		if !isHan(run) {
			out = append(out, string(run))
			continue
		}
		for i := range run {
			out = append(out, string(run[i:min(i+2, len(run))]))
		}
	}
	return out
}

// whole is a text as one word: to be found exactly.
func whole(text string) string {
	var b strings.Builder
	b.WriteString(signExact)
	for _, run := range runs(text) {
		b.WriteString(string(run))
	}
	return b.String()
}

// words are everything by which the case is found.
func (d Doc) words() []string {
	out := words(d.Address)
	if !strings.HasPrefix(d.Text, d.Title) {
		out = append(out, words(d.Title)...)
	}
	out = append(out, words(d.Text)...)
	for _, w := range words(d.Title) {
		out = append(out, signTitle+w)
	}
	if d.Address != "" {
		out = append(out, whole(d.Address))
	}
	if d.Number != "" {
		out = append(out, whole(d.Number))
		if r := []rune(d.Number); len(r) > serial && allDigits(r[len(r)-serial:]) {
			out = append(out, string(r[len(r)-serial:]))
		}
	}
	out = append(out, signDept+squash(d.Dept))
	if d.Family != "" {
		out = append(out, signFam+squash(d.Family))
	}
	if !d.Ended {
		out = append(out, wordOpen)
	}
	return out
}

// squash makes a code one word.
func squash(code string) string { return strings.Join(words(code), "") }

// sum tells whether anything that is indexed has changed.
func sum(words []string) []byte {
	h := sha256.Sum256([]byte(strings.Join(words, " ")))
	return h[:16]
}
