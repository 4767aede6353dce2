package field

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/text"
)

// celTypes lists every type with how guards see one value of it.
var celTypes = map[Type]*cel.Type{
	Text: cel.StringType, Long: cel.StringType, Enum: cel.StringType, Person: cel.StringType, Dept: cel.StringType,
	Class: cel.StringType, Component: cel.StringType, CaseRef: cel.StringType, Code: cel.StringType,
	Phone: cel.StringType, Sign: cel.StringType,
	Int: cel.IntType, Money: cel.IntType, Dec: cel.DoubleType, Bool: cel.BoolType,
	Date: cel.TimestampType, Time: cel.TimestampType,
	Photo: cel.ListType(cel.StringType), File: cel.ListType(cel.StringType),
	Place: cel.MapType(cel.StringType, cel.DoubleType), Map: cel.MapType(cel.StringType, cel.StringType),
	Rows: cel.ListType(cel.MapType(cel.StringType, cel.StringType)),
}

// Types lists every type.
func Types() []Type { return slices.Collect(maps.Keys(celTypes)) }

// CELType is the type expressions see the value as.
func (f *Field) CELType() *cel.Type { return CELType(f.Type, f.List) }

// CELType is how expressions see values of the type; nil for an unknown type.
func CELType(t Type, list bool) *cel.Type {
	c := celTypes[t]
	if list && !t.Files() {
		return cel.ListType(c)
	}
	return c
}

// Known reports whether there is such a type.
func (t Type) Known() bool { return celTypes[t] != nil }

// Files reports whether values are files.
func (t Type) Files() bool { return t == Photo || t == File }

// Files reports whether the field takes files.
func (f *Field) Files() bool { return f.Type.Files() }

// many reports whether the value is a list.
func (f *Field) many() bool { return f.List || f.Type.Files() }

// Decode reads a stored or sent JSON value as the field's Go type. Instants are
// microseconds since 1970 or RFC 3339. null is nil. A value of another type is
// an error.
func (f *Field) Decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	switch c := celTypes[f.Type]; {
	case f.Type == Place:
		return decode[rule.Point](raw)
	case f.Type == Map:
		return decode[map[string]string](raw)
	case f.Type == Rows:
		return decode[[]map[string]string](raw)
	case f.many() && (c == cel.IntType):
		return decode[[]int64](raw)
	case f.many():
		return decode[[]string](raw)
	case c == cel.IntType:
		return decode[int64](raw)
	case c == cel.DoubleType:
		return decode[float64](raw)
	case c == cel.BoolType:
		return decode[bool](raw)
	case c == cel.TimestampType:
		return decodeInstant(raw)
	}
	return decode[string](raw)
}

func decode[T any](raw json.RawMessage) (any, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return v, nil
}

func decodeInstant(raw json.RawMessage) (any, error) {
	if us, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return time.UnixMicro(us).UTC(), nil
	}
	var t time.Time
	err := json.Unmarshal(raw, &t)
	return t, err
}

// Encode is the inverse of Decode; the same value always gives the same bytes.
func Encode(v any) (json.RawMessage, error) {
	if t, ok := v.(time.Time); ok {
		return strconv.AppendInt(nil, t.UnixMicro(), 10), nil
	}
	return json.Marshal(v)
}

// Parse reads what a form sent for the field. Nothing or only blanks is nil.
// Money is yuan with up to two decimals; a place is "lat,lng" or
// "lat,lng,accuracy"; dates and times are local in loc. What cannot be read is
// an Invalid fault.
func (f *Field) Parse(sent []string, loc *time.Location) (any, error) {
	var vals []string
	for _, s := range sent {
		if s = strings.TrimSpace(s); s != "" {
			vals = append(vals, s)
		}
	}
	switch {
	case len(vals) == 0:
		return nil, nil
	case f.Type == Map:
		return decode[map[string]string](json.RawMessage(vals[0]))
	case f.Type == Rows:
		return decode[[]map[string]string](json.RawMessage(vals[0]))
	case f.many() && celTypes[f.Type] == cel.IntType:
		out := make([]int64, len(vals))
		for i, s := range vals {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return nil, unreadable()
			}
			out[i] = n
		}
		return out, nil
	case f.many():
		return vals, nil
	}
	return f.parseOne(vals[0], loc)
}

