package bundle

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/id"
)

// Finding is one thing that is not as it was written.
type Finding struct {
	File   string // "" for the container itself
	Seq    int64  // of an event, 0 for none
	What   What
	Detail string
}

// String says it in a line.
func (f Finding) String() string {
	s := f.File
	if s == "" {
		s = "container"
	}
	if f.Seq > 0 {
		s += fmt.Sprintf(" event %d", f.Seq)
	}
	return strings.TrimSpace(s + ": " + string(f.What) + " " + f.Detail)
}

// What is wrong with a part.
type What string

// What can be found.
const (
	Altered   What = "altered"   // the bytes are not those that were written
	Missing   What = "missing"   // it is not there
	Added     What = "added"     // it does not belong there
	Moved     What = "moved"     // it stands where something else stood
	Container What = "container" // the ZIP is not as it was written
	Unproven  What = "unproven"  // the proof does not lead to the checkpoint
	Signature What = "signature" // the checkpoint is not signed by the key
	OtherKey  What = "other-key" // the key is not the one that was asked for
	Personal  What = "personal"  // a personal value is not the one committed to
)

// Report is what a bundle says and what was found wrong with it.
type Report struct {
	Manifest   Manifest
	Checkpoint seal.Checkpoint
	Key        string // that signed it
	Pinned     bool   // it is the key that was asked for
	Events     int
	Files      int               // of evidence and papers
	Values     int               // personal ones that were compared
	Erased     []record.Personal // personal values that are gone, where values are here
	Hashes     map[int64][]byte  // of the events, by seq
	Findings   []Finding
}

// limits of the parts that are read into memory.
var limits = map[string]int64{manifestName: 4 << 20, readmeName: 64 << 10, eventsName: 32 << 20, personalName: 8 << 20, proofName: 16 << 20, noteName: 8 << 10, keyName: 4 << 10}

// maxLine is how long one line of events may be.
const maxLine = 2 << 20

// ErrNone is that a file is no bundle at all.
var ErrNone = errors.New("this file is no bundle")

// Verify checks a bundle against itself and, where it is given, against a public
// key. It needs nothing else, and holds no file of evidence in memory.
func Verify(r io.ReaderAt, size int64, key string) (Report, error) {
	v := verifier{texts: map[string][]byte{}}
	head := make([]byte, 4)
	if _, err := r.ReadAt(head, 0); err != nil || !bytes.Equal(head, part{}.header()[:4]) {
		return v.Report, ErrNone
	}
	err := unpack(r, size, v.part, func(name, why string) { v.found(Finding{File: name, What: Container, Detail: why}) })
	if err != nil {
		return v.Report, err
	}
	v.manifest()
	v.constant()
	v.signature(key)
	v.chain()
	v.proofs()
	v.exhibits()
	v.personal()
	return v.Report, nil
}

type verifier struct {
	Report
	texts  map[string][]byte
	sums   []File
	events []record.Event
	bodies []record.Body
	caseID id.ID
}

func (v *verifier) found(f Finding) {
	if len(v.Findings) < 1000 {
		v.Findings = append(v.Findings, f)
	}
}

// part takes in one file of the container.
func (v *verifier) part(p part, body io.Reader) (uint32, error) {
	var keep bytes.Buffer
	limit, text := limits[p.name]
	if text && p.size <= limit {
		body = io.TeeReader(body, &keep)
	}
	s, err := sum(io.LimitReader(body, p.size), p.name) // a small part needs a small buffer
	if err != nil {
		return 0, err
	}
	switch sha := shaOf(p.name); {
	case text && p.size > limit:
		v.found(Finding{File: p.name, What: Altered, Detail: "too long"})
	case text:
		v.texts[p.name] = keep.Bytes()
	case sha == "":
		v.found(Finding{File: p.name, What: Added})
	case sha != s.SHA256:
		v.found(Finding{File: p.name, What: Altered, Detail: "not the bytes of its name"})
	}
	v.sums = append(v.sums, s.File)
	return s.crc, nil
}

// strictly reads JSON that must be written in the one way.
func strictly[T any](raw []byte, into *T) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		return false
	}
	again, err := encode(*into)
	return err == nil && bytes.Equal(again, raw)
}

