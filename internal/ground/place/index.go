package place

import (
	"math"
	"slices"

	"xiucheng/internal/platform/geo"
)

// index finds polygons by a coarse lattice of boxes.
type index struct {
	cells map[[2]int][]int
	list  []int
}

// cellSize in degrees: about 300 m, a few polygons each.
const cellSize = 0.003

func (ix *index) add(i int, b geo.Box) {
	ix.list = append(ix.list, i)
	for x := cell(b.W); x <= cell(b.E); x++ {
		for y := cell(b.S); y <= cell(b.N); y++ {
			ix.cells[[2]int{x, y}] = append(ix.cells[[2]int{x, y}], i)
		}
	}
}

// at lists what may hold the point.
func (ix *index) at(p geo.Point) []int {
	if ix == nil {
		return nil
	}
	return ix.cells[[2]int{cell(p.Lng), cell(p.Lat)}]
}

// around lists what may come within so many metres of the point.
func (ix *index) around(p geo.Point, metres float64) []int {
	if ix == nil {
		return nil
	}
	if metres > 1000 { // the lattice saves nothing
		return ix.list
	}
	b := geo.Box{W: p.Lng, E: p.Lng, S: p.Lat, N: p.Lat}.Grow(metres)
	var out []int
	for x := cell(b.W); x <= cell(b.E); x++ {
		for y := cell(b.S); y <= cell(b.N); y++ {
			out = append(out, ix.cells[[2]int{x, y}]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func cell(deg float64) int { return int(math.Floor(deg / cellSize)) }
