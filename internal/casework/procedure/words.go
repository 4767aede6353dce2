package procedure

import _ "embed"

// Words are the sentences of form checks.
//
//go:embed words.yaml
var Words []byte
