package text

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/platform/id"
)

// Kind is a kind of personal data.
type Kind string

// The kinds, in the order in which Mask reports them, with what stays visible.
const (
	Phone    Kind = "phone"     // the first three digits: 138********
	Landline Kind = "landline"  // the area code: 0536-*******
	IDCard   Kind = "id_card"   // nothing
	BankCard Kind = "bank_card" // nothing
	Plate    Kind = "plate"     // province and letter: 鲁G*****
	Email    Kind = "email"     // the domain
	Account  Kind = "account"   // nothing; WeChat, QQ, when labelled
	Name     Kind = "name"      // the surname's first character, when labelled
	Door     Kind = "door"      // the building; unit, floor and room are hidden
)

var order = []Kind{Phone, Landline, IDCard, BankCard, Plate, Email, Account, Name, Door}

// Key is the key of the kind's name in Words.
func (k Kind) Key() string { return "text." + string(k) }

// Star stands for one hidden character.
const Star = '*'

// Mask hides personal data in s, one star for each hidden character, so the
// length stays visible and separators stay in place, and lists the kinds it
// found. Full-width and Chinese digits, separators inside numbers and
// zero-width characters are seen through. The last digits of a number are
// never kept: neighbours know them. Mask is idempotent; text without personal
// data comes back unchanged (invalid UTF-8 becomes U+FFFD).
func Mask(s string) (masked string, found []Kind) {
	seen := map[Kind]bool{}
	for {
		p := newPass(s)
		p.run()
		next := string(p.out)
		for k := range p.found {
			seen[k] = true
		}
		if next == s || len(p.found) == 0 {
			s = next
			break
		}
		// What stays visible may join its neighbours into a new number.
		s = next
	}
	for _, k := range order {
		if seen[k] {
			found = append(found, k)
		}
	}
	return s, found
}

// pass is one look over the text. folded holds one rune for every rune of out.
type pass struct {
	out    []rune
	folded []rune
	text   string // folded, for expressions
	at     []int  // byte offset in text → rune index
	keep   []span // receipt codes and case numbers
	found  map[Kind]bool
}

// span is a half-open range of runes.
type span struct{ from, to int }

func newPass(s string) *pass {
	p := &pass{out: []rune(s), found: map[Kind]bool{}}
	p.folded = make([]rune, len(p.out))
	for i, r := range p.out {
		p.folded[i] = fold(r)
	}
	p.text = string(p.folded)
	p.at = make([]int, len(p.text)+1)
	b := 0
	for i, r := range p.folded {
		p.at[b] = i
		b += utf8.RuneLen(r)
	}
	p.at[b] = len(p.folded)
	return p
}

func (p *pass) run() {
	p.findKept()
	p.emails()
	p.plates()
	p.numbers()
	p.accounts()
	p.doors()
	p.names()
}

// hide stars the runes of a span that pred accepts.
func (p *pass) hide(k Kind, s span, pred func(rune) bool) {
	for i := s.from; i < s.to; i++ {
		if p.out[i] != Star && pred(p.folded[i]) {
			p.out[i] = Star
			p.found[k] = true
		}
	}
}

// matches calls fn with the rune spans of every match and its groups; an
// absent group is {-1, -1}.
func (p *pass) matches(re *regexp.Regexp, fn func(g []span)) {
	for _, m := range re.FindAllStringSubmatchIndex(p.text, -1) {
		g := make([]span, len(m)/2)
		for i := range g {
			g[i] = span{-1, -1}
			if m[2*i] >= 0 {
				g[i] = span{p.at[m[2*i]], p.at[m[2*i+1]]}
			}
		}
		fn(g)
	}
}

func (p *pass) kept(s span) bool {
	for _, k := range p.keep {
		if s.from < k.to && k.from < s.to {
			return true
		}
	}
	return false
}

// before is the folded rune before i, 0 at the beginning; after is its twin.
func (p *pass) before(i int) rune {
	if i <= 0 {
		return 0
	}
	return p.folded[i-1]
}

func (p *pass) after(i int) rune {
	if i >= len(p.folded) {
		return 0
	}
	return p.folded[i]
}

// fold maps full-width forms to ASCII, letters to upper case, circled digits
// to digits, and everything invisible to one zero-width space.
func fold(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		r -= 0xFEE0
	case r == 0x3000 || r == 0xA0 || r == '\t':
		return ' '
	case r >= 0x200B && r <= 0x200F, r == 0x2060, r == 0xFEFF, r == 0xAD, r == 0xFE0F, r == 0x20E3:
		return hidden
	case r >= '①' && r <= '⑨':
		return '1' + r - '①'
	case r == '⓪':
		return '0'
	case r == '—' || r == '–' || r == '‐' || r == '−' || r == '‑':
		return '-'
	}
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

const hidden = '\u200B'

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' }
func isArabic(r rune) bool { return r >= '0' && r <= '9' }
func isAlnum(r rune) bool  { return isLetter(r) || isArabic(r) }

var (
	receiptLike = regexp.MustCompile(`[0-9A-Z]{5}[- ]?[0-9A-Z]{5}[- ]?[0-9A-Z]{4}`)
	// A number someone calls a case number, one with a letter prefix and a
	// year, and one that begins with a date.
	caseLike = regexp.MustCompile(`(?:案件编号|案件号|案号|编号|单号|工单|受理号|查询码|回执|文号|网格)(?:码|号)?[: 是为]{0,3}[A-Z0-9〔〕\[\]()\-]+` +
		`|[A-Z]{1,8}-?20[0-9]{2}[0-9\-]*[0-9]` +
		`|20[0-9]{2}(?:0[1-9]|1[0-2])[0-9\-]*[0-9]`)
)

func (p *pass) findKept() {
	p.matches(receiptLike, func(g []span) {
		s := g[0]
		if isAlnum(p.before(s.from)) || isAlnum(p.after(s.to)) {
			return
		}
		code := string(p.folded[s.from:s.to])
		// A code of digits alone is one in ten million; a number is not.
		if _, ok := id.ParseReceipt(code); ok && strings.ContainsFunc(code, isLetter) {
			p.keep = append(p.keep, s)
		}
	})
	p.matches(caseLike, func(g []span) {
		if !isArabic(p.before(g[0].from)) {
			p.keep = append(p.keep, g[0])
		}
	})
}
