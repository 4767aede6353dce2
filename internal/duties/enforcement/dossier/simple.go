package dossier

import (
	"slices"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
)

// onSpot are the facts of the on-the-spot penalty.
var onSpot = map[string]question{"spot": asking.spot}

// spotWords are what the papers of the on-the-spot penalty say in words of their own.
var spotWords = map[string]func(saying) map[string]any{
	"P32": func(s saying) map[string]any {
		said := "警告"
		if fen, _ := s.After.Data["fine"].(int64); fen > 0 {
			said = "罚款" + law.Fen(fen).Yuan() + "元"
		}
		return map[string]any{"penalty": said}
	},
}

// spot is why the penalty may not be decided on the spot, "" if it may (PL 30, 51).
func (a asking) spot() (any, error) {
	p, err := a.party()
	if err != nil {
		return nil, err
	}
	r, err := a.rule()
	if err != nil {
		return nil, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	minor, err := a.minor()
	if err != nil {
		return nil, err
	}
	return spotCode(law.SimpleOK(law.Spot{Clear: a.flag("clear"), Identity: a.text("party_id") != "", Party: p.Kind,
		TraderOrg: set.Text("simple.soletrader") == "org", Minor: minor == true, Rule: r.Rule, Penalty: a.penalty(),
		HearingDue: len(law.HearingDue(a.penalty(), r.Rule, p.Kind, library.Thresholds(set), false)) > 0})), nil
}

// spotCode is the gravest of the reasons: who may not be punished, then what the
// law adds to a fine, then what exceeds the limits.
func spotCode(list []law.Reason) string {
	for _, code := range []string{"N31", "N35", "N34"} {
		if slices.ContainsFunc(list, func(r law.Reason) bool { return r.Code == code }) {
			return code
		}
	}
	return ""
}
