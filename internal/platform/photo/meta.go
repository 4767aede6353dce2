package photo

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/bep/imagemeta"
)

// Meta is what a file says about its own taking (EXIF 2.32). Every value is a
// claim, easily edited: evidence weighs it beside the time of receipt.
type Meta struct {
	// TakenAt is DateTimeOriginal, else DateTimeDigitized; zero when absent.
	TakenAt time.Time
	// OffsetKnown says the file carried its UTC offset; otherwise the Lab's
	// zone was assumed.
	OffsetKnown bool
	// HasPoint says Lat and Lon are set (degrees, WGS-84 by the standard).
	// A point outside the globe, or exactly on the equator or prime meridian
	// (what broken writers leave behind), counts as absent.
	HasPoint bool
	Lat, Lon float64
	// Accuracy is the horizontal error in metres, 0 when unknown.
	Accuracy float64
	// Bearing is the direction the camera looked, degrees clockwise from
	// north, valid when HasBearing.
	HasBearing bool
	Bearing    float64
	// Orientation is 1…8; 1 when absent or nonsense.
	Orientation int
	Make, Model string
}

// maxName bounds make and model, which are free text from a stranger.
const maxName = 64

// ReadMeta reads a photo's EXIF. It never fails: whatever is broken or absent
// stays zero (Orientation 1). zone is assumed where the file has no UTC offset.
func ReadMeta(data []byte, zone *time.Location) Meta {
	t := readTags(data)
	m := Meta{Orientation: 1, Make: t.text("Make"), Model: t.text("Model")}
	if o, ok := t.number("Orientation"); ok && o >= 1 && o <= 8 {
		m.Orientation = int(o)
	}
	m.TakenAt, m.OffsetKnown = t.taken(zone)
	lat, okLat := t.number("GPSLatitude")
	lon, okLon := t.number("GPSLongitude")
	if t.ref("GPSLatitudeRef") == "S" {
		lat = -lat
	}
	if t.ref("GPSLongitudeRef") == "W" {
		lon = -lon
	}
	if !okLat || !okLon || math.Abs(lat) > 90 || math.Abs(lon) > 180 || lat == 0 || lon == 0 {
		return m
	}
	m.HasPoint, m.Lat, m.Lon = true, lat, lon
	if a, ok := t.number("GPSHPositioningError"); ok && a > 0 && a < 100_000 {
		m.Accuracy = a
	}
	if b, ok := t.number("GPSImgDirection"); ok && b >= 0 && b <= 360 {
		m.HasBearing, m.Bearing = true, math.Mod(b, 360)
	}
	return m
}

// tags are the values of IFD0 and its children; the first of a name wins, and
// the embedded thumbnail's directory (IFD1) is not asked.
type tags map[string]any

func readTags(data []byte) (t tags) {
	t = tags{}
	f, ok := formatOf(data)
	if !ok {
		return t
	}
	if f == WebP {
		data = webpEXIFOnly(data)
	}
	// The parser reads a stranger's bytes. Should it ever panic, the photo is
	// still a photo: what was read so far counts.
	defer func() { _ = recover() }()
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:            bytes.NewReader(data),
		ImageFormat:  map[Format]imagemeta.ImageFormat{JPEG: imagemeta.JPEG, PNG: imagemeta.PNG, WebP: imagemeta.WebP}[f],
		Sources:      imagemeta.EXIF,
		LimitNumTags: 1000,
		ShouldHandleTag: func(ti imagemeta.TagInfo) bool {
			return strings.HasPrefix(ti.Namespace, "IFD0")
		},
		HandleTag: func(ti imagemeta.TagInfo) error {
			if _, seen := t[ti.Tag]; !seen {
				t[ti.Tag] = ti.Value
			}
			return nil
		},
		Warnf: func(string, ...any) {},
	})
	return t
}

// text is a tag as one printable line of at most maxName runes.
func (t tags) text(name string) string {
	s, _ := t[name].(string)
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\uFFFD' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName])
	}
	return strings.TrimSpace(s)
}

func (t tags) ref(name string) string { return strings.ToUpper(t.text(name)) }

// number is a tag as a finite number.
func (t tags) number(name string) (float64, bool) {
	var f float64
	switch v := t[name].(type) {
	case float64:
		f = v
	case interface{ Float64() float64 }:
		f = v.Float64()
	case uint8, uint16, uint32, int8, int16, int32, int, float32:
		if _, err := fmt.Sscan(fmt.Sprint(v), &f); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// taken pairs each time with its own offset tag.
func (t tags) taken(zone *time.Location) (at time.Time, offsetKnown bool) {
	for _, p := range [][2]string{{"DateTimeOriginal", "OffsetTimeOriginal"}, {"CreateDate", "OffsetTimeDigitized"}} {
		s := t.text(p[0])
		if at, err := time.Parse("2006:01:02 15:04:05-07:00", s+t.text(p[1])); err == nil && believable(at) {
			return at, true
		}
		if at, err := time.ParseInLocation("2006:01:02 15:04:05", s, zone); err == nil && believable(at) {
			return at, false
		}
	}
	return time.Time{}, false
}

// believable refuses the placeholder dates of cameras whose clock was never set.
func believable(at time.Time) bool { return at.Year() >= 1995 }
