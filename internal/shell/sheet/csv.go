package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"xiucheng/internal/ground/calendar"
)

// bom tells spreadsheet programs that the text is UTF-8.
const bom = "\ufeff"

type csvFile struct {
	w    *csv.Writer
	line []string
}

func newCSV(w io.Writer, columns []Column) (*csvFile, error) {
	if _, err := io.WriteString(w, bom); err != nil {
		return nil, err
	}
	f := &csvFile{w: csv.NewWriter(w)}
	f.w.UseCRLF = true // RFC 4180
	for _, c := range columns {
		f.line = append(f.line, safe(c.Title))
	}
	return f, f.w.Write(f.line)
}

func (f *csvFile) row(cells []any) error {
	f.line = f.line[:0]
	for _, c := range cells {
		f.line = append(f.line, plain(c))
	}
	return f.w.Write(f.line)
}

func (f *csvFile) close(bool) error {
	f.w.Flush()
	return f.w.Error()
}

// plain is a cell as text. Numbers are never formulas, so a minus stays.
func plain(cell any) string {
	switch c := cell.(type) {
	case string:
		return safe(c)
	case int:
		return strconv.Itoa(c)
	case int64:
		return strconv.FormatInt(c, 10)
	case float64:
		return strconv.FormatFloat(c, 'f', -1, 64)
	case time.Time:
		if !c.IsZero() {
			return c.In(calendar.Zone).Format("2006-01-02 15:04:05")
		}
	}
	return ""
}

// safe is a text that no spreadsheet program takes for a formula: one that
// begins like one gets an apostrophe before it (OWASP, CSV injection).
func safe(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + s
	}
	return s
}