// manifest compares what is there with what should be, and in which order.
func (v *verifier) manifest() {
	if !strictly(v.texts[manifestName], &v.Manifest) || v.Manifest.Format != format {
		v.found(Finding{File: manifestName, What: Altered, Detail: "not readable"})
		v.Manifest = Manifest{}
		return
	}
	var err error
	if v.caseID, err = id.Parse(v.Manifest.Case); err != nil {
		v.found(Finding{File: manifestName, What: Altered, Detail: "case"})
	}
	if len(v.sums) > 0 && v.sums[0].Path != manifestName {
		v.found(Finding{File: manifestName, What: Moved})
	}
	there := map[string]File{}
	var order []string
	for _, f := range v.sums {
		if _, twice := there[f.Path]; twice {
			v.found(Finding{File: f.Path, What: Added, Detail: "twice"})
		}
		there[f.Path] = f
		if f.Path != manifestName {
			order = append(order, f.Path)
		}
	}
	var want []string
	for _, f := range v.Manifest.Files {
		want = append(want, f.Path)
		got, ok := there[f.Path]
		switch {
		case !ok:
			v.found(Finding{File: f.Path, What: Missing})
		case got != f:
			v.found(Finding{File: f.Path, What: Altered, Detail: "not the digest of the manifest"})
		}
		delete(there, f.Path)
	}
	for path := range there {
		if path != manifestName {
			v.found(Finding{File: path, What: Added, Detail: "not in the manifest"})
		}
	}
	for i := range min(len(order), len(want)) {
		if len(order) == len(want) && order[i] != want[i] && slices.Contains(want, order[i]) {
			v.found(Finding{File: order[i], What: Moved})
			break
		}
	}
	for _, name := range []string{readmeName, eventsName, proofName, noteName, keyName} {
		if !slices.Contains(want, name) {
			v.found(Finding{File: name, What: Missing})
		}
	}
}

// constant is what every bundle of this format has alike.
func (v *verifier) constant() {
	if raw, ok := v.texts[readmeName]; ok && !bytes.Equal(raw, readme) {
		v.found(Finding{File: readmeName, What: Altered})
	}
}

func (v *verifier) signature(pinned string) {
	raw := string(v.texts[keyName])
	v.Key = strings.TrimSuffix(raw, "\n")
	if v.Key+"\n" != raw {
		v.found(Finding{File: keyName, What: Altered})
	}
	if pinned != "" {
		if v.Pinned = pinned == v.Key; !v.Pinned {
			v.found(Finding{File: keyName, What: OtherKey, Detail: v.Key})
		}
	}
	c, _, err := seal.OpenCheckpoint(string(v.texts[noteName]), v.Key)
	if err != nil {
		v.found(Finding{File: noteName, What: Signature, Detail: err.Error()})
		return
	}
	v.Checkpoint = c
	if c.Origin != v.Manifest.Origin {
		v.found(Finding{File: manifestName, What: Altered, Detail: "origin"})
	}
}

// chain reads the events and follows their hashes.
func (v *verifier) chain() {
	seq := int64(0)
	for raw := range bytes.Lines(v.texts[eventsName]) {
		seq++
		var l line
		var e record.Event
		if len(raw) > maxLine || !v.line(raw, &l, &e) {
			v.found(Finding{File: eventsName, Seq: seq, What: Altered, Detail: "not readable"})
			return
		}
		b, err := e.Read()
		if err != nil {
			v.found(Finding{File: eventsName, Seq: seq, What: Altered, Detail: "not readable"})
			return
		}
		e.At, e.Step, e.Actor, e.With, e.Recalls = b.At, b.Step, b.Actor.Account, b.With(), b.Recalls
		v.events, v.bodies = append(v.events, e), append(v.bodies, b)
	}
	v.Events = len(v.events)
	if v.Events == 0 {
		v.found(Finding{File: eventsName, What: Missing, Detail: "no events"})
		return
	}
	if v.caseID.IsZero() {
		v.caseID = v.bodies[0].Case
	}
	if f := record.Chain(v.events, v.caseID); f != nil {
		what := map[record.FindingKind]What{record.Altered: Altered, record.Missing: Missing, record.Moved: Moved}[f.Kind]
		v.found(Finding{File: eventsName, Seq: f.Seq, What: what})
	}
	v.Hashes = map[int64][]byte{}
	number, digest := "", "sha256"
	for i, b := range v.bodies {
		v.Hashes[v.events[i].Seq] = v.events[i].Hash
		if b.Number != "" {
			number = b.Number
		}
		if b.Digest != "" {
			digest = b.Digest
		}
	}
	for field, same := range map[string]bool{"number": number == v.Manifest.Number, "digest": digest == v.Manifest.Digest, "events": v.Events == v.Manifest.Events} {
		if !same && v.Manifest.Format != 0 {
			v.found(Finding{File: manifestName, What: Altered, Detail: field})
		}
	}
}

