package procedure

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/schema/procedure.schema.json")

func lamp(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/lamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var world = World{
	Roles:    []string{"acceptor", "collector", "shift_leader", "dispatcher", "dept_desk", "supervisor", "leader", "admin"},
	Choices:  []string{},
	Do:       []string{},
	Settings: []string{"delay.max", "rework_clock"},
	Laws:     []string{"12345-21", "12345-22"},
}

func TestAGoodProcedureLoads(t *testing.T) {
	p, err := Load("lamp.yaml", []byte(lamp(t)), world)
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := p.Step("dispatch", "reported"); s == nil || s.Name.EN != "Dispatch" {
		t.Fatalf("dispatch from reported: %v", s)
	}
	if s, known := p.Step("dispatch", "closed"); s != nil || !known {
		t.Fatal("dispatch from closed must be known and not allowed")
	}
	if p.Named("note") == nil || !p.Named("note").Shared() {
		t.Fatal("shared steps are missing")
	}
}
func TestSchemaHasNotDrifted(t *testing.T) {
	const path = "../../../docs/schema/procedure.schema.json"
	got, err := Schema()
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
		t.Fatalf("docs/schema is stale; run: go test ./internal/casework/procedure -update (%v)", err)
	}
}

func problemsOf(t *testing.T, src string) Problems {
	t.Helper()
	_, err := Load("x.yaml", []byte(src), world)
	var ps Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatalf("not Problems: %v", err)
	}
	return ps
}

var _ = strings.Contains
