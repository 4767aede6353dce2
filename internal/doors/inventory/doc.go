// Package inventory is the way to the register of components 部件: the list and
// its map, one component with all that happened to it, the import that is
// checked before it is applied, what may be entered twice, and the components
// near a place that is being reported.
//
// Staff read all of it and administrators change it; everybody may see which
// components stand near a place: identifier, class, name and place, no more.
// The register itself is ground's component room.
package inventory

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
