// Package permit is the register of permits 许可: what may stand on a road, hang
// on a wall, dig, fell or carry spoil, for whom, where and until when. Officers
// look a permit up on the street by its number, its holder or the place they
// stand at. Who grants permits and how is not a matter of this room.
package permit

import (
	"context"
	"slices"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Permits is the register.
var Permits = register.Kind{ID: "permit", Key: []string{"kind", "number"}, Words: []string{"number", "holder", "holder_code", "place", "matter"}, Check: check, Columns: []register.Column{
	{Name: "kind", ZH: "许可种类", Required: true}, {Name: "number", ZH: "许可证号", Required: true}, {Name: "matter", ZH: "许可内容", Required: true},
	{Name: "holder", ZH: "被许可人", Required: true}, {Name: "holder_code", ZH: "统一社会信用代码"}, {Name: "place", ZH: "地点", Required: true},
	{Name: register.Lng, ZH: "经度"}, {Name: register.Lat, ZH: "纬度"}, {Name: "from", ZH: "有效期起", Required: true}, {Name: "to", ZH: "有效期止"},
	{Name: "state", ZH: "状态", Required: true}, {Name: "issuer", ZH: "发证机关", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Kinds of permits that a city management bureau meets.
var Kinds = []string{"occupation", "digging", "advertisement", "spoil", "felling", "greening", "stall", "drainage", "night_work"}

// States as an issuer tells them; whether a valid one has run out is told by its
// days.
var States = []string{"valid", "suspended", "revoked", "cancelled"}

func check(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	for name, allowed := range map[string][]string{"kind": Kinds, "state": States} {
		if !slices.Contains(allowed, c[name]) {
			out = append(out, register.Wrong("register.word", "column", name, "said", c[name]))
		}
	}
	return out
}

// Standing is what a permit is worth on a day: one of States, "early" before it
// begins, "expired" after it ended.
func Standing(c register.Cells, day calendar.Date) string {
	switch {
	case c["state"] != States[0]:
		return c["state"]
	case day < c.Day("from"):
		return "early"
	case c["to"] != "" && day > c.Day("to"):
		return "expired"
	}
	return c["state"]
}

// Reach is how far from where an officer stands a permit's place may be, metres.
const Reach = 50

// Around are the permits whose place is within Reach of the point, the nearest first.
func Around(ctx context.Context, q dbx.Querier, division id.ID, p geo.Point) ([]register.Near, error) {
	return register.Around(ctx, q, division, Permits, p, Reach)
}
