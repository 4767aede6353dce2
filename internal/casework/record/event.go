package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/platform/id"
)

// The version of the body's shape and of its digest is hashed with every event,
// so that another one can never be mistaken for it.
const (
	format1 = "xiucheng event 1\n" // SHA-256
	format2 = "xiucheng event 2\n" // SM3 国密, GB/T 32905
)

// SM3 is the digest of a chain that says so in each of its events; the others
// are of SHA-256. A case keeps the digest it began with.
const SM3 = "sm3"

// Event is one stored line of a case's timeline.
type Event struct {
	Seq     int64
	At      int64 // microseconds
	Step    string
	Actor   string
	Dept    string
	With    string // accounts of who took it together with the actor, with spaces between
	Recalls int64  // seq of the step this one takes back; 0 for none
	Body    string
	Prev    []byte
	Hash    []byte
}

// Body is what an event says, as canonical JSON: fixed order of keys, maps
// sorted, no personal values.
type Body struct {
	Case      id.ID                      `json:"case"`
	Seq       int64                      `json:"seq"`
	At        int64                      `json:"at"`
	Step      string                     `json:"step"`
	From      string                     `json:"from"`
	To        string                     `json:"to"`
	Procedure string                     `json:"procedure,omitempty"` // first event only
	Version   int                        `json:"version,omitempty"`   // first event only
	Parent    id.ID                      `json:"parent,omitzero"`     // first event of a child
	Digest    string                     `json:"digest,omitempty"`    // of the chain: SM3, or "" for SHA-256
	Number    string                     `json:"number,omitempty"`    // where it was issued
	Actor     Actor                      `json:"actor"`
	Officers  []Actor                    `json:"officers,omitempty"` // who took it together with the actor
	Input     map[string]json.RawMessage `json:"input,omitempty"`
	Commit    map[string]string          `json:"commit,omitempty"` // personal field → SHA-256(salt ‖ value) in hex
	Evidence  []Exhibit                  `json:"evidence,omitempty"`
	Data      map[string]json.RawMessage `json:"data,omitempty"` // fields set; null empties
	Clocks    []clock.Clock              `json:"clocks,omitempty"`
	AllClocks bool                       `json:"all_clocks,omitempty"` // Clocks are all there are now
	Tells     []Told                     `json:"tells,omitempty"`
	Links     []Link                     `json:"links,omitempty"`
	Children  []id.ID                    `json:"children,omitempty"`
	Recalls   int64                      `json:"recalls,omitempty"`
}

// Actor is who acted, in which post, and for whom.
type Actor struct {
	Account string `json:"account"` // account id, "system", "citizen:" and the party's id, or "link:" and the link's id
	Name    string `json:"name,omitempty"`
	Role    string `json:"role,omitempty"`
	Dept    string `json:"dept,omitempty"`
	Via     string `json:"via,omitempty"` // whose post is being filled in for
}

// Exhibit is a file named by its digest.
type Exhibit struct {
	SHA256   string  `json:"sha256"`
	Kind     string  `json:"kind"`
	Field    string  `json:"field,omitempty"`
	Taken    int64   `json:"taken,omitempty"`
	Lat      float64 `json:"lat,omitempty"`
	Lng      float64 `json:"lng,omitempty"`
	Accuracy float64 `json:"acc,omitempty"`
}

// Told is how many of a target were told.
type Told struct {
	To string `json:"to"`
	N  int    `json:"n"`
}

// Link joins two cases.
type Link struct {
	Other    id.ID  `json:"other"`
	Relation string `json:"relation"`
}

// Seal encodes the body and chains it to the hash before it.
func Seal(b *Body, dept string, prev []byte) (Event, error) {
	raw, err := b.encode()
	if err != nil {
		return Event{}, err
	}
	if prev == nil {
		prev = genesis()
	}
	return Event{
		Seq: b.Seq, At: b.At, Step: b.Step, Actor: b.Actor.Account, With: b.With(), Dept: dept, Recalls: b.Recalls,
		Body: string(raw), Prev: prev, Hash: digest(b.Digest, raw, prev),
	}, nil
}

// With are the accounts of who took the step together with the actor, with spaces
// between.
func (b *Body) With() string {
	accounts := make([]string, len(b.Officers))
	for i, o := range b.Officers {
		accounts[i] = o.Account
	}
	return strings.Join(accounts, " ")
}

// genesis stands before a case's first event.
func genesis() []byte { return make([]byte, sha256.Size) }

// digest covers the format, the stored bytes and the hash before.
func digest(kind string, body, prev []byte) []byte {
	h, format := sha256.New(), format1
	if kind == SM3 {
		h, format = sm3.New(), format2
	}
	h.Write([]byte(format))
	h.Write(body)
	h.Write(prev)
	return h.Sum(nil)
}

// Personal is one value kept apart from the timeline.
type Personal struct {
	Seq    int64
	Field  string
	Salt   []byte
	Value  string // JSON
	Erased int64  // microseconds, 0 while it is kept
	Rule   string // by which it was erased
}

const saltSize = 16

// Conceal makes the stored value and the commitment that stands in the event.
func Conceal(field string, value json.RawMessage) (p Personal, commitment string) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		panic(err) // crypto/rand never fails on a supported system
	}
	p = Personal{Field: field, Salt: salt, Value: string(value)}
	return p, p.commitment()
}

func (p Personal) commitment() string {
	sum := sha256.Sum256(append(append([]byte{}, p.Salt...), p.Value...))
	return hex.EncodeToString(sum[:])
}
