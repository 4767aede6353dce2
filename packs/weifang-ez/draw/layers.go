package main

import (
	"fmt"

	"xiucheng/internal/platform/geo"
)

type props = map[string]any

const (
	sketch   = "示意，非行政界线 / sketch, not an official boundary"
	realName = "名称真实，走向示意 / real name, drawn by hand"
	demoGrid = "演示网格，比万米网格粗 / demo grid, coarser than the standard's 100 m"
)

var (
	numerals = []string{"一", "二", "三", "四"}
	ordinals = []string{"One", "Two", "Three", "Four"}
	quarters = []int{3, 3, 3, 4} // communities of each street
)

func (c *city) tree(m *mesh) []geo.Feature {
	out := []geo.Feature{{Shape: m.union(func(grid) bool { return true }), Properties: props{
		"layer": "division", "code": "370799", "name_zh": "潍坊经济区（演示）", "name_en": "Weifang Economic Zone (demo)",
		"provenance": "synthetic", "note": sketch}}}
	n := 0
	for s := 1; s <= len(quarters); s++ {
		out = append(out, geo.Feature{Shape: m.union(func(g grid) bool { return g.street == s }), Properties: props{
			"layer": "street", "code": streetCode(s), "parent": "370799", "name_zh": "演示街道" + numerals[s-1],
			"name_en": "Demo Street Office " + ordinals[s-1], "provenance": "synthetic", "note": sketch}})
		for k := 1; k <= quarters[s-1]; k++ {
			n++
			out = append(out, geo.Feature{Shape: m.union(func(g grid) bool { return g.street == s && g.community == k }), Properties: props{
				"layer": "community", "code": communityCode(s, k), "parent": streetCode(s), "name_zh": fmt.Sprintf("演示社区 %d", n),
				"name_en": fmt.Sprintf("Demo Community %d", n), "provenance": "synthetic", "note": sketch}})
		}
	}
	for i, g := range m.grids {
		code := g.code()
		out = append(out, geo.Feature{Shape: geo.Shape{{bent(m.rings[i])}}, Properties: props{
			"layer": "grid", "code": code, "parent": code[:12], "name_zh": "网格 " + code[9:], "name_en": "Grid " + code[9:],
			"provenance": "synthetic", "note": demoGrid}})
	}
	return out
}

func (c *city) roads() []geo.Feature {
	var out []geo.Feature
	count := map[string]int{}
	add := func(l geo.Line, kind, zh, en string) {
		if l == nil {
			return
		}
		count[kind]++
		p := props{"layer": "road", "kind": kind, "code": fmt.Sprintf("%c%03d", kind[0]-'a'+'A', count[kind]), "provenance": "synthetic"}
		if zh != "" {
			p["name_zh"], p["name_en"] = zh, en
			if en[:4] != "Demo" {
				p["provenance"], p["note"] = "approximate", realName
			}
		}
		out = append(out, geo.Feature{Line: l, Properties: p})
	}
	for i := 0; i < len(cuts); i++ {
		x := cuts[i]
		if x.class == water {
			continue
		}
		way := []spot{x.from, x.to}
		for ; x.zh != "" && i+1 < len(cuts) && cuts[i+1].zh == x.zh; i++ {
			way = append(way, cuts[i+1].to)
		}
		if x.from.u < -5000 && x.from.v == x.to.v { // west of the zone a street has another name
			way[0].u = -5000
			add(street(x.from, way[0]), roadKind[x.class], "", "")
		}
		add(street(way...), roadKind[x.class], x.zh, x.en)
	}
	for _, chain := range chains(c.streets) {
		add(street(chain...), "minor", "", "")
	}
	add(street(c.path()...), "minor", "", "")
	return out
}

var roadKind = map[class]string{lane: "minor", minor: "minor", secondary: "secondary", arterial: "arterial"}

func (c *city) ground() []geo.Feature {
	var out []geo.Feature
	count := map[string]int{}
	add := func(kind string, s geo.Shape, more props) {
		if s == nil {
			return
		}
		count[kind]++
		p := props{"layer": "ground", "kind": kind, "code": fmt.Sprintf("%s%03d", kind[:1], count[kind]), "provenance": "synthetic"}
		for k, v := range more {
			p[k] = v
		}
		out = append(out, geo.Feature{Shape: s, Properties: p})
	}
	named := func(zh, en string) props {
		return props{"name_zh": zh, "name_en": en, "provenance": "approximate", "note": realName}
	}
	const end = 6400
	add("water", drawn(yuRiver.band(-end, end, yuRiver.half, 8)), named("虞河", "Yu River"))
	add("water", drawn(bailangRiver.band(-end, end, bailangRiver.half, 12)), named("白浪河", "Bailang River"))
	add("green", drawn(yuRiver.band(-end, end, 80, 9)), nil)
	add("green", drawn(bailangRiver.band(-end, end, 84, 8)), nil)
	for _, lake := range c.lakes() {
		add("water", drawn(lake), nil)
	}
	for _, p := range c.leaves {
		if p.green() && !c.sponge().holds(p.middle()) {
			add("green", drawn(soft(p.inset(5).corners, 2)), nil)
		}
	}
	for _, g := range c.grids {
		add("block", drawn(g.inset(0).corners), nil)
	}
	for _, p := range c.context {
		add("block", drawn(p.inset(0).corners), nil)
	}
	return out
}
