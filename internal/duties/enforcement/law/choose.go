package law

import (
	"slices"
	"strconv"

	"xiucheng/internal/ground/calendar"
)

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// Question is what the choice of a version depends on.
type Question struct {
	Series   string
	ActEnd   calendar.Date // last day of the act; of a continuing one the day it ended
	Decision calendar.Date
	Tier     string
	Party    PartyKind
	Chosen   Outcome // Old, New or NoPenalty where a reviewer recorded a choice, else ""
}

// Outcome is which version applies.
type Outcome string

// The outcomes.
const (
	Unchanged     Outcome = "unchanged"     // one version on both days
	Old           Outcome = "old"           // that of the act
	New           Outcome = "new"           // that of the decision: lighter
	NoPenalty     Outcome = "no_penalty"    // the act was lawful then, or is now
	Missing       Outcome = "missing"       // the library lacks the version of one of the days: a reviewer decides
	Contradictory Outcome = "contradictory" // lighter here, heavier there: a reviewer decides
)

// Comparison is one respect in which two versions were compared: -1 the new one
// is lighter, 0 equal, 1 heavier.
type Comparison struct {
	Of       string // max, min, kinds
	Old, New string
	Sign     int
}

// Choice is the version that applies and why.
type Choice struct {
	Outcome Outcome
	Rule    Rule // of Unchanged, Old and New
	Old     Rule
	New     Rule
	Compare []Comparison
	Why     Reason
}

// Settled reports whether the choice needs nobody's decision.
func (c Choice) Settled() bool { return c.Outcome != Contradictory && c.Outcome != Missing }

// PickRule chooses between the version in force when the act ended and the one
// in force at the decision: the old one unless the new one is lighter or calls
// the act lawful (PL 37, ENV 1057). Compared is the tier that fits the facts, by
// maximum, minimum and kinds. Where these point in opposite ways the choice is
// Contradictory until a legal reviewer's recorded choice is in the question. How
// to compare is not in the text of the law. A version that the library lacks is
// not taken for a lawful act, unless the rule is known to stand Alone: what
// applies is then Missing until the reviewer chooses.
func PickRule(rules []Rule, q Question) (c Choice) {
	var was, is bool
	c.Old, was = Fit(rules, q.Series, q.ActEnd, q.Tier, q.Party)
	c.New, is = Fit(rules, q.Series, q.Decision, q.Tier, q.Party)
	switch {
	case !was && is && c.New.Alone:
		c.Outcome, c.Why = NoPenalty, because("N29", "pick.lawful_then")
	case was && !is && c.Old.Alone:
		c.Outcome, c.Why = NoPenalty, because("N29", "pick.lawful_now")
	case !was || !is:
		c.Outcome = Missing
	case c.Old.ID == c.New.ID:
		c.Outcome, c.Rule, c.Why = Unchanged, c.Old, because("", "pick.unchanged")
	default:
		c.Compare = compare(c.Old, c.New)
		c.Outcome = verdict(c.Compare)
	}
	return c.decided(q.Chosen, was, is)
}

// decided fills in the rule, and a reviewer's choice where one is needed: only
// of a version that there is.
func (c Choice) decided(chosen Outcome, was, is bool) Choice {
	if !c.Settled() && (chosen == NoPenalty || chosen == Old && was || chosen == New && is) {
		c.Outcome, c.Why = chosen, because("", "pick.chosen")
	}
	switch c.Outcome {
	case Old:
		c.Rule = c.Old
	case New:
		c.Rule = c.New
	}
	if c.Why.Key == "" {
		code := ""
		if !c.Settled() {
			code = "N29"
		}
		c.Why = because(code, "pick."+string(c.Outcome))
	}
	return c
}

// verdict is T13: lighter somewhere and heavier nowhere is new; else old, unless
// it is both.
func verdict(list []Comparison) Outcome {
	lighter := slices.ContainsFunc(list, func(c Comparison) bool { return c.Sign < 0 })
	heavier := slices.ContainsFunc(list, func(c Comparison) bool { return c.Sign > 0 })
	switch {
	case lighter && heavier:
		return Contradictory
	case lighter:
		return New
	}
	return Old
}

func compare(old, next Rule) []Comparison {
	money := func(of string, a, b Fen) Comparison { return Comparison{of, a.Yuan(), b.Yuan(), sign(a, b)} }
	k := Comparison{Of: "kinds", Old: words(threat(old)), New: words(threat(next))}
	fewer, more := !subset(threat(old), threat(next)), !subset(threat(next), threat(old))
	switch {
	case fewer && more:
		// Each threatens something the other does not: neither lighter nor heavier.
		return []Comparison{money("max", old.Max, next.Max), money("min", old.Min, next.Min), {k.Of, k.Old, k.New, -1}, {k.Of, k.Old, k.New, 1}}
	case fewer:
		k.Sign = -1
	case more:
		k.Sign = 1
	}
	if old.HasFine != next.HasFine { // whose amount nobody knows is neither lighter nor heavier
		return []Comparison{{"amount", "", "", -1}, {"amount", "", "", 1}, k}
	}
	if old.PerUnit != next.PerUnit { // amounts of two measures do not compare
		return []Comparison{{"unit", old.PerUnit, next.PerUnit, -1}, {"unit", old.PerUnit, next.PerUnit, 1}, k}
	}
	return []Comparison{money("max", old.Max, next.Max), money("min", old.Min, next.Min), k}
}

// threat is everything a rule may lead to.
func threat(r Rule) []Kind {
	all := slices.Concat(r.Kinds, r.Forced)
	slices.Sort(all)
	return slices.Compact(all)
}

func words(list []Kind) (s string) {
	for _, k := range list {
		s += " " + string(k)
	}
	return s
}

func sign(old, next Fen) int {
	switch {
	case next < old:
		return -1
	case next > old:
		return 1
	}
	return 0
}

func subset(a, b []Kind) bool {
	return !slices.ContainsFunc(a, func(k Kind) bool { return !slices.Contains(b, k) })
}
