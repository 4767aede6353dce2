package archtest

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

const (
	module       = "xiucheng"
	maxFile      = 600
	maxTestFile  = 900
	maxFunc      = 90
	maxPackage   = 2500
	maxDirectDep = 40
)

var update = flag.Bool("update", false, "redraw the floors in ARCHITECTURE.md")

// floors, lowest first. A package belongs to the longest prefix.
var floors = []struct {
	prefix string
	level  int
	name   string
}{
	{"internal/archtest", 0, "archtest"},
	{"packs", 1, "packs"},
	{"internal/platform", 1, "platform"},
	{"internal/ground", 2, "ground"},
	{"internal/casework", 3, "casework"},
	{"internal/shell", 4, "shell"},
	{"internal/duties", 5, "duties"},
	{"internal/doors", 6, "doors"},
	{"internal/config", 7, "roof"},
	{"internal/app", 7, "roof"},
	{"internal/cli", 7, "roof"},
	{"cmd", 8, "cmd"},
	{"e2e", 9, "e2e"},
	{"bench", 9, "bench"},
}

// order is the one direction of arrows inside a floor.
var order = [][]string{
	{"internal/ground/calendar", "internal/ground/place", "internal/ground/people", "internal/ground/catalogue", "internal/ground/pack"},
	{"internal/casework/procedure", "internal/casework/clock", "internal/casework/record", "internal/casework/engine"},
	{"internal/config", "internal/app", "internal/cli"},
}

type file struct {
	pkg, path string // pkg is the folder relative to the root, slash separated
	lines     int
	test, gen bool
	ast       *ast.File
}

func root(t *testing.T) string {
	t.Helper()
	d, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var fset = token.NewFileSet()

func files(t *testing.T) []file {
	t.Helper()
	var out []file
	dir := root(t)
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && rel != "." || strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, p, b, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, file{
			pkg: path.Dir(filepath.ToSlash(rel)), path: filepath.ToSlash(rel),
			lines: strings.Count(string(b), "\n"), ast: f,
			test: strings.HasSuffix(p, "_test.go"), gen: ast.IsGenerated(f),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("only %d Go files found below %s", len(out), dir)
	}
	return out
}

func floorOf(pkg string) (level int, ok bool) {
	best := -1
	for _, f := range floors {
		if (pkg == f.prefix || strings.HasPrefix(pkg, f.prefix+"/")) && len(f.prefix) > best {
			best, level, ok = len(f.prefix), f.level, true
		}
	}
	return level, ok
}

func TestRoomsImportOnlyLowerFloors(t *testing.T) {
	for _, f := range files(t) {
		from, ok := floorOf(f.pkg)
		if !ok {
			t.Errorf("%s stands on no floor", f.pkg)
			continue
		}
		for _, im := range f.ast.Imports {
			p := strings.Trim(im.Path.Value, `"`)
			if !strings.HasPrefix(p, module+"/") {
				continue
			}
			to := strings.TrimPrefix(p, module+"/")
			if why := forbidden(f, from, to); why != "" {
				t.Errorf("%s imports %s: %s", f.path, to, why)
			}
		}
	}
}

func forbidden(f file, from int, to string) string {
	level, ok := floorOf(to)
	switch {
	case !ok:
		return "that room stands on no floor"
	case level > from:
		return "it stands on a higher floor"
	case f.test:
		return ""
	}
	duty := func(p string) string {
		if rest, ok := strings.CutPrefix(p, "internal/duties/"); ok {
			return strings.SplitN(rest, "/", 2)[0]
		}
		return ""
	}
	if a, b := duty(f.pkg), duty(to); a != "" && b != "" && a != b {
		return "duties meet in casework and through events"
	}
	for _, list := range order {
		i, j := index(list, f.pkg), index(list, to)
		if i >= 0 && j > i {
			return "arrows inside a floor point the other way"
		}
	}
	return ""
}

func index(list []string, pkg string) int {
	for i, p := range list {
		if pkg == p || strings.HasPrefix(pkg, p+"/") {
			return i
		}
	}
	return -1
}

func TestNothingOutgrowsItsRoom(t *testing.T) {
	pkgLines := map[string]int{}
	var sizes, funcs []int
	for _, f := range files(t) {
		if f.gen {
			continue
		}
		limit := maxFile
		if f.test {
			limit = maxTestFile
		} else {
			pkgLines[f.pkg] += f.lines
			sizes = append(sizes, f.lines)
		}
		if f.lines > limit {
			t.Errorf("%s has %d lines, cap %d", f.path, f.lines, limit)
		}
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
			funcs = append(funcs, n)
			if n > maxFunc {
				t.Errorf("%s: %s has %d lines, cap %d", f.path, fn.Name.Name, n, maxFunc)
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s: no init()", f.path)
			}
		}
	}
	for p, n := range pkgLines {
		if n > maxPackage {
			t.Errorf("package %s has %d lines, cap %d", p, n, maxPackage)
		}
	}
	t.Logf("file median %d, function median %d", median(sizes), median(funcs))
}

