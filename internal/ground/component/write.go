package component

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"strconv"

	"github.com/xuri/excelize/v2"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Write writes components as a file of the format in the coordinate system,
// which every row names; what Read reads back is the same. Class names come
// from className, which may be nil. It ends with the first error of the list.
func Write(w io.Writer, f Format, crs geo.CRS, list components, className func(class string) string) (err error) {
	defer fault.Trace(&err, "component.Write(%s)", f)
	row := func(c Component) map[string]string {
		v := c.attributes()
		v["class"], v["crs"] = c.Class(), crs.String()
		if className != nil {
			v["class_name"] = className(c.Class())
		}
		return v
	}
	switch f {
	case GeoJSON:
		return writeGeoJSON(w, crs, list, row)
	case CSV:
		return writeCSV(w, crs, list, row)
	}
	return writeXLSX(w, crs, list, row)
}

// components are handed over one by one; an error is the last.
type components = iter.Seq2[Component, error]

// writeGeoJSON writes one feature a line.
func writeGeoJSON(w io.Writer, crs geo.CRS, list components, row func(Component) map[string]string) error {
	out := bufio.NewWriter(w)
	sep := "{\"type\":\"FeatureCollection\",\"features\":[\n"
	for c, err := range list {
		if err != nil {
			return err
		}
		properties := row(c)
		delete(properties, "geometry")
		maps.DeleteFunc(properties, func(_, v string) bool { return v == "" })
		b, err := json.Marshal(map[string]any{"type": "Feature", "properties": properties, "geometry": convert(c.Geometry, crs.FromWGS84).MarshalGeometry()})
		if err != nil {
			return err
		}
		if _, err := out.WriteString(sep + string(b)); err != nil {
			return err
		}
		sep = ",\n"
	}
	if sep != ",\n" {
		_, _ = out.WriteString(sep) // Flush tells
	}
	_, _ = out.WriteString("\n]}\n")
	return out.Flush()
}

// cellsOf are the cells of a table row. A point has its two numbers, a line or
// an area its geometry.
func cellsOf(c Component, crs geo.CRS, v map[string]string) []string {
	g := convert(c.Geometry, crs.FromWGS84)
	v["geometry"] = ""
	if g.Point != nil {
		v["lng"], v["lat"] = degrees(g.Point.Lng), degrees(g.Point.Lat)
	} else {
		v["geometry"] = string(g.MarshalGeometry())
	}
	out := make([]string, 0, 24)
	for _, col := range columns() {
		if col.name == "lng" || col.name == "lat" {
			out = append(out, v[col.name]) // a number, though it may begin with a minus
			continue
		}
		out = append(out, guard(v[col.name]))
	}
	return out
}

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 7, 64) }

func headings() (out []string) {
	for _, col := range columns() {
		out = append(out, col.name)
	}
	return out
}

func writeCSV(w io.Writer, crs geo.CRS, list components, row func(Component) map[string]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // tells spreadsheet programs that it is UTF-8
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(headings()); err != nil {
		return err
	}
	for c, err := range list {
		if err != nil {
			return err
		}
		if err := out.Write(cellsOf(c, crs, row(c))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeXLSX writes all cells as text: identifiers keep all their digits.
func writeXLSX(w io.Writer, crs geo.CRS, list components, row func(Component) map[string]string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	put := func(n int, cells []string) error {
		line := make([]any, len(cells))
		for i, c := range cells {
			line[i] = c
		}
		return s.SetRow("A"+strconv.Itoa(n), line)
	}
	if err := put(1, headings()); err != nil {
		return err
	}
	n := 1
	for c, err := range list {
		if err != nil {
			return err
		}
		n++
		if err := put(n, cellsOf(c, crs, row(c))); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
