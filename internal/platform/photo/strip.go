package photo

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
)

// Strip returns a copy for sharing, with the pixels untouched and everything
// else gone: EXIF with place and device, XMP, IPTC, maker notes, comments,
// colour profiles, embedded thumbnails, second pictures and whatever follows
// the end (motion photos). It keeps only what a decoder needs, by an allow
// list, and one tag when needed: the orientation. It refuses photo.unreadable
// for a file that is no JPEG, PNG or WebP or whose segments do not add up.
func Strip(data []byte) (clean []byte, err error) {
	defer fault.Trace(&err, "photo.Strip(%d bytes)", len(data))
	f, ok := formatOf(data)
	if !ok {
		return nil, unreadable(nil)
	}
	orientation := ReadMeta(data, time.UTC).Orientation
	switch f {
	case JPEG:
		clean, ok = stripJPEG(data, orientation)
	case PNG:
		clean, ok = stripPNG(data, orientation)
	case WebP:
		clean, ok = stripWebP(data, orientation)
	}
	if !ok {
		return nil, unreadable(nil)
	}
	return clean, nil
}

// tiffOrientation is a whole TIFF structure with the one tag 0x0112.
func tiffOrientation(o int) []byte {
	return []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(o), 0, 0, 0, 0, 0, 0}
}

// JPEG markers (ITU-T T.81, table B.1).
const (
	markSOF2 = 0xC2
	markRST0 = 0xD0
	markRST7 = 0xD7
	markSOI  = 0xD8
	markEOI  = 0xD9
	markSOS  = 0xDA
	markDQT  = 0xDB
	markDNL  = 0xDC
	markDRI  = 0xDD
	markAPP0 = 0xE0
	markAPPE = 0xEE
)

// segment is one marker with its parameters (without the two length bytes)
// and, after SOS, the compressed data up to the next marker.
type segment struct {
	marker byte
	params []byte
	scan   []byte
}

// jpegSegments walks a JPEG from SOI to EOI. ok is false when a length runs out
// of the file or no scan was met; the segments before are returned all the same.
func jpegSegments(data []byte) (segs []segment, ok bool) {
	scanned := false
	for i := 2; i+1 < len(data); {
		if data[i] != 0xFF || data[i+1] == 0xFF || data[i+1] == 0 {
			i++ // fill bytes and stray bytes, which decoders skip too
			continue
		}
		m := data[i+1]
		i += 2
		switch {
		case m == markEOI:
			return segs, scanned
		case m >= markRST0 && m <= markSOI || m == 1:
			continue
		}
		if i+2 > len(data) {
			return segs, false
		}
		n := int(binary.BigEndian.Uint16(data[i:]))
		if n < 2 || i+n > len(data) {
			return segs, false
		}
		s := segment{marker: m, params: data[i+2 : i+n]}
		i += n
		if m == markSOS {
			scanned = true
			end := scanEnd(data, i)
			s.scan = data[i:end]
			i = end
		}
		segs = append(segs, s)
	}
	return segs, scanned
}

// scanEnd finds the marker that ends compressed data: 0xFF that is neither
// stuffed (0x00), a fill byte nor a restart marker.
func scanEnd(data []byte, i int) int {
	for ; i+1 < len(data); i++ {
		if data[i] != 0xFF {
			continue
		}
		if m := data[i+1]; m != 0 && m != 0xFF && (m < markRST0 || m > markRST7) {
			return i
		}
	}
	return len(data)
}

func stripJPEG(data []byte, orientation int) ([]byte, bool) {
	segs, ok := jpegSegments(data)
	if !ok {
		return nil, false
	}
	out := make([]byte, 0, len(data))
	out = append(out, 0xFF, markSOI)
	put := func(m byte, params []byte) {
		out = append(out, 0xFF, m)
		out = binary.BigEndian.AppendUint16(out, uint16(len(params)+2))
		out = append(out, params...)
	}
	for _, s := range segs {
		if s.marker == markAPP0 && strings.HasPrefix(string(s.params), "JFIF\x00") {
			put(markAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
			break // its own thumbnail and density stay behind
		}
	}
	if orientation != 1 {
		put(0xE1, append([]byte("Exif\x00\x00"), tiffOrientation(orientation)...))
	}
	for _, s := range segs {
		switch m := s.marker; {
		case m == markAPPE && len(s.params) >= 12 && string(s.params[:5]) == "Adobe":
			put(m, s.params[:12]) // says whether the colours are RGB, YCbCr or YCCK
		case m >= 0xC0 && m <= 0xCF && m != 0xC8, m == markDQT, m == markDNL, m == markDRI:
			put(m, s.params)
		case m == markSOS:
			put(m, s.params)
			out = append(out, s.scan...)
		}
	}
	return append(out, 0xFF, markEOI), true
}

const pngMagic = "\x89PNG\r\n\x1a\n"

func stripPNG(data []byte, orientation int) ([]byte, bool) {
	out := append(make([]byte, 0, len(data)), pngMagic...)
	for i := len(pngMagic); i+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[i:]))
		if n > len(data)-i-12 {
			return nil, false
		}
		chunk, kind := data[i:i+12+n], string(data[i+4:i+8])
		i += len(chunk)
		switch kind {
		case "IHDR":
			out = append(out, chunk...)
			if orientation != 1 {
				out = appendPNG(out, "eXIf", tiffOrientation(orientation))
			}
		case "PLTE", "tRNS", "IDAT", "gAMA", "cHRM", "sRGB", "sBIT":
			out = append(out, chunk...)
		case "IEND":
			return appendPNG(out, "IEND", nil), true
		}
	}
	return nil, false
}

func appendPNG(out []byte, kind string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	from := len(out)
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
}
