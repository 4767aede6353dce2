package lawful

import "errors"

// hold: §1.9.
var hold = []func(History) error{
	func(h History) error { return h.byTwo("ho_hold") },
	func(h History) error { return h.apart("ho_ask", "ho_approve") },
	func(h History) error { // PL 56: approved first
		for _, e := range h.took("ho_hold") {
			if !h.before("ho_approve", e) {
				return errors.New("held without approval")
			}
		}
		return nil
	},
	func(h History) error { // PL 56: handled within seven days, or lifted and returned
		c := h.Clock("hold7")
		for _, e := range h.took("ho_handle") {
			if said(e, "way") != "return" && (c == nil || e.From != "held" || e.At > c.Due) {
				return errors.New("handled after the seven days")
			}
		}
		return nil
	},
	func(h History) error { // it lapses when it is over, not before
		c := h.Clock("hold7")
		for _, e := range h.took("ho_lapse") {
			if c == nil || e.At < c.Due {
				return errors.New("lapsed early")
			}
		}
		return nil
	},
	ended("hold7", "adj_notice", "clo_ask"),
}
