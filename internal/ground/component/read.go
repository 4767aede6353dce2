package component

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	GeoJSON Format = "geojson"
	CSV     Format = "csv"
	XLSX    Format = "xlsx"
)

// Formats lists the formats.
func Formats() []Format { return []Format{GeoJSON, CSV, XLSX} }

// FormatOf is the format by a file's name; another ending is Invalid.
func FormatOf(name string) (Format, error) {
	switch at := strings.LastIndex(name, "."); strings.ToLower(name[at+1:]) {
	case "geojson", "json":
		return GeoJSON, nil
	case "csv":
		return CSV, nil
	case "xlsx":
		return XLSX, nil
	}
	return "", fault.New(fault.Invalid, "component.format_bad", "name", name)
}

// Line is one component of a file with the number by which people find it:
// the row of a table (its heading is 1), the place of a GeoJSON feature.
type Line struct {
	Number int
	Component
}

// Problem is what is wrong with one line of a file; Line 0 is the whole file.
type Problem struct {
	Line int
	Key  string
	Args fault.Args
}

// File is a file of components. The coordinate system has no default.
type File struct {
	Name string
	CRS  string
	Body []byte
	// Provenance of lines that do not say theirs; "" refuses them.
	Provenance string
}

// fileMost bounds a file; a million components are about 300 MB as CSV.
const fileMost = 320 << 20

// Read reads a file into components in WGS-84, and everything wrong with it by
// line; lines with a problem are left out. A 16-digit identifier of the edition
// of 2013 is read as Former, without Code. A missing or unknown coordinate
// system, or format, is Invalid. Whether a class exists and a place lies in the
// division is not looked at here.
func Read(f File) (lines []Line, problems []Problem, err error) {
	defer fault.Trace(&err, "component.Read(%s)", f.Name)
	format, err := FormatOf(f.Name)
	if err != nil {
		return nil, nil, err
	}
	if strings.TrimSpace(f.CRS) == "" {
		return nil, nil, fault.New(fault.Invalid, "component.crs_missing").Field("crs", "component.crs_missing")
	}
	crs, err := geo.ParseCRS(f.CRS)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "component.crs_bad", "crs", f.CRS).Field("crs", "component.crs_bad", "crs", f.CRS)
	}
	if len(f.Body) > fileMost {
		return nil, nil, fault.New(fault.Invalid, "component.file_large", "n", fileMost>>20)
	}
	r := &reader{crs: crs, provenance: f.Provenance}
	switch format {
	case GeoJSON:
		r.geojson(f.Body)
	case CSV:
		r.csv(f.Body)
	default:
		r.xlsx(f.Body)
	}
	if len(r.lines)+len(r.problems) == 0 {
		r.bad(0, "component.file_empty")
	}
	r.twice()
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return r.lines, r.problems, nil
}

type reader struct {
	crs        geo.CRS
	provenance string
	lines      []Line
	problems   []Problem
}

func (r *reader) bad(line int, key string, kv ...any) {
	e := fault.New(fault.Invalid, key, kv...)
	r.problems = append(r.problems, Problem{line, e.Key, e.Args})
}

// twice drops the later of two lines with one identifier.
func (r *reader) twice() {
	first := map[string]int{}
	r.lines = slices.DeleteFunc(r.lines, func(l Line) bool {
		code := cmp.Or(l.Code, l.Former)
		if at, ok := first[code]; ok {
			r.bad(l.Number, "component.twice", "code", code, "line", at)
			return true
		}
		first[code] = l.Number
		return false
	})
}

func (r *reader) geojson(body []byte) {
	features, err := geo.Read(bytes.NewReader(body))
	broken := map[int]bool{}
	for _, e := range apart(err) {
		n := 0
		if b := (*geo.Broken)(nil); errors.As(e, &b) {
			n, broken[b.Number] = b.Number, true
		}
		r.bad(n, "component.geojson", "why", e.Error())
	}
	for i, f := range features {
		if broken[i+1] {
			continue
		}
		values := map[string]string{}
		for key, v := range f.Properties {
			if name := columnOf(key); name != "" {
				values[name] = scalar(v)
			}
		}
		f.Properties = nil
		r.line(i+1, values, f)
	}
}

func apart(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return ""
	}
	b, _ := json.Marshal(v) // what came from JSON goes back
	return string(b)
}

func (r *reader) csv(body []byte) {
	body, ok := unicode(bytes.TrimPrefix(body, []byte("\ufeff")))
	if !ok {
		r.bad(0, "component.not_utf8")
		return
	}
	in := csv.NewReader(bytes.NewReader(body))
	in.FieldsPerRecord = -1
	head, err := in.Read()
	names := r.heading(head)
	if err != nil || names == nil {
		return
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			r.bad(wrong.Line, "component.csv_broken", "why", wrong.Err.Error())
			return
		}
		n, _ := in.FieldPos(0)
		r.cells(n, names, cells)
	}
}

