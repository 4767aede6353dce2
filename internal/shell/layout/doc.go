// Package layout is the frame around every page: the header with its stitched
// seam, the navigation of the visitor's posts, the bell, the language switch,
// the phone's tab bar, the footer with the demo sentence, the page for an error
// and the A4 page for the printer.
//
// It does not decide who sees which link: the composition puts a Frame into the
// request. What stands inside a page belongs to the duty.
package layout

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
