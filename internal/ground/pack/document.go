package pack

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
)

// yamlError returns the line and the short reason of a YAML error.
func yamlError(err error) (line int, why string) {
	var at yaml.Error
	if errors.As(err, &at) {
		if t := at.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
		return line, at.GetMessage()
	}
	return 0, err.Error()
}

// eachItem reads a YAML list strictly, item by item, so that one broken item
// does not hide the others.
func eachItem[T any](l *loader, f File, use func(rank, line int, v T)) {
	doc, err := parser.ParseBytes(f.Body, 0)
	if err != nil {
		line, why := yamlError(err)
		l.problems.add(f.Path, line, "pack.yaml_broken", "why", why)
		return
	}
	for _, d := range doc.Docs {
		list, ok := d.Body.(*ast.SequenceNode)
		if !ok {
			l.problems.add(f.Path, 1, "pack.yaml_list")
			continue
		}
		for i, node := range list.Values {
			var v T
			line := firstLine(node)
			if err := yaml.NodeToValue(node, &v, yaml.Strict()); err != nil {
				at, why := yamlError(err)
				l.problems.add(f.Path, max(at, line), "pack.yaml_broken", "why", why)
				continue
			}
			use(i, line, v)
		}
	}
}

func firstLine(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0].Key
	}
	return n.GetToken().Position.Line
}

func (l *loader) roles(f File) {
	eachItem(l, f, func(_, line int, r people.Role) {
		if r.ID == "" || r.Name.ZH == "" || r.Name.EN == "" || !r.Axis.Known() {
			l.problems.add(f.Path, line, "pack.role_bad", "id", r.ID)
		}
		l.pack.Rows = append(l.pack.Rows, newRow(r, f.Path, line))
	})
}

func (l *loader) questions(f File) {
	eachItem(l, f, func(rank, line int, q catalogue.Question) {
		q.Rank = rank
		l.pack.Rows = append(l.pack.Rows, newRow(q, f.Path, line))
	})
}

func (l *loader) choices(f File) {
	eachItem(l, f, func(rank, line int, c catalogue.Choice) {
		c.Rank = rank
		l.pack.Rows = append(l.pack.Rows, newRow(c, f.Path, line))
	})
}

// settings reads "key: value" lines.
func (l *loader) settings(f File) {
	doc, err := parser.ParseBytes(f.Body, 0)
	if err != nil {
		line, why := yamlError(err)
		l.problems.add(f.Path, line, "pack.yaml_broken", "why", why)
		return
	}
	defs := Definitions()
	for _, d := range doc.Docs {
		if _, blank := d.Body.(*ast.NullNode); blank || d.Body == nil {
			continue
		}
		m, ok := d.Body.(*ast.MappingNode)
		if !ok {
			l.problems.add(f.Path, 1, "pack.yaml_map")
			continue
		}
		for _, kv := range m.Values {
			s := setting{Key: kv.Key.GetToken().Value}
			line := kv.Key.GetToken().Position.Line
			if err := yaml.NodeToValue(kv.Value, &s.Value); err != nil {
				l.problems.add(f.Path, line, "pack.setting_value", "key", s.Key, "value", kv.Value.String())
				continue
			}
			at := slices.IndexFunc(defs, func(d Definition) bool { return d.Key == s.Key })
			switch {
			case at < 0:
				l.problems.add(f.Path, line, "pack.setting_unknown", "key", s.Key)
			case !defs[at].Accepts(s.Value):
				l.problems.add(f.Path, line, "pack.setting_value", "key", s.Key, "value", s.Value)
			}
			l.pack.Rows = append(l.pack.Rows, newRow(s, f.Path, line))
		}
	}
}

// procedure and paper take a file as it is; only its name and version matter here.
func (l *loader) procedure(f File) { l.versioned(f, &l.pack.Procedures, "pack.procedure_head") }
func (l *loader) paper(f File)     { l.versioned(f, &l.pack.Papers, "pack.paper_head") }

func (l *loader) versioned(f File, to *[]Procedure, headless string) {
	var head struct {
		Procedure string `yaml:"procedure"`
		Paper     string `yaml:"paper"`
		Version   int    `yaml:"version"`
	}
	if err := yaml.Unmarshal(f.Body, &head); err != nil {
		line, why := yamlError(err)
		l.problems.add(f.Path, line, "pack.yaml_broken", "why", why)
		return
	}
	name := head.Procedure + head.Paper
	if name == "" || strings.ContainsAny(name, " /") || head.Version < 1 {
		l.problems.add(f.Path, 1, headless)
		return
	}
	*to = append(*to, Procedure{ID: name, Version: head.Version, File: f})
}
