package schema_test

import (
	"flag"
	"os"
	"testing"

	"xiucheng/internal/casework/procedure/schema"
)

var update = flag.Bool("update", false, "write docs/schema anew")

func TestSchemaHasNotDrifted(t *testing.T) {
	const path = "../../../../docs/schema/procedure.schema.json"
	got, err := schema.Of()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != string(got) {
		t.Fatalf("docs/schema is stale; run: go test ./internal/casework/procedure/schema -update (%v)", err)
	}
}
