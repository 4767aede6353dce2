// Package pdf sets official documents on A4 after GB/T 9704 公文格式: 22 lines of
// 28 characters, its own line breaking for Chinese, grids that run over pages,
// the sign block with the sample of a seal, running page numbers. The same
// documents always give the same bytes.
//
// A character that no font has is an error that names it, never a blank. The
// two fonts of the program are replaced by regular.ttf and bold.ttf in the data
// folder's fonts, and every other font there lends its characters.
//
// What a document says is not its matter (casework/paper).
package pdf

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

// The measures of GB/T 9704 in points.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
	left       = 28 * mm
	top        = 37 * mm
	width      = 156 * mm
	height     = 225 * mm
	bottom     = top + height
	lineHeight = height / 22
	squeezed   = width / 28 / body // a character's cell by its size

	body   = 16.0 // 三号
	title  = 22.0 // 二号
	folio  = 14.0 // 四号
	form   = 12.0 // 小四
	small  = 10.5 // 五号
	fine   = 9.0  // 小五
	cell   = body * squeezed
	inside = 18.5 // a line of a form
	pad    = 4.0
)
