package record

import (
	"bytes"
	"encoding/json"
	"fmt"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/rule"
	wall "xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// Folded is a case as its timeline tells it.
type Folded struct {
	Procedure string
	Version   int
	Parent    id.ID
	Digest    string
	Number    string
	State     string
	Raw       map[string]json.RawMessage // data
	Clocks    []clock.Clock              // the latest run of each, and earlier runs that were late
	Log       []rule.Taken
	Opened    int64
	Updated   int64
	Entered   int64
	Head      []byte
}

// Fold replays a timeline. It does not check hashes; Verify does.
func Fold(events []Event) (f Folded, err error) {
	f.Raw = map[string]json.RawMessage{}
	for i := range events {
		var b Body
		if err := json.Unmarshal([]byte(events[i].Body), &b); err != nil {
			return f, fmt.Errorf("event %d: %w", events[i].Seq, err)
		}
		f.Apply(&b)
		f.Head = events[i].Hash
	}
	return f, nil
}

// Apply adds one event.
func (f *Folded) Apply(b *Body) {
	if b.Seq == 1 {
		f.Procedure, f.Version, f.Parent, f.Digest, f.Opened = b.Procedure, b.Version, b.Parent, b.Digest, b.At
	}
	if b.Number != "" {
		f.Number = b.Number
	}
	if f.State != b.To || b.Seq == 1 {
		f.Entered = b.At
	}
	f.State, f.Updated = b.To, b.At
	for k, v := range b.Data {
		if bytes.Equal(v, null) {
			delete(f.Raw, k)
		} else {
			f.Raw[k] = v
		}
	}
	if b.AllClocks {
		f.Clocks = b.Clocks
	} else {
		for _, c := range b.Clocks {
			f.Clocks = Keep(f.Clocks, c)
		}
	}
	if b.Recalls != 0 {
		for i := range f.Log {
			f.Log[i].Recalled = f.Log[i].Recalled || f.Log[i].Seq == b.Recalls
		}
	}
	t := rule.Taken{Seq: b.Seq, Step: b.Step, Actor: b.Actor.Account, Dept: b.Actor.Dept, At: wall.FromMicro(b.At)}
	for _, o := range b.Officers {
		t.With = append(t.With, o.Account)
	}
	f.Log = append(f.Log, t)
}

var null = []byte("null")

// Keep puts a clock's new value among a case's clocks. A new run replaces the
// one before it, of which only a late mark stays.
func Keep(clocks []clock.Clock, c clock.Clock) []clock.Clock {
	out := make([]clock.Clock, 0, len(clocks)+1)
	for _, o := range clocks {
		switch {
		case o.ID != c.ID || o.Run > c.Run:
			out = append(out, o)
		case o.Run < c.Run && o.Late != 0:
			o.Rungs = nil
			out = append(out, o)
		}
	}
	return append(out, c)
}
