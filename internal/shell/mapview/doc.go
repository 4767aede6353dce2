// Package mapview puts a map into a page: an island that draws the base layer,
// the points and areas it is given by address, and can be used to pick a place.
// Every map stands beside a list or an address field that does the same work
// without it.
//
// It owns the element, its attributes and the shape of the data it loads. It
// does not know cases or grids: the duty serves the points.
package mapview

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
