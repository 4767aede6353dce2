package history

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// A table is read to its end whatever it holds, and no line has more cells
// than its heading unless it is called bad.
func FuzzTable(f *testing.F) {
	f.Add([]byte("id,opened,title\n1,2026-01-02 03:04,甲\n"), false)
	f.Add([]byte("id;opened\n\"1;2\n"), false)
	f.Add([]byte("id,opened\n1,2,3\n\xff,\xfe\n"), true)
	f.Fuzz(func(t *testing.T, text []byte, chinese bool) {
		path := filepath.Join(t.TempDir(), "t.csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		m := &Mapping{Comma: ","}
		if chinese {
			m.Encoding = "gb18030"
		}
		var n atomic.Int64
		tb, err := openTable(path, m, &n)
		if err != nil {
			return
		}
		defer tb.close()
		for {
			l, err := tb.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				return
			}
			if l.bad == "" && len(l.cells) != len(tb.columns()) {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte("origin: x\nfields:\n  id: {column: a}\n  opened: {column: b}\n  title: {text: \"{a} {b}\"}\n"), "1", "2026-01-02")
	f.Add([]byte("origin: x\ncrs: GCJ-02\nfields:\n  id: {column: a}\n  opened: {column: b}\n  title: {column: a}\n  lat: {column: a}\n  lng: {column: b}\n"), "36.7", "119.1")
	f.Fuzz(func(t *testing.T, text []byte, a, b string) {
		m, err := ReadMapping(text)
		if err != nil {
			return
		}
		line := map[string]string{"a": a, "b": b}
		_, _ = m.At("opened", line)
		if p, err := m.Point(line); err == nil && p != nil && !(p.Lat >= -91 && p.Lat <= 91) {
			t.Fatalf("%v is no point", *p)
		}
		if _, err := m.Value("title", line); err != nil {
			var r refusal
			if !errors.As(err, &r) {
				t.Fatal(err)
			}
		}
	})
}
