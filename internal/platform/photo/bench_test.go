package photo

import (
	"context"
	"testing"
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
