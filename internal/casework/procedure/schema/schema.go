// Package schema is the JSON Schema of procedure files, for editors.
package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
)

// Of is the JSON Schema of a procedure file. It is made from
// the Go types, so it cannot say anything else than Load does.
func Of() ([]byte, error) {
	r := &jsonschema.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true, Mapper: laws}
	s := r.Reflect(&procedure.Procedure{})
	s.ID = ""
	s.Title = "Xiucheng procedure"
	if def := s.Definitions["Type"]; def == nil {
		if f, ok := s.Definitions["Field"]; ok {
			if t, ok := f.Properties.Get("type"); ok {
				t.Enum = typeNamesOf()
			}
		}
	}
	raw, err := json.MarshalIndent(s, "", "  ")
	return append(raw, '\n'), err
}

func typeNamesOf() []any {
	var names []string
	for _, t := range field.Types() {
		names = append(names, string(t))
	}
	slices.SortFunc(names, strings.Compare)
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}

// laws are one text or a list of them.
func laws(t reflect.Type) *jsonschema.Schema {
	if t != reflect.TypeFor[procedure.Laws]() {
		return nil
	}
	text := &jsonschema.Schema{Type: "string"}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text, {Type: "array", Items: text}}}
}
