package paper

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/i18n"
)

type checker struct {
	t        *Template
	file     string
	problems procedure.Problems
}

func (c *checker) bad(path, format string, a ...any) {
	c.problems = append(c.problems, procedure.Problem{File: c.file, Line: c.line(path), Path: path, Text: fmt.Sprintf(format, a...)})
}

// line is where the path, or its nearest parent in the file, begins.
func (c *checker) line(path string) int {
	for path != "$" && path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterNode(c.t.root); err == nil && n != nil {
				return n.GetToken().Position.Line
			}
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

var (
	idPattern    = regexp.MustCompile(`^P\d{2}[a-z]?$`)
	namePattern  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	numberPart   = regexp.MustCompile(`\{(short|division|year|date|serial\d*)\}`)
	placePattern = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(?::([a-z]+))?(?:\|([^}]*))?\}`)
	types        = []field.Type{field.Text, field.Long, field.Int, field.Money, field.Dec, field.Bool,
		field.Date, field.Time, field.Enum, field.Photo, field.File}
	shapes = []string{"", "capital", "yuan", "num", "day", "boxes", "lines", "numbered"}
)

func (c *checker) check() {
	t := c.t
	if !idPattern.MatchString(t.ID) {
		c.bad("$.paper", "%q is no id such as P29 or P10a", t.ID)
	}
	if t.Version < 1 {
		c.bad("$.version", "must be 1 or more")
	}
	c.words("$.title", t.Title)
	if t.Kind != Internal && t.Kind != External {
		c.bad("$.kind", "internal or external")
	}
	if t.Volume != Main && t.Volume != Side {
		c.bad("$.volume", "main or side")
	}
	if strings.ContainsAny(numberPart.ReplaceAllString(t.Number, ""), "{}") || t.Number != "" && !strings.Contains(t.Number, "{serial") {
		c.bad("$.number", "%q: {serialN} and also {short}, {division}, {year}, {date} are filled in", t.Number)
	}
	for i := range t.Fields {
		c.field(fmt.Sprintf("$.fields[%d]", i), i)
	}
	for i, n := range t.Require {
		at := fmt.Sprintf("$.require[%d]", i)
		c.words(at+".label", n.Label)
		if n.When != "" {
			c.when(at+".when", n.When)
		}
		if len(n.Fields) == 0 || n.Law == "" {
			c.bad(at, "fields and law are needed")
		}
		for _, f := range n.Fields {
			for _, one := range strings.Split(f, "|") {
				c.name(at, one)
			}
		}
	}
	if len(t.Body) == 0 {
		c.bad("$", "a paper needs a body")
	}
	for i := range t.Body {
		c.block(fmt.Sprintf("$.body[%d]", i), &t.Body[i])
	}
}

func (c *checker) words(path string, t i18n.Text) {
	if t.ZH == "" || t.EN == "" {
		c.bad(path, "words in zh and en are needed")
	}
}

func (c *checker) field(at string, i int) {
	f := &c.t.Fields[i]
	if !namePattern.MatchString(f.Name) || slices.Contains(standing, f.Name) {
		c.bad(at+".name", "%q is no free name (a–z, 0–9, _)", f.Name)
	}
	if slices.ContainsFunc(c.t.Fields[:i], func(o Field) bool { return o.Name == f.Name }) {
		c.bad(at, "%s stands twice", f.Name)
	}
	if !slices.Contains(types, f.Type) {
		c.bad(at+".type", "type %q has no place in a paper", f.Type)
	}
	c.words(at+".label", f.Label)
	if f.Type == field.Enum && len(f.Options) == 0 {
		c.bad(at, "an enum needs options")
	}
	for j, o := range f.Options {
		c.words(fmt.Sprintf("%s.options[%d].label", at, j), o.Label)
	}
	if f.MaskIf != "" {
		c.when(at+".mask_if", f.MaskIf)
	}
}

func (c *checker) name(at, name string) {
	if c.t.Field(name) == nil && !slices.Contains(standing, name) {
		c.bad(at, "unknown field %q", name)
	}
}

func (c *checker) when(at, when string) {
	name, _, _ := strings.Cut(strings.TrimPrefix(when, "!"), "=")
	c.name(at, name)
}

// text checks the placeholders of a wording.
func (c *checker) text(at, s string) {
	for _, m := range placePattern.FindAllStringSubmatch(s, -1) {
		c.name(at, m[1])
		if !slices.Contains(shapes, m[2]) {
			c.bad(at, "unknown shape %q", m[2])
		}
	}
	if strings.ContainsAny(placePattern.ReplaceAllString(s, ""), "{}") {
		c.bad(at, "a brace outside of a placeholder")
	}
}

func (c *checker) block(at string, b *Block) {
	given := 0
	for _, on := range []bool{b.To != "", b.Text != "", b.Heading != "", b.Strong != "", len(b.Lines) > 0, b.Note != "", b.Grid != nil,
		b.Table != nil, b.Sign != nil, b.Photos != "", b.Break} {
		if on {
			given++
		}
	}
	if given != 1 {
		c.bad(at, "a block is exactly one of to, text, heading, strong, lines, note, grid, table, sign, photos and break")
	}
	if b.When != "" {
		c.when(at+".when", b.When)
	}
	for _, s := range append([]string{b.To, b.Text, b.Heading, b.Strong, b.Note}, b.Lines...) {
		c.text(at, s)
	}
	if g := b.Grid; g != nil {
		c.grid(at+".grid", g)
	}
	if x := b.Table; x != nil {
		f := c.t.Field(x.Field)
		if f == nil || !f.List {
			c.bad(at+".table.field", "%q is no list of the paper", x.Field)
		}
		if len(x.Cols) != len(x.Head) || len(x.Cols) == 0 {
			c.bad(at+".table.cols", "as many columns as words in the head")
		}
	}
	if x := b.Sign; x != nil {
		c.text(at, x.Agency+x.Date)
	}
	if f := c.t.Field(b.Photos); b.Photos != "" && (f == nil || f.Type != field.Photo) {
		c.bad(at+".photos", "%q is no field of photos", b.Photos)
	}
}

func (c *checker) grid(at string, g *Grid) {
	if len(g.Cols) == 0 {
		c.bad(at, "a grid needs columns")
	}
	for i, row := range g.Rows {
		n := 0
		for j, cell := range row {
			path := fmt.Sprintf("%s.rows[%d][%d]", at, i, j)
			c.text(path, cell.Label+cell.Text+cell.Foot)
			if n >= len(g.Cols) {
				c.bad(path, "more cells than columns")
			}
			n += max(1, cell.Span)
		}
	}
}
