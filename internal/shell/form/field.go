package form

import (
	"context"
	"slices"
	"strings"

	"xiucheng/internal/platform/i18n"
)

// Type is how a value is asked for and what text is valid for it.
type Type string

// The types and the Go value that Read returns for each. With List the value
// is a slice of it ([]string for texts and codes).
const (
	Text      Type = "text"      // string, one line
	Long      Type = "long"      // string, lines ended by \n
	Int       Type = "int"       // int64
	Dec       Type = "dec"       // float64
	Money     Type = "money"     // int64, fen
	Bool      Type = "bool"      // bool; always present
	Date      Type = "date"      // time.Time, midnight in the reader's location
	Time      Type = "time"      // time.Time, to the minute
	Enum      Type = "enum"      // string, one of Options
	Place     Type = "place"     // Point
	Photo     Type = "photo"     // in Input.Files
	File      Type = "file"      // in Input.Files
	Person    Type = "person"    // string, like the four below: a key from Options, or typed
	Dept      Type = "dept"      //
	Class     Type = "class"     //
	Component Type = "component" //
	CaseRef   Type = "case"      //
	Code      Type = "code"      // string
	Phone     Type = "phone"     // string of digits, + and -
	Sign      Type = "sign"      // Signature, drawn by hand or typed
	Map       Type = "map"       // map[string]string
	Rows      Type = "rows"      // []map[string]string: numbers in decimal, money in fen, dates as 2026-05-03
)

// Field is one question of a form.
type Field struct {
	Name     string
	Type     Type
	List     bool
	Label    i18n.Text
	Help     i18n.Text
	Required bool
	// Options are the choices of an enum or of a key such as a person; of a
	// map, the names to be filled in.
	Options []Option
	// Min and Max bound the value of numbers (whole yuan for money), the count
	// of lists and files, the characters of texts.
	Min, Max *int
	Personal bool
	// ShowWhen is "field=a|b": the question is asked only for these answers to
	// another one, and its own answer is ignored otherwise.
	ShowWhen string
	Unit     i18n.Text // stands behind the input
	// Renews is the field whose choices depend on this one: when this one is
	// answered the form's own address is asked for that field again, with this
	// answer as a parameter.
	Renews string
	Auto   bool // a place: the phone is asked where it is as soon as the form is open
	// Near is the address of choices that depend on the form's place: fragments of
	// inputs of this field's name, asked for with place.lat, place.lng,
	// place.address, class and the answer so far whenever the place is changed.
	// Without script the answer is typed.
	Near string
	// Columns are the questions of every row: text, int, money, date, enum or person.
	Columns  []Field
	Complete string // the autocomplete attribute: "name", "tel"
}

// Option is one choice; neighbours of the same Group stand under its heading.
type Option struct {
	Value string
	Label i18n.Text
	Group i18n.Text
}

// said is the option as the reader is told it, a law it names included.
func (o Option) said(ctx context.Context) string {
	s := o.Label.In(i18n.LangOf(ctx))
	if strings.Contains(s, "《") {
		return i18n.Said(ctx, s)
	}
	return s
}

// class is what the style sheet calls the field: a map is a picture there.
func (f Field) class() string {
	if f.Type == Map {
		return "pairs"
	}
	return string(f.Type)
}

// groups cuts options where the Group changes; no group is empty.
func groups(list []Option) [][]Option {
	var out [][]Option
	for i, o := range list {
		if i == 0 || o.Group != list[i-1].Group {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], o)
	}
	return out
}

// Point is a place as somebody gave it: by coordinates (Located), by words, or
// both. WGS-84 degrees; Accuracy in metres, 0 when unknown.
type Point struct {
	Lat, Lng, Accuracy float64
	Located            bool
	Address            string
}

// Bounds that hold where a field sets none.
const (
	maxText  = 200
	maxLong  = 4000
	maxCode  = 64
	maxItems = 50
	maxFiles = 9
	maxRows  = 200
)

func (f Field) isFile() bool { return f.Type == Photo || f.Type == File }

// isKey reports whether the value is a key chosen from Options or typed.
func (f Field) isKey() bool {
	return slices.Contains([]Type{Person, Dept, Class, Component, CaseRef, Code}, f.Type)
}

func (f Field) isChoice() bool {
	return f.Type == Enum || f.isKey() && len(f.Options) > 0
}

// limit is Max, or the bound of the type.
func (f Field) limit() int {
	switch {
	case f.Max != nil:
		return *f.Max
	case f.Type == Long:
		return maxLong
	case f.isKey():
		return maxCode
	}
	return maxText
}

// asked reports whether the question is asked, given the raw answers.
func (f Field) asked(raw map[string][]string) bool {
	name, values, ok := strings.Cut(f.ShowWhen, "=")
	if !ok {
		return true
	}
	for v := range strings.SplitSeq(values, "|") {
		if slices.Contains(raw[name], v) {
			return true
		}
	}
	return false
}

func (f Field) hasOption(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}
