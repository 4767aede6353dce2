// Package web is where staff work on cases: the operations desk 调度台 with the
// queue by time left, the map and the case with what can be done next and why
// the rest cannot; the intake of what others report; the tasks on the street;
// the inbox; the sheets to print; who looked at a reporter's identity. It serves
// every procedure: steps, forms and refusals come from the engine.
package web

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
