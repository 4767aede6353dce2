package lawful

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Once is an error if a party was fined twice for one act (PL 29, invariant 15):
// two of the cases are the same violation by the same party on days that touch,
// both decided, none annulled, and no reason says that they are two acts.
func Once(cases []*engine.Snapshot) error {
	fined := slices.DeleteFunc(slices.Clone(cases), func(s *engine.Snapshot) bool {
		h := History{Snapshot: s}
		return s.Procedure != "enf.ordinary" || !h.flag("fined") || h.in("annulled") || h.fen("fine") == 0 || s.Text("other_act") != ""
	})
	for i, a := range fined {
		for _, b := range fined[:i] {
			x, y := History{Snapshot: a}, History{Snapshot: b}
			if a.Text("party_ref") == b.Text("party_ref") && a.Text("violation") == b.Text("violation") &&
				x.day("act_from") <= y.day("act_end") && y.day("act_from") <= x.day("act_end") {
				return fmt.Errorf("15: %s and %s fine one act", a.ID, b.ID)
			}
		}
	}
	return nil
}

func (h History) day(name string) calendar.Date { return calendar.DateOf(h.instant(name)) }

// code is how a refusal is named: N15, R01, paper.N33.
var code = regexp.MustCompile(`^([A-Z][0-9]{2}|[a-z]+(\.[A-Za-z0-9_]+)+)$`)

// Refused is an error if the refusal does not say what it is: a code, and a whole
// sentence in both languages or the fields that are wrong (invariant 28).
func Refused(refusal error) error {
	f := fault.As(refusal)
	if f == nil || !code.MatchString(f.Key) {
		return fmt.Errorf("28: refused without a code: %w", refusal)
	}
	said, _ := f.Args["text"].(i18n.Text)
	if strings.Contains(f.Key, ".") || len(f.Fields) > 0 {
		return nil // the words of the program, or of the form's fields
	}
	if said.ZH == "" || said.EN == "" || said.ZH == f.Key || strings.ContainsAny(said.ZH+said.EN, "{}") {
		return fmt.Errorf("28: refused without a sentence: %q: %w", said, refusal)
	}
	return nil
}

// ended is that the clock of a child runs no more when the case above takes one of
// the steps (invariant 21).
func ended(id string, steps ...string) func(History) error {
	return func(h History) error {
		for _, a := range h.Above {
			if !slices.Contains(steps, a.Step) {
				continue
			}
			at := slices.IndexFunc(h.Events, func(e record.Body) bool { return e.At > a.At })
			if at < 0 {
				at = len(h.Events)
			}
			running := map[string]clock.Clock{}
			for _, e := range h.Events[:at] {
				for _, k := range e.Clocks {
					running[k.ID] = k
				}
			}
			if running[id].State == clock.Running {
				return errors.New("21: " + id + " runs at " + a.Step)
			}
		}
		return nil
	}
}
