// Package web is where officers and administrators read the registers of
// enforcement: the law library with its versions on a line of time and the choice
// between them, the power list, the discretion benchmark as a calculator, parties
// with their number masked, and permits looked up on the street.
package web

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
