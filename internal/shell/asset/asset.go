package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
)

//go:embed static vendor
var embedded embed.FS

// Prefix is the path under which all files are served.
const Prefix = "/static/"

// file is one served file with its compressed forms.
type file struct {
	name string // app.js
	url  string // /static/app.0123456789.js
	body []byte
	br   []byte // nil unless made by tools/assets
	gz   func() []byte
	uses []string // modules that it imports
}

// set is every file by name and by hashed name.
type set struct{ byName, byHash map[string]*file }

// loaded is built at the first use; the files are part of the program, so an
// error here is a mistake that the room's own test shows.
var loaded = sync.OnceValues(func() (*set, error) { return load(embedded) })

// URL returns the address of a file; of an unknown one an address that answers
// 404, which the tests of every page would notice.
func URL(name string) string {
	if s, err := loaded(); err == nil && s.byName[name] != nil {
		return s.byName[name].url
	}
	return Prefix + "missing/" + name
}

// Modules lists the addresses of a module and all it imports statically, so
// that a page can ask for them at once.
func Modules(name string) []string {
	s, err := loaded()
	if err != nil || s.byName[name] == nil {
		return nil
	}
	urls := []string{s.byName[name].url}
	for _, dep := range s.byName[name].uses {
		for _, u := range Modules(dep) {
			if !slices.Contains(urls, u) {
				urls = append(urls, u)
			}
		}
	}
	return urls
}

// Route is the one route that serves all files.
func Route() httpx.Route {
	return httpx.Route{Method: http.MethodGet, Pattern: Prefix + "{name...}", Name: "asset.file", Access: httpx.Public(),
		Handler: serve, Plain: true, Bare: true}
}

func serve(w http.ResponseWriter, r *http.Request) error {
	s, err := loaded()
	if err != nil {
		return err
	}
	f := s.byHash[r.PathValue("name")]
	if f == nil {
		return fault.Missing("file")
	}
	h := w.Header()
	h.Set("Content-Type", kind(path.Ext(f.name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Del("Content-Language")
	body := f.body
	accept := r.Header.Get("Accept-Encoding")
	switch {
	case f.br != nil && strings.Contains(accept, "br"):
		h.Set("Content-Encoding", "br")
		body = f.br
	case strings.Contains(accept, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = f.gz()
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = w.Write(body) // an error means the visitor left
	return nil
}

// kind is written out, since the machine's own table of types may say otherwise.
func kind(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// load reads static/ and vendor/, joins the numbered style sheets to app.css, and names
// every file by its content, imported modules before those that import them.
func load(src fs.FS) (*set, error) {
	raw, br, err := read(src)
	if err != nil {
		return nil, err
	}
	s := &set{byName: map[string]*file{}, byHash: map[string]*file{}}
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	sort.Strings(names)
	var bad []error
	for _, name := range names {
		if err := s.add(name, raw, br, nil); err != nil {
			bad = append(bad, err)
		}
	}
	return s, errors.Join(bad...)
}

func read(src fs.FS) (raw, br map[string][]byte, err error) {
	raw, br = map[string][]byte{}, map[string][]byte{}
	err = fs.WalkDir(src, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(src, p)
		name := path.Base(p)
		switch ext := path.Ext(name); {
		case strings.Contains(p, "LICENSES") || name == "SHA256SUMS":
		case ext == ".br":
			br[strings.TrimSuffix(name, ".br")] = b
		case ext == ".css" && name[0] >= '0' && name[0] <= '9': // 10-token.css, 20-page.css …: WalkDir is in order
			raw["app.css"] = append(raw["app.css"], shrink(b)...)
		case ext == ".css": // of few pages, or of the printer
			raw[name] = shrink(b)
		default:
			raw[name] = b
		}
		return err
	})
	return raw, br, err
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	space   = regexp.MustCompile(`\s+`)
	around  = regexp.MustCompile(` ?([{};,]) ?`)
)

// shrink takes comments and line breaks out of a style sheet.
func shrink(css []byte) []byte {
	return around.ReplaceAll(space.ReplaceAll(comment.ReplaceAll(css, nil), []byte(" ")), []byte("$1"))
}

// reference is a module's mention of another one: a static or dynamic import,
// or the address of a worker.
var reference = regexp.MustCompile(`((?:from\s*|import\s*\(?\s*|URL\(\s*))"\./([a-z0-9-]+\.js)"`)

func (s *set) add(name string, raw, br map[string][]byte, above []string) error {
	if s.byName[name] != nil {
		return nil
	}
	if slices.Contains(above, name) {
		return fmt.Errorf("asset: modules import each other in a circle: %v", append(above, name))
	}
	body := raw[name]
	f := &file{name: name, br: br[name]}
	if path.Ext(name) == ".js" && f.br == nil {
		var err error
		if body, err = s.resolve(f, raw, br, append(above, name)); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	f.url, f.body = Prefix+hashed, body
	f.gz = sync.OnceValue(func() []byte { return zip(body) })
	s.byName[name], s.byHash[hashed] = f, f
	return nil
}

// resolve points the references of a module at the hashed names.
func (s *set) resolve(f *file, raw, br map[string][]byte, above []string) ([]byte, error) {
	var bad []error
	body := reference.ReplaceAllFunc(raw[f.name], func(m []byte) []byte {
		parts := reference.FindSubmatch(m)
		dep := string(parts[2])
		if raw[dep] == nil {
			bad = append(bad, fmt.Errorf("asset: %s imports %s, which does not exist", f.name, dep))
			return m
		}
		if err := s.add(dep, raw, br, above); err != nil {
			bad = append(bad, err)
			return m
		}
		if bytes.HasPrefix(parts[1], []byte("from")) {
			f.uses = append(f.uses, dep)
		}
		return fmt.Appendf(nil, "%s%q", parts[1], "./"+path.Base(s.byName[dep].url))
	})
	return body, errors.Join(bad...)
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return b
	}
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}
