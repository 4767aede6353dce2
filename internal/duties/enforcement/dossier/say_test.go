package dossier

import (
	"os"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
)

func TestTheApprovalFormSaysTheReviewInWords(t *testing.T) {
	const file = shipped + "procedures/enf.ordinary.yaml"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Load(file, src, procedure.World{})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[any]any{"pass": "通过", "pass_with_notes": "附意见通过", nil: nil} {
		d := &engine.Doing{After: &engine.Snapshot{Proc: p, Data: map[string]any{"review_result": code}}}
		if got := sayings["P28"](saying{Doing: d})["review_result"]; got != want {
			t.Errorf("%v is said as %v", code, got)
		}
	}
}
