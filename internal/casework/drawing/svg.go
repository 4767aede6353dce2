package drawing

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"xiucheng/internal/casework/procedure"
)

// Colours of the picture: lines to different states differ, so that an eye can
// follow one of them.
const (
	ink, inkSoft, navy  = "#17212e", "#465363", "#0b3768"
	supervision, orders = "#0f57a8", "#146a3e"
)

func laneColour(i int) string {
	return []string{"#1f6f8b", "#b3541e", "#6a4c93", "#2c8c57", "#a23b72", "#8a6d00", "#3d5a98", "#97322b"}[i%8]
}

// Draw returns the picture of a procedure as one SVG element in one language.
// The same procedure, language and roles give the same bytes.
func Draw(p *procedure.Procedure, s Speech) string {
	k := newSketch(newPlan(p), s)
	var c canvas
	k.drawBands(&c)
	k.drawUsual(&c)
	k.drawLanes(&c)
	k.drawTaps(&c)
	k.drawBoxes(&c)
	h := k.drawNotes(&c)
	title := s.T("drawing.title", "name", s.Of(p.Title), "version", p.Version)
	c.text(margin, 30, title, style{size: 18, bold: true, fill: navy})
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" `+
		`font-family="system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif">`+"\n"+
		`<rect width="100%%" height="100%%" fill="#fff"/>`+"\n%s</svg>\n", html.EscapeString(title), k.w, h, k.w, h, c.String())
}

// canvas collects elements.
type canvas struct{ strings.Builder }

// style is how a text looks; anchor "" starts at the place.
type style struct {
	size   float64
	bold   bool
	fill   string
	anchor string
}

func (c *canvas) text(x, y float64, s string, st style) {
	more := ""
	if st.bold {
		more += ` font-weight="600"`
	}
	if st.anchor != "" {
		more += ` text-anchor="` + st.anchor + `"`
	}
	fmt.Fprintf(c, `<text x="%.1f" y="%.1f" font-size="%g" fill="%s"%s>%s</text>`+"\n", x, y, st.size, st.fill, more, html.EscapeString(s))
}

func (c *canvas) path(colour string, wide float64, format string, a ...any) {
	fmt.Fprintf(c, `<path d="%s" fill="none" stroke="%s" stroke-width="%g"/>`+"\n", fmt.Sprintf(format, a...), colour, wide)
}

