package effect

import (
	"math"
	"math/rand/v2"
)

// Refusal is why there is no number.
type Refusal string

// The refusals.
const (
	FewBefore   Refusal = "few_before"   // fewer than 4 weeks before
	FewAfter    Refusal = "few_after"    // fewer than 4 weeks after
	NoneBefore  Refusal = "none_before"  // nothing near before: no share can fall from nothing
	NoneAfter   Refusal = "none_after"   // nothing near after: perhaps nobody looked
	NoneOutside Refusal = "none_outside" // nothing outside before or after: nothing to compare with
	TooSparse   Refusal = "too_sparse"   // so few that no interval can be given
)

// Verdict is what may be said.
type Verdict string

// The verdicts.
const (
	Less    Verdict = "less"    // the whole interval lies below no change
	More    Verdict = "more"    // above
	Unclear Verdict = "unclear" // no change lies within it
)

// Note is what has to be said with the number.
type Note string

// The notes.
const (
	Recorded Note = "recorded" // counts are what was recorded: whoever looks more finds more
	Trend    Note = "trend"    // the two sides already moved apart before the opening, by at least as much
	Small    Note = "small"    // fewer than 5 a week near: chance weighs heavily
)

const (
	leastWeeks = 4 // of 8 weeks 70 divisions are possible, the least number at which one in twenty can be told
	level      = 0.05
	exactMost  = 10_000 // divisions that are looked at one by one; of more, so many are drawn
	widest     = 5.0    // of the logarithm: an interval beyond 1 : 148 is none
	step       = 0.02
)

// Effect is the answer.
type Effect struct {
	Refusal Refusal // with it, only the counts hold
	Before  Week    // sums
	After   Week
	Weeks   [2]int  // before, after
	Change  float64 // of what would have been near without the opening: −0.25 is a quarter less
	Low     float64 // of the 95 % interval of Change
	High    float64
	Chance  float64 // how often as much comes about where the opening changes nothing
	Verdict Verdict
	Notes   []Note
}

// Compare compares weeks before with weeks after.
//
// The measure is the ratio of ratios, near over outside, after over before: what
// changes everywhere, as weather and holidays do, cancels out. Interval and
// chance come from dividing the weeks anew: had the opening changed nothing, any
// of them could have lain after it. A change belongs to the interval when, taken
// back, the division that happened is not among the one in twenty that stand out
// most (E. S. Edgington, P. Onghena, Randomization Tests, 4th ed. 2007; for
// comparisons with few units see J. G. MacKinnon, M. D. Webb, Journal of
// Econometrics 218 (2020) 435–450). That takes weeks to be alike but for chance
// and the opening, which the note Trend doubts. The result is always the same
// for the same weeks.
func Compare(before, after []Week) Effect {
	e := Effect{Before: sum(before), After: sum(after), Weeks: [2]int{len(before), len(after)}}
	if e.Refusal = refuse(e); e.Refusal != "" {
		return e
	}
	c := newComparison(before, after)
	found := c.ratio(c.divisions[0], 0)
	low, ok1 := c.end(found, -step)
	high, ok2 := c.end(found, +step)
	if !ok1 || !ok2 {
		e.Refusal = TooSparse
		return e
	}
	e.Change, e.Low, e.High, e.Chance = math.Expm1(found), math.Expm1(low), math.Expm1(high), c.chance(0)
	switch {
	case high < 0:
		e.Verdict = Less
	case low > 0:
		e.Verdict = More
	default:
		e.Verdict = Unclear
	}
	e.Notes = notes(e, before, found)
	return e
}

func sum(weeks []Week) (out Week) {
	for _, w := range weeks {
		out = Week{out.Near + w.Near, out.Outside + w.Outside}
	}
	return out
}

func refuse(e Effect) Refusal {
	switch {
	case e.Weeks[0] < leastWeeks:
		return FewBefore
	case e.Weeks[1] < leastWeeks:
		return FewAfter
	case e.Before.Outside == 0 || e.After.Outside == 0:
		return NoneOutside
	case e.Before.Near == 0:
		return NoneBefore
	case e.After.Near == 0:
		return NoneAfter
	}
	return ""
}

