// Command foundry makes the program's fonts from font files: outlines on a grid of 250 to
// the em, packed as platform/pdf reads them. A grid's step is 0.02 mm in a text of
// 16 points, half a dot of a printer of 600 to the inch; every character stays.
//
//	go run ./internal/platform/pdf/foundry FONT.ttf | zstd --ultra -22 > internal/platform/pdf/fonts/NAME.zst
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"xiucheng/internal/platform/pdf"
)

// grid is how many units the outlines have to the em.
const grid = 250

var be = binary.BigEndian

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "foundry FONT.ttf > PACKED")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from string, out io.Writer) error {
	src, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	f, err := read(src)
	if err != nil {
		return err
	}
	var s [pdf.Streams][]byte
	for i := range f.glyphs {
		contours := f.outline(i)
		s[pdf.Count] = binary.AppendUvarint(s[pdf.Count], uint64(len(contours)))
		for _, c := range contours {
			s[pdf.Count] = binary.AppendUvarint(s[pdf.Count], uint64(len(c)))
		}
		pack(&s, slices.Concat(contours...))
	}
	s[pdf.Rest] = f.rest()
	for _, b := range s {
		if _, err := out.Write(append(be.AppendUint32(nil, uint32(len(b))), b...)); err != nil {
			return err
		}
	}
	return nil
}

// pack writes what differs from point to point.
func pack(s *[pdf.Streams][]byte, points []point) {
	var last point
	for _, p := range points {
		dx, dy := p.x-last.x, p.y-last.y
		last = p
		var f byte
		if p.on {
			f = pdf.OnCurve
		}
		far := max(abs(dx), abs(dy)) > 255
		if far {
			f |= pdf.Far
		}
		f |= side(s, pdf.X, dx, pdf.SameX, pdf.LeftX, far) | side(s, pdf.Y, dy, pdf.SameY, pdf.DownY, far)
		s[pdf.Flag] = append(s[pdf.Flag], f)
	}
}

func side(s *[pdf.Streams][]byte, stream, d int, same, back byte, far bool) (f byte) {
	n := abs(d)
	if far {
		s[pdf.High] = append(s[pdf.High], byte(n>>8))
	}
	if d == 0 {
		return same
	}
	s[stream] = append(s[stream], byte(n))
	if d < 0 {
		return back
	}
	return 0
}

func abs(n int) int { return max(n, -n) }
