// Package rulebook shows administrators the procedures in force: the drawing,
// and as tables the states, the steps with who may take them and what refuses
// them, the clocks, the refusals and the legal basis. Nothing is changed here;
// procedures come by pack.
package rulebook

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
