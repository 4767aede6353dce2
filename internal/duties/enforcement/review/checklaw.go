package review

import (
	"context"
	"slices"

	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// What the registers say of a decision: whose it is, what it rests on, and
// whether the act was fined before. The wording is left to people.

// oneAgency: every issued paper is set in the name of one agency, the division's
// own, by the program; what bears another seal is found on the scan, by people.
func oneAgency(f *File) verdict {
	p := f.paper("P29", "P30")
	if p == nil {
		return none
	}
	names := map[string]bool{}
	for _, x := range f.Papers {
		names[x.Agency] = true
	}
	if len(names) > 1 {
		return verdict{Fault, p.Seq}
	}
	return verdict{Met, p.Seq}
}

// ruleFits: the rule that was applied is one of the violation that was filed (PL 4).
func ruleFits(f *File) verdict {
	d := f.decision()
	if d == nil || f.Rule.ID == "" {
		return none
	}
	return found(f.Rule.Violation != f.Text("violation"), d)
}

// basisCited: the decision cites a law or regulation of the library, in force and
// of this place, with the article as the library has it (PL 16, 38).
func basisCited(f *File) verdict {
	d := f.decision()
	if d == nil {
		return none
	}
	return found(f.Rule.ID == "" || f.Rule.Elsewhere || f.Text("penal_basis") != "《"+f.Rule.Law.ZH+"》"+f.Rule.Article.ZH, d)
}

// finedOnce: nobody else fined the party for the act (PL 29).
func finedOnce(f *File) verdict {
	d := f.decision()
	if d == nil || f.fen("fine") == 0 {
		return none
	}
	_, again := party.SameAct(f.Past, f.Text("violation"), f.day("act_from"), f.day("act_end"))
	return found(again, d)
}

// past reads what else was decided about the party.
func (m *Room) past(ctx context.Context, f *File) error {
	key, err := id.Parse(f.Text("party_ref"))
	if err != nil {
		return nil // no registered party
	}
	p, err := party.Find(ctx, m.DB, f.Division, key)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f.Past, err = party.Decisions(ctx, m.DB, f.Division, p)
	f.Past = slices.DeleteFunc(f.Past, func(d party.Decision) bool { return d.Case == f.ID })
	return err
}
