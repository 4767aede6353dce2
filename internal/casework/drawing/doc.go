// Package drawing draws a procedure as one picture: its states grouped by
// stage, its steps as arrows with who takes them, its clocks. The picture is
// plain SVG without scripts, styles or references, so that it may stand inside
// a page, in a document or on paper.
//
// It owns the layout and the words of the picture. It reads procedures and
// changes nothing; pages around the picture belong to doors.
package drawing
