package pdf

import (
	"strings"
	"unicode/utf8"
)

// atom is what stays in one piece: a Chinese character, a word, a number.
type atom struct {
	text    string
	w       float64
	noStart bool // never first on a line
	noEnd   bool // never last on a line
	space   bool
	joined  bool    // goes on a word that was cut: no gap before it
	squeeze float64 // how much of it is empty: half the cell of a punctuation mark
}

const (
	closing = "。，、；：！？）】》”’〕」』〉…—％·,.;:!?)]}%"
	opening = "（【《“‘〔「『〈([{￥¥№"
	// hollow marks fill half of their cell.
	hollow = "。，、；：！？）】》”’〕」』〉（【《“‘〔「『〈"
)

// long is how many characters of a word stay together at least at its ends; a
// word of more than four times as many, such as an identity number, may be cut
// rather than leave a hole in the line before it.
const long = 3

// units are written in one sign that few fonts have.
var units = strings.NewReplacer("㎡", "m²", "㎥", "m³", "㎜", "mm", "㎝", "cm", "㎞", "km", "㎏", "kg")

// atoms cuts a paragraph without line breaks.
func (r *ruler) atoms(s string, size float64, bold bool, max float64) (out []atom) {
	word := ""
	flush := func() {
		if word != "" {
			out = append(out, r.word(word, size, bold, max)...)
			word = ""
		}
	}
	for _, c := range units.Replace(s) {
		switch {
		case c == ' ' || c == '\t' || c == '\u00a0':
			flush()
			out = append(out, atom{text: " ", w: size / 2, space: true})
		case c < 0x2E80 && c > ' ' && !strings.ContainsRune("“”‘’…—·×", c):
			word += string(c)
		default:
			flush()
			out = append(out, r.sign(c, size, bold))
		}
	}
	flush()
	return out
}

func (r *ruler) sign(c rune, size float64, bold bool) atom {
	a := atom{text: string(c), w: r.room(c, size, bold), noStart: strings.ContainsRune(closing, c), noEnd: strings.ContainsRune(opening, c)}
	if strings.ContainsRune(hollow, c) && r.find(c, bold).wide() {
		a.squeeze = a.w / 2
	}
	return a
}

func (r *ruler) word(s string, size float64, bold bool, max float64) (out []atom) {
	add := func(part string, w float64) {
		first, _ := utf8.DecodeRuneInString(part)
		last, _ := utf8.DecodeLastRuneInString(part)
		out = append(out, atom{text: part, w: w, joined: len(out) > 0, noStart: len(out) == 0 && strings.ContainsRune(closing, first), noEnd: strings.ContainsRune(opening, last)})
	}
	from, w := 0, 0.0
	cut := len(s) > 4*long
	for i, c := range s {
		room := r.room(c, size, bold)
		if i > from && (w+room > max || cut && i-from >= long && len(s)-i >= long) {
			add(s[from:i], w)
			from, w = i, 0
		}
		w += room
	}
	add(s[from:], w)
	return out
}

// line is one set line: its atoms and how far they are to be pressed or
// spread to fill it.
type line struct {
	atoms []atom
	w     float64 // natural width
	end   bool    // the last of its paragraph
}

// lines breaks atoms into lines; the first is shorter by indent.
func lines(list []atom, indent, max float64) (out []line) {
	for len(list) > 0 {
		room := max
		if len(out) == 0 {
			room -= indent
		}
		n := fit(list, room)
		l := trim(list[:n])
		list = list[n:]
		for len(list) > 0 && list[0].space {
			list = list[1:]
		}
		l.end = len(list) == 0
		out = append(out, l)
	}
	return out
}

// fit is how many atoms go on one line.
func fit(list []atom, room float64) int {
	w, give := 0.0, 0.0
	for i, a := range list {
		w, give = w+a.w, give+a.squeeze
		if w <= room+0.01 || a.space {
			continue
		}
		if a.noStart {
			// Marks that may not begin a line are pressed in where there is room.
			k := i
			for next := mark(list, k+1); next > k; next = mark(list, k+1) {
				for _, b := range list[k+1 : next+1] {
					w, give = w+b.w, give+b.squeeze
				}
				k = next
			}
			if w-give <= room+0.01 {
				return k + 1
			}
		}
		return before(list, i)
	}
	return len(list)
}

// mark is where a mark that may not begin a line stands at or, behind spaces,
// after i; 0 if something else does.
func mark(list []atom, i int) int {
	for i < len(list) && list[i].space {
		i++
	}
	if i < len(list) && list[i].noStart {
		return i
	}
	return 0
}

// before is the last place at or before i where a line may end.
func before(list []atom, i int) int {
	for j := i; j > 0; j-- {
		if breaks(list, j) {
			return j
		}
	}
	return max(i, 1)
}

// breaks reports whether a line may end before j. Spaces there vanish, so what
// stands around them decides.
func breaks(list []atom, j int) bool {
	last, next := j-1, j
	for last > 0 && list[last].space {
		last--
	}
	for next < len(list)-1 && list[next].space {
		next++
	}
	return !list[next].noStart && !list[last].noEnd
}

func trim(list []atom) line {
	for len(list) > 0 && list[len(list)-1].space {
		list = list[:len(list)-1]
	}
	l := line{atoms: list}
	for _, a := range list {
		l.w += a.w
	}
	return l
}

// spread is where each atom begins when the line fills room: pressed lines take
// from their hollow marks, others open every gap a little, the last of a
// paragraph and one with too few gaps stay as they are.
func (l line) spread(room float64) []float64 {
	x, slack := 0.0, room-l.w
	gaps, gap, press := 0.0, 0.0, 0.0
	for i, a := range l.atoms {
		if i > 0 && !a.joined {
			gaps++
		}
	}
	if slack < 0 {
		give := 0.0
		for _, a := range l.atoms {
			give += a.squeeze
		}
		if give > 0 {
			press = min(1, -slack/give)
		}
	} else if !l.end && gaps > 0 && slack/gaps < cell*0.35 {
		gap = slack / gaps
	}
	at := make([]float64, len(l.atoms))
	for i, a := range l.atoms {
		if i > 0 && !a.joined {
			x += gap
		}
		at[i] = x
		if a.noEnd {
			at[i] -= press * a.squeeze // the hollow half is on its left
		}
		x += a.w - press*a.squeeze
	}
	return at
}
