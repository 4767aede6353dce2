// Package portal is the public's way in: report a problem, follow it by its
// receipt code, answer, object, rate. No account is needed, every page works
// without scripts, and nothing here shows who handles a case by name.
package portal

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