func (f *Field) parseOne(s string, loc *time.Location) (v any, err error) {
	switch f.Type {
	case Int:
		v, err = strconv.ParseInt(s, 10, 64)
	case Money:
		v, err = text.Yuan(s)
	case Dec:
		v, err = strconv.ParseFloat(s, 64)
	case Bool:
		v = s == "true" || s == "on" || s == "1" || s == "yes"
	case Date:
		v, err = time.ParseInLocation("2006-01-02", s, loc)
	case Time:
		v, err = calendar.ParseTime(s, loc)
	case Place:
		v, err = rule.ParsePoint(s)
	default:
		v = s
	}
	if err != nil {
		return nil, unreadable()
	}
	return v, nil
}

func unreadable() error { return fault.New(fault.Invalid, "procedure.field.unreadable") }

// Check returns what is wrong with one given value, nil if nothing.
func (f *Field) Check(v any) *fault.Field {
	bad := func(key string, kv ...any) *fault.Field {
		e := fault.New(fault.Invalid, "").Field(f.Name, key, kv...)
		return &e.Fields[0]
	}
	if !f.fits(v) {
		return bad("procedure.field.unreadable")
	}
	if f.Type == Place {
		if p := v.(rule.Point); p.Lat < -90 || p.Lat > 90 || p.Lng < -180 || p.Lng > 180 || p.Accuracy < 0 {
			return bad("procedure.field.place")
		}
	}
	if f.Type == Enum && !f.optionsHold(v) {
		return bad("procedure.field.option")
	}
	if rows, ok := v.([]map[string]string); ok {
		if n, key, label := f.badRow(rows); key != "" {
			return bad(key, "n", n, "column", label)
		}
	}
	size, what := f.measure(v)
	if f.Min != nil && size < int64(*f.Min) {
		return bad("procedure.field.min_"+what, "n", *f.Min)
	}
	limit := f.limit()
	if limit > 0 && size > limit {
		return bad("procedure.field.max_"+what, "n", limit)
	}
	return nil
}

// Without a written maximum, text still has one: what no person would type.
func (f *Field) limit() int64 {
	switch {
	case f.Max != nil:
		return int64(*f.Max)
	case f.Type == Rows:
		return mostRows
	case f.many():
		return 100
	case f.Type == Long:
		return 20_000
	case f.CELType() == cel.StringType:
		return 1_000
	}
	return 0
}

// fits reports whether the Go value is of the field's type.
func (f *Field) fits(v any) bool {
	ok := false
	switch c := celTypes[f.Type]; {
	case f.Type == Place:
		_, ok = v.(rule.Point)
	case f.Type == Map:
		_, ok = v.(map[string]string)
	case f.Type == Rows:
		_, ok = v.([]map[string]string)
	case f.many() && c == cel.IntType:
		_, ok = v.([]int64)
	case f.many():
		_, ok = v.([]string)
	case c == cel.IntType:
		_, ok = v.(int64)
	case c == cel.DoubleType:
		_, ok = v.(float64)
	case c == cel.BoolType:
		_, ok = v.(bool)
	case c == cel.TimestampType:
		_, ok = v.(time.Time)
	default:
		var s string
		s, ok = v.(string)
		ok = ok && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
	}
	return ok
}

func (f *Field) optionsHold(v any) bool {
	vals, list := v.([]string)
	if !list {
		vals = []string{v.(string)}
	}
	for _, s := range vals {
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == s }) {
			return false
		}
	}
	return true
}

// measure is what Min and Max bound: characters, items or the value itself.
func (f *Field) measure(v any) (n int64, what string) {
	switch x := v.(type) {
	case string:
		return int64(utf8.RuneCountInString(strings.TrimSpace(x))), "text"
	case []string:
		return int64(len(x)), "items"
	case []int64:
		return int64(len(x)), "items"
	case map[string]string:
		return int64(len(x)), "items"
	case []map[string]string:
		return int64(len(x)), "items"
	case int64:
		return x, "value"
	case float64:
		return int64(x), "value"
	}
	return 0, "value"
}

// Shown reports whether the field is asked for, given the other values:
// ShowWhen is "field=a|b".
func (f *Field) Shown(in rule.Input) bool {
	if f.ShowWhen == "" {
		return true
	}
	name, want, _ := strings.Cut(f.ShowWhen, "=")
	return slices.Contains(strings.Split(want, "|"), fmt.Sprint(in[name]))
}

// Empty reports whether a form's answer says nothing.
func Empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case []string:
		return len(x) == 0
	case []int64:
		return len(x) == 0
	case map[string]string:
		return len(x) == 0
	case []map[string]string:
		return len(x) == 0
	case time.Time:
		return x.IsZero()
	}
	return false
}
