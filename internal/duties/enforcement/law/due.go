package law

import "slices"

// Penalty is what is proposed or decided.
type Penalty struct {
	Kinds []Kind
	Fine  Fen
	Gains Fen      // illegal gains to be confiscated
	Worth Fen      // value of the goods to be confiscated, where known
	Goods []string // what is to be confiscated
}

// Heavier reports whether a is heavier than b: a higher fine, more confiscated,
// or a kind that b has not (PL 45 forbids that a statement makes it so).
func Heavier(a, b Penalty) bool {
	more := func(x, y []string) bool {
		return slices.ContainsFunc(x, func(s string) bool { return !slices.Contains(y, s) })
	}
	return a.Fine > b.Fine || a.Gains > b.Gains || more(a.Goods, b.Goods) || !subset(a.Kinds, b.Kinds)
}

// Thresholds are from when a fine or a confiscation counts as larger (PL 63
// names no figure: the lowest known local one protects the party).
type Thresholds struct {
	FineCitizen, FineOrg Fen
	ConfCitizen, ConfOrg Fen
	HalfOfMax            bool // half of the legal maximum counts too
}

// Strictest are the lowest figures known in Shandong, of acts outside business:
// 1,000 yuan for a citizen, 5,000 for an organisation. Offering a hearing too
// often is harmless, leaving one out voids the decision.
func Strictest() Thresholds {
	return Thresholds{1000_00, 5000_00, 1000_00, 5000_00, true}
}

// HearingDue lists why the party must be told of the right to a hearing, none
// when it need not (PL 63). otherHeavy is the head's finding of PL 63(5).
func HearingDue(p Penalty, r Rule, party PartyKind, t Thresholds, otherHeavy bool) (out []Reason) {
	fine, conf, spot := t.FineOrg, t.ConfOrg, SpotCap(party)
	if party != Organisation {
		fine, conf = t.FineCitizen, t.ConfCitizen
	}
	switch {
	case p.Fine >= fine:
		out = append(out, because("", "hearing.fine", "yuan", fine.Yuan()))
	case t.HalfOfMax && p.Fine > spot && r.PerUnit == "" && r.Max > 0 && 2*p.Fine >= r.Max:
		// An amount the law lets two officers decide on the spot is never a larger one.
		out = append(out, because("", "hearing.half", "yuan", r.Max.Yuan()))
	}
	if p.Gains >= conf || p.Worth >= conf {
		out = append(out, because("", "hearing.confiscation", "yuan", conf.Yuan()))
	}
	if slices.ContainsFunc(p.Kinds, func(k Kind) bool { return slices.Contains(grave, k) }) {
		out = append(out, because("", "hearing.kind"))
	}
	if r.Hearing {
		out = append(out, because("", "hearing.rule", "law", r.Law, "article", r.Article))
	}
	if otherHeavy {
		out = append(out, because("", "hearing.heavy"))
	}
	return out
}

// Weight is what the heads found of a case.
type Weight struct {
	PublicInterest bool
	Complex        bool // or several legal relations
	HearingRun     bool // the hearing procedure was run
	RuleSays       bool
	BelowRange     bool // a penalty below the legal range is proposed
	Outside        bool // the fine lies outside the grade of the discretion benchmark
}

// ReviewDue lists why a legal review must come before the decision (PL 58; 山东省
// 行政执法监督条例 13). all is the setting that sends every case: more review is
// never unlawful.
func ReviewDue(w Weight, all bool) (out []Reason) {
	for _, x := range []struct {
		yes bool
		key string
	}{{w.PublicInterest, "review.public"}, {w.HearingRun, "review.hearing"}, {w.Complex, "review.complex"}, {w.RuleSays, "review.rule"}, {all, "review.all"}} {
		if x.yes {
			out = append(out, because("N23", x.key))
		}
	}
	return out
}

// PanelDue lists why the heads must discuss the case together (PL 57 para 2).
// The threshold is a setting; 0 counts every fine.
func PanelDue(w Weight, p Penalty, hearing bool, threshold Fen) (out []Reason) {
	add := func(yes bool, key string, kv ...any) {
		if yes {
			out = append(out, because("N25", key, kv...))
		}
	}
	add(w.Complex, "panel.complex")
	add(hearing, "panel.hearing")
	add(p.Fine >= threshold && p.Fine > 0, "panel.fine", "yuan", threshold.Yuan())
	add(w.BelowRange, "panel.below")
	add(w.Outside, "panel.outside")
	return out
}
