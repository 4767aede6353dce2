package seal

import (
	"encoding/base32"
	"encoding/hex"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// codeLen is how many bytes of an event's hash a code carries: enough that nobody
// finds a second event for a code.
const codeLen = 10

// The letters of Crockford, which leave out those that are taken for others.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Code is the beginning of an event's hash as people write it: XXXX-XXXX-XXXX-XXXX.
func Code(hash []byte) string {
	s := letters.EncodeToString(hash[:codeLen])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// ParseCode reads the bytes of a code however it was typed, or of a whole digest
// in hexadecimal.
func ParseCode(s string) (prefix []byte, ok bool) {
	s = strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(s))
	if len(s) == 2*tlog.HashSize {
		prefix, err := hex.DecodeString(s)
		return prefix, err == nil
	}
	if len(s) != codeLen*8/5 {
		return nil, false
	}
	prefix, err := letters.DecodeString(strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s))
	return prefix, err == nil
}
