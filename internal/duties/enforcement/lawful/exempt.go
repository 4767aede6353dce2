package lawful

import "errors"

// exempt: §4.
var exempt = []func(History) error{
	func(h History) error { // PL 33: no penalty, but education
		if h.State == "done" && len(h.took("x_teach")) == 0 {
			return errors.New("done without education")
		}
		return nil
	},
	func(h History) error { // a first offence is looked up before it is approved
		for _, e := range h.took("x_approve") {
			if h.Text("ground") == "g2" && !h.before("x_history", e) {
				return errors.New("a first offence that nobody looked up")
			}
		}
		return nil
	},
	func(h History) error {
		if n, _ := h.Data["hits"].(int64); h.State == "done" && h.Text("ground") == "g2" && n > 0 {
			return errors.New("a first offence that was not the first")
		}
		return nil
	},
	func(h History) error { return h.byTwo("x_ask", "x_check", "x_teach") },
	func(h History) error { return h.apart("x_ask", "x_approve") },
	func(h History) error { return h.apart("x_propose", "x_approve") },
}
