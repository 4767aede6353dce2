package drawing

import (
	"cmp"
	"slices"
)

// Sizes in pixels.
const (
	margin    = 16.0
	stageRoom = 78.0  // the names of the stages
	boxWidth  = 280.0 // every state
	indent    = 172.0 // a state beside the usual way stands so much to the right, and leaves the line free
	backRoom  = 190.0 // the longest line of a label on the left
	sideRoom  = 200.0 // and on the right, beside an indented state
	laneStep  = 13.0
	headSize  = 14.0
	textSize  = 12.0
	lineStep  = 16.0
	portRoom  = 16.0 // where an arrow arrives
	turn      = 7.0  // radius of a bend
)

// line is one line of text; a head stands out.
type line struct {
	text string
	head bool
}

// box is a state with its place.
type box struct {
	node
	x, y, h float64
	lines   []line
}

func (b box) right() float64  { return b.x + boxWidth }
func (b box) bottom() float64 { return b.y + b.h }

// port is where a tap leaves its box.
type port struct {
	tap
	y     float64
	lines []string
}

// lane is a vertical line that gathers all taps of one side towards one state.
type lane struct {
	to      int
	forward bool
	y       float64 // where it arrives
	far     float64 // where its farthest tap joins
	place   int     // 0 is next to the boxes
	x       float64
}

func (l lane) span() (from, to float64) { return min(l.y, l.far), max(l.y, l.far) }

// sketch is a plan with a place for everything.
type sketch struct {
	*plan
	s        Speech
	boxes    []box
	ports    []port
	usuals   [][]line // the labels of the usual way, by index of usual
	lanes    []*lane
	bands    []band
	leftEdge float64 // of the column of the usual way
	w, h     float64 // of the whole, the notes below left out
}

// band is the strip of a stage.
type band struct {
	stage    int
	from, to float64
}

// newSketch places everything: rows first, then lanes, then columns.
func newSketch(d *plan, s Speech) *sketch {
	k := &sketch{plan: d, s: s}
	for _, n := range d.nodes {
		k.boxes = append(k.boxes, box{node: n, lines: k.inside(n)})
	}
	for _, t := range d.usual {
		k.usuals = append(k.usuals, k.beside(t))
	}
	k.rows()
	k.joinLanes()
	k.columns()
	return k
}

// inside is what stands in the box of a state.
func (k *sketch) inside(n node) (out []line) {
	if n.state == nil {
		return nil
	}
	const room = boxWidth - 28
	add := func(text string, size float64, head bool) {
		for _, l := range wrap(text, size, room) {
			out = append(out, line{l, head})
		}
	}
	add(k.s.Of(n.state.Name), headSize, true)
	if len(n.state.Owner) > 0 {
		add(k.s.RolesOf(n.state.Owner), textSize, false)
	}
	if c := k.p.ClockOf(n.state.Clock); c != nil {
		add(k.s.T("drawing.clock", "name", k.s.Of(c.Name), "limit", k.s.LimitOf(c)), textSize, false)
	}
	for _, x := range n.stays {
		add("↻ "+label{step: x}.text(k.s), textSize, false)
	}
	return out
}

// written is the label of a tap in lines.
func (k *sketch) written(t tap, room float64) (out []string) {
	for _, l := range t.labels {
		out = append(out, wrap(l.text(k.s), textSize, room)...)
	}
	return out
}

// beside is the label of an arrow of the usual way; its first step stands out.
func (k *sketch) beside(t tap) (out []line) {
	for i, l := range t.labels {
		for _, text := range wrap(l.text(k.s), textSize, boxWidth+sideRoom/2) {
			out = append(out, line{text, i == 0})
		}
	}
	return out
}

