// Package sheet gives a list to spreadsheet programs: a list says its columns
// and hands over its rows page by page, and the visitor downloads CSV or XLSX.
// However long the list, it is never held in memory as a whole.
//
// It owns the two file formats, what is done so that a cell cannot become a
// formula, the addresses of a list's files and the links to them. Which rows
// and columns there are, and who may have them, belongs to the list's own room.
package sheet

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
