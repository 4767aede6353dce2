package sheet

import (
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"xiucheng/internal/ground/calendar"
)

const (
	mostRows  = excelize.TotalRows // of one tab; a longer list goes on in the next
	mostChars = excelize.TotalCellChars
	usual     = 16.0 // width of a column
	longTab   = 31   // characters of a tab's name
)

// xlsxFile writes a workbook. Rows go to a file of the system's temporary
// folder once they are many, and from there into the answer.
type xlsxFile struct {
	out        io.Writer
	book       *excelize.File
	title      string
	columns    []Column
	head, when int // styles
	tab        int
	stream     *excelize.StreamWriter
	next       int // row to be written
	cells      []any
}

func newXLSX(w io.Writer, title string, columns []Column) (_ *xlsxFile, err error) {
	f := &xlsxFile{out: w, book: excelize.NewFile(), title: tabName(title), columns: columns, cells: make([]any, 0, len(columns))}
	defer func() {
		if err != nil {
			_ = f.book.Close() // the first error says more
		}
	}()
	if f.head, err = f.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EFF7"}}}); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm"
	if f.when, err = f.book.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	return f, f.turn()
}

// tabName is a title without what a tab's name may not hold.
func tabName(title string) string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, title)
	const room = longTab - 3 // for the number of a further tab
	for utf8.RuneCountInString(s) > room {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	if s = strings.TrimSpace(s); s == "" {
		return "list"
	}
	return s
}

// turn begins the next tab with its widths and its heading, which stays in
// sight.
func (f *xlsxFile) turn() (err error) {
	f.tab++
	name := f.title
	if f.tab == 1 {
		err = f.book.SetSheetName("Sheet1", name)
	} else {
		name += " " + strconv.Itoa(f.tab)
		_, err = f.book.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if f.stream, err = f.book.NewStreamWriter(name); err != nil {
		return err
	}
	heads := make([]any, len(f.columns))
	for i, c := range f.columns {
		width := c.Width
		if width == 0 {
			width = usual
		}
		if err := f.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		heads[i] = excelize.Cell{StyleID: f.head, Value: c.Title}
	}
	if err := f.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	f.next = 2
	return f.stream.SetRow("A1", heads)
}

func (f *xlsxFile) row(cells []any) error {
	if f.next > mostRows {
		if err := f.stream.Flush(); err != nil {
			return err
		}
		if err := f.turn(); err != nil {
			return err
		}
	}
	f.cells = f.cells[:0]
	for _, c := range cells {
		f.cells = append(f.cells, f.cell(c))
	}
	at := "A" + strconv.Itoa(f.next)
	f.next++
	return f.stream.SetRow(at, f.cells)
}

// cell is a value as the workbook keeps it: a time is a date without a zone.
func (f *xlsxFile) cell(v any) any {
	switch c := v.(type) {
	case string:
		return cut(safe(c))
	case time.Time:
		if c.IsZero() {
			return nil
		}
		l := c.In(calendar.Zone)
		return excelize.Cell{StyleID: f.when, Value: time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)}
	}
	return v
}

// cut shortens what is longer than a cell may be.
func cut(s string) string {
	if len(s) <= mostChars {
		return s
	}
	n := 0
	for i := range s {
		if n == mostChars-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

func (f *xlsxFile) close(giveUp bool) (err error) {
	if !giveUp {
		if err = f.stream.Flush(); err == nil {
			err = f.book.Write(f.out)
		}
	}
	if closed := f.book.Close(); err == nil {
		err = closed
	}
	return err
}
