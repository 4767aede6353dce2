package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/i18n"
)

// Kinds of papers, and the volume 卷 of the dossier a paper is bound into.
const (
	Internal = "internal" // 内部
	External = "external" // 送达当事人
	Main     = "main"     // 正卷
	Side     = "side"     // 副卷
)

// Template is one decoded file: what a paper says, with places to fill.
type Template struct {
	ID      string    `yaml:"paper"`
	Version int       `yaml:"version"`
	Title   i18n.Text `yaml:"title"`
	Heading string    `yaml:"heading,omitempty"` // what is printed where that differs from the title
	Kind    string    `yaml:"kind"`
	Volume  string    `yaml:"volume"`
	Order   int       `yaml:"order"`
	Number  string    `yaml:"number,omitempty"` // {short}罚决字〔{year}〕第{serial4}号
	Red     bool      `yaml:"red,omitempty"`    // the head of a letter
	Basis   []string  `yaml:"basis,omitempty"`
	Fields  []Field   `yaml:"fields"`
	Require []Need    `yaml:"require,omitempty"`
	Body    []Block   `yaml:"body"`

	sum  string
	root ast.Node
}

// Field is a value of the paper. It comes from what was typed, else from the
// newest earlier paper of the case that has a field of this name, else from the
// case's data.
type Field struct {
	field.Field `yaml:",inline"`
	From        string `yaml:"from,omitempty"`     // its name in the case's data, where another one
	MaskIf      string `yaml:"mask_if,omitempty"`  // personal only where another field has this value
	Fallback    string `yaml:"fallback,omitempty"` // what stands where nothing was filled in
}

// Need is one thing the law wants the paper to say. One filled field of each
// suffices: "a|b".
type Need struct {
	When   string    `yaml:"when,omitempty"` // as in a block; always where nothing is said
	Label  i18n.Text `yaml:"label"`
	Fields []string  `yaml:"fields"`
	Law    string    `yaml:"law"`
}

// Block is one part of the body; exactly one of its parts is given.
type Block struct {
	When    string   `yaml:"when,omitempty"` // field, !field or field=value
	To      string   `yaml:"to,omitempty"`   // addressee
	Text    string   `yaml:"text,omitempty"`
	Heading string   `yaml:"heading,omitempty"`
	Strong  string   `yaml:"strong,omitempty"`
	Lines   []string `yaml:"lines,omitempty"` // without indent: where people sign
	Note    string   `yaml:"note,omitempty"`
	Grid    *Grid    `yaml:"grid,omitempty"`
	Table   *Table   `yaml:"table,omitempty"`
	Sign    *Sign    `yaml:"sign,omitempty"`
	Photos  string   `yaml:"photos,omitempty"` // a field of photos
	Break   bool     `yaml:"break,omitempty"`
}

// Grid is a form 审批表.
type Grid struct {
	Cols []float64 `yaml:"cols"`
	Rows [][]Cell  `yaml:"rows"`
}

// Cell is a label or a text; the last of a row reaches to the edge.
type Cell struct {
	Label string `yaml:"label,omitempty"`
	Text  string `yaml:"text,omitempty"`
	Foot  string `yaml:"foot,omitempty"`
	Span  int    `yaml:"span,omitempty"`
	Lines int    `yaml:"lines,omitempty"`
}

// Table is a list 清单: each item of the list field is one row, its cells
// parted by |; Blank rows stand below for what is written by hand.
type Table struct {
	Field string    `yaml:"field"`
	Cols  []float64 `yaml:"cols"`
	Head  []string  `yaml:"head"`
	Blank int       `yaml:"blank,omitempty"`
}

// Sign is the agency, the date, room for the seal, and the verification code.
type Sign struct {
	Agency string `yaml:"agency,omitempty"` // {org}
	Date   string `yaml:"date,omitempty"`   // {date}
	Seal   bool   `yaml:"seal,omitempty"`
	Verify bool   `yaml:"verify,omitempty"`
	// Link is a page of this program that the QR code leads to in place of the
	// verification, Say what stands below the code.
	Link string   `yaml:"link,omitempty"`
	Say  []string `yaml:"say,omitempty"`
}

// standing are the names that every paper knows without declaring them.
var standing = []string{"org", "short", "government", "court", "org_address", "org_phone", "number", "date", "year"}

// Load decodes one file strictly and checks it. With problems the template is
// nil and the error is a procedure.Problems that lists them.
func Load(file string, src []byte) (*Template, error) {
	t := &Template{}
	doc, err := parser.ParseBytes(src, 0)
	if err == nil && (len(doc.Docs) != 1 || doc.Docs[0].Body == nil) {
		return nil, procedure.Problems{{File: file, Line: 1, Path: "$", Text: "want exactly one YAML document"}}
	}
	if err == nil {
		t.root = doc.Docs[0].Body
		err = yaml.NodeToValue(t.root, t, yaml.Strict())
	}
	if err != nil {
		p := procedure.Problem{File: file, Line: 1, Path: "$", Text: err.Error()}
		var at yaml.Error
		if errors.As(err, &at) {
			p.Text = at.GetMessage()
			if k := at.GetToken(); k != nil {
				p.Line = k.Position.Line
			}
		}
		return nil, procedure.Problems{p}
	}
	c := &checker{t: t, file: file}
	c.check()
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b procedure.Problem) int { return a.Line - b.Line })
		return nil, c.problems
	}
	sum := sha256.Sum256(src)
	t.sum = hex.EncodeToString(sum[:])
	return t, nil
}

// Field returns the field of a name, nil when there is none.
func (t *Template) Field(name string) *Field {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// Library holds templates by id and version. It never changes.
type Library struct {
	byKey  map[string]*Template
	latest map[string]*Template
}

// NewLibrary collects templates. The same id and version with another text is
// an error: a paper keeps its version.
func NewLibrary(list ...*Template) (*Library, error) {
	l := &Library{byKey: map[string]*Template{}, latest: map[string]*Template{}}
	for _, t := range list {
		k := fmt.Sprintf("%s@%d", t.ID, t.Version)
		if old := l.byKey[k]; old != nil && old.sum != t.sum {
			return nil, fmt.Errorf("paper %s version %d has two texts", t.ID, t.Version)
		}
		l.byKey[k] = t
		if old := l.latest[t.ID]; old == nil || old.Version < t.Version {
			l.latest[t.ID] = t
		}
	}
	return l, nil
}

// Latest returns the newest version; nil when unknown.
func (l *Library) Latest(id string) *Template { return l.latest[id] }

// Version returns one version; nil when unknown.
func (l *Library) Version(id string, version int) *Template {
	return l.byKey[fmt.Sprintf("%s@%d", id, version)]
}

// All lists the newest versions by id.
func (l *Library) All() []*Template {
	var out []*Template
	for _, t := range l.latest {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Template) int { return strings.Compare(a.ID, b.ID) })
	return out
}
