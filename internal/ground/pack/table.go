package pack

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// column is one column of a table: its name in CSV files, its heading in
// workbooks, and whether a row may leave it empty.
type column struct {
	name  string
	zh    string
	empty bool
}

// record is one row of a CSV file or a sheet.
type record struct {
	file   string
	line   int
	values map[string]string
	ps     *Problems
}

func (r record) bad(key string, kv ...any) { r.ps.add(r.file, r.line, key, kv...) }

func (r record) text(name string) string { return r.values[name] }

func (r record) both(name string) i18n.Text {
	return i18n.Text{ZH: r.values[name+"_zh"], EN: r.values[name+"_en"]}
}

func (r record) int(name string) int {
	n, err := strconv.Atoi(r.values[name])
	if err != nil || n < 0 {
		r.bad("pack.number", "column", name, "value", r.values[name])
	}
	return n
}

// bool reads yes/no (是/否); empty is the default.
func (r record) bool(name string, empty bool) bool {
	switch r.values[name] {
	case "":
		return empty
	case "yes", "true", "是":
		return true
	case "no", "false", "否":
		return false
	}
	r.bad("pack.yes_no", "column", name, "value", r.values[name])
	return empty
}

func (r record) period() people.Period {
	p := people.Period{From: r.values["valid_from"], To: r.values["valid_to"]}
	if !p.Valid() {
		r.bad("people.period_bad")
	}
	return p
}

func (r record) limit() catalogue.Limit {
	l, ok := catalogue.ParseLimit(r.int("limit"), r.values["unit"])
	if !ok {
		r.bad("catalogue.limit_bad")
	}
	return l
}

// readCSV reads a UTF-8 table with a header, in which every column is known
// and no needed one is missing; rows that do not parse are named and left out.
func readCSV(file string, data []byte, columns []column, ps *Problems) []record {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		ps.add(file, 1, "pack.header_missing")
		return nil
	}
	names := headings(file, 1, header, columns, ps)
	if names == nil {
		return nil
	}
	var rows []record
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			ps.add(file, wrong.Line, "pack.csv_broken", "why", wrong.Err.Error())
			return rows
		}
		line, _ := r.FieldPos(0)
		if row, ok := newRecord(file, line, names, fields, columns, ps); ok {
			rows = append(rows, row)
		}
	}
}

// headings checks a header and returns the column name of every position.
func headings(file string, line int, header []string, columns []column, ps *Problems) []string {
	ok := true
	names := make([]string, len(header))
	for i, h := range header {
		h = strings.TrimSpace(h)
		at := slices.IndexFunc(columns, func(c column) bool { return h == c.name || (h != "" && h == c.zh) })
		switch {
		case h == "":
		case at < 0:
			ps.add(file, line, "pack.column_unknown", "column", h)
			ok = false
		case slices.Contains(names, columns[at].name):
			ps.add(file, line, "pack.column_twice", "column", h)
			ok = false
		default:
			names[i] = columns[at].name
		}
	}
	for _, c := range columns {
		if !c.empty && !slices.Contains(names, c.name) {
			ps.add(file, line, "pack.column_missing", "column", c.name)
			ok = false
		}
	}
	if !ok {
		return nil
	}
	return names
}

func newRecord(file string, line int, names, fields []string, columns []column, ps *Problems) (record, bool) {
	row := record{file: file, line: line, values: map[string]string{}, ps: ps}
	if len(fields) > len(names) {
		row.bad("pack.too_many_fields", "n", len(fields), "want", len(names))
		return row, false
	}
	for i, f := range fields {
		if f = strings.TrimSpace(f); names[i] != "" {
			row.values[names[i]] = f
		} else if f != "" {
			row.bad("pack.column_unnamed", "n", i+1)
		}
	}
	whole := true
	for _, c := range columns {
		if !c.empty && row.values[c.name] == "" {
			row.bad("pack.field_empty", "column", c.name)
			whole = false
		}
	}
	return row, whole
}
