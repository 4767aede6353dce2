package procedure

import (
	"strings"

	"github.com/goccy/go-yaml"
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

func (l Laws) String() string { return strings.Join(l, "；") }
