package procedure

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// Schema is the JSON Schema of a procedure file, for editors. It is made from
// the Go types, so it cannot say anything else than Load does.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	s := r.Reflect(&Procedure{})
	s.ID = ""
	s.Title = "Xiucheng procedure"
	if def := s.Definitions["FieldType"]; def == nil {
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
	for t := range fieldTypes {
		names = append(names, string(t))
	}
	slices.SortFunc(names, strings.Compare)
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}
