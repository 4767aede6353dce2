package history

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
)

// Mapping says what the columns of a table of foreign cases mean.
type Mapping struct {
	Origin     string           `yaml:"origin"`     // the system they come from; with the foreign id it names a case for good
	Provenance string           `yaml:"provenance"` // what to say of the data on its pages
	Encoding   string           `yaml:"encoding"`   // utf-8 (default) or gb18030
	Comma      string           `yaml:"comma"`      // between columns; default ","
	Sheet      string           `yaml:"sheet"`      // of a workbook; default the first
	Zone       string           `yaml:"zone"`       // of instants that name none; default Asia/Shanghai
	Times      []string         `yaml:"times"`      // layouts of instants in Go's form, beside the usual ones
	CRS        string           `yaml:"crs"`        // of lat and lng: WGS84, CGCS2000, GCJ-02, BD-09
	Limit      Limit            `yaml:"limit"`      // of an open case whose class has none
	Fields     map[string]Field `yaml:"fields"`

	need map[string]bool // the fields there are, true for required ones
	zone *time.Location
	crs  geo.CRS
}

// Limit is how long a case may take once it is dispatched here.
type Limit struct {
	N    float64 `yaml:"n"`
	Unit string  `yaml:"unit"`
}

// Field is how one value is found in a line: a column, or a sentence made of
// columns, and then what its words mean here.
type Field struct {
	Column    string            `yaml:"column"`
	Text      string            `yaml:"text"`      // {column} stands for a column's value
	Only      map[string]string `yaml:"only"`      // only where the column says this; else the field is empty
	Values    map[string]string `yaml:"values"`    // their word → ours
	Otherwise *string           `yaml:"otherwise"` // for a word that is not in values; without it the line is refused
}

// fields are what a case can be made of; required ones are marked.
var fields = map[string]bool{"id": true, "opened": true, "title": true, "due": false, "closed": false, "end": false, "number": false, "desc": false,
	"class": false, "dept": false, "source": false, "priority": false, "address": false, "lat": false, "lng": false}

// ends are the states in which a closed case can be kept, by the word of the field.
var ends = map[string]string{"fixed": "closed_fixed", "unfixable": "closed_unfixable", "not_ours": "closed_not_ours", "void": "void"}

// ReadMapping reads a mapping strictly: unknown keys, unknown fields and
// missing ones are one error, in a sentence with its place in the file.
func ReadMapping(raw []byte) (m *Mapping, err error) {
	m = &Mapping{}
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(m); err != nil {
		return nil, err
	}
	return m, m.Judge(fields)
}

