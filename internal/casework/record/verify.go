package record

import (
	"bytes"
	"context"
	"encoding/json"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Finding is what a verification found wrong; Seq is the first event concerned.
type Finding struct {
	Seq  int64
	Kind FindingKind
}

// FindingKind names what happened to a timeline.
type FindingKind string

// The findings.
const (
	Altered  FindingKind = "altered"  // the bytes are not those that were hashed
	Missing  FindingKind = "missing"  // an event is gone
	Moved    FindingKind = "moved"    // an event stands where another one stood
	Head     FindingKind = "head"     // the case's row does not end where the timeline does
	Unproven FindingKind = "personal" // a personal value is not the one committed to
)

// Proof is the result of verifying one case.
type Proof struct {
	Events int
	Erased []Personal // values that are gone, with rule and instant
	Broken *Finding   // nil: the chain holds
}

// Verify recomputes the chain of a case from its stored bytes and compares the
// commitments with the personal values. An unknown case is NotFound.
func Verify(ctx context.Context, q dbx.Querier, division, caseID id.ID) (p Proof, err error) {
	defer fault.Trace(&err, "record.Verify(%s)", caseID)
	c, err := Find(ctx, q, division, caseID)
	if err != nil {
		return p, err
	}
	events, err := Timeline(ctx, q, division, caseID)
	if err != nil {
		return p, err
	}
	p.Events = len(events)
	values, err := PersonalOf(ctx, q, division, caseID)
	if err != nil {
		return p, err
	}
	if p.Broken = Chain(events, caseID); p.Broken != nil {
		return p, nil
	}
	if n := len(events); n == 0 || !bytes.Equal(events[n-1].Hash, c.Head) || c.Version != int64(n) {
		p.Broken = &Finding{int64(n), Head}
		return p, nil
	}
	p.Erased, p.Broken = Commitments(events, values)
	return p, nil
}

// Chain is the first event of a timeline that does not follow from those before
// it, nil when all do.
func Chain(events []Event, caseID id.ID) *Finding {
	prev, kind := genesis(), ""
	for i, e := range events {
		seq := int64(i + 1)
		if e.Seq != seq {
			return &Finding{seq, Missing}
		}
		var b Body
		if json.Unmarshal([]byte(e.Body), &b) != nil || !bytes.Equal(digest(b.Digest, []byte(e.Body), e.Prev), e.Hash) {
			return &Finding{seq, Altered}
		}
		if !bytes.Equal(e.Prev, prev) {
			return &Finding{seq, Moved}
		}
		if i == 0 {
			kind = b.Digest
		}
		if b.Digest != kind || kind != "" && kind != SM3 || b.Seq != seq || b.Case != caseID || b.At != e.At || b.Step != e.Step ||
			b.Actor.Account != e.Actor || b.With() != e.With || b.Recalls != e.Recalls {
			return &Finding{seq, Altered}
		}
		prev = e.Hash
	}
	return nil
}

// Commitments compares personal values with what a timeline committed to, and
// lists those that were erased.
func Commitments(events []Event, values []Personal) (erased []Personal, broken *Finding) {
	type key struct {
		seq   int64
		field string
	}
	kept := map[key]Personal{}
	for _, v := range values {
		kept[key{v.Seq, v.Field}] = v
	}
	for _, e := range events {
		b, err := e.Read()
		if err != nil {
			return nil, &Finding{e.Seq, Altered}
		}
		for field, want := range b.Commit {
			v, ok := kept[key{e.Seq, field}]
			switch {
			case ok && v.Erased != 0:
				erased = append(erased, v)
			case !ok || v.commitment() != want:
				return nil, &Finding{e.Seq, Unproven}
			}
		}
	}
	return erased, nil
}
