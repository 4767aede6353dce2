package sketch

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"xiucheng/internal/platform/geo"
)

// The picture: two thirds for the drawing, below it the list of measures by
// number. It is set without Chinese letters, whose names stand in the record.
const (
	wide, high = 1200, 900
	margin     = 60
	lineHigh   = 30
)

var (
	ink   = color.RGBA{0x10, 0x24, 0x3e, 0xff}
	blue  = color.RGBA{0x0f, 0x57, 0xa8, 0xff}
	wash  = color.NRGBA{0x0f, 0x57, 0xa8, 0x30}
	grey  = color.RGBA{0xb8, 0xc2, 0xcc, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
)

// canvas is a picture with the way from degrees to its pixels.
type canvas struct {
	img    *image.RGBA
	origin geo.Point // lower left
	scale  float64   // pixels of a metre
	height float64   // of the drawing
}

// Picture draws a sketch north up, with roads below it, a scale and the measures
// by number.
func Picture(list []Measure, roads []geo.Line) ([]byte, error) {
	c := canvas{img: image.NewRGBA(image.Rect(0, 0, wide, high))}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(white), image.Point{}, draw.Src)
	c.height = float64(high - margin - lineHigh*(min(len(list), 12)+1))
	var all geo.Line
	for _, m := range list {
		all = append(all, m.Ring...)
	}
	if len(all) > 0 {
		c.fit(all)
		for _, r := range roads {
			c.line(c.pixels(r), 6, grey)
		}
		for i, m := range list {
			c.measure(i+1, m)
		}
		c.ruler()
	}
	c.list(list)
	var out bytes.Buffer
	err := png.Encode(&out, c.img)
	return out.Bytes(), err
}

// fit chooses origin and scale so that all is inside the margins.
func (c *canvas) fit(all geo.Line) {
	b := all.Bounds()
	w := geo.Distance(geo.Point{Lat: b.S, Lng: b.W}, geo.Point{Lat: b.S, Lng: b.E})
	h := geo.Distance(geo.Point{Lat: b.S, Lng: b.W}, geo.Point{Lat: b.N, Lng: b.W})
	side := max(w, h, 10)
	c.scale = min((wide-2*margin)/max(w, side/2), (c.height-2*margin)/max(h, side/2))
	mid := geo.Point{Lat: (b.S + b.N) / 2, Lng: (b.W + b.E) / 2}
	c.origin = geo.Offset(mid, -wide/2/c.scale, -c.height/2/c.scale)
}

func (c *canvas) pixels(l []geo.Point) (out [][2]float32) {
	for _, p := range l {
		x := geo.Distance(geo.Point{Lat: c.origin.Lat, Lng: c.origin.Lng}, geo.Point{Lat: c.origin.Lat, Lng: p.Lng})
		y := geo.Distance(geo.Point{Lat: c.origin.Lat, Lng: p.Lng}, p)
		x, y = math.Copysign(x, p.Lng-c.origin.Lng), math.Copysign(y, p.Lat-c.origin.Lat)
		out = append(out, [2]float32{float32(x * c.scale), float32(c.height - y*c.scale)})
	}
	return out
}

func (c *canvas) fill(l [][2]float32, col color.Color) {
	r := vector.NewRasterizer(wide, int(c.height))
	for i, p := range l {
		if i == 0 {
			r.MoveTo(p[0], p[1])
		} else {
			r.LineTo(p[0], p[1])
		}
	}
	r.ClosePath()
	r.Draw(c.img, image.Rect(0, 0, wide, int(c.height)), image.NewUniform(col), image.Point{})
}

// line draws each piece as a thin rectangle.
func (c *canvas) line(l [][2]float32, thick float32, col color.Color) {
	for i := 1; i < len(l); i++ {
		a, b := l[i-1], l[i]
		dx, dy := b[0]-a[0], b[1]-a[1]
		n := float32(math.Hypot(float64(dx), float64(dy)))
		if n == 0 {
			continue
		}
		x, y := -dy/n*thick/2, dx/n*thick/2
		c.fill([][2]float32{{a[0] + x, a[1] + y}, {b[0] + x, b[1] + y}, {b[0] - x, b[1] - y}, {a[0] - x, a[1] - y}}, col)
	}
}

func (c *canvas) measure(n int, m Measure) {
	l := c.pixels(m.Ring)
	if len(l) == 0 {
		return
	}
	switch m.Kind {
	case Area:
		c.fill(l, wash)
		c.line(append(l, l[0]), 3, blue)
	case Line:
		c.line(l, 3, blue)
	}
	var x, y float32
	for _, p := range l {
		c.fill([][2]float32{{p[0] - 4, p[1] - 4}, {p[0] + 4, p[1] - 4}, {p[0] + 4, p[1] + 4}, {p[0] - 4, p[1] + 4}}, blue)
		x, y = x+p[0], y+p[1]
	}
	c.text(int(x)/len(l)+8, int(y)/len(l)-8, fmt.Sprintf("%d: %s", n, ascii(m)))
}

func ascii(m Measure) string {
	switch m.Kind {
	case Line:
		return strconv.FormatFloat(m.Length, 'f', 2, 64) + " m"
	case Area:
		return strconv.FormatFloat(m.Square, 'f', 2, 64) + " m2"
	}
	return "point"
}

// text sets letters twice their size: the only face at hand is a small one.
func (c *canvas) text(x, y int, s string) {
	small := image.NewAlpha(image.Rect(0, 0, 7*len(s), 16))
	d := font.Drawer{Dst: small, Src: image.Opaque, Face: basicfont.Face7x13, Dot: fixed.P(0, 12)}
	d.DrawString(s)
	for i := range small.Pix {
		if small.Pix[i] > 0 {
			at := image.Pt(x+2*(i%small.Stride), y-24+2*(i/small.Stride))
			draw.Draw(c.img, image.Rectangle{Min: at, Max: at.Add(image.Pt(2, 2))}, image.NewUniform(ink), image.Point{}, draw.Src)
		}
	}
}

// ruler draws the scale, a round number of metres, and where north is.
func (c *canvas) ruler() {
	metres := math.Pow(10, math.Floor(math.Log10(200/c.scale)))
	for _, k := range []float64{5, 2} {
		if metres*k*c.scale <= 200 {
			metres *= k
			break
		}
	}
	x, y := float32(margin), float32(c.height)-20
	c.line([][2]float32{{x, y}, {x + float32(metres*c.scale), y}}, 4, ink)
	c.text(margin, int(y)-8, strconv.FormatFloat(metres, 'f', -1, 64)+" m")
	top := [2]float32{wide - margin, 30}
	c.fill([][2]float32{top, {top[0] + 10, top[1] + 30}, {top[0] - 10, top[1] + 30}}, ink)
	c.text(wide-margin-6, 90, "N")
}

// list writes the measures by number below the drawing.
func (c *canvas) list(list []Measure) {
	y := int(c.height) + lineHigh
	for i, m := range list[:min(len(list), 12)] {
		s := fmt.Sprintf("%d: %s", i+1, ascii(m))
		if m.Kind == Area {
			s += fmt.Sprintf(" (around %.2f m)", m.Length)
		}
		if len(m.Ring) == 0 {
			s += " (by tape)"
		}
		c.text(margin, y, s)
		y += lineHigh
	}
}
