package paper

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/text"
)

// Public fills the template for publication 公开稿: fields marked personal show
// their first character, wherever their words stand, and every text is masked
// by the rules of platform/text. The QR code is left out.
func (t *Template) Public(c Content) (document.Document, error) {
	words := map[string]string{}
	x := &filling{t: t, c: c}
	for i := range t.Fields {
		f := &t.Fields[i]
		if !x.private(f) {
			continue
		}
		for _, s := range texts(c.Fields[f.Name]) {
			if s = strings.TrimSpace(s); utf8.RuneCountInString(s) > 1 {
				words[s] = starred(s)
			}
		}
	}
	hide := replacer(words)
	x.mask = func(s string) string {
		s, _ = text.Mask(hide(s))
		return s
	}
	x.c.Code = ""
	d, err := x.document()
	d.Mark = "公开稿"
	return d, err
}

// starred keeps the first character of a name, a number, an address.
func starred(s string) string {
	n := utf8.RuneCountInString(s)
	_, size := utf8.DecodeRuneInString(s)
	return s[:size] + strings.Repeat("*", min(n-1, 8))
}

// texts are the words of a value, none for other types.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	}
	return nil
}

// replacer puts other words for words, the longest first.
func replacer(words map[string]string) func(string) string {
	long := slices.SortedFunc(maps.Keys(words), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return func(s string) string {
		for _, w := range long {
			s = strings.ReplaceAll(s, w, words[w])
		}
		return s
	}
}
