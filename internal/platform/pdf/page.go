package pdf

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"xiucheng/internal/platform/document"
)

// Options say how a file is set.
type Options struct {
	Title     string // of the file
	Watermark string // across every page: 样本
	Sample    bool   // draw the sample of a seal where a seal belongs
}

// Sheets are set pages.
type Sheets struct {
	fonts *fonts
	ruler *ruler
	opts  Options
	pages []*page
	marks []bookmark
	y     float64 // top of what comes next on the last page
}

// Starts are the pages on which the documents begin, from 1.
func (s *Sheets) Starts() (out []int) {
	for _, b := range s.marks {
		out = append(out, b.page+1)
	}
	return out
}

type bookmark struct {
	name string
	page int
}

type page struct {
	texts  []run
	rules  []rule
	dots   []box
	photos []picture
	seals  []seal
}

type run struct {
	x, y float64 // the baseline's beginning
	s    string
	size float64
	bold bool
	red  bool
}

type rule struct {
	x1, y1, x2, y2, w float64
	red               bool
}

type box struct{ x, y, w, h float64 }

type picture struct {
	box
	document.Photo
}

type seal struct {
	x, y float64 // centre
	name string
}

// Set lays documents out, each beginning on a page of its own, page numbers
// running through. A character that no font has is an Invalid fault.
func (p *Press) Set(o Options, docs ...document.Document) (*Sheets, error) {
	f, err := p.load()
	if err != nil {
		return nil, err
	}
	s := &Sheets{fonts: f, ruler: newRuler(f), opts: o}
	for _, d := range docs {
		s.feed()
		s.marks = append(s.marks, bookmark{d.Name, len(s.pages) - 1})
		if d.Mark != "" {
			s.text(left+width-s.ruler.width(d.Mark, folio, true), top-2*folio, d.Mark, folio, true)
		}
		first := len(s.pages) - 1
		for i, b := range d.Blocks {
			if err := s.block(b, after(d.Blocks[i+1:])); err != nil {
				return nil, err
			}
		}
		for i := first; i < len(s.pages); i++ {
			s.foot(i, d.Foot)
		}
	}
	for i := range s.pages {
		s.number(i)
	}
	s.ruler.find('样', true)
	s.ruler.width(o.Watermark, 1, true)
	return s, s.ruler.lost
}

// after is the room that the next block needs together with the last lines of
// this one: neither a signature nor a note stands alone on a page.
func after(rest []document.Block) float64 {
	if len(rest) == 0 {
		return 0
	}
	switch b := rest[0].(type) {
	case document.Sign:
		return signRoom(b)
	case document.Note:
		return lineHeight
	}
	return 0
}

func (s *Sheets) block(b document.Block, keep float64) error {
	switch b := b.(type) {
	case document.Head:
		s.head(b)
	case document.Para:
		s.para(b, keep)
	case document.Note:
		s.paragraph(b.Text, small, lineHeight*0.6, 0, style{})
	case document.Grid:
		s.grid(b)
	case document.Sign:
		return s.sign(b)
	case document.Photo:
		return s.photo(b)
	case document.Scan:
		return s.scan(b)
	case document.Break:
		s.feed()
	}
	return nil
}

func (s *Sheets) feed() {
	s.pages = append(s.pages, &page{})
	s.y = top
}

func (s *Sheets) page() *page { return s.pages[len(s.pages)-1] }

// need begins a page when h no longer fits on this one.
func (s *Sheets) need(h float64) {
	if s.y+h > bottom+0.5 && s.y > top {
		s.feed()
	}
}

// text puts words with their baseline in the middle of a line of their size
// whose top is y.
func (s *Sheets) text(x, y float64, words string, size float64, bold bool) {
	s.ruler.width(words, size, bold)
	p := s.page()
	p.texts = append(p.texts, run{x: x, y: y + size*0.88, s: words, size: size, bold: bold})
}

// leaded is where text of a size stands in a line of a height.
func leaded(y, line, size float64) float64 { return y + (line-size)/2 }

func (s *Sheets) head(h document.Head) {
	if h.Red {
		s.centred(h.Agency, 28, 44, true)
		s.page().texts = redden(s.page().texts)
		s.y += lineHeight / 2
		if h.Number != "" {
			s.centred(h.Number, body, lineHeight, false)
		}
		s.page().rules = append(s.page().rules, rule{left, s.y + 4, left + width, s.y + 4, 1.6, true})
		s.y += lineHeight
		s.centred(h.Title, title, 36, true)
		s.y += lineHeight / 2
		return
	}
	s.centred(h.Agency, title, 38, true)
	s.centred(h.Title, title, 38, true)
	if h.Number != "" {
		s.y += 4
		s.centred(h.Number, body, lineHeight, false)
	}
	s.y += 6
}

func redden(list []run) []run {
	for i := range list {
		list[i].red = true
	}
	return list
}

