package web

import (
	"cmp"
	"math"
	"slices"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

// Doors of a street stand ten metres apart: from far away their dots would lie on
// each other. Below the zoom at which they do not, those within a thumb's width
// are one group with its number.
const (
	apartZoom = 17
	thumb     = 56 // pixels
	tile      = 256
)

// onMap draws doors as dots, or as groups where dots would cover each other. A
// group counts as late the doors that did not correct.
func onMap(doors []frontage.Mark, zoom int) mapview.Points {
	out := mapview.Points{Points: []mapview.Point{}, Href: "/street/frontage/shops/{id}"}
	if zoom >= apartZoom {
		for _, d := range doors {
			out.Points = append(out.Points, dot(d))
		}
		return out
	}
	type cell struct {
		mapview.Group
		first frontage.Mark
	}
	cells := map[[2]int]*cell{}
	for _, d := range doors {
		x, y := pixels(d.At, zoom)
		at := [2]int{int(x / thumb), int(y / thumb)}
		c := cells[at]
		if c == nil {
			c = &cell{first: d}
			cells[at] = c
		}
		c.N, c.Lng, c.Lat = c.N+1, c.Lng+d.At.Lng, c.Lat+d.At.Lat
		if toneOf(d) == ui.Red {
			c.Late++
		}
	}
	for _, c := range cells {
		if c.N == 1 {
			out.Points = append(out.Points, dot(c.first))
			continue
		}
		c.Lng, c.Lat = c.Lng/float64(c.N), c.Lat/float64(c.N)
		out.Groups = append(out.Groups, c.Group)
	}
	slices.SortFunc(out.Points, func(a, b mapview.Point) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Groups, func(a, b mapview.Group) int { return cmp.Or(cmp.Compare(a.Lng, b.Lng), cmp.Compare(a.Lat, b.Lat)) })
	return out
}

func dot(k frontage.Mark) mapview.Point {
	return mapview.Point{ID: "shop-" + k.Code, Lng: k.At.Lng, Lat: k.At.Lat, Tone: toneOf(k), Label: k.Name}
}

// pixels is where a place lies on the world's map of a zoom.
func pixels(p geo.Point, zoom int) (x, y float64) {
	size := float64(int(tile) << max(0, min(zoom, apartZoom)))
	rad := p.Lat * math.Pi / 180
	return (p.Lng + 180) / 360 * size, (1 - math.Asinh(math.Tan(rad))/math.Pi) / 2 * size
}