func notes(e Effect, before []Week, found float64) []Note {
	out := []Note{Recorded}
	old, young := sum(before[:len(before)/2]), sum(before[len(before)/2:])
	drift := math.Log(float64(young.Near) / float64(young.Outside) / (float64(old.Near) / float64(old.Outside)))
	if !(math.Abs(drift) < math.Abs(found)) { // nothing divided by nothing too
		out = append(out, Trend)
	}
	if min(e.Before.Near/e.Weeks[0], e.After.Near/e.Weeks[1]) < 5 {
		out = append(out, Small)
	}
	return out
}

// side is what was recorded in some of the weeks: near the cluster in those that
// really lay before its opening and in those that lay after, and outside.
type side struct{ old, young, outside float64 }

// near is what would have been near had the opening not changed what it did.
func (s side) near(back float64) float64 { return s.old + s.young*back }

// comparison is all weeks, and for each division of them those that count as
// after; the first division is what happened. Sums are taken once: a change is
// tried on thousands of divisions.
type comparison struct {
	all       side
	divisions []side
}

func newComparison(before, after []Week) *comparison {
	weeks := make([]side, 0, len(before)+len(after))
	for _, w := range before {
		weeks = append(weeks, side{float64(w.Near), 0, float64(w.Outside)})
	}
	for _, w := range after {
		weeks = append(weeks, side{0, float64(w.Near), float64(w.Outside)})
	}
	together := func(which []int) (out side) {
		for _, i := range which {
			out = side{out.old + weeks[i].old, out.young + weeks[i].young, out.outside + weeks[i].outside}
		}
		return out
	}
	c := &comparison{}
	for _, d := range divisions(len(before), len(after)) {
		c.divisions = append(c.divisions, together(d))
	}
	for _, w := range weeks {
		c.all = side{c.all.old + w.old, c.all.young + w.young, c.all.outside + w.outside}
	}
	return c
}

// ratio is the logarithm of the ratio of ratios for a division, after the change
// was taken back from the weeks that really lay after; ±Inf or NaN where a
// division leaves nothing on a side.
func (c *comparison) ratio(late side, change float64) float64 {
	back := math.Exp(-change)
	near := late.near(back)
	return math.Log(near / late.outside / ((c.all.near(back) - near) / (c.all.outside - late.outside)))
}

// chance is the share of divisions that stand out at least as much as what
// happened does, the change taken back.
func (c *comparison) chance(change float64) float64 {
	found := math.Abs(c.ratio(c.divisions[0], change)) - 1e-9
	n := 0
	for _, d := range c.divisions {
		if !(math.Abs(c.ratio(d, change)) < found) { // what cannot be computed stands out
			n++
		}
	}
	return float64(n) / float64(len(c.divisions))
}

// end walks from the change found until changes no longer belong to the
// interval; false when they always do.
func (c *comparison) end(found, step float64) (float64, bool) {
	for x := found + step; math.Abs(x) <= widest; x += step {
		if c.chance(x) <= level {
			return x, true
		}
	}
	return 0, false
}

// divisions are the ways to say which weeks lay after; the first is what
// happened. Beyond exactMost, a sample is drawn, always the same.
func divisions(before, after int) [][]int {
	n := before + after
	first := make([]int, after)
	for i := range first {
		first[i] = before + i
	}
	if ways(n, after) > exactMost {
		r := rand.New(rand.NewPCG(uint64(before), uint64(after)))
		out := [][]int{first}
		for len(out) < exactMost {
			out = append(out, r.Perm(n)[:after])
		}
		return out
	}
	out := [][]int{first}
	var pick func(from int, chosen []int)
	pick = func(from int, chosen []int) {
		if len(chosen) == after {
			if chosen[0] != before { // what happened is there
				out = append(out, append([]int(nil), chosen...))
			}
			return
		}
		for i := from; i <= n-(after-len(chosen)); i++ {
			pick(i+1, append(chosen, i))
		}
	}
	pick(0, nil)
	return out
}

// ways is n over k, or something above exactMost.
func ways(n, k int) int {
	out := 1
	for i := 1; i <= k && out <= exactMost; i++ {
		out = out * (n - k + i) / i
	}
	return out
}
