package lawful

import "errors"

// service: §1.5.
var service = []func(History) error{
	func(h History) error { // what is served has its day, and not before the paper was made
		on := h.instant("served_on")
		if h.State != "done" {
			return nil
		}
		if on.IsZero() || on.Before(h.instant("issued")) {
			return errors.New("served without a day, or before it was issued")
		}
		return nil
	},
	func(h History) error { return h.byTwo("direct", "refused", "leave", "try") },
	func(h History) error { // public notice is the last way
		for _, e := range h.took("announce") {
			if !h.before("try", e) && !h.before("refused", e) && !h.before("post", e) {
				return errors.New("announced before anything else was tried")
			}
		}
		return nil
	},
	func(h History) error { // nothing is left at a door that was not refused or found shut
		for _, e := range h.took("leave") {
			if !h.before("refused", e) && !h.before("try", e) {
				return errors.New("left without a refusal or an attempt")
			}
		}
		return nil
	},
}
