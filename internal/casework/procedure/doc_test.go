package procedure

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"xiucheng/internal/casework/rule"
)

// The manual lists the functions of case from the code that runs them.
func TestTheManualListsEveryFunction(t *testing.T) {
	const path = "../../../docs/procedures.md"
	const from, to = "<!-- functions -->\n", "<!-- /functions -->"
	var b strings.Builder
	b.WriteString("| function | gives |\n|---|---|\n")
	for _, f := range rule.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f, f.Doc)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatal("the marks around the functions are missing")
	}
	want := head + from + b.String() + to + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(raw) {
		t.Fatal("docs/procedures.md is stale; run: go test ./internal/casework/procedure -update")
	}
}
