package unitlink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// Link is one way for a department into one case.
type Link struct {
	Division, ID, Case id.ID
	Dept               string
	Seq                int64 // of the event that issued it
	Issued             time.Time
	IssuedBy           string
	Expires            time.Time
	Opened             time.Time // first; zero for never
	Revoked            time.Time // zero while it was not
	RevokedBy          string

	// Told with a list:
	To, Contact string    // who it went to; "" after an erasure
	Used        time.Time // last; zero for never
	Uses        int
}

// Over is why a link does not open its case, a word of the sentences.
type Over string

// The reasons.
const (
	Good    Over = ""
	Unknown Over = "unknown"
	Expired Over = "expired"
	Revoked Over = "revoked"
	Away    Over = "away" // the case asks nothing of the department now
)

// Over is how the link stands at an instant, with the case as it is.
func (l Link) Over(s *engine.Snapshot, now time.Time) Over {
	switch {
	case !l.Revoked.IsZero():
		return Revoked
	case now.After(l.Expires):
		return Expired
	case !s.Reached(l.Actor("")):
		return Away
	}
	return Good
}

// Actor is whoever comes by the link and gives the name.
func (l Link) Actor(name string) people.Actor {
	return people.LinkActor(l.Division, l.Dept, name, l.ID, l.Case)
}

// MaxDays is how long a link holds at most.
const MaxDays = 30

// until is the last second of the n-th day after an instant.
func until(from time.Time, n int) time.Time {
	t := from.In(calendar.Zone)
	return time.Date(t.Year(), t.Month(), t.Day()+n, 23, 59, 59, 0, calendar.Zone)
}

// sign is what only this installation can say of a link.
func (l Link) sign(secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("xiucheng unit link 1\n"))
	h.Write(l.ID[:])
	h.Write(l.Division[:])
	h.Write(l.Case[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(clock.Micro(l.Expires))))
	h.Write([]byte(l.Dept)) // last: all before it has a fixed length
	return h.Sum(nil)
}

// token is the link's part of the address.
func (l Link) token(secret []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(l.ID[:], l.sign(secret)...))
}

// tokenID is the id that a token claims, and its signature.
func tokenID(token string) (link id.ID, sign []byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != len(link)+sha256.Size {
		return link, nil, false
	}
	return id.ID(b[:len(link)]), b[len(link):], true
}
