package photo

import (
	"bytes"
	"encoding/binary"
)

// Flags of a WebP's VP8X chunk (RFC 9649, 2.7).
const (
	webpAlpha = 1 << 4
	webpEXIF  = 1 << 3
)

const webpMagic = "RIFF\x00\x00\x00\x00WEBP"

// chunk is one part of a RIFF file.
type chunk struct {
	kind string
	body []byte
}

// webpChunks walks a WebP; ok is false when a length runs out of the file.
func webpChunks(data []byte) (chunks []chunk, ok bool) {
	for i := len(webpMagic); i+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[i+4:]))
		if n > len(data)-i-8 {
			return chunks, false
		}
		chunks = append(chunks, chunk{kind: string(data[i : i+4]), body: data[i+8 : i+8+n]})
		i += 8 + n + n&1
	}
	return chunks, true
}

func stripWebP(data []byte, orientation int) ([]byte, bool) {
	chunks, ok := webpChunks(data)
	if !ok {
		return nil, false
	}
	out := append(make([]byte, 0, len(data)), webpMagic...)
	picture, extended := false, false
	for _, c := range chunks {
		switch c.kind {
		case "VP8X":
			if len(c.body) != 10 {
				return nil, false
			}
			flags := c.body[0] & webpAlpha
			if orientation != 1 {
				flags |= webpEXIF
			}
			extended = true
			out = appendRIFF(out, c.kind, append([]byte{flags, 0, 0, 0}, c.body[4:]...))
		case "ALPH", "VP8 ", "VP8L":
			out = appendRIFF(out, c.kind, c.body)
			picture = picture || c.kind != "ALPH"
		}
	}
	if extended && orientation != 1 {
		out = appendRIFF(out, "EXIF", tiffOrientation(orientation))
	}
	return closeRIFF(out), picture
}

// webpEXIFOnly returns a WebP of nothing but the EXIF chunk. The EXIF parser
// forgets the padding byte of chunks with an odd length, so it never meets the
// picture's own; some writers also put JPEG's "Exif\0\0" in front.
func webpEXIFOnly(data []byte) []byte {
	chunks, _ := webpChunks(data)
	for _, c := range chunks {
		if c.kind == "EXIF" {
			out := appendRIFF([]byte(webpMagic), "VP8X", []byte{webpEXIF, 0, 0, 0, 0, 0, 0, 0, 0, 0})
			return closeRIFF(appendRIFF(out, "EXIF", bytes.TrimPrefix(c.body, []byte("Exif\x00\x00"))))
		}
	}
	return nil
}

func appendRIFF(out []byte, kind string, body []byte) []byte {
	out = binary.LittleEndian.AppendUint32(append(out, kind...), uint32(len(body)))
	out = append(out, body...)
	if len(body)&1 == 1 {
		out = append(out, 0)
	}
	return out
}

func closeRIFF(out []byte) []byte {
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
