package cluster

import (
	"slices"
	"strconv"

	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/geo"
)

// Clusters is the register of clusters. Rules are the five prohibitions 五不准 of
// the place, one a line or separated by "；".
var Clusters = register.Kind{ID: "stall_cluster", Key: []string{"code"}, Words: []string{"code", "name", "address"}, Check: checkCluster, Columns: []register.Column{
	{Name: "code", ZH: "编号", Required: true}, {Name: "name", ZH: "名称", Required: true}, {Name: "name_en", ZH: "英文名称"},
	{Name: "address", ZH: "地点", Required: true}, {Name: register.Lng, ZH: "经度", Required: true}, {Name: register.Lat, ZH: "纬度", Required: true},
	{Name: "outline", ZH: "范围", Required: true}, {Name: "manager", ZH: "管理单位", Required: true}, {Name: "phone", ZH: "联系电话"},
	{Name: "zone", ZH: "区类", Required: true}, {Name: "capacity", ZH: "容量", Required: true}, {Name: "rules", ZH: "五不准", Required: true},
	{Name: "closing", ZH: "收摊要求", Required: true}, {Name: "cleaning", ZH: "保洁责任", Required: true}, {Name: "fee", ZH: "收费规定"},
	{Name: "since", ZH: "启用日期"}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Designations is the register of designations: without one in force nobody may
// sell at a cluster.
var Designations = register.Kind{ID: "stall_designation", Key: []string{"cluster", "number"}, Words: []string{"cluster", "number", "title"}, Check: checkDesignation, Columns: []register.Column{
	{Name: "cluster", ZH: "摊点群", Required: true}, {Name: "number", ZH: "公告文号", Required: true}, {Name: "title", ZH: "公告标题", Required: true},
	{Name: "agency", ZH: "公告机关", Required: true}, {Name: "from", ZH: "有效期起", Required: true}, {Name: "to", ZH: "有效期止"},
	{Name: "hours", ZH: "时段", Required: true}, {Name: "goods", ZH: "经营品类", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Stalls is the register of numbered stalls. Width and depth are centimetres,
// power is watts; goods narrow what the designation allows.
var Stalls = register.Kind{ID: "stall", Key: []string{"code"}, Words: []string{"code", "cluster", "words"}, Check: checkStall, Columns: []register.Column{
	{Name: "code", ZH: "摊位编号", Required: true}, {Name: "cluster", ZH: "摊点群", Required: true}, {Name: "words", ZH: "位置"},
	{Name: register.Lng, ZH: "经度", Required: true}, {Name: register.Lat, ZH: "纬度", Required: true},
	{Name: "width", ZH: "宽(厘米)", Required: true}, {Name: "depth", ZH: "深(厘米)", Required: true}, {Name: "power_w", ZH: "供电(瓦)"},
	{Name: "goods", ZH: "经营品类"}, {Name: "state", ZH: "状态", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Zones say how strictly selling is ordered there: everywhere else and always,
// within bounds, or as a standing place.
const (
	Prohibited = "prohibited"
	Limited    = "limited"
	Permanent  = "permanent"
)

// Goods are the groups of goods, as designations name them.
var Goods = []string{"produce", "snack", "drink", "daily", "clothing", "toys", "flowers", "repair"}

// Food are the groups whose vendors need a health certificate.
var Food = []string{"snack", "drink"}

// Bands are the parts of a day in which one stall may serve several vendors.
var Bands = []string{"morning", "day", "evening"}

func oneOf(c register.Cells, column string, allowed ...string) (out []register.Problem) {
	for _, said := range c.List(column) {
		if !slices.Contains(allowed, said) {
			out = append(out, register.Wrong("register.word", "column", column, "said", said))
		}
	}
	return out
}

func whole(c register.Cells, columns ...string) (out []register.Problem) {
	for _, name := range columns {
		if n, err := strconv.Atoi(c[name]); c[name] != "" && (err != nil || n < 0) {
			out = append(out, register.Wrong("register.word", "column", name, "said", c[name]))
		}
	}
	return out
}

func checkCluster(c register.Cells) []register.Problem {
	out := append(oneOf(c, "zone", Prohibited, Limited, Permanent), whole(c, "capacity")...)
	if len(geo.ParseOutline(c["outline"])) < 3 {
		out = append(out, register.Wrong("stall.outline"))
	}
	return append(out, c.Days("since", "")...)
}

func checkDesignation(c register.Cells) []register.Problem {
	out := append(oneOf(c, "goods", Goods...), c.Days("from", "to")...)
	if _, err := ParseHours(c["hours"]); err != nil {
		out = append(out, register.Wrong("stall.hours", "said", c["hours"]))
	}
	return out
}

func checkStall(c register.Cells) []register.Problem {
	return append(append(oneOf(c, "goods", Goods...), whole(c, "width", "depth", "power_w")...), oneOf(c, "state", "open", "closed")...)
}
