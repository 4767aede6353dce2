package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"

	"xiucheng/internal/platform/geo"
)

// made is one component of the demonstration's register.
type made struct {
	class, name, keeper string
	address             string
	point               *geo.Point
	line                geo.Line
	area                geo.Shape
}

// keepers are the departments of departments.csv that look after components.
var keepers = map[string]string{"ZM": "市政照明所（演示）", "PS": "排水公司（演示）", "HW": "环卫服务中心（演示）", "YL": "园林绿化中心（演示）",
	"SZ": "市政养护中心（演示）", "GA": "公安交管大队（演示）", "GD": "供电公司（演示）", "GS": "供水公司（演示）"}

// The crossings around which the demonstration's cases lie.
var (
	northward = map[string]float64{"鸢飞路": -4300, "虞河路": -2300, "新华路": -650, "北海路": 1150}
	eastward  = map[string]float64{"通亭街": -2150, "玉清东街": -1000, "永兴街": 250}
	avenues   = []string{"鸢飞路", "虞河路", "新华路", "北海路"}
	streets   = []string{"通亭街", "玉清东街", "永兴街"}
)

// along is what stands on each arm of a crossing: metres from its middle, and
// metres to the right of the road's middle.
var along = []struct {
	class, name, keeper string
	way, side           float64
}{
	{"01037", "路灯", "ZM", 55, 21}, {"01037", "路灯", "ZM", 110, -21}, {"01037", "路灯", "ZM", 165, 21},
	{"04002", "行道树", "YL", 40, 25}, {"04002", "行道树", "YL", 75, 25}, {"04002", "行道树", "YL", 130, -25},
	{"01002", "污水井盖", "PS", 90, 8}, {"01004", "雨水箅子", "PS", 62, 18}, {"03005", "垃圾箱", "HW", 48, 24},
}

// components are what stands at the crossings; all of it is made up.
func components() []made {
	var out []made
	for _, avenue := range avenues {
		for _, street := range streets {
			out = append(out, crossing(avenue, street)...)
		}
	}
	// A cover that two surveys entered, a metre apart: the register asks which stays.
	twin := out[6]
	p := geo.Offset(*twin.point, 0.9, 0.6)
	twin.point = &p
	return append(out, twin)
}

func crossing(avenue, street string) []made {
	u, v := northward[avenue], eastward[street]
	where := avenue + "与" + street + "路口附近"
	var out []made
	put := func(m made, s spot) {
		p := at(s)
		m.point, m.address = &p, where
		out = append(out, m)
	}
	arms := []spot{{0, 1}, {1, 0}, {0, -1}, {-1, 0}}
	for _, arm := range arms {
		for _, x := range along {
			keeper := x.keeper
			if keeper == "ZM" && avenue == "北海路" {
				keeper = "GD" // here the power company keeps the lamps
			}
			put(made{class: x.class, name: x.name, keeper: keeper}, spot{u + arm.u*x.way + arm.v*x.side, v + arm.v*x.way - arm.u*x.side})
		}
	}
	for i, arm := range arms[:2] {
		put(made{class: "02014", name: "交通信号灯", keeper: "GA"}, spot{u + 26*(arm.u+arm.v), v + 26*(1-2*float64(i))})
	}
	put(made{class: "01001", name: "供水井盖", keeper: "GS"}, spot{u + 30, v + 12})
	rail := geo.Line{at(spot{u + 1, v + 40}), at(spot{u + 1, v + 85})}
	lawn := geo.Shape{{geo.Ring{at(spot{u - 60, v + 34}), at(spot{u - 36, v + 34}), at(spot{u - 36, v + 52}), at(spot{u - 60, v + 52})}}}
	return append(out, made{class: "02017", name: "交通护栏", keeper: "SZ", address: where, line: rail},
		made{class: "04013", name: "绿地", keeper: "YL", address: where, area: lawn})
}

// stateOf is the state of the nth: nearly all are in use.
func stateOf(n int) string {
	switch {
	case n%97 == 50:
		return "丢失"
	case n%41 == 20:
		return "破损"
	case n%211 == 100:
		return "废弃"
	}
	return "完好"
}

// register is the table of all components.
func register() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write([]string{"code", "name", "state", "supervisor_code", "supervisor", "owner_code", "owner", "maintainer_code", "maintainer",
		"address", "initial", "source", "accuracy", "note", "provenance", "crs", "lng", "lat", "geometry"}); err != nil {
		return nil, err
	}
	serial := map[string]int{}
	for n, m := range components() {
		serial[m.class]++
		lng, lat, geometry := "", "", ""
		switch {
		case m.point != nil:
			lng, lat = fmt.Sprintf("%.6f", m.point.Lng), fmt.Sprintf("%.6f", m.point.Lat)
		case m.line != nil:
			geometry = string(json.RawMessage(geo.Feature{Line: m.line}.MarshalGeometry()))
		default:
			geometry = string(geo.Feature{Shape: m.area}.MarshalGeometry())
		}
		err := w.Write([]string{fmt.Sprintf("370799%s%06d", m.class, serial[m.class]), m.name, stateOf(n), "ZHZF", "经济区综合行政执法局",
			m.keeper, keepers[m.keeper], m.keeper, keepers[m.keeper], m.address, "2026-07-01", "其他", "C", "示意", "synthetic", "WGS84", lng, lat, geometry})
		if err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
