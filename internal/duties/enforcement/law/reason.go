package law

import "xiucheng/internal/platform/fault"

// Reason is one ground for what a function says, in the words of this room.
type Reason struct {
	Code string // the refusal a procedure shows for it, "" for none
	Key  string
	Args fault.Args
}

func because(code, key string, kv ...any) Reason {
	e := fault.New(fault.Invalid, "law."+key, kv...)
	return Reason{Code: code, Key: e.Key, Args: e.Args}
}

// Yuan is an amount as sentences say it: 1,000 yuan is "1000", half a yuan "0.50".
func (f Fen) Yuan() string {
	if f%100 == 0 {
		return digits(int64(f / 100))
	}
	return digits(int64(f/100)) + "." + digits(int64(f%100/10)) + digits(int64(f%10))
}
