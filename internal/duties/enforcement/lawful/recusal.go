package lawful

import (
	"errors"
	"fmt"
	"slices"
)

// recusal: §1.8.
var recusal = []func(History) error{
	func(h History) error { // nobody decides on the own recusal
		for _, e := range h.took("rc_decide") {
			if e.Actor.Account == h.Text("whom") {
				return errors.New("decided by the person it is about")
			}
		}
		return nil
	},
	func(h History) error { // an end has a decision, except where nobody applied
		decided := len(h.took("rc_decide"))
		if (h.State == "granted" || h.State == "refused") && decided != 1 || h.State == "dropped" && decided != 0 {
			return fmt.Errorf("%d decisions in %s", decided, h.State)
		}
		return nil
	},
	func(h History) error { // who asks for the own recusal asks for nobody else's
		for _, e := range h.took("rc_apply") {
			if said(e, "by") != "party" && !slices.Contains(people(e), said(e, "whom")) {
				return errors.New("applied for somebody else")
			}
		}
		return nil
	},
}
