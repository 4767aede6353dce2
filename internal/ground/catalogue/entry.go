package catalogue

import (
	"encoding/json"

	"xiucheng/internal/platform/fault"
)

// Kinds of entries, in the order in which they build on each other.
const (
	KindGroup     = "group"
	KindClass     = "class"
	KindFamily    = "family"
	KindFlag      = "flag"
	KindFallback  = "fallback"
	KindCondition = "condition"
	KindRoute     = "route"
	KindDuty      = "duty"
	KindQuestion  = "question"
	KindChoice    = "choice"
)

// Entry is one row of a catalogue: a typed document under a kind and a key.
type Entry struct {
	Kind string
	Key  string
	Body string // JSON of the kind's type
}

// NewEntry makes an entry of a Group, Class, Family, Flag, Fallback, Condition,
// Route, Duty, Question or Choice.
func NewEntry(v any) Entry {
	e := Entry{}
	switch v := v.(type) {
	case Group:
		e.Kind, e.Key = KindGroup, v.ID
	case Class:
		e.Kind, e.Key = KindClass, v.ID
	case Family:
		e.Kind, e.Key = KindFamily, v.ID
	case Flag:
		e.Kind, e.Key = KindFlag, v.ID
	case Fallback:
		e.Kind, e.Key = KindFallback, v.Group
	case Condition:
		e.Kind, e.Key = KindCondition, v.ID
	case Route:
		e.Kind, e.Key = KindRoute, string(v.Classes)
	case Duty:
		e.Kind, e.Key = KindDuty, v.Street+" "+string(v.Classes)
	case Question:
		e.Kind, e.Key = KindQuestion, v.ID
	case Choice:
		e.Kind, e.Key = KindChoice, v.ID
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // these types always marshal
	}
	e.Body = string(b)
	return e
}

// Issue is something wrong with one entry, for the pack's list of problems.
type Issue struct {
	Entry Entry
	Key   string
	Args  fault.Args
}

func issue(e Entry, key string, kv ...any) Issue {
	f := fault.New(fault.Invalid, key, kv...)
	return Issue{Entry: e, Key: f.Key, Args: f.Args}
}
