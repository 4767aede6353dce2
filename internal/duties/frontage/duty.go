package frontage

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Duties is the register of the duties before a door 责任事项: what is asked, how
// many points it weighs, and how long putting it right usually takes.
var Duties = register.Kind{ID: "frontage_duty", Key: []string{"code"}, Words: []string{"code", "name_zh", "name_en"}, Check: checkDuty, Columns: []register.Column{
	{Name: "code", ZH: "事项编号", Required: true}, {Name: "name_zh", ZH: "名称", Required: true}, {Name: "name_en", ZH: "英文名称", Required: true},
	{Name: "text_zh", ZH: "要求", Required: true}, {Name: "text_en", ZH: "英文要求", Required: true}, {Name: "points", ZH: "满分", Required: true},
	{Name: "term", ZH: "改正期限", Required: true}, {Name: "from", ZH: "起始日期"}, {Name: "to", ZH: "截止日期"}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Units of a term to correct, the shorter first.
var units = []string{"working_hour", "working_day"}

func checkDuty(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	if n, err := strconv.Atoi(c["points"]); err != nil || n < 1 || n > 100 {
		out = append(out, register.Wrong("frontage.bad_points", "said", c["points"]))
	}
	if _, ok := parseTerm(c["term"]); !ok {
		out = append(out, register.Wrong("frontage.bad_term", "said", c["term"]))
	}
	return out
}

// Term is a time to correct.
type Term struct {
	N    int64
	Unit string
}

func parseTerm(s string) (t Term, ok bool) {
	n, unit, _ := strings.Cut(s, " ")
	v, err := strconv.ParseInt(n, 10, 64)
	return Term{v, unit}, err == nil && v > 0 && v <= 60 && slices.Contains(units, unit)
}

// longer reports whether t gives more time than o.
func (t Term) longer(o Term) bool {
	a, b := slices.Index(units, t.Unit), slices.Index(units, o.Unit)
	return a > b || a == b && t.N > o.N
}

// Duty is one of the five.
type Duty struct {
	Code       string
	Name, Text i18n.Text
	Points     int
	Term       Term
}

// usual is the order in which people name the five.
var usual = []string{"hygiene", "order", "green", "fittings", "front"}

// InForce reads the duties of a day in the order people name them, those of a
// division's own last.
func InForce(ctx context.Context, q dbx.Querier, division id.ID, on calendar.Date) (out []Duty, err error) {
	rows, err := register.All(ctx, q, division, Duties)
	for _, x := range rows {
		c := x.Cells
		if from, to := c.Day("from"), c.Day("to"); on < from || to != 0 && on > to {
			continue
		}
		d := Duty{Code: x.Code, Name: i18n.Text{ZH: c["name_zh"], EN: c["name_en"]}, Text: i18n.Text{ZH: c["text_zh"], EN: c["text_en"]}}
		d.Points, _ = strconv.Atoi(c["points"]) // both were checked when they came in
		d.Term, _ = parseTerm(c["term"])
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Duty) int { return rank(a.Code) - rank(b.Code) })
	return out, err
}

func rank(code string) int {
	if i := slices.Index(usual, code); i >= 0 {
		return i
	}
	return len(usual)
}

// Names are the names of the duties with these codes; a code nobody knows stands
// for itself.
func Names(list []Duty, codes []string) (t i18n.Text) {
	var zh, en []string
	for _, c := range codes {
		name := i18n.Text{ZH: c, EN: c}
		if i := slices.IndexFunc(list, func(d Duty) bool { return d.Code == c }); i >= 0 {
			name = list[i].Name
		}
		zh, en = append(zh, name.ZH), append(en, name.EN)
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