func (c *canvas) rect(x, y, w, h, radius float64, fill, stroke string, wide float64) {
	fmt.Fprintf(c, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%g" fill="%s" stroke="%s" stroke-width="%g"/>`+"\n", x, y, w, h, radius, fill, stroke, wide)
}

// head is the point of an arrow that arrives at x, y; dx and dy say from where.
func (c *canvas) head(x, y, dx, dy float64, colour string) {
	const long, half = 9, 4.5
	fmt.Fprintf(c, `<path d="M%.1f %.1f L%.1f %.1f L%.1f %.1fZ" fill="%s"/>`+"\n", x, y,
		x+dx*long-dy*half, y+dy*long-dx*half, x+dx*long+dy*half, y+dy*long+dx*half, colour)
}

// drawBands draws the stages as strips, every other one shaded.
func (k *sketch) drawBands(c *canvas) {
	for i, b := range k.bands {
		if b.stage < 0 {
			continue
		}
		if i%2 == 1 {
			c.rect(0, b.from, k.w, b.to-b.from+8, 0, "#f1f5f9", "none", 0)
		}
		for j, l := range wrap(k.s.Of(k.p.Stages[b.stage].Name), headSize, stageRoom-16) {
			c.text(margin, b.from+24+18*float64(j), l, style{size: headSize, bold: true, fill: navy})
		}
	}
}

// drawUsual draws the usual way: straight, bold, its steps beside it.
func (k *sketch) drawUsual(c *canvas) {
	x := k.leftEdge + boxWidth/2
	for i, t := range k.usual {
		from, to := k.boxes[t.from], k.boxes[t.to[0]]
		c.path(navy, 3.5, "M%.1f %.1f V%.1f", x, from.bottom(), to.y-8)
		c.head(x, to.y, 0, -1, navy)
		for j, l := range k.usuals[i] {
			c.text(x+10, from.bottom()+17+15*float64(j), l.text, style{size: textSize, bold: l.head, fill: navy})
		}
	}
}

// drawLanes draws the lines that gather taps, with their arrows.
func (k *sketch) drawLanes(c *canvas) {
	for _, l := range k.lanes {
		b, colour := k.boxes[l.to], laneColour(l.to)
		if l.forward {
			c.path(colour, 1.5, "M%.1f %.1f V%.1f Q%.1f %.1f %.1f %.1f H%.1f", l.x, l.far+turn, l.y-turn, l.x, l.y, l.x-turn, l.y, b.right()+8)
			c.head(b.right()+1, l.y, 1, 0, colour)
		} else {
			c.path(colour, 1.5, "M%.1f %.1f V%.1f Q%.1f %.1f %.1f %.1f H%.1f", l.x, l.far-turn, l.y+turn, l.x, l.y, l.x+turn, l.y, b.x-8)
			c.head(b.x-1, l.y, -1, 0, colour)
		}
	}
}

// drawTaps draws what leads from a box to its lanes, and its label.
func (k *sketch) drawTaps(c *canvas) {
	for _, p := range k.ports {
		b, colour := k.boxes[p.from], laneColour(p.to[0])
		if len(p.to) > 1 {
			colour = inkSoft
		}
		start, side, far := b.right(), 1.0, 0.0
		if !p.forward() {
			start, side = b.x, -1
		}
		for _, to := range p.to {
			l := k.laneOf(to, p.forward())
			c.path(laneColour(to), 1.5, "M%.1f %.1f Q%.1f %.1f %.1f %.1f", l.x-side*turn, p.y, l.x, p.y, l.x, p.y+side*turn)
			if far == 0 || (l.x-far)*side > 0 {
				far = l.x
			}
		}
		c.path(colour, 1.5, "M%.1f %.1f H%.1f", start, p.y, far-side*turn)
		for i, line := range p.lines {
			y := p.y - 5 - 15*float64(len(p.lines)-1-i)
			if p.forward() {
				c.text(start+8, y, line, style{size: textSize, fill: ink})
			} else {
				c.text(k.leftEdge-8, y, line, style{size: textSize, fill: ink, anchor: "end"})
			}
		}
	}
}

// drawBoxes draws the states; an end has a double frame.
func (k *sketch) drawBoxes(c *canvas) {
	for _, b := range k.boxes {
		if b.state == nil {
			fmt.Fprintf(c, `<circle cx="%.1f" cy="%.1f" r="9" fill="%s"/>`+"\n", b.x+boxWidth/2, b.y+9, navy)
			c.text(b.x+boxWidth/2-18, b.y+14, k.s.T("drawing.start"), style{size: textSize, bold: true, fill: navy, anchor: "end"})
			continue
		}
		frame, wide := "#8593a3", 1.0
		if b.main {
			frame, wide = navy, 2
		}
		c.rect(b.x, b.y, boxWidth, b.h, 5, "#fff", frame, wide)
		if b.state.Terminal {
			c.rect(b.x+4, b.y+4, boxWidth-8, b.h-8, 3, "none", frame, 1)
		}
		if colour := axisColour(b.state.Axis); colour != "" {
			c.rect(b.x+7, b.y+9, 4, b.h-18, 2, colour, "none", 0)
		}
		for i, l := range b.lines {
			st := style{size: textSize, fill: inkSoft}
			if l.head {
				st = style{size: headSize, fill: ink, bold: true}
			}
			c.text(b.x+18, b.y+21+lineStep*float64(i), l.text, st)
		}
	}
}

func axisColour(a procedure.Axis) string {
	switch a {
	case procedure.Supervision:
		return supervision
	case procedure.Command:
		return orders
	}
	return ""
}

// drawNotes draws what is possible everywhere and the key below the picture,
// and returns the height of the whole.
func (k *sketch) drawNotes(c *canvas) float64 {
	y := k.h + 22
	for _, part := range []struct {
		key   string
		steps []*procedure.Step
	}{{"drawing.many", k.many}, {"drawing.open", k.open}, {"drawing.any", k.any}} {
		if len(part.steps) == 0 {
			continue
		}
		c.text(margin, y, k.s.T(part.key), style{size: headSize, bold: true, fill: navy})
		y += 20
		x := margin
		for _, step := range part.steps {
			lines := wrap("↻ "+label{step: step}.text(k.s)+k.within(step), textSize, k.w-2*margin)
			w := widest(lines, textSize)
			if x > margin && x+w > k.w-margin {
				x, y = margin, y+lineStep+2
			}
			for i, l := range lines {
				c.text(x, y+lineStep*float64(i), l, style{size: textSize, fill: ink})
			}
			x, y = x+w+22, y+lineStep*float64(len(lines)-1)
		}
		y += lineStep + 2
		y += 10
	}
	return k.drawKey(c, y)
}

// within names the states of a step that many but not all states have.
func (k *sketch) within(x *procedure.Step) string {
	if !slices.Contains(k.many, x) {
		return ""
	}
	var names []string
	for _, id := range x.From {
		if st := k.p.StateOf(id); st != nil {
			names = append(names, k.s.Of(st.Name))
		}
	}
	return k.s.T("drawing.within", "states", strings.Join(names, k.s.T("drawing.and")))
}

// drawKey explains lines and signs.
func (k *sketch) drawKey(c *canvas, y float64) float64 {
	c.path("#bcc7d4", 1, "M%.1f %.1f H%.1f", margin, y-8, k.w-margin)
	x := margin
	next := func(sign float64, key string) (from float64) {
		t := k.s.T(key)
		w := sign + width(t)*textSize + 34
		if x > margin && x+w > k.w-margin {
			x, y = margin, y+22
		}
		from = x
		c.text(x+sign+8, y+12, t, style{size: textSize, fill: inkSoft})
		x += w
		return from
	}
	from := next(34, "drawing.legend_main")
	c.path(navy, 3.5, "M%.1f %.1f h26", from, y+8)
	c.head(from+34, y+8, -1, 0, navy)
	for i, key := range []string{"drawing.legend_forward", "drawing.legend_back"} {
		from = next(34, key)
		c.path(laneColour(i), 1.5, "M%.1f %.1f h26", from, y+8)
		c.head(from+34, y+8, -1, 0, laneColour(i))
	}
	for _, a := range []procedure.Axis{procedure.Supervision, procedure.Command} {
		from = next(6, "drawing.legend_"+string(a))
		c.rect(from, y+1, 4, 14, 2, axisColour(a), "none", 0)
	}
	for _, key := range []string{"drawing.legend_stay", "drawing.legend_fork", "drawing.legend_end"} {
		next(0, key)
	}
	return y + 34
}
