package form

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
)

// Signature is how somebody signed: by hand, as the PNG that was drawn, or by
// typing the full name in its place. Exactly one is given.
type Signature struct {
	Name string
	PNG  []byte
}

// What a drawn signature may be. The pad of the page is 640 × 200.
const (
	maxInk       = 128 << 10 // bytes
	maxInkSide   = 2000      // pixels
	minInk       = 40        // pixels: less is a slip of the finger
	minInkLength = 16        // pixels from one end of the ink to the other
	inkPrefix    = "data:image/png;base64,"
)

// The names of a signature's inputs beside the one of the typed name.
const (
	inkPart   = ".ink"   // the drawn one
	typedPart = ".typed" // the tick that the name stands for it
)

// sign reads a signature: what was drawn counts before what was typed.
func (p *parser) sign() (any, bool) {
	if sent := p.raw.Get(p.f.Name + inkPart); sent != "" {
		data, wrong := readInk(sent)
		if wrong != "" {
			p.refuse(wrong)
			return nil, false
		}
		return Signature{PNG: data}, true
	}
	name, ok := p.clean(p.raw.Get(p.f.Name))
	ticked := p.raw.Get(p.f.Name+typedPart) != ""
	switch {
	case !ok:
		return nil, false
	case name == "" && (ticked || p.f.Required):
		p.refuse("form.sign.missing")
		return nil, false
	case name == "":
		return nil, false
	case !ticked:
		p.refuse("form.sign.untick")
		return nil, false
	}
	return Signature{Name: name}, p.length(name)
}

// readInk proves that what a pad sent is a picture with a signature on it, and
// nothing behind it; else it returns what is wrong.
func readInk(sent string) (data []byte, wrong string) {
	text, ok := strings.CutPrefix(sent, inkPrefix)
	if !ok {
		return nil, "form.sign.bad"
	}
	if len(text) > base64.StdEncoding.EncodedLen(maxInk) {
		return nil, "form.sign.big"
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, "form.sign.bad"
	}
	head, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "form.sign.bad"
	}
	if head.Width > maxInkSide || head.Height > maxInkSide {
		return nil, "form.sign.big"
	}
	r := bytes.NewReader(data)
	img, err := png.Decode(r)
	if err != nil || r.Len() > 0 {
		return nil, "form.sign.bad"
	}
	if !inked(img) {
		return nil, "form.sign.blank"
	}
	return data, ""
}

// inked reports whether there is a stroke on the paper: something dark, longer
// than a dot, and more paper than ink.
func inked(img image.Image) bool {
	b := img.Bounds()
	ink, span := 0, image.Rectangle{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if dark(img, x, y) {
				ink++
				span = span.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink >= minInk && max(span.Dx(), span.Dy()) >= minInkLength && ink < b.Dx()*b.Dy()/2
}

// dark is a pixel that would be seen on white paper.
func dark(img image.Image, x, y int) bool {
	r, g, b, a := img.At(x, y).RGBA() // premultiplied: what is transparent adds white
	return (r+g+b)/3+(0xffff-a) < 0x9000
}
