package main

import (
	"fmt"
	"math"

	"xiucheng/internal/platform/geo"
)

type props = map[string]any

const sketch = "示意，非行政界线 / sketch, not an official boundary"

func (c *city) tree() []geo.Feature {
	out := []geo.Feature{{Shape: c.union(func(cell) bool { return true }), Properties: props{
		"layer": "division", "code": "370799", "name_zh": "潍坊经济区（演示）", "name_en": "Weifang Economic Zone (demo)",
		"provenance": "synthetic", "note": sketch}}}
	numerals := []string{"一", "二", "三", "四"}
	for s := 1; s <= len(streetEnds); s++ {
		code := fmt.Sprintf("370799%03d", s)
		out = append(out, geo.Feature{Shape: c.union(func(x cell) bool { return x.street == s }), Properties: props{
			"layer": "street", "code": code, "parent": "370799", "name_zh": "演示街道" + numerals[s-1], "name_en": fmt.Sprintf("Demo Street %d", s),
			"provenance": "synthetic", "note": sketch}})
		for m := 1; m <= len(communityEnds); m++ {
			n := (s-1)*len(communityEnds) + m
			out = append(out, geo.Feature{Shape: c.union(func(x cell) bool { return x.street == s && x.community == m }), Properties: props{
				"layer": "community", "code": fmt.Sprintf("%s%03d", code, m), "parent": code,
				"name_zh": fmt.Sprintf("演示社区 %d", n), "name_en": fmt.Sprintf("Demo Community %d", n), "provenance": "synthetic", "note": sketch}})
		}
	}
	for _, x := range c.cells {
		out = append(out, geo.Feature{Shape: geo.Shape{{x.ring()}}, Properties: props{
			"layer": "grid", "code": x.code(), "parent": x.communityCode(), "name_zh": fmt.Sprintf("网格 %s", x.code()[9:]),
			"name_en": fmt.Sprintf("Grid %s", x.code()[9:]), "provenance": "synthetic",
			"note": "演示网格，比万米网格粗 / demo grid, coarser than the standard's 100 m"}})
	}
	return out
}

// zoned is one kind of responsibility zone: how the cells are divided.
type zoned struct {
	kind, zh, en string
	department   []string
	part         func(x cell) int
}

func (c *city) zones() []geo.Feature {
	half := func(x cell) int { return min(1, x.r/6) }
	kinds := []zoned{
		{"sweeping", "清扫片区", "Sweeping zone", []string{"HW"}, func(x cell) int { return (x.street-1)*2 + half(x) }},
		{"greening", "绿化养护片区", "Greening zone", []string{"YL"}, func(x cell) int { return x.street - 1 }},
		{"road", "道路养护片区", "Road upkeep zone", []string{"SZ"}, func(x cell) int { return half(x)*2 + min(1, x.c/9) }},
		{"lighting", "照明养护片区", "Lighting zone", []string{"ZM"}, func(x cell) int { return min(1, x.c/9) }},
		{"sorting", "垃圾分类片区", "Waste sorting zone", []string{"HW"}, func(x cell) int { return x.street - 1 }},
	}
	var out []geo.Feature
	for _, k := range kinds {
		parts := 0
		for _, x := range c.cells {
			parts = max(parts, k.part(x)+1)
		}
		for i := range parts {
			shape := c.union(func(x cell) bool { return k.part(x) == i })
			out = append(out, geo.Feature{Shape: shape, Properties: props{
				"layer": "zone", "kind": k.kind, "code": fmt.Sprintf("%s-%d", k.kind, i+1), "department": k.department[i%len(k.department)],
				"name_zh": fmt.Sprintf("%s %d（演示）", k.zh, i+1), "name_en": fmt.Sprintf("%s %d (demo)", k.en, i+1), "provenance": "synthetic"}})
		}
	}
	for i, span := range [][2]float64{{650, 3510}, {3510, 7800}} {
		out = append(out, geo.Feature{Shape: geo.Shape{{river(span[0], span[1], 130)}}, Properties: props{
			"layer": "zone", "kind": "river", "code": fmt.Sprintf("river-%d", i+1), "department": "SW",
			"name_zh": fmt.Sprintf("虞河 %d 段（演示）", i+1), "name_en": fmt.Sprintf("Yu River reach %d (demo)", i+1), "provenance": "synthetic"}})
	}
	return out
}

// river is the band of 虞河 between two rows, so many metres to each side of
// its middle: it winds between 鸢飞路 and 虞河路.
func river(from, to, half float64) geo.Ring {
	var east, back geo.Ring
	for i := range 41 {
		v := from + (to-from)*float64(i)/40
		mid := 4180 + 330*math.Sin(v/1250) + 90*math.Sin(v/480+1)
		wide := half * (1 + 0.22*math.Sin(v/700))
		east = append(east, at(mid+wide, v))
		back = append(geo.Ring{at(mid-wide, v)}, back...)
	}
	return append(east, back...)
}

func (r road) line() geo.Line {
	var out geo.Line
	stops := rows
	if !r.vertical {
		stops = columns
	}
	for i, s := range stops {
		if s < r.from || s > r.to {
			continue
		}
		if len(out) > 0 {
			for k := 1; k < edgeParts; k++ {
				out = append(out, r.at(stops[i-1]+(s-stops[i-1])*float64(k)/edgeParts))
			}
		}
		out = append(out, r.at(s))
	}
	return out
}

func (r road) at(along float64) geo.Point {
	if r.vertical {
		return at(r.along, along)
	}
	return at(along, r.along)
}

