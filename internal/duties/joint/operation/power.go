package operation

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Powers is the register: which unit may act under which law, by what basis.
var Powers = register.Kind{ID: "unit_power", Key: []string{"unit", "law"}, Words: []string{"unit", "law", "name_zh", "name_en", "basis"}, Check: checkPower, Columns: []register.Column{
	{Name: "unit", ZH: "单位编码", Required: true}, {Name: "law", ZH: "事项编码", Required: true}, {Name: "name_zh", ZH: "事项名称", Required: true}, {Name: "name_en", ZH: "英文名称"},
	{Name: "basis", ZH: "法律依据", Required: true}, {Name: "violations", ZH: "违法行为编号"}, {Name: "from", ZH: "生效日期"}, {Name: "to", ZH: "失效日期"},
	{Name: "provenance", ZH: "来源性质", Required: true}}}

func checkPower(c register.Cells) []register.Problem { return c.Days("from", "to") }

// Power is one row: a unit and a law it may act under. Violations are those of
// this program's law library that fall under it; a unit that has some keeps its
// dossiers here.
type Power struct {
	Unit, Law, Basis string
	Name             i18n.Text
	Violations       []string
	from, to         calendar.Date
}

// In reports whether the power is in force on the day.
func (p Power) In(day calendar.Date) bool {
	return (p.from == 0 || p.from <= day) && (p.to == 0 || day <= p.to)
}

// powers are those of every unit, in the order of their keys.
type powers []Power

func readPowers(ctx context.Context, q dbx.Querier, division id.ID) (out powers, err error) {
	rows, err := register.All(ctx, q, division, Powers)
	for _, r := range rows {
		c := r.Cells
		p := Power{Unit: c["unit"], Law: c["law"], Basis: c["basis"], Name: i18n.Text{ZH: c["name_zh"], EN: c["name_en"]}, Violations: c.List("violations"), from: c.Day("from"), to: c.Day("to")}
		if p.Name.EN == "" {
			p.Name.EN = p.Name.ZH
		}
		out = append(out, p)
	}
	return out, err
}

// of is the power of the unit under the law on the day.
func (l powers) of(unit, law string, day calendar.Date) (Power, bool) {
	i := slices.IndexFunc(l, func(p Power) bool { return p.Unit == unit && p.Law == law && p.In(day) })
	if i < 0 {
		return Power{}, false
	}
	return l[i], true
}

// fits reports whether the unit has a power under one of the laws on the day.
func (l powers) fits(unit string, laws []string, day calendar.Date) bool {
	return slices.ContainsFunc(laws, func(law string) bool { _, ok := l.of(unit, law, day); return ok })
}

// holders are the units that may act under the law on the day.
func (l powers) holders(law string, day calendar.Date) (out []string) {
	for _, p := range l {
		if p.Law == law && p.In(day) {
			out = append(out, p.Unit)
		}
	}
	return out
}

// laws are the laws in force on the day, each once.
func (l powers) laws(day calendar.Date) (out []Power) {
	for _, p := range l {
		if p.In(day) && !slices.ContainsFunc(out, func(o Power) bool { return o.Law == p.Law }) {
			out = append(out, p)
		}
	}
	return out
}

// LawsOf are the laws of the operation under which the unit may act on its day.
func (m *Room) LawsOf(ctx context.Context, s *engine.Snapshot, unit string) (out []Power, err error) {
	all, err := readPowers(ctx, m.DB, s.Division)
	start, _ := s.Data["start"].(time.Time)
	for _, law := range Texts(s, "laws") {
		if p, ok := all.of(unit, law, calendar.DateOf(start)); ok {
			out = append(out, p)
		}
	}
	return out, err
}

// LawNames says what the laws with these codes are called.
func (m *Room) LawNames(ctx context.Context, division id.ID, codes []string) (out []Power, err error) {
	all, err := readPowers(ctx, m.DB, division)
	for _, c := range codes {
		if i := slices.IndexFunc(all, func(p Power) bool { return p.Law == c }); i >= 0 {
			out = append(out, all[i])
		}
	}
	return out, err
}
