package face_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"xiucheng/internal/platform/face"
	"xiucheng/internal/platform/face/facetest"
)

func wall(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{150, 160, 170, 255}), image.Point{}, draw.Src)
	return img
}

func TestFacesAreFoundWhereTheyAreAndNowhereElse(t *testing.T) {
	img := wall(800, 500)
	where := map[int]image.Point{30: {60, 60}, 40: {200, 300}, 90: {420, 200}, 150: {640, 280}}
	for size, p := range where {
		facetest.Draw(img, p, size)
	}
	part := img.SubImage(image.Rect(10, 10, 800, 500)) // not every picture begins at zero
	found := face.Find(part)
	if len(found) != len(where) {
		t.Errorf("found %v", found)
	}
	for size, p := range where {
		ok := false
		for _, r := range found {
			off := r.Min.Add(r.Max).Div(2).Sub(p)
			ok = ok || max(off.X, -off.X, off.Y, -off.Y) < size/3 && r.Dx() > size*2/3 && r.Dx() < size*3/2
		}
		if !ok {
			t.Errorf("the face of %d pixels at %v is not among %v", size, p, found)
		}
	}
	for _, tiny := range []image.Image{wall(400, 300), wall(700, 3), wall(1, 1)} {
		if found := face.Find(tiny); len(found) > 0 {
			t.Errorf("faces in %v of nothing: %v", tiny.Bounds(), found)
		}
	}
}

func TestATiltedHeadIsFoundAtTheRightOfAWidePicture(t *testing.T) {
	head := wall(240, 240)
	facetest.Draw(head, image.Pt(120, 120), 90)
	for _, degrees := range []float64{-40, 40} {
		img := wall(900, 300)
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		draw.BiLinear.Transform(img, f64.Aff3{cos, -sin, 740 - 120*cos + 120*sin, sin, cos, 150 - 120*sin - 120*cos}, head, head.Rect, draw.Src, nil)
		found := face.Find(img)
		if len(found) != 1 || !image.Pt(740, 150).In(found[0]) {
			t.Errorf("tilted by %.0f°: %v", degrees, found)
		}
	}
}
