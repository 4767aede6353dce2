package i18n

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Terms is what packs call things, by the word that is stored of them: laws,
// violations, kinds of cases, codes of papers. It says false for any other word.
type Terms func(word string) (t Text, known bool)

// Said is what was stored of a case as the reader is told it: parts between
// " · " that are terms, after a number or without, and laws, in the reader's
// language. What people wrote stays as they wrote it.
func Said(ctx context.Context, s string) string {
	p := From(ctx)
	if p.Terms == nil || s == "" {
		return s
	}
	parts := strings.Split(s, " · ")
	for i, part := range parts {
		if t, ok := p.Terms(part); ok {
			parts[i] = t.In(p.Lang)
		} else if number, rest, _ := strings.Cut(part, " "); rest != "" {
			if t, ok := p.Terms(rest); ok {
				parts[i] = number + " " + t.In(p.Lang)
			}
		}
	}
	s = strings.Join(parts, " · ")
	if strings.Contains(s, " — ") { // a refusal ends with its articles
		s = p.spelled(s)
	}
	return p.cited(s)
}

var (
	ordinal = `第[0-9〇零一二三四五六七八九十百千]+`
	// "《行政处罚法》第七十三条第三款、第七十四条" and the names of laws alone.
	citation = regexp.MustCompile(`《([^》]+)》((?:[、至和]?` + ordinal + `条(?:` + ordinal + `款)?(?:第[（(]?[0-9一二三四五六七八九十]+[）)]?项)?)*)`)
	// "PL 57 para 2, 58": how English sentences of packs name an article in short.
	short     = regexp.MustCompile(`\b([A-Z]{2,6}) (\d+(?:[–-]\d+)?(?:\(\d+\)| para \d+)*(?:, \d+(?:[–-]\d+)?(?:\(\d+\)| para \d+)*)*)`)
	paragraph = regexp.MustCompile(` para (\d+)`)
	place     = regexp.MustCompile(`([、至和]?)(` + ordinal + `)条(` + ordinal + `款)?(第[（(]?[0-9一二三四五六七八九十]+[）)]?项)?`)
)

// spelled writes out the articles that English sentences name in short.
func (p *Printer) spelled(s string) string {
	if p.Lang != EN || p.Terms == nil || !strings.ContainsAny(s, "123456789") {
		return s
	}
	return short.ReplaceAllStringFunc(s, func(c string) string {
		m := short.FindStringSubmatch(c)
		law, known := p.Terms(m[1])
		if !known {
			return c
		}
		list := strings.ReplaceAll(paragraph.ReplaceAllString(m[2], "($1)"), "-", "–")
		if strings.ContainsAny(list, ",–") {
			return law.In(EN) + " Arts. " + list
		}
		return law.In(EN) + " Art. " + list
	})
}

// cited names the laws of a text in the reader's language, with their articles as
// the reader writes them, those of one law together: "Penalty Law Arts. 40, 73(3)".
// A law without a name is left.
func (p *Printer) cited(s string) string {
	if p.Lang != EN || p.Terms == nil || !strings.Contains(s, "《") {
		return s
	}
	var b strings.Builder
	last, law, list := 0, "", ""
	end := func() {
		if b.WriteString(law); list != "" {
			b.WriteString(" " + articles(list))
		}
		law, list = "", ""
	}
	for _, at := range citation.FindAllStringSubmatchIndex(s, -1) {
		t, known := p.Terms(strings.TrimPrefix(s[at[2]:at[3]], "中华人民共和国"))
		if !known {
			continue
		}
		between, more := s[last:at[0]], s[at[4]:at[5]]
		joined := law != "" && slices.Contains([]string{", ", "、", "；"}, between)
		if joined && law == t.In(EN) && list != "" && more != "" {
			list += "、" + more
		} else {
			if joined {
				between = map[bool]string{true: "; ", false: ", "}[between == "；"]
			}
			end()
			b.WriteString(between)
			law, list = t.In(EN), more
		}
		last = at[1]
	}
	end()
	return b.String() + s[last:]
}

// articles writes "第三十条、第三十一条" as "Arts. 30, 31".
func articles(s string) string {
	list := place.FindAllStringSubmatch(s, -1)
	var b strings.Builder
	b.WriteString("Art. ")
	if len(list) > 1 {
		b.Reset()
		b.WriteString("Arts. ")
	}
	for i, m := range list {
		switch {
		case i == 0:
		case m[1] == "至":
			b.WriteString("–")
		default:
			b.WriteString(", ")
		}
		b.WriteString(numeral(m[2]))
		for _, part := range m[3:] {
			if part != "" {
				b.WriteString("(" + numeral(part) + ")")
			}
		}
	}
	return b.String()
}

// numeral is the number in a text, in figures: 第一千零五十四 is 1054.
func numeral(s string) string {
	total, digit, plain := 0, 0, ""
	for _, r := range s {
		if d := strings.IndexRune("零一二三四五六七八九", r); d >= 0 {
			digit = d / len("零")
			continue
		}
		switch r {
		case '十', '百', '千':
			total += max(digit, 1) * map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
			digit = 0
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			plain += string(r)
		}
	}
	if plain != "" {
		return plain
	}
	return strconv.Itoa(total + digit)
}