// unicode is a text as UTF-8: what is not is GB18030, as spreadsheet programs
// save it on Chinese systems.
func unicode(body []byte) ([]byte, bool) {
	if utf8.Valid(body) {
		return body, true
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	return out, err == nil && !bytes.ContainsRune(out, utf8.RuneError)
}

// xlsx reads the first sheet of a workbook.
func (r *reader) xlsx(body []byte) {
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: 4 * fileMost, UnzipXMLSizeLimit: 32 << 20})
	if err != nil {
		r.bad(0, "component.xlsx_broken")
		return
	}
	defer func() { _ = f.Close() }()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		r.bad(0, "component.xlsx_broken")
		return
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		switch {
		case err != nil:
			r.bad(n, "component.xlsx_broken")
			return
		case n > 1:
			r.cells(n, names, cells)
		default:
			if names = r.heading(cells); names == nil {
				return
			}
		}
	}
}

// heading is the column of every position; nil when nothing can be read by it.
func (r *reader) heading(cells []string) []string {
	names := make([]string, len(cells))
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		name := columnOf(c)
		switch {
		case name == "":
			r.bad(1, "component.column_unknown", "column", c)
		case slices.Contains(names, name):
			r.bad(1, "component.column_twice", "column", c)
		default:
			names[i] = name
		}
	}
	for _, need := range []string{"code", "name", "state", "initial"} {
		if !slices.Contains(names, need) {
			r.bad(1, "component.column_missing", "column", need)
			return nil
		}
	}
	return names
}

func (r *reader) cells(n int, names, cells []string) {
	values := map[string]string{}
	blank := true
	for i, c := range cells {
		c = strings.TrimSpace(c)
		blank = blank && c == ""
		if i < len(names) && names[i] != "" {
			values[names[i]] = unguard(c)
		}
	}
	if blank {
		return // people leave empty rows between blocks
	}
	var g geo.Feature
	if text := values["geometry"]; text != "" {
		if err := g.UnmarshalGeometry([]byte(text)); err != nil {
			r.bad(n, "component.geojson", "why", err.Error())
			return
		}
	} else {
		lat, errLat := strconv.ParseFloat(values["lat"], 64)
		lng, errLng := strconv.ParseFloat(values["lng"], 64)
		if errLat != nil || errLng != nil {
			r.bad(n, "component.no_place")
			return
		}
		g.Point = &geo.Point{Lat: lat, Lng: lng}
	}
	r.line(n, values, g)
}

// line checks one component and keeps it.
func (r *reader) line(n int, v map[string]string, g geo.Feature) {
	c := Component{Code: v["code"], Former: v["former"], Name: v["name"], State: parseState(v["state"]),
		Supervisor: Unit{v["supervisor_code"], v["supervisor"]}, Owner: Unit{v["owner_code"], v["owner"]}, Maintainer: Unit{v["maintainer_code"], v["maintainer"]},
		Grid: v["grid"], Address: v["address"], Initial: day(v["initial"]), Changed: day(v["changed"]), Source: v["source"],
		Accuracy: strings.ToUpper(v["accuracy"]), Note: v["note"], Provenance: v["provenance"]}
	if isFormer(c.Code) {
		c.Code, c.Former = "", c.Code
	}
	if c.Provenance == "" {
		c.Provenance = r.provenance
	}
	before := len(r.problems)
	if said := v["crs"]; said != "" {
		if crs, err := geo.ParseCRS(said); err != nil || crs != r.crs {
			r.bad(n, "component.crs_other", "said", said, "crs", r.crs.String())
		}
	}
	if said := v["class"]; said != "" && c.Class() != "" && strings.TrimPrefix(said, "C-") != c.Class() {
		r.bad(n, "component.class_other", "said", said, "class", c.Class())
	}
	c.Geometry = settle(convert(g, r.crs.ToWGS84))
	if err := c.Check(); err != nil {
		for _, f := range fault.As(err).Fields {
			r.problems = append(r.problems, Problem{n, f.Key, f.Args})
		}
	}
	if len(r.problems) == before {
		r.lines = append(r.lines, Line{n, c})
	}
}

// convert moves every corner of a geometry.
func convert(g geo.Feature, to func(geo.Point) geo.Point) (out geo.Feature) {
	all := func(list []geo.Point) []geo.Point {
		moved := make([]geo.Point, len(list))
		for i, p := range list {
			moved[i] = to(p)
		}
		return moved
	}
	if g.Point != nil {
		p := to(*g.Point)
		out.Point = &p
	}
	if g.Line != nil {
		out.Line = all(g.Line)
	}
	for _, p := range g.Shape {
		var rings geo.Polygon
		for _, ring := range p {
			rings = append(rings, all(ring))
		}
		out.Shape = append(out.Shape, rings)
	}
	return out
}

// settle is the geometry as it is written and read again, so that the same
// file brings the same component twice.
func settle(g geo.Feature) (out geo.Feature) {
	if err := out.UnmarshalGeometry(g.MarshalGeometry()); err != nil {
		return g
	}
	return out
}

// unguard takes away the apostrophe that kept a cell from being a formula.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		return s[1:]
	}
	return s
}

func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
