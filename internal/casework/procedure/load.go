package procedure

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// World is what a procedure may refer to outside its own file. A nil list is
// not checked.
type World struct {
	Roles    []string // the pack's roles; system, citizen, staff and owner are always known
	Choices  []string // lists that duties provide for Field.Choices
	Do       []string // hooks that duties provide for Step.Do, by name
	Settings []string // keys of the division's settings
	Laws     []string
}

// Problem is one thing wrong with a file.
type Problem struct {
	File string
	Line int
	Path string // such as $.steps[3].guards[0].if
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Path, p.Text) }

// Problems is everything wrong with one or more files, in order of line.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Load decodes strictly, checks and compiles one file. With problems the
// procedure is nil and the error is a Problems that lists all of them.
func Load(name string, src []byte, w World) (*Procedure, error) {
	c := &checker{file: name, world: w}
	p := c.decode(src)
	if p != nil {
		c.check(p)
	}
	if len(c.problems) > 0 {
		c.locate()
		return nil, c.problems
	}
	sum := sha256.Sum256(src)
	p.sum, p.source = hex.EncodeToString(sum[:]), slices.Clone(src)
	p.file, p.line = name, c.line
	return p, nil
}

type checker struct {
	file     string
	world    World
	root     ast.Node
	problems Problems
	p        *Procedure
	later    []func() // run once every expression is compiled
}

func (c *checker) bad(path, format string, a ...any) {
	c.problems = append(c.problems, Problem{File: c.file, Path: path, Text: fmt.Sprintf(format, a...)})
}

// decode reads the YAML. Unknown keys are all listed; the first value of a
// wrong type ends the reading.
func (c *checker) decode(src []byte) *Procedure {
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		c.yamlError(err)
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		c.problems = append(c.problems, Problem{File: c.file, Line: 1, Path: "$", Text: "want exactly one YAML document"})
		return nil
	}
	c.root = f.Docs[0].Body
	c.unknownKeys(c.root, reflect.TypeFor[Procedure](), "$")
	p := &Procedure{}
	if err := yaml.NodeToValue(c.root, p); err != nil {
		c.yamlError(err)
		return nil
	}
	own := len(p.Steps)
	if err := addShared(p); err != nil {
		c.bad("$.steps", "shared steps: %v", err)
		return nil
	}
	if own == 0 {
		c.bad("$", "a procedure needs steps")
	}
	p.build()
	return p
}

// yamlError keeps the position goccy knows and drops its source excerpt.
func (c *checker) yamlError(err error) {
	p := Problem{File: c.file, Line: 1, Path: "$", Text: err.Error()}
	var at yaml.Error
	if asYAML(err, &at) {
		p.Text = at.GetMessage()
		if t := at.GetToken(); t != nil {
			p.Line = t.Position.Line
		}
	}
	c.problems = append(c.problems, p)
}

func asYAML(err error, target *yaml.Error) bool {
	e, ok := err.(yaml.Error)
	if ok {
		*target = e
	}
	return ok
}

// unknownKeys walks the document beside the Go type.
func (c *checker) unknownKeys(n ast.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := n.(type) {
	case *ast.TagNode:
		c.unknownKeys(n.Value, t, path)
	case *ast.AnchorNode:
		c.unknownKeys(n.Value, t, path)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for i, v := range n.Values {
				c.unknownKeys(v, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
			}
		}
	case *ast.MappingNode:
		c.unknownInMap(n, t, path)
	}
}

func (c *checker) unknownInMap(n *ast.MappingNode, t reflect.Type, path string) {
	seen := map[string]bool{}
	for _, kv := range n.Values {
		key := kv.Key.String()
		if s, ok := kv.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		at := path + "." + key
		if seen[key] {
			c.problems = append(c.problems, Problem{File: c.file, Line: kv.GetToken().Position.Line, Path: at, Text: "the key stands twice"})
		}
		seen[key] = true
		switch t.Kind() {
		case reflect.Map:
			c.unknownKeys(kv.Value, t.Elem(), at)
		case reflect.Struct:
			f, ok := keyed(t, key)
			if !ok {
				c.problems = append(c.problems, Problem{File: c.file, Line: kv.Key.GetToken().Position.Line, Path: at, Text: "unknown key"})
				continue
			}
			c.unknownKeys(kv.Value, f.Type, at)
		}
	}
}

func keyed(t reflect.Type, key string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name == key && f.IsExported() {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// locate gives every problem the line of its path, or of the nearest parent
// that stands in the file, and sorts them.
func (c *checker) locate() {
	for i := range c.problems {
		if p := &c.problems[i]; p.Line == 0 {
			p.Line = c.line(p.Path)
		}
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
}

func (c *checker) line(path string) int {
	for path != "$" && path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterNode(c.root); err == nil && n != nil {
				return first(n)
			}
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

// first is the line a node begins on; a mapping's own token is its first colon.
func first(n ast.Node) int {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key.GetToken().Position.Line
		}
	case *ast.SequenceNode:
		if len(n.Values) > 0 {
			return first(n.Values[0])
		}
	}
	return n.GetToken().Position.Line
}
