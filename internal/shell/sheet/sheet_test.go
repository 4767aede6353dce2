package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xiucheng/internal/ground/calendar"
)

var day = time.Date(2026, 5, 3, 9, 12, 30, 0, calendar.Zone)

func few() Sheet {
	return Sheet{Title: "案件: 在办", Columns: []Column{{Title: "标题", Width: 30}, {Title: "数"}, {Title: "日期"}, {Title: "空"}},
		Rows: func(_ context.Context, put Put) error {
			for _, s := range []string{"井盖丢失", "=1+1", "+86", "-x", "@sum", "\tt", "a,\"b\"\nc"} {
				if err := put(s, -3, day, nil); err != nil {
					return err
				}
			}
			return nil
		}}
}

func TestCSVIsReadByRealReadersAndHoldsNoFormula(t *testing.T) {
	var out bytes.Buffer
	if err := few().Write(context.Background(), &out, CSV); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok {
		t.Error("no byte order mark")
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"标题", "数", "日期", "空"}}
	for _, s := range []string{"井盖丢失", "'=1+1", "'+86", "'-x", "'@sum", "'\tt", "a,\"b\"\nc"} {
		want = append(want, []string{s, "-3", "2026-05-03 09:12:30", ""})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestXLSXKeepsDatesAndNumbers(t *testing.T) {
	var out bytes.Buffer
	if err := few().Write(context.Background(), &out, XLSX); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	tab := f.GetSheetName(0)
	rows, err := f.GetRows(tab)
	if err != nil || len(rows) != 8 {
		t.Fatalf("%s: %d rows, %v", tab, len(rows), err)
	}
	if d := cmp.Diff([]string{"'=1+1", "-3", "2026-05-03 09:12"}, rows[2]); d != "" {
		t.Error(d)
	}
	if kind, _ := f.GetCellType(tab, "B2"); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Error("a number is kept as text")
	}
	if raw, _ := f.GetCellValue(tab, "C2", excelize.Options{RawCellValue: true}); !strings.HasPrefix(raw, "46145.38") {
		t.Errorf("the date is kept as %s", raw)
	}
	if p, err := f.GetPanes(tab); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("the heading does not stay: %+v %v", p, err)
	}
	if w, _ := f.GetColWidth(tab, "A"); w != 30 {
		t.Errorf("the column is %v wide", w)
	}
}

// A list that breaks off in its middle is not taken for a whole one.
func TestABrokenListIsSeenAsBroken(t *testing.T) {
	broken := errors.New("broken")
	for _, format := range []string{CSV, XLSX} {
		for _, first := range []int{0, 20_000} {
			s := few()
			s.Rows = func(_ context.Context, put Put) error {
				for range first {
					if err := put("井盖丢失", 1, day, nil); err != nil {
						return err
					}
				}
				return broken
			}
			var got error
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = send(w, r, s, format)
				if got != nil && w.Header().Get("Content-Disposition") == "" {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}))
			resp, err := http.Get(srv.URL)
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
			srv.Close()
			if !errors.Is(got, broken) {
				t.Errorf("%s: %v", format, got)
			}
			if err == nil && resp.StatusCode != http.StatusInternalServerError {
				t.Errorf("%s after %d rows: the visitor has a whole file", format, first)
			}
		}
	}
}

// bound is how much more memory any list may hold while it is written: the
// workbook keeps 16 MiB before it turns to a file.
const bound = 64 << 20

func TestALongListIsNeverHeldAsAWhole(t *testing.T) {
	const rows = 50_000
	for _, format := range []string{CSV, XLSX} {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before, peak := m.HeapAlloc, uint64(0)
		var told atomic.Int64
		s := Sheet{Title: "long", Columns: make([]Column, 12),
			Rows: func(_ context.Context, put Put) error {
				for i := range rows {
					a := strings.Repeat("路面破损，行人绕行。", 4)
					if err := put(i, a, a, a, a, a, day, day, 1.5, "x", "y", nil); err != nil {
						return err
					}
					if i%5000 == 0 {
						runtime.GC()
						runtime.ReadMemStats(&m)
						peak = max(peak, m.HeapAlloc)
					}
				}
				return nil
			},
			After: func(_ context.Context, n int) error { told.Store(int64(n)); return nil }}
		size := &counter{}
		if err := s.Write(context.Background(), size, format); err != nil {
			t.Fatal(err)
		}
		if told.Load() != rows {
			t.Errorf("told of %d rows", told.Load())
		}
		t.Logf("%s: %d KiB, %d KiB held at most", format, size.n>>10, (int64(peak)-int64(before))>>10)
		if peak > before+bound {
			t.Errorf("%s holds %d bytes", format, peak-before)
		}
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }
