// Package argon keeps passwords as Argon2id hashes in PHC form, a few at a time. What makes a good password is not decided here.
package argon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"xiucheng/internal/platform/fault"
)

// Argon2id with 46 MiB and one pass is the first of the equivalent settings of
// OWASP's password storage cheat sheet; it takes about 50 ms on one core.
const (
	argonMemory = 46 * 1024 // KiB
	argonPasses = 1
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
	// argonAtOnce bounds the memory a rush of sign-ins can take to about 184 MiB.
	argonAtOnce = 4
)

// Hasher turns passwords into hashes, a few at a time.
type Hasher struct {
	slots chan struct{}
	busy  string
}

// New returns a hasher; busy is the key of the Unavailable fault for whoever
// gives up waiting.
func New(busy string) *Hasher {
	return &Hasher{slots: make(chan struct{}, argonAtOnce), busy: busy}
}

// Hash returns the PHC string of a password with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum, err := h.derive(ctx, password, salt, argonMemory, argonPasses, argonLanes)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes, enc(salt), enc(sum)), nil
}

// Verify reports whether the password is the hashed one. A hash made with
// older parameters still verifies. An empty or broken hash never does, but
// costs the same time, so an answer does not tell which logins exist.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	p, known := parsePHC(hash)
	got, err := h.derive(ctx, password, p.salt, p.memory, p.passes, p.lanes)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, p.sum) == 1 && known, nil
}

type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// parsePHC reads "$argon2id$v=19$m=…,t=…,p=…$salt$sum"; what it cannot read it
// replaces by today's parameters, so that the work stays the same.
func parsePHC(hash string) (phc, bool) {
	p := phc{memory: argonMemory, passes: argonPasses, lanes: argonLanes, salt: make([]byte, argonSalt), sum: make([]byte, argonKey)}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, false
	}
	q := phc{}
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &q.memory, &q.passes, &q.lanes)
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err1 != nil || err2 != nil || len(sum) != argonKey || q.lanes == 0 || q.passes == 0 {
		return p, false
	}
	q.salt, q.sum = salt, sum
	return q, true
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, h.busy)
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonKey), nil
}
