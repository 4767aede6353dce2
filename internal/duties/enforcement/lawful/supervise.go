package lawful

import (
	"slices"

	"xiucheng/internal/casework/record"
)

// supervise: §10.
var supervise = []func(History) error{
	byTwo("v_check"),
	strangers("v_open", "v_check", "v_notice", "v_opinion", "v_decide", "v_close"),
	says("a decision after an opinion whose term is over, or that was reported on (SDSUP 29)", func(h History) bool {
		for _, e := range h.took("v_decide") {
			if c := h.Clock("vo30"); !h.before("v_opinion", e) || e.From != "reported" && (c == nil || e.At <= c.Due) {
				return false
			}
		}
		return true
	}),
	says("nothing asked of the agency without a check", func(h History) bool {
		return !h.did("v_notice") && !h.did("v_opinion") || h.did("v_check")
	}),
	says("every fault corrected or decided on before it was closed (SDSUP 28)", func(h History) bool {
		return h.State != "closed" || len(h.list("acts")) >= len(h.list("faults"))
	}),
}

// review: §11.
var review = []func(History) error{
	says("a score between 0 and 100", func(h History) bool { n, _ := h.Data["total"].(float64); return n >= 0 && n <= 100 }),
	says("nothing for a file with a veto", func(h History) bool { n, _ := h.Data["total"].(float64); return !h.flag("veto") || n == 0 }),
	strangers("r_score", "r_final"),
	says("scored by two different reviewers, each once", func(h History) bool {
		scored := map[string]int{}
		for _, e := range h.took("r_score") {
			scored[e.Actor.Account]++
			if scored[e.Actor.Account] > 1 || !slices.Contains(h.list("reviewers"), e.Actor.Account) && h.Text("third") != e.Actor.Account {
				return false
			}
		}
		return len(scored) >= 2 || h.in("plan", "assigned")
	}),
	says("made final by a reviewer", func(h History) bool {
		for _, e := range h.took("r_final") {
			if scored := h.took("r_score"); !slices.ContainsFunc(scored, func(s record.Body) bool { return s.Actor.Account == e.Actor.Account }) && h.Text("third") != e.Actor.Account {
				return false
			}
		}
		return true
	}),
	says("an objection answered", func(h History) bool {
		for _, e := range h.took("r_final") {
			if e.From == "objected" && said(e, "answer") == "" {
				return false
			}
		}
		return true
	}),
	says("corrected before it was closed (PL 75)", func(h History) bool {
		return h.State != "closed" || !slices.ContainsFunc(h.list("tasks"), func(t string) bool { return !slices.Contains(h.list("done"), t) }) && (!h.flag("veto") || h.did("r_fix"))
	}),
}
