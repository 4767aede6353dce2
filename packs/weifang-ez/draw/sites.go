package main

import (
	"fmt"

	"xiucheng/internal/platform/geo"
)

// park is a green rectangle of the sheet, w by h metres.
type park struct {
	zh, en     string
	u, v, w, h float64
	kind       string
}

// 18 pocket parks and one sponge-city park: the counts are real, names and
// places are not.
func parks() []park {
	places := [][2]float64{
		{2420, 2700}, {2300, 4450}, {3180, 5650}, {3060, 1500}, {5250, 2050}, {5330, 5020}, {5900, 6950}, {6600, 1520}, {6650, 4400},
		{7250, 6250}, {7950, 2650}, {8650, 5620}, {8700, 3820}, {9350, 1500}, {9350, 6900}, {10750, 3200}, {11500, 5650}, {12300, 2650},
	}
	var out []park
	for i, p := range places {
		side := 75 + 20*float64(i%4) // 0.5 to 1.8 ha: at the upper end of a pocket park, to be seen on a sketch
		out = append(out, park{fmt.Sprintf("口袋公园（演示 %d）", i+1), fmt.Sprintf("Pocket park (demo %d)", i+1), p[0], p[1], side, side * 0.9, "pocket_park"})
	}
	return append(out, park{"海绵城市公园（演示）", "Sponge-city park (demo)", 11600, 6930, 560, 420, "sponge_park"})
}

type spot struct {
	kind, zh, en string
	u, v         float64
	provenance   string
	note         string
}

func (c *city) sites() []geo.Feature {
	var out []geo.Feature
	add := func(code string, p geo.Point, s spot) {
		out = append(out, geo.Feature{Point: &p, Properties: props{
			"layer": "site", "kind": s.kind, "code": code, "name_zh": s.zh, "name_en": s.en, "provenance": s.provenance, "note": s.note}})
	}
	add("S-station", geo.Point{Lat: 36.7958, Lng: 119.18942}, spot{kind: "station", zh: "潍坊北站", en: "Weifang North Railway Station", provenance: "real",
		note: "© OpenStreetMap contributors, ODbL"})
	for i, p := range parks() {
		add(fmt.Sprintf("P%02d", i+1), at(p.u, p.v), spot{kind: p.kind, zh: p.zh, en: p.en, provenance: "synthetic"})
	}
	clusters := [][2]float64{
		{2560, 2200}, {3280, 3720}, {2620, 6380}, {5420, 1480}, {5850, 3690}, {6480, 5560}, {7380, 2560}, {7860, 4560}, {8120, 6420},
		{9150, 2160}, {9560, 5560}, {10620, 3740}, {11400, 2540}, {12560, 6420},
	}
	for i, p := range clusters {
		add(fmt.Sprintf("C%02d", i+1), at(p[0], p[1]), spot{kind: "cluster", zh: fmt.Sprintf("便民摊点群（演示 %d）", i+1),
			en: fmt.Sprintf("Stall cluster (demo %d)", i+1), provenance: "synthetic", note: "数量真实，名称与位置演示 / real count, made-up name and place"})
	}
	for i, s := range []spot{
		{"rest_station", "鸢都轻骑兵驿站·暖蜂小屋", "Kite City riders' rest station · Warm Bee Cabin", 7760, 2480, "approximate", "名称真实，位置示意 / real name, place drawn by hand"},
		{"school", "演示小学一", "Demo Primary School 1", 3150, 4420, "synthetic", ""},
		{"school", "演示小学二", "Demo Primary School 2", 6620, 2640, "synthetic", ""},
		{"school", "演示中学一", "Demo Middle School 1", 8620, 6280, "synthetic", ""},
		{"school", "演示小学三", "Demo Primary School 3", 11500, 3860, "synthetic", ""},
		{"hospital", "演示医院一", "Demo Hospital 1", 5900, 5100, "synthetic", ""},
		{"hospital", "演示医院二", "Demo Hospital 2", 9980, 2680, "synthetic", ""},
		{"market", "演示农贸市场", "Demo Market", 5860, 2480, "synthetic", ""},
	} {
		add(fmt.Sprintf("S%02d", i+1), at(s.u, s.v), s)
	}
	return out
}
