package paper

import (
	"sort"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/text"
)

// Public fills the template for publication 公开稿: fields marked personal show
// their first character, wherever their words stand, and every text is masked
// by the rules of platform/text. The QR code is left out.
func (t *Template) Public(c Content) (document.Document, error) {
	hidden := map[string]string{}
	x := &filling{t: t, c: c}
	for i := range t.Fields {
		f := &t.Fields[i]
		if !f.Personal || f.MaskIf != "" && !x.holds(f.MaskIf) {
			continue
		}
		values, ok := c.Fields[f.Name].([]string)
		if s, is := c.Fields[f.Name].(string); is {
			values, ok = []string{s}, true
		}
		for _, s := range values {
			if s = strings.TrimSpace(s); ok && utf8.RuneCountInString(s) > 1 {
				hidden[s] = starred(s)
			}
		}
	}
	long := make([]string, 0, len(hidden))
	for s := range hidden {
		long = append(long, s)
	}
	sort.Slice(long, func(i, j int) bool {
		return len(long[i]) > len(long[j]) || len(long[i]) == len(long[j]) && long[i] < long[j]
	})
	x.mask = func(s string) string {
		for _, w := range long {
			s = strings.ReplaceAll(s, w, hidden[w])
		}
		s, _ = text.Mask(s)
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
