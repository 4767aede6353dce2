package history

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

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
		t, err = openWorkbook(f, f.Name(), m, read)
	} else {
		t, err = openCSV(f, f.Name(), strings.HasSuffix(strings.ToLower(path), ".gz"), m, read)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

type csvTable struct {
	file io.Closer
	r    *csv.Reader
	head []string
	n    int64
}

func openCSV(f io.ReadCloser, name string, zipped bool, m *Mapping, read *atomic.Int64) (table, error) {
	var r io.Reader = counted{f, read}
	if zipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s is not a gzip file: %w", name, err)
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
	file io.Closer
	book *excelize.File
	rows *excelize.Rows
	head []string
	n    int64
}

func openWorkbook(f io.ReadCloser, name string, m *Mapping, read *atomic.Int64) (table, error) {
	book, err := excelize.OpenReader(counted{f, read})
	if err != nil {
		return nil, fmt.Errorf("%s is not a workbook: %w", name, err)
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

// Line is one line of a small table: its cells by heading, or why it cannot be
// read.
type Line struct {
	N     int64 // from 1 behind the heading
	Cells map[string]string
	Bad   string
}

// Lines reads a whole table that came as bytes, its kind known by the name; more
// than most lines, or a required column that is not there, are an
// error. A field whose optional column is missing is empty.
func (m *Mapping) Lines(name string, body []byte, most int) (out []Line, err error) {
	var read atomic.Int64
	var t table
	r := io.NopCloser(bytes.NewReader(body))
	if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
		t, err = openWorkbook(r, name, m, &read)
	} else {
		t, err = openCSV(r, name, strings.HasSuffix(strings.ToLower(name), ".gz"), m, &read)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	head := t.columns()
	for name, f := range m.Fields {
		for _, c := range f.columns() {
			if m.need[name] && !slices.Contains(head, c) {
				return nil, fmt.Errorf("the table has no column %q; it has %q", c, head)
			}
		}
	}
	for {
		l, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(out) == most:
			return nil, fmt.Errorf("more than %d lines", most)
		}
		x := Line{N: l.n, Bad: l.bad, Cells: make(map[string]string, len(head))}
		for i, h := range head {
			if i < len(l.cells) && utf8.ValidString(l.cells[i]) {
				x.Cells[h] = l.cells[i]
			} else if x.Bad == "" {
				x.Bad = h + " is not text in the encoding of the mapping"
			}
		}
		out = append(out, x)
	}
}