func (c *city) roads() []geo.Feature {
	var out []geo.Feature
	for i, r := range named {
		out = append(out, geo.Feature{Line: r.line(), Properties: props{
			"layer": "road", "kind": r.kind, "code": fmt.Sprintf("R%02d", i+1), "name_zh": r.zh, "name_en": r.en, "provenance": "approximate",
			"note": "路名真实，走向示意 / real name, drawn by hand"}})
	}
	for _, x := range c.cells {
		for i, l := range x.minor() {
			out = append(out, geo.Feature{Line: l, Properties: props{
				"layer": "road", "kind": "minor", "code": fmt.Sprintf("M%s-%d", x.code()[6:], i), "provenance": "synthetic"}})
		}
	}
	return out
}

// chance is a number from 0 to 1 that belongs to a place of the sheet.
func chance(a, b, salt int) float64 {
	h := uint32(a*73856093) ^ uint32(b*19349663) ^ uint32(salt*83492791)
	h ^= h >> 13
	h *= 0x5bd1e995
	h ^= h >> 15
	return float64(h%10007) / 10007
}

// minor roads divide a cell; those beside the river stay open.
func (x cell) minor() []geo.Line {
	u0, u1, v0, v1 := columns[x.c], columns[x.c+1], rows[x.r], rows[x.r+1]
	if u0 < 4700 && u1 > 3700 {
		return nil
	}
	var out []geo.Line
	line := func(a, b, c, d float64) {
		var l geo.Line
		for i := range edgeParts + 1 {
			s := float64(i) / edgeParts
			l = append(l, at(a+(c-a)*s, b+(d-b)*s))
		}
		out = append(out, l)
	}
	n := int(math.Round((u1 - u0) / minorDistance))
	for i := 1; i < n; i++ {
		u := u0 + (u1-u0)*(float64(i)+0.3*(chance(x.c, x.r, i)-0.5))/float64(n)
		from, to := v0, v1
		if chance(x.c, x.r, i+20) < 0.3 {
			to = v0 + (v1-v0)*0.5
		}
		line(u, from, u, to)
	}
	m := int(math.Round((v1 - v0) / minorDistance))
	for i := 1; i < m; i++ {
		v := v0 + (v1-v0)*(float64(i)+0.3*(chance(x.c, x.r, i+40)-0.5))/float64(m)
		if m == 2 {
			v = v0 + (v1-v0)*0.5
		}
		line(u0, v, u1, v)
	}
	for _, e := range [][5]float64{{u0, v0, u1, v0, 0}, {u0, v0, u0, v1, 1}} { // the edges that no named road uses
		if !onNamed(e[0], e[1], e[4] == 1) && chance(x.c, x.r, 60+int(e[4])) < 0.85 {
			line(e[0], e[1], e[2], e[3])
		}
	}
	return out
}

func onNamed(u, v float64, vertical bool) bool {
	for _, r := range named {
		if r.vertical == vertical && (vertical && r.along == u && v >= r.from && v < r.to || !vertical && r.along == v && u >= r.from && u < r.to) {
			return true
		}
	}
	return false
}

// rect is a rectangle of the sheet.
func rect(u0, v0, u1, v1 float64) geo.Shape {
	var r geo.Ring
	for _, e := range [][4]float64{{u0, v0, u1, v0}, {u1, v0, u1, v1}, {u1, v1, u0, v1}, {u0, v1, u0, v0}} {
		for i := range edgeParts {
			s := float64(i) / edgeParts
			r = append(r, at(e[0]+(e[2]-e[0])*s, e[1]+(e[3]-e[1])*s))
		}
	}
	return geo.Shape{{r}}
}

func (c *city) ground() []geo.Feature {
	out := []geo.Feature{{Shape: geo.Shape{{river(350, 8300, 75)}}, Properties: props{
		"layer": "ground", "kind": "water", "code": "W1", "name_zh": "虞河", "name_en": "Yu River", "provenance": "approximate",
		"note": "河名真实，走向示意 / real name, drawn by hand"}}}
	for i, span := range [][2]float64{{900, 2200}, {2500, 3400}, {3700, 5200}, {5600, 6500}, {6750, 7700}} {
		out = append(out, geo.Feature{Shape: geo.Shape{{river(span[0], span[1], 165)}}, Properties: props{
			"layer": "ground", "kind": "green", "code": fmt.Sprintf("G-river-%d", i+1), "provenance": "synthetic"}})
	}
	for i, p := range parks() {
		out = append(out, geo.Feature{Shape: rect(p.u-p.w/2, p.v-p.h/2, p.u+p.w/2, p.v+p.h/2), Properties: props{
			"layer": "ground", "kind": "green", "code": fmt.Sprintf("G%02d", i+1), "provenance": "synthetic"}})
	}
	for _, x := range c.cells {
		if columns[x.c] < 4700 && columns[x.c+1] > 3700 || chance(x.c, x.r, 7) > 0.34 {
			continue
		}
		u0, u1, v0, v1 := columns[x.c]+22, columns[x.c+1]-22, rows[x.r]+22, rows[x.r+1]-22
		mid := u0 + (u1-u0)*(0.4+0.2*chance(x.c, x.r, 8))
		if chance(x.c, x.r, 9) < 0.5 {
			u1 = mid
		} else {
			u0 = mid
		}
		out = append(out, geo.Feature{Shape: rect(u0, v0, u1, v1), Properties: props{
			"layer": "ground", "kind": "block", "code": "B" + x.code()[6:], "provenance": "synthetic"}})
	}
	return out
}
