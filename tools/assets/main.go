// Command assets bundles the third-party front-end files that the program
// embeds: htmx as published, the used part of OpenLayers as one ES module, a
// subset of Tabler icons as one SVG sprite. It writes them, their licences,
// Brotli copies and a list of SHA-256 sums to internal/shell/asset/vendor.
//
// It is needed only to change a version (package.json) or an icon (icons.txt):
//
//	cd tools/assets && npm ci --ignore-scripts && go run .
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

const (
	from = "node_modules"
	to   = "../../internal/shell/asset/vendor"
)

// licences are copied beside the files they cover.
var licences = map[string]string{
	"htmx.org-2.0.11.txt":     "htmx.org/LICENSE",
	"ol-10.11.0.txt":          "ol/LICENSE.md",
	"rbush.txt":               "rbush/LICENSE",
	"quickselect.txt":         "quickselect/LICENSE",
	"tabler-icons-3.51.0.txt": "@tabler/icons/LICENSE",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	htmx, err := os.ReadFile(filepath.Join(from, "htmx.org/dist/htmx.min.js"))
	if err != nil {
		return fmt.Errorf("%w (run npm ci --ignore-scripts first)", err)
	}
	ol, err := bundle("entry/ol.js")
	if err != nil {
		return err
	}
	icons, err := sprite("icons.txt")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(to, "LICENSES"), 0o755); err != nil {
		return err
	}
	for name, b := range map[string][]byte{"htmx.js": htmx, "ol.js": ol, "icons.svg": icons} {
		if err := write(name, b); err != nil {
			return err
		}
	}
	for name, path := range licences {
		b, err := os.ReadFile(filepath.Join(from, path))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "LICENSES", name), b, 0o644); err != nil {
			return err
		}
	}
	return sums()
}

// bundle makes one minified ES module of an entry and all it imports. ES2020
// is what WeChat's browser and phones of the last six years run.
func bundle(entry string) ([]byte, error) {
	res := api.Build(api.BuildOptions{EntryPoints: []string{entry}, Bundle: true, Format: api.FormatESModule,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		Target: api.ES2020,
		Banner: map[string]string{"js": "/* OpenLayers 10.11.0, BSD-2-Clause; rbush MIT; quickselect ISC. See LICENSES. */"},
	})
	if len(res.Errors) > 0 {
		return nil, fmt.Errorf("%s: %s", entry, res.Errors[0].Text)
	}
	return res.OutputFiles[0].Contents, nil
}

var (
	shape = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	frame = regexp.MustCompile(`<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>`)
	gap   = regexp.MustCompile(`\s*\n\s*`)
)

// sprite makes one file of the icons named in the list, each a symbol with its name as id.
func sprite(list string) ([]byte, error) {
	names, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons 3.51.0, MIT -->`)
	for _, name := range strings.Fields(string(names)) {
		svg, err := os.ReadFile(filepath.Join(from, "@tabler/icons/icons/outline", name+".svg"))
		if err != nil {
			return nil, err
		}
		m := shape.FindSubmatch(svg)
		if m == nil {
			return nil, fmt.Errorf("%s: not an svg", name)
		}
		body := gap.ReplaceAll(frame.ReplaceAll(m[1], nil), nil)
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, body)
	}
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// write stores a file and its Brotli copy and prints what a visitor pays for it.
func write(name string, b []byte) error {
	var br, gz bytes.Buffer
	bw := brotli.NewWriterLevel(&br, brotli.BestCompression)
	zw, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := bw.Write(b); err != nil {
		return err
	}
	if _, err := zw.Write(b); err != nil {
		return err
	}
	if err := bw.Close(); err != nil {
		return err
	}
	if err := zw.Close(); err != nil {
		return err
	}
	fmt.Printf("%-10s %7d bytes, gzip %6d, br %6d\n", name, len(b), gz.Len(), br.Len())
	if err := os.WriteFile(filepath.Join(to, name+".br"), br.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, name), b, 0o644)
}

// sums lists every written file; a test of the root module compares them.
func sums() error {
	var list bytes.Buffer
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(to, path)
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(b), filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "SHA256SUMS"), list.Bytes(), 0o644)
}
