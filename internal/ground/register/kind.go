package register

import (
	"strconv"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Column is one cell of a row: its name, and its heading in Chinese files.
type Column struct {
	Name, ZH string
	Required bool
}

// Cells are a row's values by column; empty ones may be left out.
type Cells map[string]string

// Kind is one register.
type Kind struct {
	ID      string // power, violation, permit …
	Columns []Column
	Key     []string // the columns that make a row's key
	Words   []string // the columns a row is found by
	// Check says what is wrong with a row besides missing cells; nil for nothing.
	Check func(Cells) []Problem
}

// KeyOf is the key of a row.
func (k Kind) KeyOf(c Cells) string {
	parts := make([]string, len(k.Key))
	for i, name := range k.Key {
		parts[i] = c[name]
	}
	return strings.Join(parts, "|")
}

func (k Kind) words(c Cells) string {
	parts := make([]string, len(k.Words))
	for i, name := range k.Words {
		parts[i] = strings.ToLower(c[name])
	}
	return strings.Join(parts, " ")
}

// column is the column of a heading, "" for none.
func (k Kind) column(heading string) string {
	heading = strings.TrimSpace(heading)
	for _, c := range k.Columns {
		if heading == c.ZH || strings.EqualFold(heading, c.Name) {
			return c.Name
		}
	}
	return ""
}

// Problem is what is wrong with one line of a file; Line 0 is the whole file.
type Problem struct {
	Line int
	Key  string
	Args fault.Args
}

// Wrong is a problem of a row.
func Wrong(key string, kv ...any) Problem {
	e := fault.New(fault.Invalid, key, kv...)
	return Problem{Key: e.Key, Args: e.Args}
}

// Place columns: a row with both stands on the map.
const (
	Lng = "lng"
	Lat = "lat"
)

// cellOf is the S2 cell of a row's place, 0 for none.
func cellOf(c Cells) int64 {
	if p, ok := c.Point(); ok {
		return geo.Cell(p)
	}
	return 0
}

// check lists everything wrong with a row.
func (k Kind) check(c Cells) (out []Problem) {
	for _, col := range k.Columns {
		if col.Required && c[col.Name] == "" {
			out = append(out, Wrong("register.empty", "column", col.Name))
		}
	}
	for _, name := range []string{Lng, Lat} {
		if _, ok := c.Point(); c[name] != "" && !ok {
			out = append(out, Wrong("register.point"))
			break
		}
	}
	if k.Check != nil && len(out) == 0 {
		out = k.Check(c)
	}
	return out
}

// Point is where a row's thing is, in WGS-84.
func (c Cells) Point() (p geo.Point, ok bool) {
	var errLat, errLng error
	p.Lat, errLat = strconv.ParseFloat(c[Lat], 64)
	p.Lng, errLng = strconv.ParseFloat(c[Lng], 64)
	return p, errLat == nil && errLng == nil && p.Valid()
}

// Day is a cell's date, 0 where it is empty or none; CheckDays finds the latter.
func (c Cells) Day(name string) calendar.Date {
	d, err := calendar.ParseDate(c[name])
	if err != nil {
		return 0
	}
	return d
}

// Days checks that the columns are empty or dates, and that from is not after to.
func (c Cells) Days(from, to string) (out []Problem) {
	for _, name := range []string{from, to} {
		if c[name] != "" && c.Day(name) == 0 {
			out = append(out, Wrong("register.date", "column", name, "said", c[name]))
		}
	}
	if a, b := c.Day(from), c.Day(to); b != 0 && a > b {
		out = append(out, Wrong("register.period", "from", c[from], "to", c[to]))
	}
	return out
}

// List is a cell that holds several words, separated by spaces or list commas.
func (c Cells) List(name string) []string {
	return strings.FieldsFunc(c[name], func(r rune) bool { return strings.ContainsRune(" ,;，；、", r) })
}
