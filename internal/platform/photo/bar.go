package photo

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"xiucheng/internal/platform/fault"
)

// Mark returns a copy of a JPEG made by Develop with a dark bar along its lower
// edge that carries text: time and place, or 演示. Text longer than the picture
// is wide is cut. The font must hold the characters; a missing one shows as the
// font's own box.
func (l *Lab) Mark(ctx context.Context, jpg []byte, f *opentype.Font, text string) (marked []byte, err error) {
	defer fault.Trace(&err, "photo.Mark")
	free, err := l.sit(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	img, err := jpeg.Decode(bytes.NewReader(jpg))
	if err != nil {
		return nil, unreadable(err)
	}
	dst := reduce(img, 1)
	b := dst.Bounds()
	em := max(10, min(b.Dx(), b.Dy())/28)
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(em), DPI: 72})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	bar := image.Rect(b.Min.X, b.Max.Y-em*2, b.Max.X, b.Max.Y)
	draw.Draw(dst, bar, image.NewUniform(color.RGBA{A: 0xA0}), image.Point{}, draw.Over)
	pen := font.Drawer{Dst: dst, Src: image.White, Face: face,
		Dot: fixed.P(bar.Min.X+em*2/3, bar.Max.Y-em*2/3)}
	pen.DrawString(text)
	return encode(dst, screenQuality)
}
