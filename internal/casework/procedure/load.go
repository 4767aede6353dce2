package procedure

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/strictyaml"
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

// Problem is something wrong with the procedure at a path of its file, which is
// parsed for the line: kept parsed, the files were three quarters of all memory.
func (p *Procedure) Problem(path, text string) Problem {
	out := Problem{File: p.file, Line: 1, Path: path, Text: text}
	if f, err := parser.ParseBytes(p.source, 0); err == nil && len(f.Docs) > 0 {
		out.Line = strictyaml.Line(f.Docs[0].Body, path)
	}
	return out
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
	p.file = name
	return p, nil
}

type checker struct {
	file      string
	world     World
	root      ast.Node
	problems  Problems
	p         *Procedure
	functions map[string]rule.Function // of case, by name
	later     []func()                 // run once every expression is compiled
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
	for _, f := range strictyaml.Unknown(c.root, reflect.TypeFor[Procedure]()) {
		c.problems = append(c.problems, Problem{File: c.file, Line: f.Line, Path: f.Path, Text: f.Text})
	}
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
	if errors.As(err, &at) {
		p.Text = at.GetMessage()
		if t := at.GetToken(); t != nil {
			p.Line = t.Position.Line
		}
	}
	c.problems = append(c.problems, p)
}

// locate gives every problem the line of its path, or of the nearest parent
// that stands in the file, and sorts them.
func (c *checker) locate() {
	for i := range c.problems {
		if p := &c.problems[i]; p.Line == 0 {
			p.Line = strictyaml.Line(c.root, p.Path)
		}
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
}
