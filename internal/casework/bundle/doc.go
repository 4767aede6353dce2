// Package bundle 存证包 is one case to be carried away and checked by anybody, with
// no server and no database: its events as they were hashed, its files, a proof
// that each event is in the division's sealed log, the signed checkpoint, and how
// to check all of it by hand.
//
// It owns the form of the file. What is in the log is seal's, what an event says
// is record's; who may have a bundle is the caller's.
package bundle

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strings"
)

// Format is the version of the file's form.
const format = 1

// The parts of a bundle, in their order; files of evidence and papers follow.
const (
	manifestName = "manifest.json"
	readmeName   = "README.txt"
	eventsName   = "events.jsonl"
	personalName = "personal.jsonl" // only where it was asked for
	proofName    = "proof.json"
	noteName     = "checkpoint.txt"
	keyName      = "key.txt"
)

//go:embed README.txt
var readme []byte

// Manifest says what a bundle holds.
type Manifest struct {
	Format  int       `json:"format"`
	Origin  string    `json:"origin"` // of the log
	Case    string    `json:"case"`
	Number  string    `json:"number"`
	Digest  string    `json:"digest"` // of the chain: sha256 or sm3
	Events  int       `json:"events"`
	Files   []File    `json:"files"`    // all others, in their order
	LeftOut []LeftOut `json:"left_out"` // files that an event names and the bundle has not
}

// File is one part with its digests.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
}

// LeftOut is a file that is not in the bundle.
type LeftOut struct {
	SHA256 string `json:"sha256"`
	Why    string `json:"why"`
}

// line is an event in events.jsonl: Body is the very text that was hashed.
type line struct {
	Seq  int64  `json:"seq"`
	Prev string `json:"prev"`
	Hash string `json:"hash"`
	Body string `json:"body"`
}

// value is a personal value in personal.jsonl, or what is left of an erased one.
type value struct {
	Seq    int64  `json:"seq"`
	Field  string `json:"field"`
	Salt   string `json:"salt"`
	Value  string `json:"value"`
	Erased int64  `json:"erased,omitempty"` // microseconds
	Rule   string `json:"rule,omitempty"`
}

// proofs is proof.json: where each event is in the log, and the way from there
// to the checkpoint's root.
type proofs struct {
	Size   int64   `json:"size"`
	Leaves []proof `json:"leaves"`
}

type proof struct {
	Seq   int64    `json:"seq"`
	Index int64    `json:"index"`
	Path  []string `json:"path"` // base64
}

// folders of files that events name by their SHA-256, with their kind in an event
// where it is one.
const (
	evidenceFolder = "evidence/"
	papersFolder   = "papers/"
	paperKind      = "paper"
)

var filePath = regexp.MustCompile(`^(evidence|papers)/[0-9a-f]{64}(\.[a-z0-9]{1,5})?$`)

// shaOf is the SHA-256 that a file's path promises, "" for none.
func shaOf(path string) string {
	if !filePath.MatchString(path) {
		return ""
	}
	_, name, _ := strings.Cut(path, "/")
	return name[:64]
}

// encode writes JSON in the one way a bundle has it.
func encode(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", " ")
	return append(raw, '\n'), err
}

// lines writes JSON lines.
func lines[T any](list []T) (out []byte, err error) {
	for _, x := range list {
		raw, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		out = append(append(out, raw...), '\n')
	}
	return out, nil
}
