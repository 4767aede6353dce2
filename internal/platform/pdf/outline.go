package pdf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// The program's fonts are kept as what differs from point to point, each kind of
// byte in a stream of its own: these pack a third smaller than the tables of a
// font file, which ask for the same bytes mixed. foundry writes them.

// Flags of a point in a packed font.
const (
	OnCurve = 1 << iota
	SameX
	LeftX
	SameY
	DownY
	Far // a difference above 255: its high bytes stand apart
)

// Streams of a packed font, in this order.
const (
	Rest  = iota // the font file without its outlines
	Count        // contours of each glyph, points of each contour
	Flag
	X
	Y
	High
	Streams
)

var errFont = errors.New("pdf: a packed font is broken")

// unpack gives a packed font back as a font file.
func unpack(packed []byte) ([]byte, error) {
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	var s [Streams][]byte
	for i := range s {
		if len(all) < 4 || len(all)-4 < int(binary.BigEndian.Uint32(all)) {
			return nil, errFont
		}
		n := 4 + binary.BigEndian.Uint32(all)
		s[i], all = all[4:n], all[n:]
	}
	glyf, loca := outlines(s)
	return join(s[Rest], glyf, loca), nil
}

// outlines writes the tables glyf and loca.
func outlines(s [Streams][]byte) (glyf, loca []byte) {
	be := binary.BigEndian
	for len(s[Count]) > 0 {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		if contours := take(&s[Count]); contours > 0 {
			glyf = outline(glyf, contours, &s)
		}
		if len(glyf)%2 == 1 {
			glyf = append(glyf, 0)
		}
	}
	return glyf, be.AppendUint32(loca, uint32(len(glyf)))
}

func take(b *[]byte) int {
	v, n := binary.Uvarint(*b)
	*b = (*b)[max(n, 1):]
	return int(v)
}

// outline appends one glyph as TrueType has it.
func outline(glyf []byte, contours int, s *[Streams][]byte) []byte {
	be := binary.BigEndian
	var ends, flags, xs, ys []byte
	points := 0
	for range contours {
		points += take(&s[Count])
		ends = be.AppendUint16(ends, uint16(points-1))
	}
	var x, y axis
	for range points {
		f := s[Flag][0]
		s[Flag] = s[Flag][1:]
		flag := f & OnCurve
		flag |= x.step(&xs, s, X, f, SameX, LeftX) << 1
		flag |= y.step(&ys, s, Y, f, SameY, DownY) << 2
		flags = append(flags, flag)
	}
	for _, v := range []int{contours, x.min, y.min, x.max, y.max} {
		glyf = be.AppendUint16(glyf, uint16(int16(v)))
	}
	glyf = append(append(glyf, ends...), 0, 0)
	return append(append(append(glyf, flags...), xs...), ys...)
}

// axis follows one coordinate from point to point.
type axis struct {
	at, min, max int
	begun        bool
}

// step reads one difference and writes it as TrueType does; it returns the two
// bits of the flag, 1 for short and 8 for the same or upwards.
func (a *axis) step(out *[]byte, s *[Streams][]byte, stream int, f, same, back byte) (bits byte) {
	v := 0
	if f&same == 0 {
		v = int(s[stream][0])
		s[stream] = s[stream][1:]
	}
	if f&Far != 0 { // of both axes
		v |= int(s[High][0]) << 8
		s[High] = s[High][1:]
	}
	switch {
	case v == 0:
		bits = 8
	case v < 256:
		*out = append(*out, byte(v))
		if bits = 1; f&back == 0 {
			bits |= 8
		}
	case f&back != 0:
		*out = binary.BigEndian.AppendUint16(*out, uint16(-v))
	default:
		*out = binary.BigEndian.AppendUint16(*out, uint16(v))
	}
	if f&back != 0 {
		v = -v
	}
	a.at += v
	if !a.begun {
		a.begun, a.min, a.max = true, a.at, a.at
	}
	a.min, a.max = min(a.min, a.at), max(a.max, a.at)
	return bits
}

// join puts the two tables behind a font file whose directory has them empty.
func join(rest, glyf, loca []byte) []byte {
	be := binary.BigEndian
	out := bytes.Clone(rest)
	for i := range int(be.Uint16(rest[4:])) {
		entry := out[12+16*i:]
		for tag, body := range map[string][]byte{"glyf": glyf, "loca": loca} {
			if string(entry[:4]) == tag {
				be.PutUint32(entry[8:], uint32(len(out)))
				be.PutUint32(entry[12:], uint32(len(body)))
				out = append(append(out, body...), make([]byte, -len(body)&3)...)
			}
		}
	}
	return out
}
