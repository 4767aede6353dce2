package photo

import (
	"context"
	"image"
	"testing"

	"xiucheng/internal/platform/face/facetest"
)

// BenchmarkDevelop develops a phone's photo of twelve megapixels.
func BenchmarkDevelop(b *testing.B) {
	data := phoneJPEG(b, scene(4032, 3024), 6)
	lab := NewLab(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lab.Develop(context.Background(), data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVeil does the same and looks for faces.
func BenchmarkVeil(b *testing.B) {
	img := scene(4000, 3000)
	facetest.Draw(img, image.Pt(1000, 420), 200)
	data := phoneJPEG(b, img, 6)
	lab := NewLab(nil)
	for b.Loop() {
		if _, err := lab.Veil(context.Background(), data); err != nil {
			b.Fatal(err)
		}
	}
}
