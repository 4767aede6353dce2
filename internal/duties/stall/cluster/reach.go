package cluster

import (
	"strings"

	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/geo"
)

// Residents is the register of where people live: one row a block, a building or
// a grid, as finely as the division knows it.
var Residents = register.Kind{ID: "residents", Key: []string{"code"}, Words: []string{"code", "name"}, Columns: []register.Column{
	{Name: "code", ZH: "编号", Required: true}, {Name: "name", ZH: "名称"}, {Name: register.Lng, ZH: "经度", Required: true}, {Name: register.Lat, ZH: "纬度", Required: true},
	{Name: "residents", ZH: "居住人数", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) []register.Problem { return whole(c, "residents") }}

// Barriers is the register of what a cluster keeps away from and the map does not
// show: fire lanes 消防通道, tactile paving 盲道, offices 机关.
var Barriers = register.Kind{ID: "stall_barrier", Key: []string{"code"}, Words: []string{"code", "name"}, Columns: []register.Column{
	{Name: "code", ZH: "编号", Required: true}, {Name: "kind", ZH: "类别", Required: true}, {Name: "name", ZH: "名称", Required: true},
	{Name: "line", ZH: "走向", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) []register.Problem {
		out := oneOf(c, "kind", "main_road", "fire_lane", "tactile", "square", "green", "park", "school", "hospital", "station", "government")
		if len(geo.ParseOutline(c["line"])) < 2 {
			out = append(out, register.Wrong("stall.line"))
		}
		return out
	}}

// Block is where so many residents live.
type Block struct {
	At geo.Point
	N  int
}

// Barrier is a line that a cluster keeps away from.
type Barrier struct {
	Kind, Name string
	Line       geo.Line
}

// Walk is how many metres as the crow flies a walk of so many metres is taken to
// reach: ways in a town are about a third longer than the straight line. Pages
// say so beside the number.
func Walk(metres int) float64 { return float64(metres) / 1.3 }

// Reached are the residents who live within so many metres, as the crow flies, of
// one of the places, and all there are.
func (b *Book) Reached(metres float64, places ...geo.Point) (within, all int) {
	for _, r := range b.Residents {
		all += r.N
		for _, p := range places {
			if geo.Distance(p, r.At) <= metres {
				within += r.N
				break
			}
		}
	}
	return within, all
}

// Places are where the clusters are.
func (b *Book) Places() (out []geo.Point) {
	for _, c := range b.Clusters {
		out = append(out, c.At)
	}
	return out
}

func blockOf(c register.Cells) (x Block) {
	x.At, _ = c.Point() // checked when it came in
	x.N = number(c["residents"])
	return x
}

func barrierOf(c register.Cells) Barrier {
	return Barrier{strings.TrimSpace(c["kind"]), c["name"], geo.ParseOutline(c["line"])}
}
