package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xiucheng/internal/platform/fault"
)

// File is a table of a register: CSV (UTF-8 or GB18030), XLSX or a JSON list of
// objects, by its name.
type File struct {
	Name string
	Body []byte
}

// line is one row of a file with the number by which people find it.
type line struct {
	number int
	cells  Cells
}

// Bounds of a file: what a desk can check by eye, many times over.
const (
	mostBytes = 32 << 20
	mostLines = 50_000
	longest   = 2000 // characters of a cell
)

// read reads a file into rows, and everything wrong with it by line. A file that
// is none of these, or too large, is Invalid.
func (k Kind) read(f File) (lines []line, problems []Problem, err error) {
	if len(f.Body) > mostBytes {
		return nil, nil, fault.New(fault.Invalid, "register.large", "n", mostBytes>>20).Field("file", "register.large", "n", mostBytes>>20)
	}
	r := reader{kind: k, seen: map[string]int{}}
	switch low := strings.ToLower(f.Name); {
	case strings.HasSuffix(low, ".csv"):
		r.csv(f.Body)
	case strings.HasSuffix(low, ".xlsx"):
		r.xlsx(f.Body)
	case strings.HasSuffix(low, ".json"):
		r.json(f.Body)
	default:
		return nil, nil, fault.New(fault.Invalid, "register.format").Field("file", "register.format")
	}
	if len(r.lines)+len(r.problems) == 0 {
		r.bad(0, Wrong("register.no_lines"))
	}
	return r.lines, r.problems, nil
}

type reader struct {
	kind     Kind
	names    []string // column by position
	lines    []line
	problems []Problem
	seen     map[string]int
}

func (r *reader) bad(n int, p Problem) {
	p.Line = n
	r.problems = append(r.problems, p)
}

func (r *reader) csv(body []byte) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !utf8.Valid(body) { // spreadsheet programs on Chinese systems save GB18030
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			r.bad(0, Wrong("register.encoding"))
			return
		}
		body = out
	}
	in := csv.NewReader(bytes.NewReader(body))
	in.FieldsPerRecord = -1
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			r.bad(wrong.Line, Wrong("register.csv", "why", wrong.Err.Error()))
			return
		}
		n, _ := in.FieldPos(0)
		if !r.row(n, cells) {
			return
		}
	}
}

// xlsx reads the first sheet of a workbook.
func (r *reader) xlsx(body []byte) {
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: 4 * mostBytes, UnzipXMLSizeLimit: mostBytes})
	if err != nil {
		r.bad(0, Wrong("register.xlsx"))
		return
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		r.bad(0, Wrong("register.xlsx"))
		return
	}
	for i, cells := range rows {
		if !r.row(i+1, cells) {
			return
		}
	}
}

// row takes one row, the first as the heading; false ends the reading.
func (r *reader) row(n int, cells []string) bool {
	if r.names == nil {
		return r.heading(cells)
	}
	if len(r.lines) >= mostLines {
		r.bad(n, Wrong("register.lines", "n", mostLines))
		return false
	}
	c := Cells{}
	for i, v := range cells {
		if v = unguard(strings.TrimSpace(v)); v != "" && i < len(r.names) && r.names[i] != "" {
			c[r.names[i]] = v
		}
	}
	if len(c) == 0 {
		return true // people leave empty rows between blocks
	}
	for name, v := range c {
		if utf8.RuneCountInString(v) > longest {
			r.bad(n, Wrong("register.long", "column", name, "n", longest))
			return true
		}
	}
	problems := r.kind.check(c)
	key := r.kind.KeyOf(c)
	if at, twice := r.seen[key]; twice && len(problems) == 0 {
		problems = []Problem{Wrong("register.twice", "code", key, "line", at)}
	}
	r.seen[key] = n
	for _, p := range problems {
		r.bad(n, p)
	}
	if len(problems) == 0 {
		r.lines = append(r.lines, line{n, c})
	}
	return true
}

// heading reads which column stands where; an unknown or missing one ends it.
func (r *reader) heading(cells []string) bool {
	r.names = make([]string, len(cells))
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		name := r.kind.column(c)
		switch {
		case name == "":
			r.bad(1, Wrong("register.column_unknown", "column", c))
		case slices.Contains(r.names, name):
			r.bad(1, Wrong("register.column_twice", "column", c))
		default:
			r.names[i] = name
		}
	}
	for _, c := range r.kind.Columns {
		if c.Required && !slices.Contains(r.names, c.Name) {
			r.bad(1, Wrong("register.column_missing", "column", c.Name))
		}
	}
	return len(r.problems) == 0
}

// unguard takes away the apostrophe that kept a cell from being a formula.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		return s[1:]
	}
	return s
}
