package main

import (
	"fmt"
	"math"

	"xiucheng/internal/platform/geo"
)

// The sheet: metres east (u) and north (v) of its south-west corner, before it
// is bent a little so that it does not look like squared paper.
const (
	west, south   = 119.03, 36.73
	metresPerLat  = 111000.0
	metresPerLng  = 89190.0
	edgeParts     = 3 // points on the way along one edge of a grid, so that bends show
	minorDistance = 240.0
)

// at is the place of a point of the sheet.
func at(u, v float64) geo.Point {
	x := u + 0.075*(v-4300) + 130*math.Sin(v/2300) + 40*math.Sin(u/900+v/1700)
	y := v - 0.035*(u-7200) + 110*math.Sin(u/2900) + 35*math.Sin(v/1100+u/1500)
	return geo.Point{Lat: south + y/metresPerLat, Lng: west + x/metresPerLng}
}

// The columns and rows of the grids; named roads run along some of them.
var (
	columns = []float64{1500, 2150, 2800, 3500, 4250, 4950, 5600, 6250, 6950, 7600, 8300, 9000, 9700, 10400, 11150, 11950, 12750, 13450}
	rows    = []float64{650, 1250, 1800, 2350, 2930, 3510, 4130, 4750, 5350, 5950, 6600, 7250, 7800}
)

// road is a named road: along a column (vertical) or a row, from–to.
type road struct {
	zh, en   string
	vertical bool
	along    float64
	from, to float64
	kind     string
}

// Order from west to east and from south to north as in the sources; the
// distances are not.
var named = []road{
	{"鸢飞路", "Yuanfei Road", true, 2800, 650, 7800, "arterial"},
	{"虞河路", "Yuhe Road", true, 5600, 650, 7800, "arterial"},
	{"新华路", "Xinhua Road", true, 7600, 650, 7800, "arterial"},
	{"北海路", "Beihai Road", true, 10400, 650, 7800, "arterial"},
	{"渤海路", "Bohai Road", true, 13450, 3510, 7800, "secondary"},
	{"虞兴街", "Yuxing Street", true, 6250, 2350, 3510, "secondary"},
	{"卧龙东街", "Wolong East Street", false, 1250, 1500, 13450, "secondary"},
	{"金鼎街", "Jinding Street", false, 1800, 2800, 11950, "secondary"},
	{"玉清东街", "Yuqing East Street", false, 2350, 1500, 13450, "arterial"},
	{"通亭街", "Tongting Street", false, 3510, 1500, 13450, "arterial"},
	{"桐荫街", "Tongyin Street", false, 4130, 7600, 10400, "secondary"},
	{"泰祥街", "Taixiang Street", false, 4750, 5600, 10400, "secondary"},
	{"玄武东街", "Xuanwu East Street", false, 5350, 2800, 13450, "arterial"},
	{"永兴街", "Yongxing Street", false, 6600, 1500, 13450, "arterial"},
	{"禹王街", "Yuwang Street", false, 7250, 2800, 13450, "secondary"},
}

// city is the sheet divided into grids.
type city struct {
	cells []cell
	in    map[[2]int]int // column, row → index of cells
}

// cell is one unit grid.
type cell struct {
	c, r              int
	street, community int // from 1
	serial            int
}

// The outline leaves out corners, so that it has the look of one that grew.
var left = map[[2]int]bool{
	{0, 0}: true, {1, 0}: true, {0, 1}: true, {16, 0}: true, {15, 0}: true, {16, 1}: true, {14, 0}: true,
	{0, 11}: true, {1, 11}: true, {0, 10}: true, {16, 2}: true, {2, 0}: true, {0, 9}: true,
}

// Streets are the columns up to these; communities divide each by rows.
var (
	streetEnds    = []int{4, 9, 12, 17}
	communityEnds = []int{4, 8, 12}
)

func newCity() *city {
	c := &city{in: map[[2]int]int{}}
	serial := map[[2]int]int{}
	for r := range len(rows) - 1 {
		for col := range len(columns) - 1 {
			if left[[2]int{col, r}] {
				continue
			}
			x := cell{c: col, r: r}
			for x.street = 1; col >= streetEnds[x.street-1]; x.street++ {
			}
			for x.community = 1; r >= communityEnds[x.community-1]; x.community++ {
			}
			key := [2]int{x.street, x.community}
			serial[key]++
			x.serial = serial[key]
			c.in[[2]int{col, r}] = len(c.cells)
			c.cells = append(c.cells, x)
		}
	}
	return c
}

func (x cell) streetCode() string    { return fmt.Sprintf("370799%03d", x.street) }
func (x cell) communityCode() string { return fmt.Sprintf("%s%03d", x.streetCode(), x.community) }
func (x cell) code() string          { return fmt.Sprintf("%s%03d", x.communityCode(), x.serial) }

// ring walks around the cell; neighbours share every point of their edge.
func (x cell) ring() geo.Ring {
	u0, u1, v0, v1 := columns[x.c], columns[x.c+1], rows[x.r], rows[x.r+1]
	var out geo.Ring
	for _, e := range [][4]float64{{u0, v0, u1, v0}, {u1, v0, u1, v1}, {u1, v1, u0, v1}, {u0, v1, u0, v0}} {
		for i := range edgeParts {
			s := float64(i) / edgeParts
			out = append(out, at(e[0]+(e[2]-e[0])*s, e[1]+(e[3]-e[1])*s))
		}
	}
	return out
}

// union is the shape of the cells that belong: the edges that no two of them
// share, joined into rings.
func (c *city) union(belongs func(cell) bool) geo.Shape {
	type corner [2]int
	next := map[corner]corner{}
	for _, x := range c.cells {
		if !belongs(x) {
			continue
		}
		has := func(dc, dr int) bool {
			i, ok := c.in[[2]int{x.c + dc, x.r + dr}]
			return ok && belongs(c.cells[i])
		}
		if !has(0, -1) {
			next[corner{x.c, x.r}] = corner{x.c + 1, x.r}
		}
		if !has(1, 0) {
			next[corner{x.c + 1, x.r}] = corner{x.c + 1, x.r + 1}
		}
		if !has(0, 1) {
			next[corner{x.c + 1, x.r + 1}] = corner{x.c, x.r + 1}
		}
		if !has(-1, 0) {
			next[corner{x.c, x.r + 1}] = corner{x.c, x.r}
		}
	}
	var shape geo.Shape
	for r := range len(rows) {
		for col := range len(columns) {
			start := corner{col, r}
			if _, ok := next[start]; !ok {
				continue
			}
			var ring geo.Ring
			for a := start; ; {
				b := next[a]
				delete(next, a)
				for i := range edgeParts {
					s := float64(i) / edgeParts
					ring = append(ring, at(columns[a[0]]+(columns[b[0]]-columns[a[0]])*s, rows[a[1]]+(rows[b[1]]-rows[a[1]])*s))
				}
				if a = b; a == start {
					break
				}
			}
			shape = append(shape, geo.Polygon{ring})
		}
	}
	return shape
}
