package procedure

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
)

// Laws are the articles a rule stands on: one text or a list in the file.
type Laws []string

// UnmarshalYAML reads one article or several.
func (l *Laws) UnmarshalYAML(raw []byte) error {
	var one string
	if yaml.Unmarshal(raw, &one) == nil {
		*l = Laws{one}
		return nil
	}
	return yaml.Unmarshal(raw, (*[]string)(l))
}

// JSONSchema says the same to editors.
func (Laws) JSONSchema() *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text, {Type: "array", Items: text}}}
}

func (l Laws) String() string { return strings.Join(l, "；") }
