package geo

import "math"

// Flaw is where polygons of one layer overlap, or leave a gap in what they
// should fill.
type Flaw struct {
	A, B  int // indexes of the overlapping shapes; both -1 for a gap
	At    Point
	Area  float64 // square metres, to the nearest lattice square
	Count int     // lattice points found
}

// lattice bounds the points that Flaws looks at.
const lattice = 400_000

// Flaws looks for overlaps between shapes and, where whole is not empty, for
// points of whole that no shape contains. It looks at a lattice of at most
// 400,000 points over the layer, so what is thinner than a lattice square
// (about 15 m in a city of 80 km²) may go unseen; borders that cross are found
// exactly, however thin the overlap.
func Flaws(shapes []Shape, whole Shape) []Flaw {
	boxes := make([]Box, len(shapes))
	all := whole.Bounds()
	for i, s := range shapes {
		boxes[i] = s.Bounds()
		all = all.Add(Point{boxes[i].S, boxes[i].W}).Add(Point{boxes[i].N, boxes[i].E})
	}
	found := map[[2]int]*Flaw{}
	note := func(a, b int, p Point) *Flaw {
		f := found[[2]int{a, b}]
		if f == nil {
			f = &Flaw{A: a, B: b, At: p}
			found[[2]int{a, b}] = f
		}
		return f
	}
	sweep(shapes, boxes, whole, all, note)
	crossings(shapes, boxes, note)
	out := make([]Flaw, 0, len(found))
	for _, f := range found {
		out = append(out, *f)
	}
	return out
}

func sweep(shapes []Shape, boxes []Box, whole Shape, all Box, note func(a, b int, p Point) *Flaw) {
	step := math.Sqrt((all.E - all.W) * (all.N - all.S) / lattice)
	if !(step > 0) {
		return
	}
	square := Distance(Point{all.S, all.W}, Point{all.S + step, all.W}) * Distance(Point{all.S, all.W}, Point{all.S, all.W + step})
	for lat := all.S + step/2; lat < all.N; lat += step {
		var row []int
		for i, b := range boxes {
			if b.S <= lat && lat <= b.N {
				row = append(row, i)
			}
		}
		for lng := all.W + step/2; lng < all.E; lng += step {
			p, first := Point{lat, lng}, -1
			for _, i := range row {
				if !boxes[i].Contains(p) || !shapes[i].Contains(p) {
					continue
				}
				if first >= 0 {
					f := note(first, i, p)
					f.Area += square
					f.Count++
					continue
				}
				first = i
			}
			if first < 0 && len(whole) > 0 && whole.Contains(p) {
				f := note(-1, -1, p)
				f.Area += square
				f.Count++
			}
		}
	}
}

// crossings finds pairs whose borders properly cross. Neighbours that share
// corners and edges only touch.
func crossings(shapes []Shape, boxes []Box, note func(a, b int, p Point) *Flaw) {
	for i := range shapes {
		for j := i + 1; j < len(shapes); j++ {
			if !boxes[i].Meets(boxes[j]) {
				continue
			}
			if p, ok := properCross(shapes[i], shapes[j]); ok {
				note(i, j, p)
			}
		}
	}
}

// touch is how near in metres a crossing may lie to a corner and still count as
// touching: six decimals of a degree.
const touch = 0.2

func properCross(a, b Shape) (Point, bool) {
	for _, pa := range a {
		for _, ra := range pa {
			for i := range ra {
				for _, pb := range b {
					for _, rb := range pb {
						if p, ok := edgeCross(ra[i], ra[(i+1)%len(ra)], rb); ok {
							return p, true
						}
					}
				}
			}
		}
	}
	return Point{}, false
}

func edgeCross(a, b Point, r Ring) (Point, bool) {
	for j := range r {
		c, d := r[j], r[(j+1)%len(r)]
		p, ok := meet(a, b, c, d)
		if !ok {
			continue
		}
		near := false
		for _, q := range []Point{a, b, c, d} {
			near = near || Distance(p, q) < touch
		}
		if !near {
			return p, true
		}
	}
	return Point{}, false
}
