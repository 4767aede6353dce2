// Package facetest draws a face that belongs to nobody, for tests: no photo of a
// person is kept in the project.
package facetest

import (
	"image"
	"image/color"
	"math"
)

// feature is a soft dark spot of the face, in shares of half its width.
type feature struct{ x, y, w, h, dark float64 }

var features = []feature{
	{-0.42, -0.28, 0.20, 0.09, 120}, {0.42, -0.28, 0.20, 0.09, 120}, // eyes
	{-0.44, -0.52, 0.30, 0.07, 90}, {0.44, -0.52, 0.30, 0.07, 90}, // brows
	{0, 0.22, 0.20, 0.07, 50},                                     // below the nose
	{-0.24, -0.12, 0.10, 0.25, 25}, {0.24, -0.12, 0.10, 0.25, 25}, // its sides
	{0, 0.58, 0.34, 0.08, 95},                     // mouth
	{0, 0.80, 0.30, 0.06, 25},                     // below the lip
	{-1, 0.1, 0.25, 1, 60}, {1, 0.1, 0.25, 1, 60}, // cheeks turn away
}

// Draw puts a face seen from the front, size pixels wide, around the middle.
func Draw(img *image.RGBA, middle image.Point, size int) {
	half := float64(size) / 2
	for y := middle.Y - size; y <= middle.Y+size; y++ {
		for x := middle.X - size; x <= middle.X+size; x++ {
			u, v := float64(x-middle.X)/half, float64(y-middle.Y)/half
			switch {
			case u*u+v*v/1.9 <= 1 && v > -0.85:
				l := 205.0
				for _, f := range features {
					dx, dy := (u-f.x)/f.w, (v-f.y)/f.h
					l -= f.dark * math.Exp(-(dx*dx + dy*dy))
				}
				l = max(20, l)
				img.SetRGBA(x, y, color.RGBA{uint8(l), uint8(l * 0.85), uint8(l * 0.75), 255})
			case u*u/1.15+(v+0.2)*(v+0.2)/1.9 <= 1 && v < 0.1:
				img.SetRGBA(x, y, color.RGBA{35, 30, 28, 255}) // hair
			}
		}
	}
}
