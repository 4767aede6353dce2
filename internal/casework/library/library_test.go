package library

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"xiucheng/internal/casework/procedure"
)

// What one procedure does to the cases of another is looked at when all are read.
func TestProceduresAgreeOnEachOthersCases(t *testing.T) {
	good, err := os.ReadFile("../procedure/testdata/lamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	child, err := os.ReadFile("../procedure/testdata/lamp-paper.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, now, want string }{
		"as they are":       {"", "", ""},
		"no such opening":   {"step: draw,", "step: hand_over_paper,", "step hand_over_paper does not open a case of lamp-paper"},
		"no such field":     {"input: {paper: input.paper, parts", "input: {papers: input.paper, parts", "step draw has no field papers"},
		"no step above":     {"id: served\n", "id: delivered\n", "lamp, which opens lamp-paper, has no step served of the system's"},
		"another procedure": {"procedure: lamp-paper, step: draw", "procedure: elsewhere, step: draw", ""},
	} {
		src := strings.Replace(string(good), c.old, c.now, 1)
		if name == "no step above" {
			src = strings.Replace(src, "case.done_with('served', 'paper', 'P06') && case.at_with('served', 'paper', 'P06')", "case.at_with('delivered', 'paper', 'P06')", 1)
		}
		_, err := Check(fstest.MapFS{"lamp.yaml": {Data: []byte(src)}, "lamp-paper.yaml": {Data: child}}, procedure.World{})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), ".yaml:1:")):
			t.Errorf("%s: told %v, want %q with its line", name, err, c.want)
		}
	}
}
