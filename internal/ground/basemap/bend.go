package basemap

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // what services send
	_ "image/jpeg"
	"math"

	_ "golang.org/x/image/webp"
)

const (
	size = 256 // pixels of a tile
	mesh = 16  // between two pixels whose place is computed exactly
)

// bend makes a tile of web mercator out of tiles of another grid, or of several
// layers. Over the width of a tile the difference between grids is so even that
// it is computed on a mesh and straight in between.
func (m *Map) bend(ctx context.Context, at address) ([]byte, error) {
	places := m.grid.places(at)
	out := image.NewNRGBA(image.Rect(0, 0, size, size))
	drawn := false
	for _, l := range m.layers {
		sheet, err := m.sheet(ctx, l, at.z, places)
		if err != nil {
			return nil, err
		}
		if sheet == nil {
			continue
		}
		drawn = true
		sheet.lay(out, places)
	}
	if !drawn {
		return nil, nil
	}
	return picture(out)
}

// spot is a place in pixels of the source's zoom, of the whole grid.
type spot struct{ x, y float64 }

// spots are the places of the mesh, row by row, edges included.
type spots [size/mesh + 1][size/mesh + 1]spot

// places says where the pixels of a mercator tile lie in the grid.
func (g grid) places(at address) (out spots) {
	n := math.Exp2(float64(at.z))
	for j := range out {
		for i := range out[j] {
			u, v := g.at(unproject((float64(at.x)+float64(i*mesh)/size)/n, (float64(at.y)+float64(j*mesh)/size)/n))
			out[j][i] = spot{u * n * size, v * n * size}
		}
	}
	return out
}

// bounds are the pixels that the places need, and so many around them for smoothing.
func (s *spots) bounds(around int) image.Rectangle {
	const exact = 0.01 // what rounding may move an edge that lies between pixels
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, row := range s {
		for _, p := range row {
			x0, y0, x1, y1 = min(x0, p.x), min(y0, p.y), max(x1, p.x), max(y1, p.y)
		}
	}
	return image.Rect(int(math.Floor(x0+exact)), int(math.Floor(y0+exact)), int(math.Ceil(x1-exact)), int(math.Ceil(y1-exact))).Inset(-around)
}

// sheet is a piece of a layer, its pixels numbered as in the whole grid.
type sheet struct{ *image.NRGBA }

// sheet joins the tiles that the places need; nil where there are none.
func (m *Map) sheet(ctx context.Context, l source, z int, places spots) (*sheet, error) {
	around := 1
	if m.grid == mercator { // pixel lies on pixel: only the layers are joined
		around = 0
	}
	need := places.bounds(around)
	var out *sheet
	for y := floorDiv(need.Min.Y, size); y <= floorDiv(need.Max.Y-1, size); y++ {
		for x := floorDiv(need.Min.X, size); x <= floorDiv(need.Max.X-1, size); x++ {
			if x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
				continue
			}
			raw, err := l.tile(ctx, address{z, x, y})
			if err != nil {
				return nil, err
			}
			if raw == nil {
				continue
			}
			img, _, err := image.Decode(bytes.NewReader(raw))
			if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
				return nil, ErrUnreachable
			}
			if out == nil {
				out = &sheet{image.NewNRGBA(need)}
			}
			draw.Draw(out, image.Rect(x*size, y*size, (x+1)*size, (y+1)*size), img, img.Bounds().Min, draw.Src)
		}
	}
	return out, nil
}

// floorDiv rounds down, also below zero.
func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// lay draws the sheet over the tile.
func (s *sheet) lay(out *image.NRGBA, places spots) {
	for py := range size {
		for px := range size {
			fx, fy := (float64(px)+0.5)/mesh, (float64(py)+0.5)/mesh
			i, j := int(fx), int(fy)
			fx, fy = fx-float64(i), fy-float64(j)
			a, b, c, d := places[j][i], places[j][i+1], places[j+1][i], places[j+1][i+1]
			x := (a.x*(1-fx)+b.x*fx)*(1-fy) + (c.x*(1-fx)+d.x*fx)*fy
			y := (a.y*(1-fx)+b.y*fx)*(1-fy) + (c.y*(1-fx)+d.y*fx)*fy
			over(out, px, py, s.smooth(x-0.5, y-0.5))
		}
	}
}

// smooth is the colour between four pixels, alpha premultiplied.
func (s *sheet) smooth(x, y float64) [4]float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	var sum [4]float64
	for _, n := range [4]struct {
		dx, dy int
		share  float64
	}{{0, 0, (1 - fx) * (1 - fy)}, {1, 0, fx * (1 - fy)}, {0, 1, (1 - fx) * fy}, {1, 1, fx * fy}} {
		if n.share == 0 {
			continue
		}
		c := s.NRGBAAt(int(x0)+n.dx, int(y0)+n.dy)
		alpha := float64(c.A) * n.share
		sum[0] += float64(c.R) * alpha
		sum[1] += float64(c.G) * alpha
		sum[2] += float64(c.B) * alpha
		sum[3] += alpha
	}
	return sum
}

// over lays a premultiplied colour on a pixel.
func over(out *image.NRGBA, x, y int, c [4]float64) {
	if c[3] <= 0 {
		return
	}
	old := out.NRGBAAt(x, y)
	rest := float64(old.A) * (1 - c[3]/255)
	alpha := c[3] + rest
	mix := func(new, old float64) uint8 { return uint8(math.Round(min(255, (new+old*rest)/alpha))) }
	out.SetNRGBA(x, y, color.NRGBA{R: mix(c[0], float64(old.R)), G: mix(c[1], float64(old.G)), B: mix(c[2], float64(old.B)), A: uint8(math.Round(min(255, alpha)))})
}
