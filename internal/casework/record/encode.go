package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"xiucheng/internal/platform/id"
)

// encode writes the body as encoding/json would, to the byte: the order of the
// struct, maps sorted, absent parts left out. The values of its maps are JSON
// already, made by procedure.Encode, and need not be read again: this is half
// of what sealing an event cost.
func (b *Body) encode() ([]byte, error) {
	out := make([]byte, 0, 4096)
	out = appendString(append(out, `{"case":`...), b.Case.String())
	out = strconv.AppendInt(append(out, `,"seq":`...), b.Seq, 10)
	out = strconv.AppendInt(append(out, `,"at":`...), b.At, 10)
	out = appendString(append(out, `,"step":`...), b.Step)
	out = appendString(append(out, `,"from":`...), b.From)
	out = appendString(append(out, `,"to":`...), b.To)
	if b.Procedure != "" {
		out = appendString(append(out, `,"procedure":`...), b.Procedure)
	}
	if b.Version != 0 {
		out = strconv.AppendInt(append(out, `,"version":`...), int64(b.Version), 10)
	}
	if b.Parent != (id.ID{}) {
		out = appendString(append(out, `,"parent":`...), b.Parent.String())
	}
	if b.Digest != "" {
		out = appendString(append(out, `,"digest":`...), b.Digest)
	}
	if b.Number != "" {
		out = appendString(append(out, `,"number":`...), b.Number)
	}
	out, err := appendJSON(append(out, `,"actor":`...), b.Actor)
	if err != nil {
		return nil, err
	}
	if len(b.Officers) > 0 {
		if out, err = appendJSON(append(out, `,"officers":`...), b.Officers); err != nil {
			return nil, err
		}
	}
	if len(b.Input) > 0 {
		out = appendObject(append(out, `,"input":`...), b.Input)
	}
	rest := []struct {
		name string
		n    int
		v    any
	}{{`,"commit":`, len(b.Commit), b.Commit}, {`,"evidence":`, len(b.Evidence), b.Evidence}}
	for _, r := range rest {
		if r.n > 0 {
			if out, err = appendJSON(append(out, r.name...), r.v); err != nil {
				return nil, err
			}
		}
	}
	if len(b.Data) > 0 {
		out = appendObject(append(out, `,"data":`...), b.Data)
	}
	return b.appendTail(out)
}

func (b *Body) appendTail(out []byte) (_ []byte, err error) {
	if len(b.Clocks) > 0 {
		if out, err = appendJSON(append(out, `,"clocks":`...), b.Clocks); err != nil {
			return nil, err
		}
	}
	if b.AllClocks {
		out = append(out, `,"all_clocks":true`...)
	}
	rest := []struct {
		name string
		n    int
		v    any
	}{{`,"tells":`, len(b.Tells), b.Tells}, {`,"links":`, len(b.Links), b.Links}, {`,"children":`, len(b.Children), b.Children}}
	for _, r := range rest {
		if r.n > 0 {
			if out, err = appendJSON(append(out, r.name...), r.v); err != nil {
				return nil, err
			}
		}
	}
	if b.Recalls != 0 {
		out = strconv.AppendInt(append(out, `,"recalls":`...), b.Recalls, 10)
	}
	return append(out, '}'), nil
}

func appendJSON(out []byte, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	return append(out, raw...), err
}

// appendObject writes values that are JSON already, in order of their names.
func appendObject(out []byte, m map[string]json.RawMessage) []byte {
	out = append(out, '{')
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, k), ':')
		if m[k] == nil {
			out = append(out, "null"...)
			continue
		}
		out = append(out, m[k]...)
	}
	return append(out, '}')
}

// appendString writes a string as encoding/json does; what needs an escape is
// left to it.
func appendString(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0xe2 || c == 0x7f || c >= utf8.RuneSelf && !utf8.ValidString(s) {
			raw, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string is always JSON
			}
			return append(out, raw...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}
