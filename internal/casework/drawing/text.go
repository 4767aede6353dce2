package drawing

import "strings"

// width estimates how wide a text is, in units of its size: fonts differ from
// reader to reader, so the picture leaves room rather than measure one of them.
func width(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r > 0x2e80:
			w += 1
		case strings.ContainsRune("iljtfrI.,:;'|!()[] ", r):
			w += 0.37
		case r >= 'A' && r <= 'Z' || r == 'm' || r == 'w' || r > 0x2000:
			w += 0.74
		default:
			w += 0.61
		}
	}
	return w
}

// wrap breaks a text into lines no wider than room, between words or between
// Chinese characters; a single word wider than that stays whole.
func wrap(s string, size, room float64) (lines []string) {
	line := ""
	for _, w := range words(s) {
		if line != "" && width(strings.TrimRight(line+w, " "))*size > room {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += w
	}
	return append(lines, strings.TrimRight(line, " "))
}

// words splits where a line may break, the space kept with the word before it.
func words(s string) (out []string) {
	const clings = "、，。）；：" // never first in a line
	word := ""
	flush := func() {
		if word != "" {
			out = append(out, word)
		}
		word = ""
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune(clings, r):
			word += string(r)
		case r > 0x2e80:
			if word != "（" { // never last in a line
				flush()
			}
			word += string(r)
		case r == ' ':
			word += " "
			flush()
		default:
			if strings.IndexFunc(word, func(c rune) bool { return c > 0x2e80 }) >= 0 {
				flush()
			}
			word += string(r)
		}
	}
	flush()
	return out
}

// widest is the width of the widest line.
func widest(lines []string, size float64) (w float64) {
	for _, l := range lines {
		w = max(w, width(l)*size)
	}
	return w
}
