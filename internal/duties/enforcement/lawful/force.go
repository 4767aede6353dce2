package lawful

import "slices"

// substitute: §7.1.
var substitute = []func(History) error{
	says("both demands and the decision before the performance (CL 50, 51)", func(h History) bool {
		return !h.did("b_do") || h.did("b_demand1") && h.did("b_decide") && h.did("b_demand2")
	}),
	says("the last demand over before the performance (CL 51)", func(h History) bool {
		return !h.did("b_do") || h.over("dm3", h.last("b_do"))
	}),
	says("no performance after the party complied", func(h History) bool { return !h.did("b_do") || !h.did("b_comply") }),
	byTwo("b_do", "b_finish", "b_comply"),
	says("costs only of what was done", func(h History) bool { return h.State != "paid" || h.did("b_finish") }),
}

// clearing: §7.2.
var clearing = []func(History) error{
	says("cleared in one of the four places (CL 52)", func(h History) bool {
		return slices.Contains([]string{"road", "river", "waterway", "public"}, h.Text("where"))
	}),
	says("one of the three things cleared (CL 52)", func(h History) bool {
		return slices.Contains([]string{"spill", "obstacle", "pollutant"}, h.Text("thing"))
	}),
	says("told before it was handled", func(h History) bool { return h.State != "treated" || h.did("j_tell") }),
	byTwo("j_decide", "j_clear", "j_tell"),
}

// build: §8.
var build = []func(History) error{
	says("sealed by assignment of the government (PLAN 68)", func(h History) bool { return !h.did("i_sealsite") || h.flag("m_seal") }),
	says("demolished by assignment of the government (PLAN 68)", func(h History) bool { return !h.did("i_enforce") || h.flag("m_demolish") }),
	says("decision, demand and announcement before the demolition (CL 35, 44)", func(h History) bool {
		return !h.did("i_enforce") || h.did("i_announce") && h.did("i_demand") && h.did("i_serve")
	}),
	says("decided before it was pulled down", func(h History) bool {
		return !h.did("i_do") || h.did("i_enforce") && !h.last("i_do").Before(h.last("i_enforce"))
	}),
	says("only what is being built was stopped", func(h History) bool { return !h.did("i_stop") || h.Text("stage") == "building" }),
	says("no fine beside the demolition (PLAN 64)", func(h History) bool {
		return h.fen("fine") == 0 || h.fen("fine")*100 < h.fen("cost")*5 || h.Text("opinion_result") != "not_correctable"
	}),
	says("both remedies over before the demolition (CL 44)", func(h History) bool {
		at := h.last("i_enforce")
		return at.IsZero() || h.over("recon60", at) && h.over("suit6m", at)
	}),
	byTwo("i_find", "i_stop", "i_sealsite", "i_serve", "i_do"),
}

// remedy: §9.
var remedy = []func(History) error{
	says("no suit about a penalty on the spot before reconsideration (RL 23)", func(h History) bool {
		return !h.flag("spot") || h.Text("kind") != "suit" || h.flag("recon_done")
	}),
	says("a defence only in a suit", func(h History) bool { return !h.did("m_defend") || h.Text("kind") == "suit" }),
	says("gone on from a decision", func(h History) bool { return !h.did("m_on") || h.did("m_decide") }),
	says("ended by what happened", func(h History) bool {
		return (h.State != "rejected" || h.did("m_reject")) && (h.State != "withdrawn" || h.did("m_withdraw") || h.did("m_lapse")) &&
			(h.State != "final" || h.did("m_decide"))
	}),
	says("accepted before it was answered", func(h History) bool { return h.State != "answered" || h.did("m_accept") }),
}
