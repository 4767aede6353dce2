package ui

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"
	"rsc.io/qr"
)

// QR draws a text as a QR code, with the quiet edge of four modules that
// readers want; label says what it holds. A text too long for a code is an error.
func QR(text, label string) (templ.Component, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	const edge = 4
	var dark strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&dark, "M%d %dh1v1h-1z", x+edge, y+edge)
			}
		}
	}
	return modules(dark.String(), code.Size+2*edge, label), nil
}
