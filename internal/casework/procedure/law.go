package procedure

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Laws are the articles a rule stands on: one text or a list in the file.
type Laws []string

// UnmarshalYAML reads one article or several. It takes the node: for its text
// the whole document would be written out again, for every article.
func (l *Laws) UnmarshalYAML(n ast.Node) error {
	var one string
	if n.Type() != ast.SequenceType && yaml.NodeToValue(n, &one) == nil {
		*l = Laws{one}
		return nil
	}
	return yaml.NodeToValue(n, (*[]string)(l))
}

func (l Laws) String() string { return strings.Join(l, "；") }
