package photo

import (
	"context"
	"image"
	"testing"

	"golang.org/x/image/draw"

	"xiucheng/internal/platform/face/facetest"
	"xiucheng/internal/platform/fault"
)

// street is a picture with a person in it, twice as large as its veiled copy.
func street() *image.RGBA {
	img := scene(2*VeiledEdge, VeiledEdge)
	facetest.Draw(img, image.Pt(1000, 420), 200)
	return img
}

// detail is how much of a part is lost when it is told by five colours each way.
func detail(img image.Image, r image.Rectangle) float64 {
	few, again := image.NewGray(image.Rect(0, 0, 5, 5)), image.NewGray(r)
	draw.BiLinear.Scale(few, few.Rect, img, r, draw.Src, nil)
	draw.BiLinear.Scale(again, r, few, few.Rect, draw.Src, nil)
	return apart(img, again, r)
}

// apart is how much two pictures differ on average in one part.
func apart(a, b image.Image, r image.Rectangle) float64 {
	ga, gb := image.NewGray(r), image.NewGray(r)
	draw.Draw(ga, r, a, r.Min, draw.Src)
	draw.Draw(gb, r, b, r.Min, draw.Src)
	sum := 0
	for i := range ga.Pix {
		d := int(ga.Pix[i]) - int(gb.Pix[i])
		sum += max(d, -d)
	}
	return float64(sum) / float64(len(ga.Pix))
}

func TestAVeiledCopyHasNoFaceAndKeepsTheRest(t *testing.T) {
	lab := NewLab(nil)
	for _, turned := range []uint16{1, 3} { // 3: the phone was upside down, the picture is not
		data := phoneJPEG(t, upright(street(), int(turned)), turned)
		p, err := lab.Veil(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		veiled, plain := open(t, p.Screen), fit(street(), VeiledEdge)
		if b := veiled.Bounds(); b != plain.Bounds() || open(t, p.Thumb).Bounds().Dx() != ThumbEdge {
			t.Fatalf("the copy is %v", b)
		}
		eyes := image.Rect(465, 180, 535, 250)
		if was, is := detail(plain, eyes), detail(veiled, eyes); is > was/4 {
			t.Errorf("the face keeps its detail: %.1f of %.1f", is, was)
		}
		if d := apart(veiled, plain, eyes); d < 8 {
			t.Errorf("the face is as it was, %.1f apart", d)
		}
		for _, r := range []image.Rectangle{image.Rect(0, 0, 380, 400), image.Rect(620, 0, 800, 400)} {
			if d := apart(veiled, plain, r); d > 4 {
				t.Errorf("outside the face the picture changed by %.1f in %v", d, r)
			}
		}
		for _, copy := range [][]byte{p.Screen, p.Thumb} {
			mustBeClean(t, copy)
		}
		if r := image.Rect(186, 72, 214, 100); detail(open(t, p.Thumb), r) > detail(fit(street(), ThumbEdge), r)/2 {
			t.Error("the small copy shows the face")
		}
	}
	if _, err := lab.Veil(context.Background(), []byte("no photo")); !fault.Is(err, fault.Invalid) {
		t.Errorf("no photo: %v", err)
	}
}
