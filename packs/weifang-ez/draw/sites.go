package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"xiucheng/internal/platform/geo"
)

const realCount = "数量真实，名称与位置演示 / real count, made-up name and place"

// holds reports whether a place lies in the part.
func (p part) holds(m spot) bool {
	for i, a := range p.corners {
		if side(a, p.corners[(i+1)%len(p.corners)], m) < 0 {
			return false
		}
	}
	return len(p.corners) > 2
}

// sponge is the grid that the sponge-city park fills.
func (c *city) sponge() part {
	return nearest(c.grids, func(g grid) spot { return g.middle() }, spot{1800, -1300}).part
}

// lakes are a larger and a smaller water in the park.
func (c *city) lakes() [][]spot {
	p := c.sponge()
	m := p.middle()
	west, east := p.extent(spot{1, 0})
	south, north := p.extent(spot{0, 1})
	w, h := east-west, north-south
	return [][]spot{blob(spot{m.u - 0.07*w, m.v + 0.12*h}, 0.2*h, 1.15*w/h), blob(spot{m.u + 0.17*w, m.v - 0.24*h}, 0.085*h, 1.2*w/h)}
}

// path is the walk around the park.
func (c *city) path() []spot {
	ring := soft(c.sponge().inset(34).corners, 3)
	return append(ring, ring[0])
}

func nearest[T any](list []T, at func(T) spot, m spot) T {
	return slices.MinFunc(list, func(a, b T) int { return cmp.Compare(way(at(a), m), way(at(b), m)) })
}

// pocketParks takes a corner of a block each, well apart: 18, as there are.
func (c *city) pocketParks() [][]spot {
	leaves := slices.Clone(c.leaves)
	slices.SortFunc(leaves, func(a, b part) int { return cmp.Compare(chance(a.middle(), 31), chance(b.middle(), 31)) })
	var out [][]spot
	var taken []spot
	for _, p := range leaves {
		m := p.middle()
		apart := !slices.ContainsFunc(taken, func(t spot) bool { return way(t, m) < 1150 }) && way(m, c.sponge().middle()) > 800
		if len(out) == 18 || !apart || p.area() < 16_000 || p.green() {
			continue
		}
		taken = append(taken, m)
		out = append(out, p.nook(70+40*chance(m, 32)))
	}
	return out
}

// green reports whether a block is planted: a few are, more by the river.
func (p part) green() bool {
	m := p.middle()
	if math.Abs(m.u-yuRiver.mid) < 330 {
		return chance(m, 22) < 0.34 && p.area() < 60_000
	}
	return chance(m, 21) < 0.05 && p.area() < 42_000
}

// nook is the corner of a block that meets the widest road.
func (p part) nook(size float64) []spot {
	q := p.inset(2)
	best, width := 0, -1.0
	for i := range q.corners {
		a, b, z := q.corners[i], q.corners[(i+1)%len(q.corners)], q.corners[(i+len(q.corners)-1)%len(q.corners)]
		if w := math.Min(way(a, b), way(a, z)); w > width {
			best, width = i, w
		}
	}
	a, b, z := q.corners[best], q.corners[(best+1)%len(q.corners)], q.corners[(best+len(q.corners)-1)%len(q.corners)]
	e, f := between(a, b, math.Min(0.55, size/way(a, b))), between(a, z, math.Min(0.55, 0.8*size/way(a, z)))
	far := spot{e.u + f.u - a.u, e.v + f.v - a.v}
	return []spot{a, e, between(e, far, 0.6), between(f, far, 0.6), f}
}

// thing is a site at a point.
type thing struct {
	kind, zh, en string
	m            spot
	provenance   string
	note         string
}

