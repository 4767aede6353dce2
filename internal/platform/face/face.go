// Package face finds faces in a picture, so that they can be made unrecognisable.
//
// It says where a face seems to be and nothing else: it compares no faces, knows
// nobody and keeps nothing. What is done with the place is photo's part.
package face

import (
	_ "embed"
	"image"
	"sync"

	pigo "github.com/esimov/pigo/core"
	"golang.org/x/image/draw"
)

//go:embed facefinder
var cascade []byte

// Smallest is the side in pixels of the smallest face that is looked for, from
// the brow to the chin. Below it the classifier's windows have too few pixels.
const Smallest = 20

const (
	// quality is the sum of what overlapping windows score. Noise and leaves reach
	// 3 now and then, an upright face of the smallest size some 100, a tilted one
	// 5. A patch too many costs a corner of a picture, a face too few costs a
	// person: so the bar lies where noise mostly ends, below the 5 of the library.
	quality = 3

	shift   = 0.1 // share of a window by which it moves
	growth  = 1.1 // each size of window against the one before
	overlap = 0.2 // shared area from which two windows are the same face
)

// tilts are turns of the head, as shares of a full turn, which the classifier
// needs to be told of; up to some 20° it finds a face by itself.
var tilts = []float64{3. / 32, 29. / 32}

var finder = sync.OnceValue(func() *pigo.Pigo {
	p, err := pigo.NewPigo().Unpack(cascade)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return p
})

// Find lists squares around what looks like a face seen from the front, the
// smallest of them Smallest pixels wide. Tilted heads are found from twice that
// size on.
func Find(img image.Image) []image.Rectangle {
	b := img.Bounds()
	grey := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(grey, grey.Rect, img, b.Min, draw.Src)
	out := scan(grey, 1, 0)
	half := halved(grey)
	for _, t := range tilts {
		out = append(out, scan(half, 2, t)...)
	}
	for i := range out {
		out[i] = out[i].Add(b.Min)
	}
	return out
}

// scan looks at a picture that was made k times smaller.
func scan(g *image.Gray, k int, tilt float64) (out []image.Rectangle) {
	found := finder().RunCascade(pigo.CascadeParams{MinSize: Smallest, MaxSize: min(g.Rect.Dx(), g.Rect.Dy()), ShiftFactor: shift, ScaleFactor: growth,
		ImageParams: pigo.ImageParams{Pixels: g.Pix, Rows: g.Rect.Dy(), Cols: g.Rect.Dx(), Dim: g.Stride}}, tilt)
	for _, f := range finder().ClusterDetections(found, overlap) {
		if f.Q >= quality {
			x, y := k*(f.Col-f.Scale/2), k*(f.Row-f.Scale/2)
			out = append(out, image.Rect(x, y, x+k*f.Scale, y+k*f.Scale))
		}
	}
	return out
}

// halved is the picture at half its size, in a square: the classifier for tilted
// faces reads columns beyond the number of rows from the wrong place.
func halved(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx()/2, g.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, max(w, h), max(w, h)))
	draw.ApproxBiLinear.Scale(out, image.Rect(0, 0, w, h), g, g.Rect, draw.Src, nil)
	return out
}
