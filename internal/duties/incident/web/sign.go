package web

import (
	"encoding/json"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/shell/ui"
)

// signed are the signatures of the steps: the last of each.
func (n names) signed(s *engine.Snapshot, events []record.Event) (out []ui.Signature) {
	for _, e := range events {
		step := s.Proc.Named(e.Step)
		body, err := e.Read()
		if step == nil || err != nil {
			continue
		}
		for i := range step.Form {
			f := &step.Form[i]
			var text string
			if raw := body.Input[f.Name]; f.Type != field.Sign || json.Unmarshal(raw, &text) != nil || text == "" {
				continue
			}
			x := ui.Signature{Step: f.Label.In(n.lang), Who: body.Actor.Name, At: local(clock.FromMicro(e.At)), Typed: text}
			if slices.ContainsFunc(body.Evidence, func(v record.Exhibit) bool { return v.Kind == evidence.Signature && v.SHA256 == text }) {
				x.Src = "/cases/" + s.ID.String() + "/photo/" + text + "/full"
			}
			out = append(slices.DeleteFunc(out, func(o ui.Signature) bool { return o.Step == x.Step }), x)
		}
	}
	return out
}