func (v *verifier) line(raw []byte, l *line, e *record.Event) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(l) != nil {
		return false
	}
	again, err := lines([]line{*l})
	prev, err1 := hex.DecodeString(l.Prev)
	hash, err2 := hex.DecodeString(l.Hash)
	*e = record.Event{Seq: l.Seq, Body: l.Body, Prev: prev, Hash: hash}
	return errors.Join(err, err1, err2) == nil && bytes.Equal(again, raw)
}

// proofs leads from each event to the checkpoint.
func (v *verifier) proofs() {
	var p proofs
	if !strictly(v.texts[proofName], &p) {
		v.found(Finding{File: proofName, What: Altered, Detail: "not readable"})
		return
	}
	if p.Size != v.Checkpoint.Size {
		v.found(Finding{File: proofName, What: Altered, Detail: "size"})
	}
	if len(p.Leaves) > len(v.events) {
		v.found(Finding{File: proofName, Seq: p.Leaves[len(v.events)].Seq, What: Added})
	}
	for i, e := range v.events {
		if i >= len(p.Leaves) {
			v.found(Finding{File: proofName, Seq: e.Seq, What: Missing})
			return
		}
		leaf := seal.Leaf{Case: v.caseID, Seq: e.Seq, Hash: e.Hash}
		path, ok := pathOf(p.Leaves[i].Path)
		if !ok || p.Leaves[i].Seq != e.Seq || tlog.CheckRecord(path, p.Size, v.Checkpoint.Root, p.Leaves[i].Index, leaf.RecordHash()) != nil {
			v.found(Finding{File: proofName, Seq: e.Seq, What: Unproven})
		}
	}
}

func pathOf(list []string) (out tlog.RecordProof, ok bool) {
	for _, s := range list {
		b, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil || len(b) != tlog.HashSize {
			return nil, false
		}
		out = append(out, tlog.Hash(b))
	}
	return out, true
}

// exhibits compares the files with those that the events name.
func (v *verifier) exhibits() {
	here, left := map[string]string{}, map[string]bool{}
	for _, f := range v.sums {
		if sha := shaOf(f.Path); sha != "" {
			here[sha] = f.Path
			v.Files++
		}
	}
	for _, x := range v.Manifest.LeftOut {
		left[x.SHA256] = true
	}
	named := map[string]bool{}
	for i, b := range v.bodies {
		for _, x := range b.Evidence {
			named[x.SHA256] = true
			if here[x.SHA256] == "" && !left[x.SHA256] {
				v.found(Finding{File: folderOf(x.Kind) + x.SHA256, Seq: v.events[i].Seq, What: Missing})
			}
		}
	}
	for sha, path := range here {
		if !named[sha] {
			v.found(Finding{File: path, What: Added, Detail: "no event names it"})
		}
	}
	for sha := range left {
		if !named[sha] || here[sha] != "" {
			v.found(Finding{File: manifestName, What: Altered, Detail: "left_out " + sha})
		}
	}
}

// personal compares values with their commitments, where they are here.
func (v *verifier) personal() {
	raw, ok := v.texts[personalName]
	if !ok {
		return
	}
	var list []record.Personal
	var parsed []value
	for l := range bytes.Lines(raw) {
		var x value
		if len(l) > maxLine || json.Unmarshal(l, &x) != nil {
			v.found(Finding{File: personalName, What: Altered, Detail: "not readable"})
			return
		}
		salt, err := hex.DecodeString(x.Salt)
		if err != nil {
			v.found(Finding{File: personalName, Seq: x.Seq, What: Personal, Detail: x.Field})
			return
		}
		if x.Seq < 1 || x.Seq > int64(len(v.bodies)) || v.bodies[x.Seq-1].Commit[x.Field] == "" {
			v.found(Finding{File: personalName, Seq: x.Seq, What: Added, Detail: x.Field})
		}
		parsed = append(parsed, x)
		list = append(list, record.Personal{Seq: x.Seq, Field: x.Field, Salt: salt, Value: x.Value, Erased: x.Erased, Rule: x.Rule})
	}
	if again, err := lines(parsed); err != nil || !bytes.Equal(again, raw) {
		v.found(Finding{File: personalName, What: Altered})
	}
	var f *record.Finding
	if v.Erased, f = record.Commitments(v.events, list); f != nil {
		v.found(Finding{File: personalName, Seq: f.Seq, What: Personal})
	}
	v.Values = len(list) - len(v.Erased)
}