// rows gives every box its height and its place from the top, and every tap its port.
func (k *sketch) rows() {
	y := 62.0
	for i := range k.boxes {
		b := &k.boxes[i]
		if i == 0 || b.stage != k.boxes[i-1].stage {
			if i > 1 {
				y += 12
			}
			k.bands = append(k.bands, band{stage: b.stage, from: y - 12})
		}
		b.y = y
		b.h = max(k.portsOf(i, false), k.portsOf(i, true), 16+lineStep*float64(len(b.lines)))
		if b.state == nil {
			b.h = 18
		}
		y += b.h + 16
		for j, t := range k.usual {
			if t.from == i {
				y += 14 + 15*float64(len(k.usuals[j]))
			}
		}
		k.bands[len(k.bands)-1].to = y - 4
	}
	k.h = y
}

// portsOf places the taps of one side of a box and returns the height they need.
func (k *sketch) portsOf(i int, forward bool) float64 {
	y := k.boxes[i].y + 6
	if slices.ContainsFunc(k.taps, func(t tap) bool { return t.forward() == forward && slices.Contains(t.to, i) }) {
		y += portRoom
	}
	room := backRoom
	switch {
	case forward && k.boxes[i].main:
		room = indent + sideRoom
	case forward:
		room = sideRoom
	}
	for _, t := range k.taps {
		if t.from != i || t.forward() != forward {
			continue
		}
		p := port{tap: t, lines: k.written(t, room)}
		y += 15*float64(len(p.lines)) + 8
		p.y = y
		k.ports = append(k.ports, p)
	}
	return y + 10 - k.boxes[i].y
}

// joinLanes gathers the ports by side and target, and puts lanes that do not
// meet into the same place; short ones stand next to the boxes.
func (k *sketch) joinLanes() {
	for _, p := range k.ports {
		for _, to := range p.to {
			k.laneOf(to, p.forward()).reach(p.y)
		}
	}
	slices.SortStableFunc(k.lanes, func(a, b *lane) int {
		a0, a1 := a.span()
		b0, b1 := b.span()
		return cmp.Compare(a1-a0, b1-b0)
	})
	for i, l := range k.lanes {
		from, to := l.span()
		for slices.ContainsFunc(k.lanes[:i], func(o *lane) bool {
			f, t := o.span()
			return o.forward == l.forward && o.place == l.place && f < to+2*turn && from < t+2*turn
		}) {
			l.place++
		}
	}
}

// laneOf is the lane to a state, made when it is first asked for.
func (k *sketch) laneOf(to int, forward bool) *lane {
	for _, l := range k.lanes {
		if l.to == to && l.forward == forward {
			return l
		}
	}
	y := k.boxes[to].y + portRoom
	l := &lane{to: to, forward: forward, y: y, far: y}
	k.lanes = append(k.lanes, l)
	return l
}

// reach makes the lane long enough for a tap at the height.
func (l *lane) reach(y float64) {
	if l.forward {
		l.far = min(l.far, y)
	} else {
		l.far = max(l.far, y)
	}
}

// columns says how far from the left everything stands.
func (k *sketch) columns() {
	places := map[bool]int{}
	for _, l := range k.lanes {
		places[l.forward] = max(places[l.forward], l.place+1)
	}
	back := 0.0
	for _, p := range k.ports {
		if !p.forward() {
			back = max(back, widest(p.lines, textSize))
		}
	}
	leftLanes := margin + stageRoom + laneStep*float64(places[false])
	k.leftEdge = leftLanes + back + 24
	rightLanes := k.leftEdge + indent + boxWidth + 16
	for i := range k.boxes {
		k.boxes[i].x = k.leftEdge
		if !k.boxes[i].main {
			k.boxes[i].x += indent
		}
	}
	for _, p := range k.ports {
		if p.forward() {
			rightLanes = max(rightLanes, k.boxes[p.from].right()+8+widest(p.lines, textSize)+14)
		}
	}
	for _, lines := range k.usuals {
		for _, l := range lines {
			rightLanes = max(rightLanes, k.leftEdge+boxWidth/2+24+1.1*textSize*width(l.text))
		}
	}
	for _, l := range k.lanes {
		if l.forward {
			l.x = rightLanes + laneStep*float64(l.place)
		} else {
			l.x = leftLanes - laneStep*float64(l.place)
		}
	}
	k.w = rightLanes + laneStep*float64(places[true]) + margin
}
