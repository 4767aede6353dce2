// Package admin is the administrators' way in: people, posts and delegations,
// departments, keys and their audit trail; the catalogue; the calendar; the
// programs that are told what happens. It only draws what the rooms below
// offer; they decide what is allowed.
package admin

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
