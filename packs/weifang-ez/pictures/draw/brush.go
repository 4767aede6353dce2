package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// The size of every picture, in pixels.
const (
	width  = 960
	height = 720
)

// canvas draws polygons through a transform; everything else is a polygon.
type canvas struct {
	img  *image.RGBA
	a, b float64 // x' = a·x − b·y + x0
	x, y float64 // y' = b·x + a·y + y0
}

func newCanvas() canvas {
	return canvas{img: image.NewRGBA(image.Rect(0, 0, width, height)), a: 1}
}

// at returns the canvas with its origin at x, y, turned by degrees clockwise
// and scaled by s.
func (c canvas) at(x, y, degrees, s float64) canvas {
	p := c.point(x, y)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return canvas{img: c.img, a: s * (c.a*cos - c.b*sin), b: s * (c.b*cos + c.a*sin), x: p[0], y: p[1]}
}

func (c canvas) point(x, y float64) [2]float64 {
	return [2]float64{c.a*x - c.b*y + c.x, c.b*x + c.a*y + c.y}
}

// hex reads 0xRRGGBB.
func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// veil is a see-through colour.
func veil(v uint32, alpha uint8) color.NRGBA {
	k := hex(v)
	k.A = alpha
	return k
}

// mix is the colour t of the way from a to b.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t) }
	return color.NRGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
}

// poly fills the polygon x0, y0, x1, y1, … It rasterises only the polygon's
// own box: a picture has hundreds of small ones.
func (c canvas) poly(k color.NRGBA, xy ...float64) {
	pts := make([][2]float64, 0, len(xy)/2)
	lo, hi := [2]float64{width, height}, [2]float64{}
	for i := 0; i+1 < len(xy); i += 2 {
		p := c.point(xy[i], xy[i+1])
		pts = append(pts, p)
		for j := range p {
			lo[j], hi[j] = min(lo[j], p[j]), max(hi[j], p[j])
		}
	}
	box := image.Rect(int(math.Floor(lo[0])), int(math.Floor(lo[1])), int(math.Ceil(hi[0])), int(math.Ceil(hi[1]))).
		Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range pts {
		x, y := float32(p[0]-float64(box.Min.X)), float32(p[1]-float64(box.Min.Y))
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.DrawOp = draw.Over
	r.Draw(c.img, box, image.NewUniform(k), image.Point{})
}

func (c canvas) rect(k color.NRGBA, x, y, w, h float64) {
	c.poly(k, x, y, x+w, y, x+w, y+h, x, y+h)
}

// round is a rectangle with corners of radius r.
func (c canvas) round(k color.NRGBA, x, y, w, h, r float64) {
	var xy []float64
	for i := range 4 {
		cx, cy := x+r, y+r
		if i == 1 || i == 2 {
			cx = x + w - r
		}
		if i >= 2 {
			cy = y + h - r
		}
		for j := range 9 {
			sin, cos := math.Sincos(math.Pi + (float64(i)+float64(j)/8)*math.Pi/2)
			xy = append(xy, cx+r*cos, cy+r*sin)
		}
	}
	c.poly(k, xy...)
}

func (c canvas) ellipse(k color.NRGBA, x, y, rx, ry float64) { c.poly(k, arc(x, y, rx, ry, 0, 360)...) }

func (c canvas) circle(k color.NRGBA, x, y, r float64) { c.ellipse(k, x, y, r, r) }

// arc are points on an ellipse from one angle to another, degrees clockwise
// from the right.
func arc(x, y, rx, ry, from, to float64) []float64 {
	const steps = 64
	var xy []float64
	for i := range steps + 1 {
		sin, cos := math.Sincos((from + (to-from)*float64(i)/steps) * math.Pi / 180)
		xy = append(xy, x+rx*cos, y+ry*sin)
	}
	return xy
}

// ring is a circle's outline of width w.
func (c canvas) ring(k color.NRGBA, x, y, r, w float64) { c.line(k, w, arc(x, y, r, r, 0, 360)...) }

// line strokes a path with round joints.
func (c canvas) line(k color.NRGBA, w float64, xy ...float64) {
	for i := 0; i+3 < len(xy); i += 2 {
		x0, y0, x1, y1 := xy[i], xy[i+1], xy[i+2], xy[i+3]
		l := math.Hypot(x1-x0, y1-y0)
		if l == 0 {
			continue
		}
		dx, dy := (y0-y1)/l*w/2, (x1-x0)/l*w/2
		c.poly(k, x0+dx, y0+dy, x1+dx, y1+dy, x1-dx, y1-dy, x0-dx, y0-dy)
		if i > 0 && w > 3 {
			c.circle(k, x0, y0, w/2)
		}
	}
}

// blob is an ellipse with an uneven edge, the same for the same seed.
func (c canvas) blob(k color.NRGBA, x, y, rx, ry float64, seed uint32) {
	d := dice(seed)
	p1, p2, p3 := d.in(0, 6.3), d.in(0, 6.3), d.in(0, 6.3)
	var xy []float64
	for i := range 72 {
		t := float64(i) * math.Pi / 36
		f := 1 + 0.10*math.Sin(2*t+p1) + 0.07*math.Sin(3*t+p2) + 0.05*math.Sin(5*t+p3)
		xy = append(xy, x+rx*f*math.Cos(t), y+ry*f*math.Sin(t))
	}
	c.poly(k, xy...)
}

// dice are pseudo-random numbers that never change between runs.
type dice uint32

func (d *dice) in(lo, hi float64) float64 {
	*d = *d*1664525 + 1013904223
	return lo + (hi-lo)*float64(*d>>8)/(1<<24)
}

func (d *dice) of(ks ...color.NRGBA) color.NRGBA { return ks[int(d.in(0, float64(len(ks))))] }
