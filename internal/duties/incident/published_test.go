package incident

import (
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/platform/id"
)

func TestAReferenceTellsItsInstantAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opened := rapid.Int64Range(1, 1<<55).Draw(t, "opened")
		one, two := id.New(), id.New()
		ref := Reference(one, opened)
		if got, ok := instant(ref); !ok || got != opened {
			t.Fatalf("%s: %d %v, want %d", ref, got, ok, opened)
		}
		if ref == Reference(two, opened) {
			t.Fatalf("two cases of one instant are both %s", ref)
		}
		if ref != Reference(one, opened) {
			t.Fatal("a reference changes")
		}
	})
}

func TestWhatIsNoReferenceHasNoInstant(t *testing.T) {
	for _, s := range []string{"", "-", "A-", "A-12345", "A-1234567", "-1-123456", "0-123456", "!-123456", "ZZZZZZZZZZZZZZZZZZZZ-123456", "HOFNU373S0"} {
		if at, ok := instant(s); ok {
			t.Errorf("%q was opened at %d", s, at)
		}
	}
}
