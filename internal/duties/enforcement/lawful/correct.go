package lawful

import "errors"

// correct: §5.
var correct = []func(History) error{
	func(h History) error { return h.byTwo("c_issue", "c_check") },
	func(h History) error { return h.apart("c_issue", "c_approve") },
	func(h History) error { // refused: the order was served and a re-check found it so
		if h.State != "refused" {
			return nil
		}
		checks := h.took("c_check")
		if len(h.took("served")) == 0 || len(checks) == 0 {
			return errors.New("refused without service or re-check")
		}
		return nil
	},
	func(h History) error { // nobody is checked while the term runs, unless the party reported
		for _, e := range h.took("c_check") {
			if !h.before("served", e) || !h.before("c_report", e) && !h.before("c_expire", e) && said(h.latest(e, "c_issue", "c_again"), "mode") != "now" {
				return errors.New("re-checked while the term ran")
			}
		}
		return nil
	},
	func(h History) error { // a term is never shortened (PL 28)
		for _, e := range h.took("c_extend") {
			if e.From != "served" {
				return errors.New("extended when it did not run")
			}
		}
		return nil
	},
}
