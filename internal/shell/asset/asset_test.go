package asset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"xiucheng/internal/platform/httpx"
)

func TestVendoredFilesAreUnchanged(t *testing.T) {
	list, err := fs.ReadFile(embedded, "vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"SHA256SUMS": true}
	for sc := bufio.NewScanner(bytes.NewReader(list)); sc.Scan(); {
		sum, name, _ := strings.Cut(sc.Text(), "  ")
		b, err := fs.ReadFile(embedded, "vendor/"+name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s was edited by hand; run tools/assets instead", name)
		}
		listed[name] = true
	}
	_ = fs.WalkDir(embedded, "vendor", func(p string, d fs.DirEntry, _ error) error {
		if name := strings.TrimPrefix(p, "vendor/"); !d.IsDir() && !listed[name] {
			t.Errorf("%s is not in SHA256SUMS", name)
		}
		return nil
	})
}

func TestReferencesArePointedAtHashes(t *testing.T) {
	s, err := load(fstest.MapFS{
		"static/a.js":        {Data: []byte(`import {b} from "./b.js"; const m = import("./c.js"); new URL("./b.js", import.meta.url); "./b.js"`)},
		"static/b.js":        {Data: []byte(`export const b = 1`)},
		"static/c.js":        {Data: []byte(`export default 2`)},
		"static/10-one.css":  {Data: []byte("a { color: red; } /* no\n */\n")},
		"static/20-two.css":  {Data: []byte("b > c { margin: 0 1px; }")},
		"vendor/SHA256SUMS":  {Data: []byte("x")},
		"vendor/LICENSES/b":  {Data: []byte("x")},
		"vendor/lib.js":      {Data: []byte(`import "./nowhere.js"`)},
		"vendor/lib.js.br":   {Data: []byte("br")},
		"vendor/picture.svg": {Data: []byte("<svg/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, c := strings.TrimPrefix(s.byName["b.js"].url, Prefix), strings.TrimPrefix(s.byName["c.js"].url, Prefix)
	want := `import {b} from "./` + b + `"; const m = import("./` + c + `"); new URL("./` + b + `", import.meta.url); "./b.js"`
	if got := string(s.byName["a.js"].body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(s.byName["app.css"].body); got != "a{color: red;}b > c{margin: 0 1px;}" {
		t.Errorf("css %q", got)
	}
	if len(s.byName) != 6 {
		t.Errorf("%d files", len(s.byName))
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want string }{
		"a circle":  {`import "./b.js"`, `import "./a.js"`, "circle"},
		"a missing": {`import {x} from "./z.js"`, ``, "does not exist"},
	} {
		_, err := load(fstest.MapFS{"static/a.js": {Data: []byte(c.a)}, "static/b.js": {Data: []byte(c.b)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func served(t *testing.T) *httpx.Router {
	t.Helper()
	rt, err := httpx.New(httpx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Handle(Route()); err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestServe(t *testing.T) {
	rt := served(t)
	for name, kind := range map[string]string{"app.js": "text/javascript", "app.css": "text/css", "ol.js": "text/javascript", "mark.svg": "image/svg+xml"} {
		r := httptest.NewRequest("GET", URL(name), nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) ||
			!strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		zr, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := loaded()
		if b, _ := io.ReadAll(zr); !bytes.Equal(b, s.byName[name].body) {
			t.Errorf("%s: other bytes after unzipping", name)
		}
	}
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest("GET", URL("nothing.js"), nil))
	if w.Code != 404 {
		t.Errorf("unknown file: %d", w.Code)
	}
}

// The promise of docs/adr/0006: what a first visit costs, gzip, without HTML.
func TestBudget(t *testing.T) {
	s, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	cost := func(names ...string) (n int) {
		for _, name := range names {
			n += len(s.byName[name].gz())
		}
		return n
	}
	page := cost("app.css", "htmx.js", "app.js", "live.js", "mark.svg")
	desk := page + cost("map.js", "map-style.js", "ol.js")
	t.Logf("page %d, page with map %d bytes gzip (css %d, htmx %d, ol %d)", page, desk, cost("app.css"), cost("htmx.js"), cost("ol.js"))
	if page > 30<<10 || desk > 150<<10 {
		t.Errorf("over budget: page %d of %d, desk %d of %d", page, 30<<10, desk, 150<<10)
	}
}

func TestIcon(t *testing.T) {
	if s, ok := Icon("clock"); !ok || !strings.HasPrefix(s, "<path") {
		t.Errorf("clock: %q", s)
	}
	if _, ok := Icon("no-such-icon"); ok {
		t.Error("an unknown icon must be reported")
	}
}