var places = []thing{
	{"rest_station", "鸢都轻骑兵驿站·暖蜂小屋", "Kite City Riders' Rest Station · Warm Bee Cabin", spot{-420, -820}, "approximate", "名称真实，位置示意 / real name, place drawn by hand"},
	{"school", "演示小学一", "Demo Primary School One", spot{-4650, -560}, "synthetic", ""},
	{"school", "演示小学二", "Demo Primary School Two", spot{-1700, -1350}, "synthetic", ""},
	{"school", "演示小学三", "Demo Primary School Three", spot{260, 1300}, "synthetic", ""},
	{"school", "演示小学四", "Demo Primary School Four", spot{3250, 900}, "synthetic", ""},
	{"school", "演示中学一", "Demo Middle School One", spot{-1000, 1950}, "synthetic", ""},
	{"school", "演示中学二", "Demo Middle School Two", spot{1900, -1900}, "synthetic", ""},
	{"kindergarten", "演示幼儿园一", "Demo Kindergarten One", spot{-250, -60}, "synthetic", ""},
	{"hospital", "演示医院一", "Demo Hospital One", spot{-1750, 560}, "synthetic", ""},
	{"hospital", "演示医院二", "Demo Hospital Two", spot{1800, 640}, "synthetic", ""},
	{"market", "演示农贸市场一", "Demo Food Market One", spot{-1950, -1180}, "synthetic", ""},
	{"market", "演示农贸市场二", "Demo Food Market Two", spot{700, 480}, "synthetic", ""},
	{"square", "演示市民广场", "Demo Civic Square", spot{-200, 520}, "synthetic", ""},
}

func (c *city) sites() []geo.Feature {
	station := geo.Point{Lat: 36.7958, Lng: 119.18942}
	out := []geo.Feature{{Point: &station, Properties: props{"layer": "site", "kind": "station", "code": "S-station", "name_zh": "潍坊北站",
		"name_en": "Weifang North Railway Station", "provenance": "real", "note": "© OpenStreetMap contributors, ODbL"}}}
	add := func(code, kind, zh, en, provenance, note string, f geo.Feature) {
		f.Properties = props{"layer": "site", "kind": kind, "code": code, "name_zh": zh, "name_en": en, "provenance": provenance, "note": note}
		out = append(out, f)
	}
	for i, p := range c.pocketParks() {
		add(fmt.Sprintf("P%02d", i+1), "pocket_park", fmt.Sprintf("口袋公园（演示 %d）", i+1), fmt.Sprintf("Pocket Park (demo %d)", i+1), "synthetic", realCount,
			geo.Feature{Shape: drawn(p)})
	}
	add("P19", "sponge_park", "海绵城市公园（演示）", "Sponge-City Park (demo)", "synthetic", realCount, geo.Feature{Shape: drawn(soft(c.sponge().inset(6).corners, 3))})
	for i, s := range c.clusters() {
		p := at(s.middle())
		add(fmt.Sprintf("C%02d", i+1), "cluster", fmt.Sprintf("便民摊点群（演示 %d）", i+1), fmt.Sprintf("Stall Cluster (demo %d)", i+1), "synthetic", realCount, geo.Feature{Point: &p})
	}
	for i, s := range places {
		p := at(nearest(c.leaves, part.middle, s.m).middle())
		add(fmt.Sprintf("S%02d", i+1), s.kind, s.zh, s.en, s.provenance, s.note, geo.Feature{Point: &p})
	}
	return out
}

// clusters are strips beside quiet lanes, away from main roads, schools and
// hospitals, as the city's own rule asks: 14, as there are.
func (c *city) clusters() []part {
	var quiet []stretch
	for _, s := range c.streets {
		m := between(s.a, s.b, 0.5)
		near := func(p thing) bool {
			return (p.kind == "school" || p.kind == "hospital" || p.kind == "kindergarten") && way(p.m, m) < 320
		}
		if s.class == lane && way(s.a, s.b) > 150 && !slices.ContainsFunc(places, near) {
			quiet = append(quiet, s)
		}
	}
	slices.SortFunc(quiet, func(a, b stretch) int {
		return cmp.Compare(chance(between(a.a, a.b, 0.5), 41), chance(between(b.a, b.b, 0.5), 41))
	})
	var out []part
	var taken []spot
	for _, s := range quiet {
		m := between(s.a, s.b, 0.5)
		if len(out) == 14 || slices.ContainsFunc(taken, func(t spot) bool { return way(t, m) < 1350 }) {
			continue
		}
		taken = append(taken, m)
		out = append(out, strip(between(m, s.a, 45/way(m, s.a)), between(m, s.b, 45/way(m, s.b)), 6, 24))
	}
	return out
}

// strip is the rectangle to the left of the way from a to b, from so many
// metres to so many metres beside it.
func strip(a, b spot, near, far float64) part {
	n := way(a, b)
	du, dv := -(b.v-a.v)/n, (b.u-a.u)/n
	beside := func(p spot, d float64) spot { return spot{p.u + du*d, p.v + dv*d} }
	return part{[]spot{beside(a, near), beside(b, near), beside(b, far), beside(a, far)}, make([]class, 4)}
}
