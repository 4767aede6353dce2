package library

import (
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/register"
)

// The registers of the library.
var (
	Violations = register.Kind{ID: "violation", Key: []string{"code"}, Words: []string{"code", "name_zh", "name_en", "classes"}, Columns: []register.Column{
		{Name: "code", ZH: "违法行为编号", Required: true}, {Name: "name_zh", ZH: "名称", Required: true}, {Name: "name_en", ZH: "英文名称", Required: true},
		{Name: "elements_zh", ZH: "构成要件"}, {Name: "elements_en", ZH: "英文构成要件"}, {Name: "classes", ZH: "对应事项类别"}, {Name: "note_zh", ZH: "说明"}, {Name: "note_en", ZH: "英文说明"}}}

	Rules = register.Kind{ID: "rule", Key: []string{"id"}, Words: []string{"violation", "law_zh", "law_en"}, Check: checkRule, Columns: []register.Column{
		{Name: "id", ZH: "规定编号", Required: true}, {Name: "violation", ZH: "违法行为编号", Required: true}, {Name: "series", ZH: "沿革", Required: true},
		{Name: "law_zh", ZH: "法律法规", Required: true}, {Name: "law_en", ZH: "英文法律法规", Required: true},
		{Name: "article_zh", ZH: "罚则条款", Required: true}, {Name: "article_en", ZH: "英文罚则条款", Required: true}, {Name: "forbids", ZH: "禁止条款"},
		{Name: "from", ZH: "施行日期"}, {Name: "to", ZH: "失效日期"}, {Name: "tier", ZH: "情形"}, {Name: "party", ZH: "当事人类型"},
		{Name: "min", ZH: "最低额"}, {Name: "max", ZH: "最高额"}, {Name: "per", ZH: "计量单位"}, {Name: "kinds", ZH: "处罚种类"}, {Name: "forced", ZH: "必须并处"},
		{Name: "measure", ZH: "可查封扣押"}, {Name: "correct", ZH: "先责令改正"}, {Name: "hearing", ZH: "必须听证"}, {Name: "alone", ZH: "前后均无规定"},
		{Name: "level", ZH: "效力层级", Required: true}, {Name: "trust", ZH: "核实程度", Required: true}, {Name: "elsewhere", ZH: "外地规定"},
		{Name: "note_zh", ZH: "说明"}, {Name: "note_en", ZH: "英文说明"}, {Name: "source", ZH: "来源", Required: true}}}

	Factors = register.Kind{ID: "factor", Key: []string{"violation", "tier", "factor", "option"}, Words: []string{"violation"}, Check: checkNumber("points"), Columns: []register.Column{
		{Name: "violation", ZH: "违法行为编号", Required: true}, {Name: "tier", ZH: "情形"}, {Name: "factor", ZH: "裁量因素编号", Required: true}, {Name: "factor_zh", ZH: "裁量因素", Required: true},
		{Name: "factor_en", ZH: "英文裁量因素", Required: true}, {Name: "option", ZH: "情节编号", Required: true}, {Name: "option_zh", ZH: "情节", Required: true}, {Name: "option_en", ZH: "英文情节", Required: true},
		{Name: "points", ZH: "分值", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}}}

	Grades = register.Kind{ID: "grade", Key: []string{"violation", "tier", "grade"}, Words: []string{"violation"}, Check: checkGrade, Columns: []register.Column{
		{Name: "violation", ZH: "违法行为编号", Required: true}, {Name: "tier", ZH: "情形"}, {Name: "grade", ZH: "档次编号", Required: true}, {Name: "grade_zh", ZH: "档次", Required: true},
		{Name: "grade_en", ZH: "英文档次", Required: true}, {Name: "from", ZH: "起始分值", Required: true}, {Name: "min", ZH: "最低额", Required: true}, {Name: "max", ZH: "最高额", Required: true},
		{Name: "provenance", ZH: "来源性质", Required: true}}}

	// Terms are the words that are stored in Chinese and read in both languages:
	// the names of laws, and what titles of cases begin with.
	Terms = register.Kind{ID: "term", Key: []string{"zh"}, Words: []string{"zh", "en"}, Columns: []register.Column{
		{Name: "zh", ZH: "名称", Required: true}, {Name: "en", ZH: "英文名称", Required: true}}}
)

// yes is how a file says so.
const yes = "yes"

func checkRule(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	one := func(name string, allowed []string) {
		if c[name] != "" && !slices.Contains(allowed, c[name]) {
			out = append(out, register.Wrong("register.word", "column", name, "said", c[name]))
		}
	}
	one("tier", law.Tiers())
	one("party", words(law.Parties()))
	one("level", words(law.Levels()))
	one("trust", []string{string(law.Verified), string(law.Secondhand), string(law.NotVerified)})
	for _, name := range []string{"measure", "correct", "hearing", "alone", "elsewhere"} {
		one(name, []string{yes, "no"})
	}
	one("per", []string{law.PerCent, "m2", "m3", "x"})
	for _, name := range []string{"kinds", "forced"} {
		for _, k := range c.List(name) {
			if !slices.Contains(law.Kinds(), law.Kind(k)) {
				out = append(out, register.Wrong("register.word", "column", name, "said", k))
			}
		}
	}
	return append(out, amounts(c)...)
}

func words[T ~string](list []T) (out []string) {
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

// amounts checks that both are money or both are missing, in order.
func amounts(c register.Cells) (out []register.Problem) {
	for _, name := range []string{"min", "max"} {
		if _, ok := fen(c[name]); !ok && (c[name] != "" || c["min"]+c["max"] != "") {
			out = append(out, register.Wrong("register.amount", "column", name, "said", c[name]))
		}
	}
	least, _ := fen(c["min"])
	most, _ := fen(c["max"])
	if least > most {
		out = append(out, register.Wrong("register.range"))
	}
	return out
}

func checkGrade(c register.Cells) []register.Problem {
	return append(checkNumber("from")(c), amounts(c)...)
}

func checkNumber(name string) func(register.Cells) []register.Problem {
	return func(c register.Cells) []register.Problem {
		if _, err := strconv.Atoi(c[name]); err != nil {
			return []register.Problem{register.Wrong("register.word", "column", name, "said", c[name])}
		}
		return nil
	}
}

// fen reads an amount in yuan: 500, 1000.50.
func fen(s string) (law.Fen, bool) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 2 || len(whole) > 12 || strings.HasPrefix(whole, "-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return law.Fen(n), err == nil && whole != ""
}
