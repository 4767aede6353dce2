package id

import (
	"strings"
	"testing"
)

func TestReceiptSurvivesHowPeopleTypeIt(t *testing.T) {
	for range 200 {
		code := Receipt()
		typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
		typed = strings.NewReplacer("0", "o", "1", "l").Replace(typed)
		got, ok := ParseReceipt(typed)
		if !ok || got != code {
			t.Fatalf("ParseReceipt(%q) = %q, %v; want %q", typed, got, ok, code)
		}
	}
}

func TestReceiptCheckLetterSeesEverySingleErrorAndSwap(t *testing.T) {
	code := strings.ReplaceAll(Receipt(), "-", "")
	for i := range len(code) {
		for _, c := range letters {
			wrong := code[:i] + string(c) + code[i+1:]
			if _, ok := ParseReceipt(wrong); ok != (wrong == code) {
				t.Fatalf("%s accepted although %s was issued", wrong, code)
			}
		}
		if i+2 < len(code) && code[i] != code[i+1] {
			swapped := code[:i] + code[i+1:i+2] + code[i:i+1] + code[i+2:]
			if _, ok := ParseReceipt(swapped); ok {
				t.Fatalf("swap %s of %s accepted", swapped, code)
			}
		}
	}
}

func TestIDRoundTrips(t *testing.T) {
	a, b := New(), New()
	if a.String() > b.String() {
		t.Fatalf("ids do not sort by time: %s then %s", a, b)
	}
	v, _ := a.Value()
	var back ID
	if err := back.Scan(v); err != nil || back != a {
		t.Fatalf("Scan(%v) = %v, %v", v, back, err)
	}
	if v, _ := (ID{}).Value(); v != nil {
		t.Fatalf("none is stored as %v, want NULL", v)
	}
	if err := back.Scan("text"); err == nil {
		t.Fatal("Scan took a string")
	}
}
