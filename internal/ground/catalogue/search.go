package catalogue

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Search finds active event classes by code (also the older one), by name in
// either language, or by the plain words of the citizens' choices; the best
// first, at most limit. An empty text finds nothing.
func (c *Catalogue) Search(text string, at time.Time, limit int) []Class {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	type hit struct {
		class Class
		score int
	}
	plain := c.plainWords()
	var hits []hit
	for _, x := range c.Classes(Event, at) {
		if s := score(x, plain[x.ID], text); s > 0 {
			hits = append(hits, hit{x, s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var out []Class
	for _, h := range hits[:min(limit, len(hits))] {
		out = append(out, h.class)
	}
	return out
}

// plainWords are what citizens call each class, and what its standard says.
func (c *Catalogue) plainWords() map[string]string {
	words := map[string]string{}
	for _, ch := range c.choices {
		for _, i := range ch.Items {
			words[i.Class] += strings.ToLower(i.Name.ZH + " " + i.Name.EN + " " + ch.Words + "\n")
		}
	}
	for class, conds := range c.conditions {
		for _, cond := range conds {
			words[class] += cond.Filing.ZH + " " + strings.ToLower(cond.Filing.EN) + "\n"
		}
	}
	return words
}

func score(x Class, plain, text string) int {
	zh, en := x.Name.ZH, strings.ToLower(x.Name.EN)
	switch {
	case strings.EqualFold(x.ID, text):
		return 100
	case strings.HasPrefix(strings.ToLower(x.ID), text), x.Legacy != "" && x.Legacy == text:
		return 90
	case zh == text || en == text:
		return 85
	case strings.HasPrefix(zh, text):
		return 80
	case strings.Contains(zh, text), strings.Contains(en, text), strings.Contains(x.LegacyName, text):
		return 70
	case plain != "" && strings.Contains(plain, text):
		return 60
	}
	return shared(zh+" "+en+" "+plain, text)
}

// shared counts, of 50, how many neighbouring pairs of characters of the text
// occur in the words; fewer than half is nothing.
func shared(words, text string) int {
	r := []rune(text)
	if len(r) < 2 {
		return 0
	}
	found := 0
	for i := range len(r) - 1 {
		if strings.Contains(words, string(r[i:i+2])) {
			found++
		}
	}
	if n := 50 * found / (len(r) - 1); n >= 25 {
		return n
	}
	return 0
}
