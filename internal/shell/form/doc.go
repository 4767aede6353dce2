// Package form asks for typed fields and reads them back: one renderer and one
// parser for every form of the program, so that a procedure's step needs no
// page of its own. A refused form comes back filled, with every fault at once.
//
// It owns how a field looks, which text is a valid value of its type, the
// hidden idempotency key and the version. It does not know procedures (a duty
// maps their fields to these) and does not decode pictures.
package form

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
