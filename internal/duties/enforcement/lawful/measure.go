package lawful

import (
	"errors"
	"time"
)

// measure: §6.
var measure = []func(History) error{
	func(h History) error { return h.byTwo("k_do", "k_urgent") },
	func(h History) error { return h.apart("k_ask", "k_ok") },
	func(h History) error { return h.apart("k_urgent", "k_urgent_ok") },
	func(h History) error { // ACL 18: basis and approval come first
		for _, e := range h.took("k_do") {
			if !h.before("k_ok", e) || h.Text("basis") == "" {
				return errors.New("carried out without basis or approval")
			}
		}
		return nil
	},
	func(h History) error { // ACL 19: an urgent measure is approved within 24 hours
		for _, e := range h.took("k_urgent_ok") {
			first := h.took("k_urgent")
			if len(first) == 0 || time.Duration(e.At-first[0].At)*time.Microsecond > 24*time.Hour {
				return errors.New("approved after 24 hours")
			}
		}
		return nil
	},
	func(h History) error { // ACL 25: extended once
		if n := len(h.took("k_extend")); n > 1 {
			return errors.New("extended twice")
		}
		return nil
	},
	ended("hold30", "clo_ask"),
}
