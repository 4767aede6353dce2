package ui

import (
	"context"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"xiucheng/internal/platform/i18n"
)

// chinese is a stretch of Chinese up to the next space, with the numbers, letters
// and points in it.
var chinese = regexp.MustCompile(`[《（]?\p{Han}(?:[\p{L}\p{N}\p{P}]*[\p{Han}\p{N}《》（）。，、；：！？])?`)

// Zh writes what may hold names or sentences that stand in Chinese on every page:
// on a page in another language these say so (WCAG 3.1.2), so that a screen reader
// can pronounce them. A space before or after it has to stand in s.
func Zh(s string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		end := 0
		if i18n.LangOf(ctx) != i18n.ZH {
			for _, at := range chinese.FindAllStringIndex(s, -1) {
				b.WriteString(templ.EscapeString(s[end:at[0]]) + `<span lang="zh-CN">` + templ.EscapeString(s[at[0]:at[1]]) + "</span>")
				end = at[1]
			}
		}
		b.WriteString(templ.EscapeString(s[end:]))
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// ZhIn is the same for an element that holds nothing but text, an option of a list.
func ZhIn(ctx context.Context, s string) templ.Attributes {
	if i18n.LangOf(ctx) != i18n.ZH && chinese.MatchString(s) {
		return templ.Attributes{"lang": string(i18n.ZH)}
	}
	return nil
}
