package engine

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
