package pdf

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // what evidence is made of
	_ "image/png"
	"math"
	"slices"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Bytes is the file. The same sheets always give the same bytes.
func (s *Sheets) Bytes() ([]byte, error) {
	w := &writer{Fpdf: fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", SizeStr: "A4"}), s: s, chars: s.characters(), has: map[*face]bool{}}
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when it was set is no part of the paper
	w.SetCreationDate(epoch)
	w.SetModificationDate(epoch)
	w.SetCatalogSort(true)
	w.SetProducer("Xiucheng", true)
	w.SetTitle(s.opts.Title, true)
	w.SetAutoPageBreak(false, 0)
	w.SetMargins(0, 0, 0)
	w.use(s.fonts.regular)
	for i, p := range s.pages {
		w.AddPage()
		for _, b := range s.marks {
			if b.page == i && b.name != "" {
				w.SetFont("regular", "", body)
				w.Bookmark(b.name, 0, 0)
			}
		}
		w.page(i, p)
	}
	var out bytes.Buffer
	if err := w.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return out.Bytes(), nil
}

type writer struct {
	*fpdf.Fpdf
	s     *Sheets
	chars []rune // that can be drawn
	has   map[*face]bool
	face  *face
	size  float64
}

// use embeds a face at its first use; only the characters that stand in the
// document are written.
func (w *writer) use(f *face) {
	if w.has[f] {
		return
	}
	raw, err := f.cut(&w.s.ruler.buf, w.chars)
	if err != nil {
		w.SetError(err)
		return
	}
	w.AddUTF8FontFromBytes(f.name, "", raw)
	w.has[f] = true
}

func (w *writer) page(i int, p *page) {
	w.face = nil
	if w.s.opts.Watermark != "" {
		w.watermark()
	}
	for j, ph := range p.photos {
		kind := "JPG"
		if ph.PNG {
			kind = "PNG"
		}
		name := fmt.Sprintf("p%d-%d", i, j)
		opts := fpdf.ImageOptions{ImageType: kind}
		w.RegisterImageOptionsReader(name, opts, bytes.NewReader(ph.Data))
		w.ImageOptions(name, ph.x, ph.y, ph.w, ph.h, false, opts, 0, "")
	}
	for _, r := range p.rules {
		w.SetDrawColor(0, 0, 0)
		if r.red {
			w.SetDrawColor(200, 20, 20)
		}
		w.SetLineWidth(r.w)
		w.Line(r.x1, r.y1, r.x2, r.y2)
	}
	w.SetFillColor(0, 0, 0)
	for _, b := range p.dots {
		w.Rect(b.x, b.y, b.w, b.h, "F")
	}
	for _, x := range p.seals { // below the words, which stay readable
		w.seal(x)
	}
	for _, t := range p.texts {
		w.SetTextColor(0, 0, 0)
		if t.red {
			w.SetTextColor(200, 20, 20)
		}
		w.text(t)
	}
}

// text writes the parts of a run that share a face; borrowed characters are
// drawn as outlines.
func (w *writer) text(t run) {
	x, part := t.x, ""
	start := x
	var of *face
	flush := func() {
		if part != "" {
			w.font(of, t.size)
			w.Text(start, t.y, part)
			part = ""
		}
	}
	for _, c := range t.s {
		g := w.s.ruler.find(c, t.bold)
		own := g.face == w.s.fonts.regular || g.face == w.s.fonts.bold
		if !own || g.face != of || g.wide() {
			flush()
			start, of = x, g.face
		}
		if own {
			if _, ok := slices.BinarySearch(w.chars, c); !ok {
				w.SetError(fmt.Errorf("pdf: %q is drawn and not in the font", c))
			}
			part += string(c)
		} else {
			w.outline(g, x, t.y, t.size)
		}
		x += w.s.ruler.room(c, t.size, t.bold)
	}
	flush()
}

func (w *writer) font(f *face, size float64) {
	if w.face == f && w.size == size {
		return
	}
	w.use(f)
	w.SetFont(f.name, "", size)
	w.face, w.size = f, size
}

// outline draws a glyph as a filled shape.
func (w *writer) outline(g glyph, x, y, size float64) {
	segments, err := g.face.font.LoadGlyph(&w.s.ruler.buf, g.index, g.face.em, nil)
	if err != nil {
		w.SetError(err)
		return
	}
	scale := size / float64(g.face.em)
	at := func(p fixed.Point26_6) (float64, float64) { return x + float64(p.X)*scale, y + float64(p.Y)*scale }
	w.SetFillColor(0, 0, 0)
	for _, seg := range segments {
		a, b := at(seg.Args[0])
		c, d := at(seg.Args[1])
		e, f := at(seg.Args[2])
		switch seg.Op {
		case sfnt.SegmentOpMoveTo:
			w.MoveTo(a, b)
		case sfnt.SegmentOpLineTo:
			w.LineTo(a, b)
		case sfnt.SegmentOpQuadTo:
			w.CurveTo(a, b, c, d)
		case sfnt.SegmentOpCubeTo:
			w.CurveBezierCubicTo(a, b, c, d, e, f)
		}
	}
	w.DrawPath("F")
}

func (w *writer) watermark() {
	size := 110.0
	room := w.s.ruler.width(w.s.opts.Watermark, size, true)
	w.SetTextColor(236, 238, 241)
	w.TransformBegin()
	w.TransformRotate(40, pageWidth/2, pageHeight/2)
	w.text(run{x: (pageWidth - room) / 2, y: pageHeight/2 + size*0.35, s: w.s.opts.Watermark, size: size, bold: true})
	w.TransformEnd()
	w.face = nil
}

// seal draws the sample: the agency's name around, what it is in the middle.
func (w *writer) seal(x seal) {
	const red, green, blue = 200, 20, 20
	w.SetDrawColor(red, green, blue)
	w.SetTextColor(red, green, blue)
	w.SetLineWidth(2)
	r := sealSize / 2
	w.Circle(x.x, x.y, r, "D")
	name := []rune(x.name)
	span := math.Min(float64(len(name)-1)*20, 250)
	size := min(13.0, 2*math.Pi*(r-14)*span/360/max(1, float64(len(name)-1))*0.9)
	for i, c := range name {
		turn := 0.0
		if len(name) > 1 {
			turn = -span/2 + span*float64(i)/float64(len(name)-1)
		}
		g := w.s.ruler.room(c, size, true)
		w.TransformBegin()
		w.TransformRotate(-turn, x.x, x.y)
		w.text(run{x: x.x - g/2, y: x.y - r + 5 + size, s: string(c), size: size, bold: true})
		w.TransformEnd()
		w.face = nil
	}
	w.star(x.x, x.y, r*0.3)
	room := w.s.ruler.width(sampleWords, form, true)
	w.text(run{x: x.x - room/2, y: x.y + r*0.68, s: sampleWords, size: form, bold: true})
}

func (w *writer) star(x, y, r float64) {
	w.SetFillColor(200, 20, 20)
	var points []fpdf.PointType
	for i := range 10 {
		k := r
		if i%2 == 1 {
			k = r * 0.382
		}
		a := float64(i)*math.Pi/5 - math.Pi/2
		points = append(points, fpdf.PointType{X: x + k*math.Cos(a), Y: y + k*math.Sin(a)})
	}
	w.Polygon(points, "F")
}

func pixels(data []byte) (w, h float64, err error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return float64(c.Width), float64(c.Height), err
}
