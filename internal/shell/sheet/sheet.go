package sheet

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
)

// Column is one column: its heading in the reader's language and how wide it
// stands in a workbook, in characters; 0 is a usual width.
type Column struct {
	Title string
	Width float64
}

// Head is a column whose heading is a word of the program.
type Head struct {
	Word  string
	Width float64
}

// Heads are columns with their headings in the reader's language.
func Heads(ctx context.Context, list ...Head) (out []Column) {
	for _, h := range list {
		out = append(out, Column{Title: i18n.T(ctx, h.Word), Width: h.Width})
	}
	return out
}

// Put takes the next row, one cell for each column: a string, an int, int64 or
// float64, a time.Time (zero is an empty cell), or nil.
type Put func(cells ...any) error

// Sheet is a list to be downloaded.
type Sheet struct {
	Title   string // of the list, in the reader's language: name of the file and of the tab
	Columns []Column

	// Rows hands over all rows in their order. It reads page by page, because a
	// slow visitor must not hold a read transaction open.
	Rows func(ctx context.Context, put Put) error
	// After is told how many rows were handed over, before the file is finished
	// or given up; nil when nobody wants to know.
	After func(ctx context.Context, n int) error
}

// The formats.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// longest is how long a download may take.
const longest = 10 * time.Minute

// Routes are the two files of a list: path.csv and path.xlsx.
func Routes(path, name string, access httpx.Access, list func(*http.Request) (Sheet, error)) (out []httpx.Route) {
	for _, format := range []string{CSV, XLSX} {
		out = append(out, httpx.Route{Method: "GET", Pattern: path + "." + format, Access: access, Name: name + "." + format, Timeout: longest, Plain: true,
			Handler: func(w http.ResponseWriter, r *http.Request) error {
				s, err := list(r)
				if err != nil {
					return err
				}
				return send(w, r, s, format)
			}})
	}
	return out
}

// file is a table being written in one of the formats.
type file interface {
	row(cells []any) error
	// close writes what is still held back, unless the table is given up, and
	// lets go of what it took; nothing may follow.
	close(giveUp bool) error
}

// Write writes the sheet in the format, times in the program's own zone.
func (s Sheet) Write(ctx context.Context, w io.Writer, format string) (err error) {
	defer fault.Trace(&err, "sheet.Write(%s)", format)
	var f file
	if format == CSV {
		f, err = newCSV(w, s.Columns)
	} else {
		f, err = newXLSX(w, s.Title, s.Columns)
	}
	if err != nil {
		return err
	}
	n := 0
	err = s.Rows(ctx, func(cells ...any) error {
		n++
		return f.row(cells)
	})
	if s.After != nil {
		if told := s.After(ctx, n); err == nil {
			err = told
		}
	}
	if closed := f.close(err != nil); err == nil {
		err = closed
	}
	return err
}

// held is how much of a file is made before its first byte leaves: a list that
// cannot be read at all still becomes a proper page of error.
const held = 64 << 10

func send(w http.ResponseWriter, r *http.Request, s Sheet, format string) error {
	kind := "text/csv; charset=utf-8"
	if format == XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	out := &begun{w: w, kind: kind, name: s.Title + " " + calendar.DateOf(time.Now()).String() + "." + format}
	buf := bufio.NewWriterSize(out, held)
	err := s.Write(r.Context(), buf, format)
	if err == nil {
		err = buf.Flush()
	}
	if err != nil && out.yes {
		out.broken()
	}
	return err
}

// begun is an answer that says what file it is as soon as there is some of it.
type begun struct {
	w          http.ResponseWriter
	kind, name string
	yes        bool
}

func (b *begun) Write(p []byte) (int, error) {
	if !b.yes {
		b.yes = true
		h := b.w.Header()
		h.Set("Content-Type", b.kind)
		h.Set("Content-Disposition", disposition(b.name))
	}
	return b.w.Write(p)
}

// broken ends a file that cannot be finished so that the browser sees it: half
// a list must not be taken for the whole. Where there is no connection to end,
// in a test's recorder, nothing is left to do.
func (b *begun) broken() {
	_ = http.NewResponseController(b.w).SetWriteDeadline(time.Unix(1, 0))
}

// disposition names the file in ASCII for old programs and in full for others.
func disposition(name string) string {
	plain := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|%`, r) {
			return -1
		}
		return r
	}, name))
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}
