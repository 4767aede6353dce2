package pdf

import (
	"math"
	"strings"

	"xiucheng/internal/platform/document"
)

// hairline is the width of a form's lines.
const hairline = 0.6

// laid is a cell with its lines broken.
type laid struct {
	document.Cell
	x, w  float64
	lines []line
	foot  []line
}

func (s *Sheets) grid(g document.Grid) {
	edges := columns(g.Cols)
	if s.y > top {
		s.y += pad
	}
	var head [][]laid
	for i, row := range g.Rows {
		cells := s.cells(row, edges)
		if i < g.Head {
			head = append(head, cells)
		}
		s.row(cells, head, i < g.Head)
	}
	s.y += pad
}

// columns are the left edges and the last right one.
func columns(weights []float64) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	edges, x := []float64{left}, left
	for _, w := range weights {
		x += w / sum * width
		edges = append(edges, x)
	}
	return edges
}

func (s *Sheets) cells(row []document.Cell, edges []float64) (out []laid) {
	n := 0
	for i, c := range row {
		to := min(n+max(1, c.Span), len(edges)-1)
		if i == len(row)-1 {
			to = len(edges) - 1
		}
		l := laid{Cell: c, x: edges[n], w: edges[to] - edges[n]}
		l.lines = s.wrapped(c.Text, l.w-2*pad, c.Label)
		if c.Foot != "" {
			l.foot = s.wrapped(c.Foot, l.w-2*pad, false)
			if at := strings.Index(c.Foot, "年　　月"); at > 0 && len(l.foot) > 1 && !strings.Contains(c.Foot, "\n") { // a date to fill in stays whole
				l.foot = s.wrapped(strings.TrimRight(c.Foot[:at], "　")+"\n　"+c.Foot[at:], l.w-2*pad, false)
			}
		}
		out = append(out, l)
		n = to
	}
	return out
}

func (s *Sheets) wrapped(words string, room float64, bold bool) (out []line) {
	for _, part := range strings.Split(words, "\n") {
		room := room
		if whole := s.ruler.width(part, form, bold); bold && whole > room { // labels break evenly
			room = min(room, whole/math.Ceil(whole/room)+form/2)
		}
		if set := lines(s.ruler.atoms(strings.TrimSpace(part), form, bold, room), 0, room); len(set) > 0 {
			out = append(out, set...)
		} else {
			out = append(out, line{end: true})
		}
	}
	return out
}

// tall is the row's height in lines.
func tall(cells []laid) int {
	n := 1
	for _, c := range cells {
		n = max(n, len(c.lines)+len(c.foot), c.Lines)
	}
	return n
}

// row goes to the next page when it does not fit, unless it is taller than half
// a page: then it is cut between lines.
func (s *Sheets) row(cells []laid, head [][]laid, isHead bool) {
	for {
		n := tall(cells)
		h := float64(n)*inside + 2*pad
		free := bottom - s.y
		if h <= free+0.5 {
			s.draw(cells, n)
			return
		}
		fits := int(math.Floor((free - 2*pad) / inside))
		if fits >= 4 && h > height/2 {
			var part, rest []laid
			for _, c := range cells {
				a, b := c, c
				k := min(fits, len(c.lines))
				a.lines, b.lines = c.lines[:k], c.lines[k:]
				a.foot, a.Lines, b.Lines = nil, fits, max(0, c.Lines-fits)
				if c.Label {
					b.lines = c.lines
				}
				part, rest = append(part, a), append(rest, b)
			}
			s.draw(part, fits)
			cells = rest
		}
		s.feed()
		if !isHead {
			for _, h := range head {
				s.draw(h, tall(h))
			}
		}
	}
}

func (s *Sheets) draw(cells []laid, n int) {
	h := float64(n)*inside + 2*pad
	p := s.page()
	for _, c := range cells {
		x1, x2, y1, y2 := c.x, c.x+c.w, s.y, s.y+h
		p.rules = append(p.rules, rule{x1, y1, x2, y1, hairline, false}, rule{x1, y2, x2, y2, hairline, false},
			rule{x1, y1, x1, y2, hairline, false}, rule{x2, y1, x2, y2, hairline, false})
		y := s.y + pad
		if c.Label || len(c.lines) == 1 && len(c.foot) == 0 || c.Lines == 0 && len(c.foot) == 0 {
			y = s.y + (h-float64(len(c.lines))*inside)/2
		}
		for _, l := range c.lines {
			x, room := c.x+pad, c.w-2*pad
			if c.Label {
				x += (room - l.w) / 2
				room = l.w
			}
			s.put(l, x, leaded(y, inside, form), form, c.Label, room)
			y += inside
		}
		y = s.y + h - pad - float64(len(c.foot))*inside
		for _, l := range c.foot {
			l.end = true
			s.put(l, c.x+c.w-pad-l.w, leaded(y, inside, form), form, false, l.w)
			y += inside
		}
	}
	s.y += h
}
