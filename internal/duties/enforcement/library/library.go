package library

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Violation is one act the law forbids.
type Violation struct {
	Code     string
	Name     i18n.Text
	Elements i18n.Text // 构成要件
	Classes  []string  // matters of the catalogue it is found by
	Note     i18n.Text
}

// Rule is a version of a rule with what people read about it.
type Rule struct {
	law.Rule
	Note i18n.Text
}

// Scale is a benchmark with its words.
type Scale struct {
	law.Benchmark
	Names map[string]i18n.Text // of factors, "factor/option", and grades
	Demo  bool                 // 演示 values: nobody published them
}

// Library is a division's law at one moment. It never changes.
type Library struct {
	violations []Violation
	rules      []Rule
	scales     []Scale
	terms      map[string]i18n.Text // by the Chinese word
}

// Term is what a word of the law is called: a violation, a law, a kind of case.
func (l *Library) Term(word string) (t i18n.Text, known bool) {
	t, known = l.terms[word]
	return t, known
}

// Service reads the library and lets administrators confirm amounts.
type Service struct {
	kept *dbx.Kept[*Library]
	regs *register.Service
}

// New returns the service.
func New(db *dbx.DB, regs *register.Service) *Service {
	return &Service{dbx.NewKept(db, register.Generation, func(ctx context.Context, division id.ID) (*Library, error) { return load(ctx, db, division) }), regs}
}

// Library is the division's law as it is now.
func (s *Service) Library(ctx context.Context, division id.ID) (*Library, error) {
	return s.kept.Get(ctx, division)
}

