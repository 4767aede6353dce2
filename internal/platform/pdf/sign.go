package pdf

import (
	"math"

	"rsc.io/qr"

	"xiucheng/internal/platform/document"
)

const (
	sealSize = 42 * mm
	codeSize = 30 * mm
)

// signRoom is what a sign block takes.
func signRoom(g document.Sign) float64 {
	if g.Seal || g.QR != "" {
		return 4.5 * lineHeight
	}
	return 3 * lineHeight
}

// sign sets the date four characters in from the right and the agency centred
// over it; the seal covers both 骑年盖月.
func (s *Sheets) sign(g document.Sign) error {
	room := signRoom(g)
	s.need(room)
	start := s.y
	s.y += lineHeight * 1.2
	dateW, nameW := s.ruler.width(g.Date, body, false), s.ruler.width(g.Agency, body, false)
	right := left + width - 4*cell
	mid := right - dateW/2
	if g.Date == "" {
		mid = right - 3*cell
	}
	mid = min(mid, left+width-nameW/2)
	s.text(mid-nameW/2, leaded(s.y, lineHeight, body), g.Agency, body, false)
	s.text(right-dateW, leaded(s.y+lineHeight, lineHeight, body), g.Date, body, false)
	switch {
	case g.Seal && s.opts.Sample:
		s.page().seals = append(s.page().seals, seal{right - dateW/2, s.y + lineHeight*1.2, g.Agency})
		s.ruler.width(g.Agency+"样章", form, true)
	case g.Seal:
		words := "（印章）"
		s.text(right-dateW/2-s.ruler.width(words, body, false)/2, leaded(s.y+2*lineHeight, lineHeight, body), words, body, false)
	}
	if err := s.code(g, start+lineHeight*0.6); err != nil {
		return err
	}
	s.y = start + room
	return nil
}

// code sets the QR code with its caption beside it, or the caption alone.
func (s *Sheets) code(g document.Sign, y float64) error {
	x, mid := left+codeSize+pad, y+codeSize/2
	if g.QR == "" {
		x, mid = left, y+lineHeight*2.2
	}
	for i, words := range g.Caption {
		s.text(x, mid+(float64(i)-float64(len(g.Caption))/2)*small*1.4, words, small, false)
	}
	if g.QR == "" {
		return nil
	}
	code, err := qr.Encode(g.QR, qr.M)
	if err != nil {
		return err
	}
	unit := codeSize / float64(code.Size)
	for row := range code.Size {
		for col := 0; col < code.Size; {
			n := 0
			for col+n < code.Size && code.Black(col+n, row) {
				n++
			}
			if n > 0 {
				s.page().dots = append(s.page().dots, box{left + float64(col)*unit, y + float64(row)*unit, float64(n) * unit, unit})
			}
			col += max(n, 1)
		}
	}
	return nil
}

// photo sets a picture of half a page with what is said about it below.
func (s *Sheets) photo(ph document.Photo) error {
	w, h, err := pixels(ph.Data)
	if err != nil {
		return err
	}
	said := s.caption(ph.Caption)
	below := float64(len(said))*inside + pad
	room := height/2 - below - 2*pad
	s.need(room + below)
	scale := min(width/w, room/h)
	w, h = w*scale, h*scale
	s.page().photos = append(s.page().photos, picture{box{left + (width-w)/2, s.y, w, h}, ph})
	s.y += h + pad
	for _, l := range said {
		s.put(l, left+(width-l.w)/2, leaded(s.y, inside, small), small, false, l.w)
		s.y += inside
	}
	s.y += pad
	return nil
}

// caption breaks what is said below a picture, evenly: a digest is longer than a line.
func (s *Sheets) caption(said []string) (out []line) {
	for _, words := range said {
		room := width
		if whole := s.ruler.width(words, small, false); whole > width {
			room = min(width, whole/math.Ceil(whole/width)+2*small)
		}
		out = append(out, lines(s.ruler.atoms(words, small, false, room), 0, room)...)
	}
	return out
}

// A scanned page stands between these, above the number of this one.
const (
	scanTop    = 8 * mm
	scanHeight = bottom + 5*mm - scanTop
)

// scan fills a page with a picture of another one.
func (s *Sheets) scan(b document.Scan) error {
	w, h, err := pixels(b.Data)
	if err != nil {
		return err
	}
	if p := s.page(); len(p.photos)+len(p.texts)+len(p.rules) > 0 {
		s.feed()
	}
	scale := min((pageWidth-2*scanTop)/w, scanHeight/h)
	w, h = w*scale, h*scale
	s.page().photos = append(s.page().photos, picture{box{(pageWidth - w) / 2, scanTop, w, h}, document.Photo{Data: b.Data}})
	s.y = bottom
	return nil
}
