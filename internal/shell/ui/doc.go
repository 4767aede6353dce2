// Package ui is the box of parts that pages are made of: icons, chips, time
// left, key figures, queue rows, timelines, photos, facts, tabs, pagers and the
// buttons of steps. Parts take plain view values and know no duty.
//
// It does not lay out a page (layout), ask for input (form) or draw a map
// (mapview).
package ui

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
