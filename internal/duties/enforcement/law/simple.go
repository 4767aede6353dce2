package law

import "slices"

// SpotCap is the highest fine on the spot: 200 yuan for a citizen, 3,000 for an
// organisation (PL 51). A sole trader is held to the narrower one.
func SpotCap(party PartyKind) Fen {
	if party == Organisation {
		return 3000_00
	}
	return 200_00
}

// Spot is what an on-the-spot penalty depends on.
type Spot struct {
	Clear      bool // the facts are conclusive
	Identity   bool // who the party is, is known
	Party      PartyKind
	TraderOrg  bool // the setting that a sole trader counts as an organisation
	Minor      bool // under 14 (PL 30)
	Incapable  bool // could not recognise or control the act (PL 31)
	Rule       Rule
	Penalty    Penalty
	HearingDue bool
}

// SimpleOK lists every reason why the penalty may not be imposed on the spot;
// none means it may (PL 51).
func SimpleOK(s Spot) (out []Reason) {
	party := s.Party
	if party == SoleTrader && s.TraderOrg {
		party = Organisation
	}
	most := SpotCap(party)
	add := func(no bool, code, key string, kv ...any) {
		if no {
			out = append(out, because(code, "simple."+key, kv...))
		}
	}
	add(!s.Clear, "N34", "facts")
	add(!s.Identity, "N34", "identity")
	add(s.Minor, "N31", "minor")
	add(s.Incapable, "N31", "incapable")
	add(s.Rule.ID == "", "N34", "no_rule")
	add(slices.ContainsFunc(s.Rule.Forced, func(k Kind) bool { return k != Fine && k != Warning }), "N35", "forced")
	add(slices.ContainsFunc(s.Penalty.Kinds, func(k Kind) bool { return k != Fine && k != Warning }), "N34", "kinds")
	add(s.Penalty.Fine > most, "N34", "fine", "yuan", most.Yuan())
	add(s.Penalty.Fine > 0 && s.Rule.Min > most, "N34", "minimum", "min", s.Rule.Min.Yuan(), "yuan", most.Yuan())
	add(s.HearingDue, "N34", "hearing")
	return out
}

// Mitigation is a ground of PL 32 for less than the law threatens.
type Mitigation string

// The grounds of PL 32 and 30.
const (
	Removed     Mitigation = "removed" // removed or lessened the harm
	Coerced     Mitigation = "coerced" // was coerced or tricked
	Told        Mitigation = "told"    // told of acts not yet known
	Merit       Mitigation = "merit"   // helped to find others
	Young       Mitigation = "young"   // 14 to 18
	ByOtherRule Mitigation = "by_law"  // another law says so
	NoGround    Mitigation = ""        // none
)

// Mitigations lists the grounds.
func Mitigations() []Mitigation {
	return []Mitigation{Removed, Coerced, Told, Merit, Young, ByOtherRule}
}

// CheckFine lists why a fine may not be imposed by the rule: it has no usable
// amount, exceeds the maximum, or falls below the minimum without a ground
// (PL 32, 34; refusal N28). A rule that counts by a measure takes how many of
// them, in hundredths; for others units is not looked at.
func CheckFine(r Rule, fine Fen, ground Mitigation, units int64) (out []Reason) {
	if fine == 0 {
		return nil
	}
	if !r.Usable() {
		return []Reason{because("N28", "fine.unusable", "law", r.Law, "article", r.Article)}
	}
	least, most := r.Range(units)
	switch {
	case fine > most:
		out = append(out, because("N28", "fine.above", "yuan", most.Yuan()))
	case fine < least && ground == NoGround:
		out = append(out, because("N28", "fine.below", "yuan", least.Yuan()))
	}
	return out
}

// Range is the legal range in fen. Where the law counts by a measure — a per
// cent of the cost, square metres, a multiple of a fee — the rule's amounts are
// for one of them and units says how many, in hundredths: 12.5 m2 is 1250, a
// cost or a fee of 10 yuan is 1000.
func (r Rule) Range(units int64) (least, most Fen) {
	switch r.PerUnit {
	case "":
		return r.Min, r.Max
	case PerCent:
		return r.Min * Fen(units) / 10000, r.Max * Fen(units) / 10000
	}
	return r.Min * Fen(units) / 100, r.Max * Fen(units) / 100
}

// PerCent is the measure of fines that are a share of a cost.
const PerCent = "%"
