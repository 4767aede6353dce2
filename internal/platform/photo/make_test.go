package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// scene draws a picture with a bright top left corner and some texture.
func scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(40 + 60*x/w), uint8(40 + 80*y/h), uint8(90 + (x*7+y*3)%20), 255}
			if x < w/3 && y < h/3 {
				c = color.RGBA{250, 240, 230, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tag is one entry of a directory: an ASCII string, a SHORT, RATIONALs as
// pairs, or a directory of its own.
type tag struct {
	id  uint16
	val any
}

// tiff writes directories as a camera does, big-endian.
func tiff(ifd0 []tag) []byte {
	b := []byte{'M', 'M', 0, 42, 0, 0, 0, 8}
	return writeIFD(b, ifd0)
}

func writeIFD(b []byte, tags []tag) []byte {
	at := len(b)
	b = binary.BigEndian.AppendUint16(b, uint16(len(tags)))
	b = append(b, make([]byte, 12*len(tags)+4)...)
	for i, t := range tags {
		var kind uint16
		var n int
		var body []byte
		switch v := t.val.(type) {
		case string:
			kind, n, body = 2, len(v)+1, append([]byte(v), 0)
		case uint16:
			kind, n, body = 3, 1, []byte{byte(v >> 8), byte(v), 0, 0}
		case []uint32:
			kind, n = 5, len(v)/2
			for _, u := range v {
				body = binary.BigEndian.AppendUint32(body, u)
			}
		case []tag:
			kind, n = 4, 1
			body = binary.BigEndian.AppendUint32(nil, uint32(len(b)))
			b = writeIFD(b, v)
		}
		entry := b[at+2+12*i:]
		binary.BigEndian.PutUint16(entry, t.id)
		binary.BigEndian.PutUint16(entry[2:], kind)
		binary.BigEndian.PutUint32(entry[4:], uint32(n))
		if len(body) <= 4 {
			copy(entry[8:12], body)
			continue
		}
		binary.BigEndian.PutUint32(entry[8:], uint32(len(b)))
		b = append(b, body...)
	}
	return b
}

const secretModel = "SecretPhone 9"

// phoneTags are what a phone at 潍坊北站 writes.
func phoneTags(orientation uint16) []tag {
	return []tag{
		{0x010F, "SecretMaker"},
		{0x0110, secretModel},
		{0x0112, orientation},
		{0x8769, []tag{
			{0x9003, "2026:11:23 14:05:06"},
			{0x9011, "+08:00"},
			{0x927C, "MakerNote of SecretMaker"},
		}},
		{0x8825, []tag{
			{0x0001, "N"},
			{0x0002, []uint32{36, 1, 47, 1, 3000, 100}},
			{0x0003, "E"},
			{0x0004, []uint32{119, 1, 6, 1, 1800, 100}},
			{0x0011, []uint32{2705, 10}},
			{0x001F, []uint32{45, 10}},
		}},
	}
}

// withSegments puts APPn and COM segments after SOI.
func withSegments(jpg []byte, segs ...segment) []byte {
	out := append([]byte(nil), jpg[:2]...)
	for _, s := range segs {
		out = append(out, 0xFF, s.marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(s.params)+2))
		out = append(out, s.params...)
	}
	return append(out, jpg[2:]...)
}

func exifSegment(tags []tag) segment {
	return segment{marker: 0xE1, params: append([]byte("Exif\x00\x00"), tiff(tags)...)}
}

// phoneJPEG carries everything that must not be shared.
func phoneJPEG(t testing.TB, img image.Image, orientation uint16) []byte {
	jpg := withSegments(jpegOf(t, img),
		segment{marker: markAPP0, params: []byte("JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00")},
		exifSegment(phoneTags(orientation)),
		segment{marker: 0xE1, params: []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta SECRET-XMP exif:GPSLatitude='36,47.5N'/>")},
		segment{marker: 0xE2, params: []byte("ICC_PROFILE\x00SECRET-ICC")},
		segment{marker: 0xED, params: []byte("Photoshop 3.0\x008BIM SECRET-IPTC")},
		segment{marker: 0xFE, params: []byte("SECRET-COMMENT")},
	)
	return append(jpg, "SECRET-TRAILER ftypmp42"...)
}

// phonePNG has the same in chunks.
func phonePNG(t testing.TB, img image.Image, orientation uint16) []byte {
	raw := pngOf(t, img)
	const afterIHDR = 8 + 25
	out := append([]byte(nil), raw[:afterIHDR]...)
	out = appendPNG(out, "eXIf", tiff(phoneTags(orientation)))
	out = appendPNG(out, "tEXt", []byte("Comment\x00SECRET-TEXT"))
	out = appendPNG(out, "iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00SECRET-XMP"))
	out = appendPNG(out, "zTXt", []byte("Raw\x00\x00SECRET-ZTXT"))
	out = appendPNG(out, "tIME", []byte{7, 234, 11, 23, 1, 2, 3})
	return append(append(out, raw[afterIHDR:]...), "SECRET-TRAILER"...)
}

// tinyWebP is a lossless WebP of one pixel, white.
var tinyWebP = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

// phoneWebP wraps tinyWebP in the extended format with EXIF and XMP.
func phoneWebP(orientation uint16) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	out = appendRIFF(out, "VP8X", []byte{1<<5 | webpEXIF | 1<<2 | webpAlpha, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	out = appendRIFF(out, "ICCP", []byte("SECRET-ICC"))
	out = append(out, tinyWebP[12:]...)
	out = appendRIFF(out, "EXIF", tiff(phoneTags(orientation)))
	out = appendRIFF(out, "XMP ", []byte("SECRET-XMP"))
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
