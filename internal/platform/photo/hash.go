package photo

import (
	"image"
	"math/bits"

	"golang.org/x/image/draw"
)

// Hash is a 64-bit difference hash: for each cell of a 9 × 8 grid whether it is
// darker than its right neighbour. It survives resizing and re-compression.
type Hash uint64

// Near is the largest distance at which two photos are hinted to be the same
// picture; the same view before and after a repair lies further apart. A hint
// only: a person decides.
const Near = 4

// Distance is the number of differing bits, 0 (same) to 64.
func (h Hash) Distance(o Hash) int { return bits.OnesCount64(uint64(h ^ o)) }

func likeness(img image.Image) Hash {
	g := image.NewGray(image.Rect(0, 0, 9, 8))
	draw.CatmullRom.Scale(g, g.Bounds(), img, img.Bounds(), draw.Src, nil)
	var h Hash
	for y := range 8 {
		for x := range 8 {
			h <<= 1
			if g.Pix[y*g.Stride+x] < g.Pix[y*g.Stride+x+1] {
				h |= 1
			}
		}
	}
	return h
}