// centred sets words over as many lines as they need, broken evenly.
func (s *Sheets) centred(words string, size, leading float64, bold bool) {
	if words == "" {
		return
	}
	all := s.ruler.atoms(words, size, bold, width)
	whole := trim(all).w
	n := math.Ceil(whole / width)
	for _, l := range lines(all, 0, max(whole/n+size, width*0.4)) {
		s.need(leading)
		s.put(l, left+(width-l.w)/2, leaded(s.y, leading, size), size, bold, l.w)
		s.y += leading
	}
}

type style struct{ indent, right, bold bool }

func (s *Sheets) para(p document.Para, keep float64) {
	s.paragraph(p.Text, body, lineHeight, keep, style{indent: !p.Flush && !p.Right, right: p.Right, bold: p.Strong})
}

func (s *Sheets) paragraph(words string, size, leading, keep float64, st style) {
	var set []line
	for _, part := range strings.Split(words, "\n") {
		indent := 0.0
		if st.indent {
			indent = 2 * size * squeezed
		}
		if label, date, ok := strings.Cut(part, "\t"); ok {
			set = append(set, s.parted(strings.TrimSpace(label), strings.TrimSpace(date), size, st.bold))
			continue
		}
		part = strings.TrimSpace(part)
		if part == "" {
			set = append(set, line{end: true})
			continue
		}
		for i, l := range lines(s.ruler.atoms(part, size, st.bold, width-indent), indent, width) {
			x := left
			if i == 0 {
				x += indent
			}
			if st.right {
				x = left + width - l.w
			}
			l.atoms = append([]atom{{w: x}}, l.atoms...) // where the line begins goes with it
			set = append(set, l)
		}
	}
	for i, l := range set {
		if tail := len(set) - i; tail == min(2, len(set)) {
			s.need(float64(tail)*leading + keep) // nor does a last line
		} else {
			s.need(leading)
		}
		if len(l.atoms) > 0 {
			x := l.atoms[0].w
			l.atoms = l.atoms[1:]
			s.put(l, x, leaded(s.y, leading, size), size, st.bold, left+width-x)
		}
		s.y += leading
	}
}

// parted is a line to sign on: words at its left, what follows a tab at its
// right.
func (s *Sheets) parted(label, date string, size float64, bold bool) line {
	l, r := trim(s.ruler.atoms(label, size, bold, width)), trim(s.ruler.atoms(date, size, bold, width))
	hole := atom{space: true, w: max(size, width-l.w-r.w)}
	atoms := append([]atom{{w: left}}, l.atoms...)
	return line{atoms: append(append(atoms, hole), r.atoms...), w: width, end: true}
}

// put sets one line from x on over the room; y is the top of its characters.
func (s *Sheets) put(l line, x, y, size float64, bold bool, room float64) {
	for i, at := range l.spread(room) {
		if a := l.atoms[i]; !a.space {
			s.text(x+at, y, a.text, size, bold)
		}
	}
}

// number stands below the text, outside: odd pages right, even ones left.
func (s *Sheets) number(i int) {
	n := i + 1
	words := fmt.Sprintf("— %d —", n)
	x := left + cell
	if n%2 == 1 {
		x = left + width - cell - s.ruler.width(words, folio, false)
	}
	p := s.pages[i]
	p.texts = append(p.texts, run{x: x, y: bottom + 7*mm + folio*0.88, s: words, size: folio})
}

// foot stands opposite the page's number.
func (s *Sheets) foot(i int, words string) {
	if words == "" {
		return
	}
	x := left
	if i%2 == 1 {
		x = left + width - s.ruler.width(words, fine, false)
	}
	p := s.pages[i]
	p.texts = append(p.texts, run{x: x, y: bottom + 7*mm + folio*0.88, s: words, size: fine})
}

// Lines tells what stands where, line by line: page, place in millimetres and
// words. Golden tests compare by these.
func (s *Sheets) Lines() (out []string) {
	for i, p := range s.pages {
		texts := slices.Clone(p.texts)
		slices.SortStableFunc(texts, func(a, b run) int {
			if d := math.Round(a.y) - math.Round(b.y); d != 0 {
				return int(d)
			}
			return int(math.Round(a.x - b.x))
		})
		for j := 0; j < len(texts); {
			first, words, end := texts[j], "", texts[j].x
			for ; j < len(texts) && math.Round(texts[j].y) == math.Round(first.y); j++ {
				if texts[j].x-end > first.size {
					words += "  "
				}
				words += texts[j].s
				end = texts[j].x + s.ruler.width(texts[j].s, texts[j].size, texts[j].bold)
			}
			out = append(out, fmt.Sprintf("%d %3.0f,%3.0f %s", i+1, first.x/mm, first.y/mm, words))
		}
	}
	return out
}

// Pages is how many pages were set.
func (s *Sheets) Pages() int { return len(s.pages) }
