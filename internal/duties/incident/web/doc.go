// Package web is the operations desk 调度台: the queue by time left, the map,
// the case with what can be done next and why the rest cannot, and the inbox.
// It serves every procedure; the steps, their forms and their refusals come
// from the engine.
package web

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