// Confirm records that an administrator read the text of a rule nobody had
// verified: where the amounts stand and what they are, in yuan. The rule may then
// carry a fine. One that needs no confirmation is a Conflict.
func (s *Service) Confirm(ctx context.Context, actor people.Actor, rule, article, least, most, why string) (err error) {
	defer fault.Trace(&err, "library.Confirm(%s)", rule)
	bad := fault.New(fault.Invalid, "form.refused")
	for name, v := range map[string]string{"min": least, "max": most} {
		if _, ok := fen(v); !ok {
			bad.Field(name, "register.amount", "column", name, "said", v)
		}
	}
	if article == "" {
		bad.Field("article", "library.article")
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	l, err := s.Library(ctx, actor.Division)
	if err != nil {
		return err
	}
	r, err := l.Rule(rule)
	if err != nil {
		return err
	}
	if r.Trust != law.NotVerified || r.Elsewhere {
		return fault.New(fault.Conflict, "library.confirmed")
	}
	change := register.Cells{"article_zh": article, "article_en": article, "min": least, "max": most, "trust": string(law.Verified)}
	if !slices.Contains(r.Kinds, law.Fine) {
		change["kinds"] = strings.Join(append(words(r.Kinds), string(law.Fine)), " ")
	}
	return s.regs.Edit(ctx, actor, Rules, rule, why, change)
}

func load(ctx context.Context, q dbx.Querier, division id.ID) (*Library, error) {
	l := &Library{terms: map[string]i18n.Text{}}
	name := func(t i18n.Text) { l.terms[t.ZH] = t }
	var factors, grades []register.Row
	for _, x := range []struct {
		kind register.Kind
		take func(list []register.Row)
	}{
		{Violations, func(list []register.Row) {
			for _, r := range list {
				l.violations = append(l.violations, violation(r.Cells))
				name(both(r.Cells, "name"))
			}
		}},
		{Rules, func(list []register.Row) {
			for _, r := range list {
				l.rules = append(l.rules, rule(r.Cells))
				name(both(r.Cells, "law"))
			}
		}},
		{Factors, func(list []register.Row) { factors = list }},
		{Grades, func(list []register.Row) { grades = list }},
		{Terms, func(list []register.Row) {
			for _, r := range list {
				name(i18n.Text{ZH: r.Cells["zh"], EN: r.Cells["en"]})
			}
		}},
	} {
		list, err := register.All(ctx, q, division, x.kind)
		if err != nil {
			return nil, err
		}
		x.take(list)
	}
	slices.SortStableFunc(l.rules, func(a, b Rule) int { return cmp.Compare(a.From, b.From) })
	l.scales = scales(factors, grades)
	return l, nil
}

func both(c register.Cells, name string) i18n.Text {
	return i18n.Text{ZH: c[name+"_zh"], EN: c[name+"_en"]}
}

func violation(c register.Cells) Violation {
	return Violation{Code: c["code"], Name: both(c, "name"), Elements: both(c, "elements"), Classes: c.List("classes"), Note: both(c, "note")}
}

func rule(c register.Cells) Rule {
	least, _ := fen(c["min"])
	most, hasFine := fen(c["max"])
	kinds := func(name string) (out []law.Kind) {
		for _, k := range c.List(name) {
			out = append(out, law.Kind(k))
		}
		return out
	}
	return Rule{law.Rule{ID: c["id"], Violation: c["violation"], Series: c["series"], Law: both(c, "law"), Article: both(c, "article"), Forbids: c["forbids"],
		From: c.Day("from"), To: c.Day("to"), Tier: c["tier"], Party: law.PartyKind(c["party"]), HasFine: hasFine, Min: least, Max: most, PerUnit: c["per"],
		Kinds: kinds("kinds"), Forced: kinds("forced"), Measure: c["measure"] == yes, Correct: c["correct"] == yes, Hearing: c["hearing"] == yes,
		Alone: c["alone"] == yes, Level: law.Level(c["level"]), Trust: law.Confidence(c["trust"]), Elsewhere: c["elsewhere"] == yes, Source: c["source"]}, both(c, "note")}
}

// scales joins factors and grades; rows are sorted by violation and tier.
func scales(factors, grades []register.Row) (out []Scale) {
	of := func(c register.Cells) *Scale {
		i := slices.IndexFunc(out, func(s Scale) bool { return s.Violation == c["violation"] && s.Tier == c["tier"] })
		if i < 0 {
			out = append(out, Scale{Benchmark: law.Benchmark{Violation: c["violation"], Tier: c["tier"]}, Names: map[string]i18n.Text{}})
			i = len(out) - 1
		}
		out[i].Demo = out[i].Demo || c["provenance"] == "synthetic"
		return &out[i]
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // checked when it came in
	for _, r := range factors {
		s, c := of(r.Cells), r.Cells
		i := slices.IndexFunc(s.Factors, func(f law.Factor) bool { return f.ID == c["factor"] })
		if i < 0 {
			s.Factors = append(s.Factors, law.Factor{ID: c["factor"]})
			i = len(s.Factors) - 1
			s.Names[c["factor"]] = both(c, "factor")
		}
		s.Factors[i].Options = append(s.Factors[i].Options, law.Option{ID: c["option"], Points: number(c["points"])})
		s.Names[c["factor"]+"/"+c["option"]] = both(c, "option")
	}
	for _, r := range grades {
		s, c := of(r.Cells), r.Cells
		least, _ := fen(c["min"])
		most, _ := fen(c["max"])
		s.Grades = append(s.Grades, law.Grade{ID: c["grade"], From: number(c["from"]), Min: least, Max: most})
		s.Names[c["grade"]] = both(c, "grade")
	}
	for i := range out {
		slices.SortFunc(out[i].Grades, func(a, b law.Grade) int { return a.From - b.From })
		for _, f := range out[i].Factors {
			slices.SortFunc(f.Options, func(a, b law.Option) int { return a.Points - b.Points })
		}
	}
	return out
}

// Violations lists all violations by code.
func (l *Library) Violations() []Violation { return l.violations }

// Violation finds one; none is NotFound.
func (l *Library) Violation(code string) (Violation, error) {
	for _, v := range l.violations {
		if v.Code == code {
			return v, nil
		}
	}
	return Violation{}, fault.Missing("violation")
}

// ForClass are the violations that a matter of the catalogue may be.
func (l *Library) ForClass(class string) (out []Violation) {
	for _, v := range l.violations {
		if slices.Contains(v.Classes, class) {
			out = append(out, v)
		}
	}
	return out
}

// Rules lists every version of a violation's rules, oldest first.
func (l *Library) Rules(violation string) (out []Rule) {
	for _, r := range l.rules {
		if r.Violation == violation {
			out = append(out, r)
		}
	}
	return out
}

// Rule finds one version by id; none is NotFound.
func (l *Library) Rule(id string) (Rule, error) {
	for _, r := range l.rules {
		if r.ID == id {
			return r, nil
		}
	}
	return Rule{}, fault.Missing("rule")
}

// InForce are a violation's rules in force on the day, those of other cities
// left out.
func (l *Library) InForce(violation string, day calendar.Date) (out []Rule) {
	for _, r := range l.Rules(violation) {
		if r.InForce(day) && !r.Elsewhere {
			out = append(out, r)
		}
	}
	return out
}

// Series lists the lines of succession of a violation's rules.
func (l *Library) Series(violation string) (out []string) {
	for _, r := range l.Rules(violation) {
		if !r.Elsewhere && !slices.Contains(out, r.Series) {
			out = append(out, r.Series)
		}
	}
	return out
}

// Pick chooses the version that applies; see law.PickRule.
func (l *Library) Pick(q law.Question) law.Choice {
	plain := make([]law.Rule, len(l.rules))
	for i, r := range l.rules {
		plain[i] = r.Rule
	}
	return law.PickRule(plain, q)
}

// Scales lists the benchmarks.
func (l *Library) Scales() []Scale { return l.scales }

// Scale is the benchmark of a violation and tier; none is NotFound: the legal
// range then stands alone.
func (l *Library) Scale(violation, tier string) (Scale, error) {
	for _, s := range l.scales {
		if s.Violation == violation && s.Tier == tier {
			return s, nil
		}
	}
	return Scale{}, fault.Missing("benchmark")
}
