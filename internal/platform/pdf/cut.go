package pdf

import (
	"encoding/binary"
	"slices"

	"golang.org/x/image/font/sfnt"
)

// sampleWords stand in the sample of a seal.
const sampleWords = "样章"

// characters are all that the sheets draw, sorted, with those below 256, for which
// the writer of the file asks in any case.
func (s *Sheets) characters() []rune {
	all := []rune(s.opts.Watermark + sampleWords)
	for c := rune(1); c < 256; c++ {
		all = append(all, c)
	}
	for _, p := range s.pages {
		for _, t := range p.texts {
			all = append(all, []rune(t.s)...)
		}
		for _, x := range p.seals {
			all = append(all, []rune(x.name)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// cut is the font file with a table of characters that knows these alone. The
// writer reads the whole table twice for every document: of the tens of thousands
// of characters in it that took most of the time of setting a page.
func (f *face) cut(buf *sfnt.Buffer, chars []rune) ([]byte, error) {
	be := binary.BigEndian
	var ends, begins, shifts []byte
	last := func(c rune, shift int) {
		ends, begins, shifts = be.AppendUint16(ends, uint16(c)), be.AppendUint16(begins, uint16(c)), be.AppendUint16(shifts, uint16(shift))
	}
	for _, c := range chars {
		i, err := f.font.GlyphIndex(buf, c)
		if err != nil {
			return nil, err
		}
		if i != 0 && c < 0xFFFF {
			last(c, int(i)-int(c))
		}
	}
	last(0xFFFF, 1)
	n := len(ends) / 2
	table := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12} // one subtable, of Unicode, format 4: a segment for each character
	for _, v := range []int{4, 16 + 8*n, 0, 2 * n, 0, 0, 0} {
		table = be.AppendUint16(table, uint16(v))
	}
	table = slices.Concat(table, ends, []byte{0, 0}, begins, shifts, make([]byte, 2*n))
	for i := range int(be.Uint16(f.raw[4:])) {
		entry := f.raw[12+16*i:]
		at, room := int(be.Uint32(entry[8:])), int(be.Uint32(entry[12:]))
		if string(entry[:4]) == "cmap" && len(table) <= min(room, 0xFFFF) {
			out := slices.Clone(f.raw)
			copy(out[at:], table)
			return out, nil
		}
	}
	return f.raw, nil // a font of one's own with fewer characters than that
}
