package argon

import (
	"context"
	"strings"
	"testing"

	"xiucheng/internal/platform/fault"
)

func TestArgon2(t *testing.T) {
	ctx, h := context.Background(), New("people.busy")
	hash, err := h.Hash(ctx, "Demo-2026")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("hash is %s", hash)
	}
	// Made by the argon2 reference program: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, c := range []struct {
		hash, password string
		want           bool
	}{{hash, "Demo-2026", true}, {hash, "Demo-2026 ", false}, {"", "", false}, {"$argon2id$v=19$m=1,t=0,p=0$$", "", false}, {reference, "password", true}} {
		got, err := h.Verify(ctx, c.hash, c.password)
		if err != nil || got != c.want {
			t.Errorf("Verify(%q, %q) = %v, %v", c.hash, c.password, got, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for range argonAtOnce {
		h.slots <- struct{}{}
	}
	_, err = h.Hash(cancelled, "Demo-2026")
	if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || f.Key != "people.busy" {
		t.Fatalf("did not give up: %v", err)
	}
}
