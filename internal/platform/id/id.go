// Package id makes the program's identifiers: 16-byte UUIDv7 row ids, and
// receipt codes that people read aloud.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// ID is a UUIDv7, stored as 16 bytes on both engines. The zero ID is "none"
// and is stored as NULL.
type ID [16]byte

// New returns a fresh ID; ids made later sort later.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// Parse reads the 36- or 32-character form.
func Parse(s string) (ID, error) {
	u, err := uuid.Parse(s)
	return ID(u), err
}

// IsZero reports whether the ID is "none".
func (i ID) IsZero() bool { return i == ID{} }

func (i ID) String() string { return uuid.UUID(i).String() }

// MarshalText writes the 36-character form, "" for none.
func (i ID) MarshalText() ([]byte, error) {
	if i.IsZero() {
		return nil, nil
	}
	return []byte(i.String()), nil
}

// UnmarshalText is the inverse of MarshalText.
func (i *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = ID{}
		return nil
	}
	v, err := Parse(string(b))
	*i = v
	return err
}

// Value stores the ID as 16 bytes, none as NULL.
func (i ID) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i[:], nil
}

// Scan reads 16 bytes or NULL.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(i[:], v)
			return nil
		}
	}
	return fmt.Errorf("id: cannot scan %T", src)
}

// letters is Crockford's alphabet (no I, L, O, U, so a code survives a
// telephone) without Z: 31 is prime, which lets the check letter see every
// single wrong letter and every swap of neighbours.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXY"

// receiptLetters is 13 letters of log2(31) bits: 64 random bits.
const receiptLetters = 13

// Receipt returns a receipt code: 13 random letters (64 bits) and a check
// letter, written as XXXXX-XXXXX-XXXX.
func Receipt() string {
	b := make([]byte, receiptLetters, receiptLetters+1)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // crypto/rand never fails on a supported system
		}
		b[i] = letters[n.Int64()]
	}
	return group(string(append(b, check(string(b)))))
}

// ParseReceipt returns the canonical form of what a person typed (any case,
// spaces or dashes, O for 0, I or L for 1), or ok=false when the check letter
// does not fit, so a typing error never meets another person's report.
func ParseReceipt(s string) (code string, ok bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(s) != receiptLetters+1 {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(letters, s[i]) < 0 {
			return "", false
		}
	}
	if check(s[:receiptLetters]) != s[receiptLetters] {
		return "", false
	}
	return group(s), true
}

// check is a position-weighted sum modulo 31, written in the alphabet.
func check(s string) byte {
	sum := 0
	for i := range len(s) {
		sum += (i + 1) * strings.IndexByte(letters, s[i])
	}
	return letters[sum%len(letters)]
}

func group(s string) string { return s[:5] + "-" + s[5:10] + "-" + s[10:] }

// Token returns n random bytes in hex: a secret shown once.
func Token(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return hex.EncodeToString(b)
}
