package law

import "slices"

// Benchmark is the discretion benchmark 裁量基准 (PL 34) of one violation and
// tier: which facts weigh how much, and which weight leads to which part of the
// legal range.
type Benchmark struct {
	Violation string
	Tier      string
	Party     PartyKind
	Factors   []Factor
	Grades    []Grade // by From, lowest first
}

// Factor is one kind of fact; one of its options is found.
type Factor struct {
	ID      string
	Options []Option
}

// Option is a fact and its weight.
type Option struct {
	ID     string
	Points int
}

// Grade is a part of the legal range, from so many points on.
type Grade struct {
	ID       string
	From     int
	Min, Max Fen
}

// Advice is what a benchmark makes of the facts.
type Advice struct {
	Points   int
	Grade    Grade
	Min, Max Fen  // of the grade, inside the legal range
	Cut      bool // the grade reached beyond the legal range
}

// Advise finds the grade of the facts: the option of each factor by its id. A
// factor that nobody answered weighs nothing. False is a benchmark without a
// grade, or a legal range that the grade does not touch.
func (b Benchmark) Advise(found map[string]string, r Rule, units int64) (a Advice, ok bool) {
	for _, f := range b.Factors {
		if i := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == found[f.ID] }); i >= 0 {
			a.Points += f.Options[i].Points
		}
	}
	for _, g := range b.Grades {
		if g.From <= a.Points {
			a.Grade, ok = g, true
		}
	}
	return a, a.cut(r, units) && ok
}

// At is what the benchmark advises for a grade that was named. False is a grade
// it does not have, or one that the legal range does not touch.
func (b Benchmark) At(grade string, r Rule, units int64) (a Advice, ok bool) {
	i := slices.IndexFunc(b.Grades, func(g Grade) bool { return g.ID == grade })
	if i < 0 {
		return a, false
	}
	a.Grade = b.Grades[i]
	return a, a.cut(r, units)
}

// cut brings the grade into the legal range, and reports whether any of it lies
// there.
func (a *Advice) cut(r Rule, units int64) bool {
	least, most := r.Range(units)
	a.Min, a.Max = max(a.Grade.Min, least), min(a.Grade.Max, most)
	a.Cut = a.Min != a.Grade.Min || a.Max != a.Grade.Max
	return a.Min <= a.Max
}

// Outside reports whether the fine is outside the advised part: it then needs a
// reason and a higher approver, though the law's range still allows it.
func (a Advice) Outside(fine Fen) bool { return fine < a.Min || fine > a.Max }
