package web

import (
	"fmt"
	"testing"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/geo"
)

// Doors ten metres apart along a street are a few groups from afar, and each its
// own dot from near.
func TestDoorsAreGroupedFromAfar(t *testing.T) {
	var doors []frontage.Mark
	for i := range 300 {
		d := frontage.Mark{Code: fmt.Sprint(i), At: geo.Point{Lat: 36.7, Lng: 119.1005 + float64(i)*0.0001}}
		if i%100 == 0 {
			d.Last = "failed"
		}
		doors = append(doors, d)
	}
	doors = append(doors, frontage.Mark{Code: "far", At: geo.Point{Lat: 36.8, Lng: 119.1}})
	from := onMap(doors, 13)
	n, late := len(from.Points), 0
	for _, g := range from.Groups {
		n, late = n+g.N, late+g.Late
	}
	if n != len(doors) || late != 3 || len(from.Groups) > 5 || len(from.Points) != 1 || from.Points[0].ID != "shop-far" {
		t.Errorf("%d doors, %d late, %+v", n, late, from)
	}
	if near := onMap(doors, apartZoom); len(near.Points) != len(doors) || near.Groups != nil {
		t.Errorf("%d dots, %d groups", len(near.Points), len(near.Groups))
	}
}
