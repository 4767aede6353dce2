package photo

import (
	"context"
	"image"

	"golang.org/x/image/draw"

	"xiucheng/internal/platform/face"
	"xiucheng/internal/platform/fault"
)

const (
	// VeiledEdge is the long edge of a veiled copy: it shows the place, and a face
	// that is too small to be found is 12 pixels in it.
	VeiledEdge = 800

	// searchEdge is the long edge of the picture that is searched for faces. Four
	// times the pixels take four times as long and find faces half as large.
	searchEdge = 1280

	// cells is how many colours stand for a face in each direction. Five tell no
	// two people apart, and the pixels they were made of are nowhere in the copy.
	cells = 5
)

// Veil makes the copies of a photo in which people who did not ask to be there
// may be seen: small, without metadata, the faces that were found replaced by a
// few colours. Some are missed: far, turned and covered ones. It refuses like
// Develop.
func (l *Lab) Veil(ctx context.Context, data []byte) (p Prints, err error) {
	defer fault.Trace(&err, "photo.Veil(%d bytes)", len(data))
	p, img, free, err := l.open(ctx, data, searchEdge)
	if err != nil {
		return Prints{}, err
	}
	defer free()
	for _, r := range face.Find(img) {
		smear(img, r)
	}
	err = p.print(fit(img, VeiledEdge))
	return p, err
}

// smear replaces a face, with the hair and ears around it, by few colours that
// run into each other.
func smear(img *image.RGBA, face image.Rectangle) {
	r := face.Inset(-face.Dx() / 5).Intersect(img.Rect)
	few := image.NewRGBA(image.Rect(0, 0, cells, cells))
	draw.BiLinear.Scale(few, few.Rect, img, r, draw.Src, nil)
	draw.BiLinear.Scale(img, r, few, few.Rect, draw.Src, nil)
}
