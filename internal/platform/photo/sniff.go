package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"xiucheng/internal/platform/fault"
)

// Limits of an upload. They are checked from the header, before any pixel is
// decoded, so that a small file cannot unfold into gigabytes.
const (
	MaxBytes  = 15 << 20   // bytes of the file
	MaxPixels = 60_000_000 // width × height
	MaxSide   = 30_000     // pixels of the longer edge
)

// maxScans bounds a progressive JPEG: each scan is one more pass over the
// whole picture, and cameras write about ten.
const maxScans = 64

// Format is how the file is written.
type Format string

// The formats that are read.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	WebP Format = "webp"
)

// MediaType is the format's Content-Type.
func (f Format) MediaType() string { return "image/" + string(f) }

// Ext is the format's file name ending, with the dot.
func (f Format) Ext() string {
	if f == JPEG {
		return ".jpg"
	}
	return "." + string(f)
}

// Head is what a file's first bytes say. Width and Height are as stored,
// before the orientation is applied.
type Head struct {
	Format        Format
	Width, Height int
}

// Sniff reads a file's header without decoding pixels. It refuses
// photo.too_large (TooLarge), photo.too_many_pixels, photo.heic and
// photo.unreadable (Invalid). A nil error does not yet prove a photo: only
// decoding does (Lab.Develop).
func Sniff(data []byte) (Head, error) {
	if len(data) > MaxBytes {
		return Head{}, fault.New(fault.TooLarge, "photo.too_large", "mb", MaxBytes>>20)
	}
	f, ok := formatOf(data)
	if !ok {
		if isHEIF(data) {
			return Head{}, fault.New(fault.Invalid, "photo.heic")
		}
		return Head{}, unreadable(nil)
	}
	cfg, err := configOf(f, data)
	if err != nil {
		return Head{}, unreadable(err)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 {
		return Head{}, unreadable(nil)
	}
	weight, ok := weightOf(f, data, cfg)
	if !ok {
		return Head{}, unreadable(nil)
	}
	if max(cfg.Width, cfg.Height) > MaxSide || cfg.Width*cfg.Height > MaxPixels/weight {
		return Head{}, fault.New(fault.Invalid, "photo.too_many_pixels", "w", cfg.Width, "h", cfg.Height)
	}
	return Head{Format: f, Width: cfg.Width, Height: cfg.Height}, nil
}

func unreadable(cause error) error { return fault.Wrap(cause, fault.Invalid, "photo.unreadable") }

func formatOf(data []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, markSOI, 0xFF}):
		return JPEG, true
	case bytes.HasPrefix(data, []byte(pngMagic)):
		return PNG, true
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP, true
	}
	return "", false
}

// isHEIF knows the brands phones write (ISO/IEC 23008-12, AVIF).
func isHEIF(data []byte) bool {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return false
	}
	switch string(data[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

func configOf(f Format, data []byte) (image.Config, error) {
	switch f {
	case JPEG:
		return jpeg.DecodeConfig(bytes.NewReader(data))
	case PNG:
		return png.DecodeConfig(bytes.NewReader(data))
	}
	return webp.DecodeConfig(bytes.NewReader(data))
}

func decode(f Format, data []byte) (image.Image, error) {
	switch f {
	case JPEG:
		return jpeg.Decode(bytes.NewReader(data))
	case PNG:
		return png.Decode(bytes.NewReader(data))
	}
	return webp.Decode(bytes.NewReader(data))
}

// weightOf says how many times more memory per pixel the decoder takes than
// for an ordinary photo: a progressive JPEG keeps its coefficients, a 16-bit
// PNG eight bytes a pixel. ok is false for a JPEG with absurdly many scans.
func weightOf(f Format, data []byte, cfg image.Config) (weight int, ok bool) {
	switch {
	case f == JPEG:
		segs, _ := jpegSegments(data)
		scans, weight := 0, 1
		for _, s := range segs {
			switch s.marker {
			case markSOF2:
				weight = 3
			case markSOS:
				scans++
			}
		}
		return weight, scans <= maxScans
	case cfg.ColorModel == color.NRGBA64Model || cfg.ColorModel == color.RGBA64Model:
		return 2, true
	}
	return 1, true
}