// Judge checks a mapping against the fields that a line can be made of, true
// for required ones, and makes it ready. All that is wrong is one error.
func (m *Mapping) Judge(fields map[string]bool) error {
	m.need = fields
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if m.Origin == "" {
		bad("origin is missing: the name of the system the cases come from")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		f := m.Fields[name]
		if _, ok := fields[name]; !ok {
			bad("fields.%s is no field; there are: %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		if (f.Column == "") == (f.Text == "") {
			bad("fields.%s needs either column or text", name)
		}
	}
	for name, required := range fields {
		if _, ok := m.Fields[name]; required && !ok {
			bad("fields.%s is missing", name)
		}
	}
	m.settle(bad)
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

func (m *Mapping) settle(bad func(string, ...any)) {
	if m.Zone == "" {
		m.Zone = "Asia/Shanghai"
	}
	var err error
	if m.zone, err = time.LoadLocation(m.Zone); err != nil {
		bad("zone: there is no %q", m.Zone)
	}
	if m.Encoding != "" && m.Encoding != "utf-8" && m.Encoding != "gb18030" {
		bad("encoding is utf-8 or gb18030, not %q", m.Encoding)
	}
	if m.Comma == "" {
		m.Comma = ","
	}
	if len([]rune(m.Comma)) != 1 {
		bad("comma is one sign, not %q", m.Comma)
	}
	if m.Limit == (Limit{}) {
		m.Limit = Limit{5, string(calendar.WorkingDay)}
	}
	if m.Limit.N <= 0 || !calendar.Unit(m.Limit.Unit).Valid() {
		bad("limit: %v %q is no limit", m.Limit.N, m.Limit.Unit)
	}
	_, lat := m.Fields["lat"]
	_, lng := m.Fields["lng"]
	if lat != lng {
		bad("lat and lng go together")
	}
	if m.crs, err = geo.ParseCRS(m.CRS); lat && err != nil {
		bad("crs: name it: WGS84, CGCS2000, GCJ-02 or BD-09")
	}
}

// Missing lists the columns the mapping speaks of that a table does not have.
func (m *Mapping) missing(columns []string) (out []string) {
	for _, f := range m.Fields {
		for _, c := range f.columns() {
			if !slices.Contains(columns, c) {
				out = append(out, c)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var slot = regexp.MustCompile(`\{([^{}]+)\}`)

func (f Field) columns() (out []string) {
	out = slices.Collect(maps.Keys(f.Only))
	if f.Column != "" {
		return append(out, f.Column)
	}
	for _, s := range slot.FindAllStringSubmatch(f.Text, -1) {
		out = append(out, s[1])
	}
	return out
}

// Value is what a line says in the field; an error is its reason to be refused.
func (m *Mapping) Value(name string, line map[string]string) (string, error) {
	f, ok := m.Fields[name]
	if !ok {
		return "", nil
	}
	for column, is := range f.Only {
		if !strings.EqualFold(strings.TrimSpace(line[column]), is) {
			return "", nil
		}
	}
	v := strings.TrimSpace(line[f.Column])
	if f.Column == "" {
		v = strings.TrimSpace(slot.ReplaceAllStringFunc(f.Text, func(s string) string { return strings.TrimSpace(line[s[1:len(s)-1]]) }))
	}
	if f.Values == nil {
		return v, nil
	}
	if ours, ok := f.Values[v]; ok {
		return ours, nil
	}
	if f.Otherwise != nil {
		return *f.Otherwise, nil
	}
	return "", refusal{name, fmt.Sprintf("%q is not among the values of the mapping", v)}
}

// refusal is why a line is set aside.
type refusal struct{ field, why string }

// Refuses reports whether an error of Value, At or Point is the line's own and
// says why it is refused.
func Refuses(err error) bool {
	var r refusal
	return errors.As(err, &r)
}

func (r refusal) Error() string { return r.field + ": " + r.why }

// usual are the ways in which instants are written.
var usual = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02", "2006/1/2"}

// At reads an instant; an empty one is zero.
func (m *Mapping) At(name string, line map[string]string) (time.Time, error) {
	v, err := m.Value(name, line)
	if err != nil || v == "" {
		return time.Time{}, err
	}
	for _, layout := range slices.Concat(m.Times, usual) {
		if t, err := time.ParseInLocation(layout, v, m.zone); err == nil {
			if t.Year() < 1949 || t.Year() > 2200 {
				break
			}
			return t, nil
		}
	}
	return time.Time{}, refusal{name, fmt.Sprintf("%q is not an instant", v)}
}

// Point reads the place, in WGS-84; nil where the line names none.
func (m *Mapping) Point(line map[string]string) (*geo.Point, error) {
	lat, err := m.Value("lat", line)
	if err != nil {
		return nil, err
	}
	lng, err := m.Value("lng", line)
	if err != nil || lat == "" && lng == "" {
		return nil, err
	}
	var p geo.Point
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lng, err2 = strconv.ParseFloat(lng, 64)
	if err1 != nil || err2 != nil || !p.Valid() || p == (geo.Point{}) {
		return nil, refusal{"lat", fmt.Sprintf("%q, %q is not a place", lat, lng)}
	}
	q := m.crs.ToWGS84(p)
	return &q, nil
}
