package lawful

import (
	"slices"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/record"
)

// precedent: §12.1.
var precedent = []func(History) error{
	says("nothing masked by who wrote it", func(h History) bool {
		for _, e := range h.took("p_mask") {
			if w := h.latest(e, "p_write"); slices.Contains(people(w), e.Actor.Account) {
				return false
			}
		}
		return true
	}),
	apart("p_write", "p_legal"),
	apart("p_mask", "p_legal"),
	apart("p_legal", "p_ok"),
	says("masked, passed and approved before it was published (PL 50)", func(h History) bool {
		for _, e := range h.took("p_out") {
			passed := slices.ContainsFunc(h.took("p_legal"), func(l record.Body) bool { return l.To == "legal" && l.Seq < e.Seq })
			if !passed || !h.before("p_mask", e) || !h.before("p_ok", e) {
				return false
			}
		}
		return !h.in("published", "retracted") || h.did("p_out")
	}),
	says("a task to retract what was changed", func(h History) bool {
		c := h.Clock("back3")
		return h.State != "published" || !h.did("p_changed") || c != nil && c.State != clock.Stopped
	}),
	says("nothing published of what was dropped", func(h History) bool { return h.State != "dropped" || !h.did("p_out") }),
}

// meeting: §12.2.
var meeting = []func(History) error{
	says("held after its notice", func(h History) bool {
		return !h.did("g_hold") || h.over("call", h.last("g_hold")) && !h.last("g_hold").Before(h.instant("on"))
	}),
	says("a task for every finding, or a reason why not", func(h History) bool {
		for _, f := range h.rows("findings") {
			has := func(r map[string]string) bool {
				return r["finding"] == f["finding"] && (r["why_not"] != "" || r["what"] != "" && r["who"] != "" && r["until"] != "" && r["proof"] != "")
			}
			if h.did("g_task") && !slices.ContainsFunc(h.rows("tasks"), has) {
				return false
			}
		}
		return true
	}),
	says("every task done or moved before it was closed", func(h History) bool {
		return h.State != "closed" || !slices.ContainsFunc(h.rows("tasks"), func(r map[string]string) bool { return r["what"] != "" && !slices.Contains(h.list("done"), r["what"]) })
	}),
	says("figures that were counted, not typed", func(h History) bool {
		for _, e := range h.took("g_close") {
			if h.Text("effect") == said(e, "effect") {
				return false
			}
		}
		return true
	}),
	says("not held after it was called off", func(h History) bool { return h.State != "dropped" || !h.did("g_hold") }),
}

// inspect: an inspection at a business.
var inspect = []func(History) error{
	byTwo("i_enter", "i_record"),
	apart("i_plan", "i_approve"),
	says("approved and told before anybody entered", func(h History) bool {
		for _, e := range h.took("i_enter") {
			if !h.before("i_approve", e) || !h.before("i_tell", e) {
				return false
			}
		}
		return len(h.took("i_enter")) <= 1
	}),
	says("entered before it was recorded", func(h History) bool {
		return !h.did("i_record") || h.did("i_enter") && !h.last("i_record").Before(h.last("i_enter"))
	}),
	says("a visit that is not told before has a reason", func(h History) bool {
		for _, e := range h.took("i_tell") {
			if said(e, "way") == "no" && said(e, "reason") == "" {
				return false
			}
		}
		return true
	}),
	says("ended by its record", func(h History) bool {
		return !h.in("clean", "correcting", "corrected", "uncorrected") || h.did("i_record")
	}),
	says("a lead that names the violation", func(h History) bool { return h.State != "lead" || h.Text("violation") != "" }),
}
