package history

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// line is one line of a table; bad says why it cannot be read.
type line struct {
	n     int64 // from 1 behind the heading
	cells []string
	bad   string
}

// table reads lines in order; io.EOF ends it.
type table interface {
	columns() []string
	next() (line, error)
	close() error
}

// counted counts the bytes read, for the progress.
type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// openTable opens FILE.csv, FILE.csv.gz or FILE.xlsx.
func openTable(path string, m *Mapping, read *atomic.Int64) (table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var t table
	if strings.HasSuffix(strings.ToLower(path), ".xlsx") {
		t, err = openWorkbook(f, m, read)
	} else {
		t, err = openCSV(f, strings.HasSuffix(strings.ToLower(path), ".gz"), m, read)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

type csvTable struct {
	file *os.File
	r    *csv.Reader
	head []string
	n    int64
}

func openCSV(f *os.File, zipped bool, m *Mapping, read *atomic.Int64) (table, error) {
	var r io.Reader = counted{f, read}
	if zipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s is not a gzip file: %w", f.Name(), err)
		}
		r = z
	}
	if m.Encoding == "gb18030" {
		r = simplifiedchinese.GB18030.NewDecoder().Reader(r)
	}
	buf := bufio.NewReaderSize(r, 1<<18)
	if bom, err := buf.Peek(3); err == nil && string(bom) == "\ufeff" {
		if _, err := buf.Discard(3); err != nil {
			return nil, err
		}
	}
	t := &csvTable{file: f, r: csv.NewReader(buf)}
	t.r.Comma, t.r.FieldsPerRecord = []rune(m.Comma)[0], -1
	head, err := t.r.Read()
	if err != nil {
		return nil, fmt.Errorf("the table has no heading: %w", err)
	}
	for _, h := range head {
		t.head = append(t.head, strings.TrimSpace(h))
	}
	return t, nil
}

func (t *csvTable) columns() []string { return t.head }

func (t *csvTable) next() (line, error) {
	cells, err := t.r.Read()
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &syntax):
		t.n++
		return line{n: t.n, cells: cells, bad: syntax.Err.Error()}, nil
	case err != nil:
		return line{}, err
	}
	t.n++
	l := line{n: t.n, cells: cells}
	if len(cells) != len(t.head) {
		l.bad = fmt.Sprintf("%d columns instead of %d", len(cells), len(t.head))
	}
	return l, nil
}

func (t *csvTable) close() error { return t.file.Close() }

type sheetTable struct {
	file *os.File
	book *excelize.File
	rows *excelize.Rows
	head []string
	n    int64
}

func openWorkbook(f *os.File, m *Mapping, read *atomic.Int64) (table, error) {
	book, err := excelize.OpenReader(counted{f, read})
	if err != nil {
		return nil, fmt.Errorf("%s is not a workbook: %w", f.Name(), err)
	}
	sheet := m.Sheet
	if sheet == "" {
		sheet = book.GetSheetName(0)
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	t := &sheetTable{file: f, book: book, rows: rows}
	if !rows.Next() {
		return nil, errors.Join(fmt.Errorf("the sheet %s has no heading", sheet), t.rows.Close(), book.Close())
	}
	if t.head, err = rows.Columns(); err != nil {
		return nil, errors.Join(err, rows.Close(), book.Close())
	}
	for i := range t.head {
		t.head[i] = strings.TrimSpace(t.head[i])
	}
	return t, nil
}

func (t *sheetTable) columns() []string { return t.head }

func (t *sheetTable) next() (line, error) {
	if !t.rows.Next() {
		if err := t.rows.Error(); err != nil {
			return line{}, err
		}
		return line{}, io.EOF
	}
	cells, err := t.rows.Columns()
	t.n++
	if err != nil {
		return line{n: t.n, bad: err.Error()}, nil
	}
	for len(cells) < len(t.head) { // empty cells at the end are not stored
		cells = append(cells, "")
	}
	return line{n: t.n, cells: cells}, nil
}

func (t *sheetTable) close() error {
	return errors.Join(t.rows.Close(), t.book.Close(), t.file.Close())
}
