package photo

import (
	"image"

	"golang.org/x/image/draw"
)

// fit returns img on white, its long edge at most edge; a smaller picture keeps
// its size. Large pictures are first averaged in whole blocks: Catmull-Rom
// alone would hold 32 bytes for every source row and target column.
func fit(img image.Image, edge int) *image.RGBA {
	b := img.Bounds()
	long := max(b.Dx(), b.Dy())
	if long <= edge {
		return reduce(img, 1)
	}
	w, h := max(1, b.Dx()*edge/long), max(1, b.Dy()*edge/long)
	src := reduce(img, min(long/edge, b.Dx(), b.Dy()))
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return dst
}

// reduce averages k × k blocks over a white ground, strip by strip.
func reduce(img image.Image, k int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx()/k, b.Dy()/k
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, w*k, k))
	for y := range h {
		draw.Draw(strip, strip.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), img, b.Min.Add(image.Pt(0, y*k)), draw.Over)
		out := dst.Pix[y*dst.Stride:]
		if k == 1 {
			copy(out, strip.Pix)
			continue
		}
		for x := range w {
			average(out[4*x:4*x+4], strip, x*k, k)
		}
	}
	return dst
}

func average(out []uint8, strip *image.RGBA, x, k int) {
	var r, g, b int
	for dy := range k {
		row := strip.Pix[dy*strip.Stride+4*x:]
		for dx := range k {
			r, g, b = r+int(row[4*dx]), g+int(row[4*dx+1]), b+int(row[4*dx+2])
		}
	}
	n := k * k
	out[0], out[1], out[2], out[3] = uint8((r+n/2)/n), uint8((g+n/2)/n), uint8((b+n/2)/n), 255
}

// upright applies an EXIF orientation (1…8); any other value changes nothing.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	var from func(x, y int) (int, int) // target → source
	switch orientation {
	case 2:
		from = func(x, y int) (int, int) { return w - 1 - x, y }
	case 3:
		from = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4:
		from = func(x, y int) (int, int) { return x, h - 1 - y }
	case 5:
		from = func(x, y int) (int, int) { return y, x }
	case 6:
		from = func(x, y int) (int, int) { return y, h - 1 - x }
	case 7:
		from = func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }
	case 8:
		from = func(x, y int) (int, int) { return w - 1 - y, x }
	default:
		return src
	}
	tw, th := w, h
	if orientation >= 5 {
		tw, th = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			sx, sy := from(x, y)
			copy(dst.Pix[y*dst.Stride+4*x:][:4], src.Pix[sy*src.Stride+4*sx:][:4])
		}
	}
	return dst
}