func median(n []int) int {
	if len(n) == 0 {
		return 0
	}
	sort.Ints(n)
	return n[len(n)/2]
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said, seen := map[string]bool{}, map[string]bool{}
	for _, f := range files(t) {
		if strings.HasSuffix(f.ast.Name.Name, "_test") {
			continue
		}
		seen[f.pkg] = true
		if f.ast.Doc != nil && !f.gen {
			said[f.pkg] = true
		}
	}
	for p := range seen {
		if !said[p] {
			t.Errorf("package %s has no package comment", p)
		}
	}
}

func TestDirectDependenciesStayFew(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(line, "\t") && !strings.Contains(line, "// indirect") {
			n++
		}
	}
	if n == 0 || n > maxDirectDep {
		t.Errorf("%d direct dependencies, cap %d", n, maxDirectDep)
	}
}

const (
	drawBegin = "<!-- floors: drawn by go test ./internal/archtest -update -->"
	drawEnd   = "<!-- /floors -->"
)

func TestFloorsAreDrawnInArchitecture(t *testing.T) {
	name := filepath.Join(root(t), "ARCHITECTURE.md")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(b), drawBegin)
	_, after, ok2 := strings.Cut(rest, drawEnd)
	if !ok1 || !ok2 {
		t.Fatal("ARCHITECTURE.md has no place for the floors")
	}
	want := before + drawBegin + "\n" + draw(t) + drawEnd + after
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(b) {
		t.Error("the floors have changed: go test ./internal/archtest -update")
	}
}

// draw lists each floor, highest first, with its rooms and what each owns.
func draw(t *testing.T) string {
	t.Helper()
	type room struct{ pkg, doc string }
	byFloor := map[int]map[string]room{}
	names := map[int]string{}
	for _, f := range files(t) {
		level, ok := floorOf(f.pkg)
		if !ok || f.test || level == 0 {
			continue
		}
		if byFloor[level] == nil {
			byFloor[level] = map[string]room{}
		}
		r := byFloor[level][f.pkg]
		r.pkg = f.pkg
		if f.ast.Doc != nil && !f.gen {
			r.doc = firstSentence(f.ast.Doc.Text())
		}
		byFloor[level][f.pkg] = r
		for _, fl := range floors {
			if fl.level == level && names[level] == "" {
				names[level] = fl.name
			}
		}
	}
	names[1] = "platform"
	var b strings.Builder
	for level := 9; level >= 1; level-- {
		rooms := byFloor[level]
		if len(rooms) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n**%d %s**\n\n", level, names[level])
		keys := make([]string, 0, len(rooms))
		for k := range rooms {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Fprintf(&b, "- `%s` — %s\n", k, rooms[k].doc)
		}
	}
	b.WriteString("\n")
	return b.String()
}

func firstSentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.Index(s, ". "); i >= 0 {
		s = s[:i+1]
	}
	s = strings.TrimPrefix(s, "Package ")
	s = strings.TrimPrefix(s, "Command ")
	return s
}
