// Package power is the power list 权责清单: what this bureau may penalise, in
// whose name, where and since when (PL 17, 18, 20 to 24). It ships empty: which
// agency decides is a government's decision that nobody may guess. Without an
// item there is no case (refusal N01).
package power

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

// Items is the register.
var Items = register.Kind{ID: "power", Key: []string{"code"}, Words: []string{"code", "name_zh", "name_en", "violations", "basis", "agency"}, Check: check, Columns: []register.Column{
	{Name: "code", ZH: "事项编码", Required: true}, {Name: "name_zh", ZH: "事项名称", Required: true}, {Name: "name_en", ZH: "英文名称"},
	{Name: "violations", ZH: "违法行为编号", Required: true}, {Name: "basis", ZH: "法律依据", Required: true},
	{Name: "agency", ZH: "决定机关", Required: true}, {Name: "agency_code", ZH: "决定机关代码", Required: true}, {Name: "seal", ZH: "印章名称", Required: true},
	{Name: "standing", ZH: "权力来源", Required: true}, {Name: "decision", ZH: "授权或委托文件"}, {Name: "handover", ZH: "移交日期"},
	{Name: "from", ZH: "生效日期", Required: true}, {Name: "to", ZH: "失效日期"}, {Name: "territory", ZH: "管辖区域", Required: true}, {Name: "kinds", ZH: "处罚种类", Required: true},
	{Name: "published", ZH: "公布载体", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Standings are where a power comes from: one's own (PL 17), concentrated by a
// provincial decision (PL 18), entrusted (PL 20), or handed to a street (PL 24).
var Standings = []string{"own", "concentrated", "entrusted", "street"}

func check(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	if !slices.Contains(Standings, c["standing"]) {
		out = append(out, register.Wrong("register.word", "column", "standing", "said", c["standing"]))
	}
	if c["standing"] != Standings[0] && c["decision"] == "" {
		out = append(out, register.Wrong("power.decision"))
	}
	for _, k := range c.List("kinds") {
		if !slices.Contains(law.Kinds(), law.Kind(k)) {
			out = append(out, register.Wrong("register.word", "column", "kinds", "said", k))
		}
	}
	for _, t := range c.List("territory") {
		if t != All && strings.Trim(t, "0123456789") != "" {
			out = append(out, register.Wrong("register.word", "column", "territory", "said", t))
		}
	}
	return out
}

// All is the territory of the whole division; else it is the codes of streets.
const All = "*"

// Item is one power.
type Item struct {
	Code, Agency, AgencyCode, Seal string
	Violations, Territory          []string
	Kinds                          []law.Kind
	From, To                       calendar.Date
	Demo                           bool
}

func item(c register.Cells) Item {
	x := Item{Code: c["code"], Agency: c["agency"], AgencyCode: c["agency_code"], Seal: c["seal"], Violations: c.List("violations"), Territory: c.List("territory"),
		From: c.Day("from"), To: c.Day("to"), Demo: c["provenance"] == "synthetic"}
	for _, k := range c.List("kinds") {
		x.Kinds = append(x.Kinds, law.Kind(k))
	}
	return x
}

// Active reports whether the item is in force on the day.
func (x Item) Active(day calendar.Date) bool { return x.From <= day && (x.To == 0 || day <= x.To) }

// Covers reports whether the item reaches a grid, whose code begins with its
// street's.
func (x Item) Covers(grid string) bool {
	return slices.ContainsFunc(x.Territory, func(t string) bool { return t == All || grid != "" && strings.HasPrefix(grid, t) })
}

// For finds the item by which a violation may be penalised at a place on a day.
// None for the violation is Forbidden with N01; items elsewhere only, with N02.
func For(ctx context.Context, q dbx.Querier, division id.ID, violation, grid string, day calendar.Date) (_ Item, err error) {
	defer fault.Trace(&err, "power.For(%s)", violation)
	list, err := register.All(ctx, q, division, Items)
	if err != nil {
		return Item{}, err
	}
	elsewhere := false
	for _, r := range list {
		x := item(r.Cells)
		if !x.Active(day) || !slices.Contains(x.Violations, violation) {
			continue
		}
		if x.Covers(grid) {
			return x, nil
		}
		elsewhere = true
	}
	if elsewhere {
		return Item{}, fault.New(fault.Forbidden, "power.N02")
	}
	return Item{}, fault.New(fault.Forbidden, "power.N01")
}
