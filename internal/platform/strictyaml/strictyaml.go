// Package strictyaml compares a YAML document with the Go type it is to fill:
// it names every key the type does not have, and finds the line of a path.
package strictyaml

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Finding is a key that is unknown or stands twice.
type Finding struct {
	Line int
	Path string // such as $.steps[3].form
	Text string
}

// Unknown lists every key that the type does not have, or that stands twice.
func Unknown(root ast.Node, t reflect.Type) []Finding {
	w := &walker{}
	w.keys(root, t, "$")
	return w.found
}

type walker struct{ found []Finding }

// keys walks the document beside the Go type.
func (w *walker) keys(n ast.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := n.(type) {
	case *ast.TagNode:
		w.keys(n.Value, t, path)
	case *ast.AnchorNode:
		w.keys(n.Value, t, path)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for i, v := range n.Values {
				w.keys(v, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
			}
		}
	case *ast.MappingNode:
		w.inMap(n, t, path)
	}
}

func (w *walker) inMap(n *ast.MappingNode, t reflect.Type, path string) {
	seen := map[string]bool{}
	for _, kv := range n.Values {
		key := kv.Key.String()
		if s, ok := kv.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		at := path + "." + key
		if seen[key] {
			w.found = append(w.found, Finding{Line: kv.GetToken().Position.Line, Path: at, Text: "the key stands twice"})
		}
		seen[key] = true
		switch t.Kind() {
		case reflect.Map:
			w.keys(kv.Value, t.Elem(), at)
		case reflect.Struct:
			f, ok := keyed(t, key)
			if !ok {
				w.found = append(w.found, Finding{Line: kv.Key.GetToken().Position.Line, Path: at, Text: "unknown key"})
				continue
			}
			w.keys(kv.Value, f.Type, at)
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

// Line is where a path stands in the document, or its nearest parent that does.
func Line(root ast.Node, path string) int {
	for path != "$" && path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterNode(root); err == nil && n != nil {
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
