package lawful

import "xiucheng/internal/duties/enforcement/law"

// simple: §3.
var simple = []func(History) error{
	says("a fine within the limit of its party (PL 51)", func(h History) bool {
		most := law.SpotCap(law.Citizen)
		if h.Text("party_kind") == "org" {
			most = law.SpotCap(law.Organisation)
		}
		return h.fen("fine") <= int64(most)
	}),
	says("told before it was decided (PL 44)", func(h History) bool {
		return !h.did("s_decide") || h.did("s_tell") && !h.last("s_decide").Before(h.last("s_tell"))
	}),
	byTwo("s_start", "s_tell", "s_say", "s_decide", "s_hand", "s_collect", "s_correct"),
	says("cash that somebody collected and gave a receipt for (PL 70)", func(h History) bool {
		return h.fen("cash") == 0 || h.did("s_collect") && h.Text("receipt_no") != ""
	}),
	says("filed and paid in before it was closed", func(h History) bool {
		return !h.did("s_close") || h.did("s_file") && (h.fen("cash") == 0 || h.did("s_bank"))
	}),
	says("no confiscation on the spot", func(h History) bool { return h.fen("gains") == 0 }),
	says("no decision of what became an ordinary case", func(h History) bool { return h.State != "converted" || !h.did("s_decide") }),
	says("a surcharge within the fine (PL 72)", func(h History) bool {
		return h.fen("surcharge") <= h.fen("fine") || h.in("annulled", "archived")
	}),
	says("a demand before the court (CL 54)", func(h History) bool {
		return !h.did("s_court") || h.did("s_demand") && h.last("s_court").After(h.last("s_demand"))
	}),
	apart("s_collect", "s_bank"),
}
