package dossier

import (
	"context"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/rule"
)

// Next is the step that the law asks for next, "" where that is the usual one.
func (m *Room) Next(ctx context.Context, s *engine.Snapshot) (string, error) {
	set, err := m.Settings(ctx, s.Division)
	return asked(s, err == nil && set.Bool("review.early")), err
}

// asked is the step that the law asks for next in a state of the ordinary
// procedure with several that may be taken; "" leaves it to the procedure. early
// is the setting that has the notice reviewed.
func asked(s *engine.Snapshot, early bool) string {
	if s.Procedure != Procedure {
		return ""
	}
	took := func(step string) bool {
		return slices.ContainsFunc(s.Log, func(x rule.Taken) bool { return x.Step == step })
	}
	switch s.State {
	case "checking":
		return "file_propose"
	case "surveyed":
		return "svy_accept"
	case "investigating":
		admitted, _ := s.Data["verified"].(int64)
		switch {
		case !took("svy_inspect"): // handed over by an inspection or an on-the-spot penalty
			return "svy_inspect"
		case !took("inv_question"):
			return "inv_question"
		case admitted == 0:
			return "inv_verify"
		}
		return "inv_conclude"
	case "concluded":
		if early && s.Text("way") == "penalty" && s.Data["reviewed_early"] != true {
			return "adj_review_early"
		}
		return ways[s.Text("way")]
	}
	return ""
}

// ways are the steps by what the head found of the case.
var ways = map[string]string{"": "adj_examine", "penalty": "adj_notice", "no_penalty_minor": "inv_exempt", "not_established": "dec_none", "crime": "dec_crime", "more": "adj_more"}
