package main

import (
	"fmt"

	"xiucheng/internal/platform/geo"
)

// zoned is one kind of responsibility zone that fills the whole: which number,
// from 0, each grid belongs to, and the department of each number.
type zoned struct {
	kind, zh, en string
	crew         string
	department   func(i int) string
	number       func(g grid) int
}

func always(code string) func(int) string { return func(int) string { return code } }

func (c *city) zones(m *mesh) []geo.Feature {
	byStreet := func(g grid) int { return g.street - 1 }
	eastHalf := func(g grid) int {
		if g.middle().u > -650 {
			return 1
		}
		return 0
	}
	kinds := []zoned{
		{"sweeping", "清扫保洁片区", "Sweeping Section", "清扫", always("HW"), func(g grid) int {
			if g.middle().v < 250 {
				return byStreet(g)*2 + 1
			}
			return byStreet(g) * 2
		}},
		{"greening", "绿化养护片区", "Greening Section", "养护", always("YL"), byStreet},
		{"road", "道路养护片区", "Road Upkeep Section", "维修", always("SZ"), func(g grid) int {
			if g.middle().v < -1000 {
				return eastHalf(g)*2 + 1
			}
			return eastHalf(g) * 2
		}},
		{"lighting", "照明养护片区", "Lighting Section", "巡修", always("ZM"), eastHalf},
		{"sorting", "垃圾分类片区", "Waste Sorting District", "", func(i int) string { return fmt.Sprintf("JD%d", i+1) }, byStreet},
	}
	var out []geo.Feature
	for _, k := range kinds {
		n := 0
		for i := range 16 {
			shape := m.union(func(g grid) bool { return k.number(g) == i })
			if len(shape) == 0 {
				continue
			}
			n++
			f := zone(k.kind, n, k.department(i), k.zh, k.en, shape)
			if k.crew != "" {
				f.Properties["unit"] = fmt.Sprintf("%s %d 班（演示）", k.crew, n)
			}
			out = append(out, f)
		}
	}
	return append(out, c.plots()...)
}

// plots are zones that fill only their own ground.
func (c *city) plots() []geo.Feature {
	var out []geo.Feature
	team := func(p part) string { s, _ := quarter(p.middle()); return fmt.Sprintf("ZD%d", s) }
	office := func(p part) string { s, _ := quarter(p.middle()); return fmt.Sprintf("JD%d", s) }
	for i, v := range []float64{-3320, -1000, 1600} {
		reach := drawn(yuRiver.band(v, []float64{-1000, 1600, 3420}[i], 80, 9))
		out = append(out, zone("river", i+1, "SW", "虞河河段", "Yu River Reach", reach))
	}
	for i, p := range c.clusters() {
		out = append(out, zone("cluster", i+1, team(p), "便民摊点群", "Stall Cluster", drawn(p.corners)))
	}
	for i, s := range [][2]spot{
		{{-620, -1000}, {570, -1000}}, {{-650, -350}, {-650, 220}}, {{-630, 940}, {1120, 940}}, {{1180, 250}, {2490, 250}},
		{{-2270, -380}, {-1500, -380}}, {{-4300, -970}, {-4300, 220}}, {{2520, -330}, {2520, 220}}, {{-1480, 1630}, {-1480, 2270}},
	} {
		p := strip(s[0], s[1], 14, 34)
		out = append(out, zone("frontage", i+1, office(p), "门前五包路段", "Frontage Stretch", drawn(p.corners)))
	}
	for i, m := range []spot{{3300, 1250}, {-3900, 2700}, {2900, -2400}} {
		p := nearest(c.leaves, part.middle, m)
		out = append(out, zone("works", i+1, team(p), "在建工地", "Building Site", drawn(p.inset(3).corners)))
	}
	return out
}

func zone(kind string, n int, department, zh, en string, s geo.Shape) geo.Feature {
	return geo.Feature{Shape: s, Properties: props{
		"layer": "zone", "kind": kind, "code": fmt.Sprintf("%s-%d", kind, n), "department": department,
		"name_zh": fmt.Sprintf("%s（演示 %d）", zh, n), "name_en": fmt.Sprintf("%s (demo %d)", en, n), "provenance": "synthetic"}}
}
