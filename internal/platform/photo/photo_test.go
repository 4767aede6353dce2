package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

var shanghai = time.FixedZone("CST", 8*3600)

func TestWordsAreComplete(t *testing.T) {
	b, err := i18n.Load(Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"photo.unreadable", "photo.heic", "photo.too_large", "photo.too_many_pixels", "photo.busy"} {
		if !b.Has(k) {
			t.Errorf("no words for %s", k)
		}
	}
}

func TestDevelopRefusesWhatIsNoPhoto(t *testing.T) {
	good := jpegOf(t, scene(400, 300))
	bomb := bytes.Clone(pngOf(t, scene(10, 10)))
	binary.BigEndian.PutUint32(bomb[16:], 20_000)
	binary.BigEndian.PutUint32(bomb[20:], 20_000)
	fixPNGHeader(bomb)
	long := bytes.Clone(pngOf(t, scene(10, 10)))
	binary.BigEndian.PutUint32(long[16:], MaxSide+1)
	binary.BigEndian.PutUint32(long[20:], 1)
	fixPNGHeader(long)
	manyScans := withSegments(good)
	for range maxScans + 1 {
		manyScans = append(manyScans[:len(manyScans)-2], 0xFF, markSOS, 0, 3, 0, 0xFF, markEOI)
	}
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
		key  string
	}{
		"empty":             {nil, fault.Invalid, "photo.unreadable"},
		"text":              {[]byte("<html>not a photo</html>"), fault.Invalid, "photo.unreadable"},
		"GIF":               {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), fault.Invalid, "photo.unreadable"},
		"magic only":        {good[:3], fault.Invalid, "photo.unreadable"},
		"broken off":        {good[:len(good)/2], fault.Invalid, "photo.unreadable"},
		"JPEG magic, HTML":  {append([]byte{0xFF, 0xD8, 0xFF}, "<script>"...), fault.Invalid, "photo.unreadable"},
		"PNG, no pixels":    {pngOf(t, scene(9, 9))[:33], fault.Invalid, "photo.unreadable"},
		"too many scans":    {manyScans, fault.Invalid, "photo.unreadable"},
		"HEIC":              {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), fault.Invalid, "photo.heic"},
		"AVIF":              {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), fault.Invalid, "photo.heic"},
		"video":             {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"), fault.Invalid, "photo.unreadable"},
		"large file":        {append(bytes.Clone(good), make([]byte, MaxBytes)...), fault.TooLarge, "photo.too_large"},
		"400 megapixels":    {bomb, fault.Invalid, "photo.too_many_pixels"},
		"one very long row": {long, fault.Invalid, "photo.too_many_pixels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewLab(shanghai).Develop(context.Background(), c.data)
			if f := fault.As(err); f == nil || f.Kind != c.kind || f.Key != c.key {
				t.Fatalf("got %v, want %v %s", err, c.kind, c.key)
			}
		})
	}
}

func fixPNGHeader(p []byte) { copy(p[8:], appendPNG(nil, "IHDR", bytes.Clone(p[16:29]))) }

func TestProgressiveJPEGWeighsMore(t *testing.T) {
	jpg := withSegments(jpegOf(t, scene(16, 16)))
	i := bytes.Index(jpg, []byte{0xFF, 0xC0})
	jpg[i+1] = markSOF2
	binary.BigEndian.PutUint16(jpg[i+5:], 6000)
	binary.BigEndian.PutUint16(jpg[i+7:], 5000)
	if _, err := Sniff(jpg); fault.As(err) == nil || fault.As(err).Key != "photo.too_many_pixels" {
		t.Fatalf("30 progressive megapixels: %v", err)
	}
	jpg[i+1] = 0xC0
	if h, err := Sniff(jpg); err != nil || h.Width != 5000 || h.Height != 6000 {
		t.Fatalf("30 baseline megapixels: %+v %v", h, err)
	}
}

func TestDevelopMakesUprightCopies(t *testing.T) {
	lab := NewLab(shanghai)
	for o := uint16(1); o <= 8; o++ {
		p, err := lab.Develop(context.Background(), phoneJPEG(t, scene(2400, 1200), o))
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != 2400 || p.Height != 1200 || p.Format != JPEG || p.Meta.Orientation != int(o) {
			t.Fatalf("head %+v orientation %d", p.Head, p.Meta.Orientation)
		}
		w, h := ScreenEdge, ScreenEdge/2
		if o >= 5 {
			w, h = h, w
		}
		screen, thumb := open(t, p.Screen), open(t, p.Thumb)
		if b := screen.Bounds(); b.Dx() != w || b.Dy() != h {
			t.Errorf("orientation %d: screen %v", o, b)
		}
		if b := thumb.Bounds(); max(b.Dx(), b.Dy()) != ThumbEdge {
			t.Errorf("orientation %d: thumb %v", o, b)
		}
		// Where the bright corner of the stored picture must appear (EXIF 2.32, 0x0112).
		right := o == 2 || o == 3 || o == 6 || o == 7
		low := o == 3 || o == 4 || o == 7 || o == 8
		x, y := w/10, h/10
		if right {
			x = w - x
		}
		if low {
			y = h - y
		}
		if r, _, _, _ := screen.At(x, y).RGBA(); r>>8 < 220 {
			t.Errorf("orientation %d: corner at %d,%d is dark", o, x, y)
		}
		for _, copy := range [][]byte{p.Screen, p.Thumb} {
			mustBeClean(t, copy)
		}
	}
}

func open(t *testing.T, jpg []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(jpg))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestDevelopReadsEveryFormatAndShape(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 50, 40))
	deep := image.NewRGBA64(image.Rect(0, 0, 700, 3))
	for name, data := range map[string][]byte{
		"webp": tinyWebP, "webp extended": phoneWebP(6), "transparent png": pngOf(t, clear),
		"16 bit png": pngOf(t, deep), "grey jpeg": jpegOf(t, image.NewGray(image.Rect(0, 0, 30, 5000))),
		"one pixel": jpegOf(t, scene(1, 1)), "thread": pngOf(t, scene(5000, 1)),
	} {
		p, err := NewLab(nil).Develop(context.Background(), data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b := open(t, p.Screen).Bounds(); b.Dx() < 1 || b.Dy() < 1 || max(b.Dx(), b.Dy()) > ScreenEdge {
			t.Errorf("%s: screen %v", name, b)
		}
		if name == "transparent png" {
			if r, _, _, _ := open(t, p.Screen).At(5, 5).RGBA(); r>>8 < 250 {
				t.Errorf("transparent became %d, not white", r>>8)
			}
		}
	}
}

func TestLabWaitsForABench(t *testing.T) {
	lab := NewLab(nil)
	for range benches {
		lab.bench <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lab.Develop(ctx, jpegOf(t, scene(8, 8))); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a full lab answered %v", err)
	}
	<-lab.bench
	if _, err := lab.Develop(context.Background(), jpegOf(t, scene(8, 8))); err != nil {
		t.Fatal(err)
	}
	if len(lab.bench) != benches-1 {
		t.Fatalf("%d benches taken after the work", len(lab.bench))
	}
}

func TestReadMeta(t *testing.T) {
	for name, data := range map[string][]byte{
		"jpeg": phoneJPEG(t, scene(20, 20), 6), "png": phonePNG(t, scene(20, 20), 6), "webp": phoneWebP(6),
	} {
		m := ReadMeta(data, shanghai)
		want := time.Date(2026, 11, 23, 6, 5, 6, 0, time.UTC)
		if !m.TakenAt.Equal(want) || !m.OffsetKnown {
			t.Errorf("%s: taken %v", name, m.TakenAt)
		}
		if !m.HasPoint || math.Abs(m.Lat-36.791667) > 1e-5 || math.Abs(m.Lon-119.105) > 1e-5 {
			t.Errorf("%s: point %v %v", name, m.Lat, m.Lon)
		}
		if m.Accuracy != 4.5 || !m.HasBearing || m.Bearing != 270.5 || m.Orientation != 6 {
			t.Errorf("%s: %+v", name, m)
		}
		if m.Make != "SecretMaker" || m.Model != secretModel {
			t.Errorf("%s: device %q %q", name, m.Make, m.Model)
		}
	}
}

func TestReadMetaDoubtsWhatItReads(t *testing.T) {
	gps := func(latRef string, lat []uint32, lonRef string, lon []uint32) []tag {
		return []tag{{0x8825, []tag{{1, latRef}, {2, lat}, {3, lonRef}, {4, lon}}}}
	}
	deg := func(d uint32) []uint32 { return []uint32{d, 1, 0, 1, 0, 1} }
	for name, c := range map[string]struct {
		tags []tag
		ok   func(Meta) bool
	}{
		"null island":    {gps("N", deg(0), "E", deg(0)), func(m Meta) bool { return !m.HasPoint }},
		"beyond a pole":  {gps("N", deg(91), "E", deg(10)), func(m Meta) bool { return !m.HasPoint }},
		"beyond 180":     {gps("N", deg(9), "E", deg(181)), func(m Meta) bool { return !m.HasPoint }},
		"zero over zero": {gps("N", []uint32{0, 0, 0, 0, 0, 0}, "E", deg(119)), func(m Meta) bool { return !m.HasPoint }},
		"south and west": {gps("S", deg(33), "W", deg(70)), func(m Meta) bool { return m.HasPoint && m.Lat == -33 && m.Lon == -70 }},
		"no offset": {[]tag{{0x8769, []tag{{0x9003, "2026:11:23 14:05:06"}}}}, func(m Meta) bool {
			return !m.OffsetKnown && m.TakenAt.Equal(time.Date(2026, 11, 23, 6, 5, 6, 0, time.UTC))
		}},
		"digitized": {[]tag{{0x8769, []tag{{0x9004, "2026:11:23 14:05:06"}, {0x9012, "+00:00"}}}}, func(m Meta) bool {
			return m.OffsetKnown && m.TakenAt.Equal(time.Date(2026, 11, 23, 14, 5, 6, 0, time.UTC))
		}},
		"blank time":      {[]tag{{0x8769, []tag{{0x9003, "0000:00:00 00:00:00"}}}}, func(m Meta) bool { return m.TakenAt.IsZero() }},
		"impossible time": {[]tag{{0x8769, []tag{{0x9003, "2026:13:41 25:00:00"}}}}, func(m Meta) bool { return m.TakenAt.IsZero() }},
		"orientation 9":   {[]tag{{0x0112, uint16(9)}}, func(m Meta) bool { return m.Orientation == 1 }},
		"long model":      {[]tag{{0x0110, strings.Repeat("x", 500)}}, func(m Meta) bool { return len(m.Model) == maxName }},
		"model with NUL":  {[]tag{{0x0110, "a\x01b\nc"}}, func(m Meta) bool { return m.Model == "abc" }},
	} {
		m := ReadMeta(withSegments(jpegOf(t, scene(8, 8)), exifSegment(c.tags)), shanghai)
		if !c.ok(m) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestBrokenEXIFNeverFailsThePhoto(t *testing.T) {
	whole := exifSegment(phoneTags(1)).params
	jpg := jpegOf(t, scene(16, 16))
	lab := NewLab(shanghai)
	rapid.Check(t, func(rt *rapid.T) {
		p := bytes.Clone(whole[:rapid.IntRange(0, len(whole)).Draw(rt, "cut")])
		for range rapid.IntRange(0, 8).Draw(rt, "hits") {
			if len(p) > 6 {
				p[rapid.IntRange(6, len(p)-1).Draw(rt, "at")] = rapid.Byte().Draw(rt, "byte")
			}
		}
		if _, err := lab.Develop(context.Background(), withSegments(jpg, segment{marker: 0xE1, params: p})); err != nil {
			rt.Fatal(err)
		}
	})
}

func mustBeClean(t testing.TB, data []byte) {
	t.Helper()
	for _, s := range []string{"SECRET", "Secret", "GPS", "xmp", "XMP", "ICC", "Photoshop", "tEXt", "tIME", "MakerNote", "2026:"} {
		if bytes.Contains(data, []byte(s)) {
			t.Errorf("%q is still there", s)
		}
	}
	m := ReadMeta(data, time.UTC)
	m.Orientation = 1
	if m != (Meta{Orientation: 1}) {
		t.Errorf("metadata is still there: %+v", m)
	}
}

func TestStripLeavesOnlyThePixels(t *testing.T) {
	for name, data := range map[string][]byte{
		"jpeg":         phoneJPEG(t, scene(64, 48), 6),
		"jpeg upright": phoneJPEG(t, scene(64, 48), 1),
		"png":          phonePNG(t, scene(64, 48), 8),
		"png upright":  phonePNG(t, scene(64, 48), 1),
		"webp":         phoneWebP(6),
		"webp upright": phoneWebP(1),
		"webp simple":  tinyWebP,
	} {
		t.Run(name, func(t *testing.T) {
			clean, err := Strip(data)
			if err != nil {
				t.Fatal(err)
			}
			mustBeClean(t, clean)
			if a, b := ReadMeta(data, time.UTC).Orientation, ReadMeta(clean, time.UTC).Orientation; a != b {
				t.Errorf("orientation %d became %d", a, b)
			}
			head, err := Sniff(clean)
			if err != nil {
				t.Fatal(err)
			}
			was, _ := decode(head.Format, data)
			is, err := decode(head.Format, clean)
			if err != nil {
				t.Fatal(err)
			}
			if !samePixels(was, is) {
				t.Error("pixels changed")
			}
			again, err := Strip(clean)
			if err != nil || !bytes.Equal(again, clean) {
				t.Errorf("stripping twice differs (%v)", err)
			}
		})
	}
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if color.NRGBA64Model.Convert(a.At(x, y)) != color.NRGBA64Model.Convert(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}

func TestStripKeepsAdobeColours(t *testing.T) {
	adobe := append([]byte("Adobe\x00\x64\x00\x00\x00\x00\x00"), "SECRET"...) // transform 0: RGB
	data := withSegments(jpegOf(t, scene(32, 32)), segment{marker: markAPPE, params: adobe})
	clean, err := Strip(data)
	if err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, clean)
	if !samePixels(open(t, data), open(t, clean)) {
		t.Error("colours changed")
	}
}

func TestStripRefusesWhatDoesNotAddUp(t *testing.T) {
	jpg, png, webp := phoneJPEG(t, scene(20, 20), 1), phonePNG(t, scene(20, 20), 1), phoneWebP(1)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "jpeg cut in EXIF": jpg[:60], "png cut": png[:len(png)/2], "webp cut": webp[:50],
	} {
		if _, err := Strip(data); fault.As(err) == nil || fault.As(err).Key != "photo.unreadable" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHashHintsTheSamePhoto(t *testing.T) {
	lab := NewLab(nil)
	hash := func(data []byte) Hash {
		p, err := lab.Develop(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	full := scene(1200, 900)
	a, small := hash(jpegOf(t, full)), hash(jpegOf(t, fit(full, 400)))
	other := hash(jpegOf(t, upright(full, 3)))
	if d := a.Distance(small); d > Near {
		t.Errorf("resized copy is %d away", d)
	}
	if d := a.Distance(other); d <= Near {
		t.Errorf("another picture is only %d away", d)
	}
	if Hash(0).Distance(^Hash(0)) != 64 {
		t.Error("distance is not a count of bits")
	}
}

func TestMarkWritesABar(t *testing.T) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	lab := NewLab(nil)
	white := image.NewGray(image.Rect(0, 0, 600, 400))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	marked, err := lab.Mark(context.Background(), jpegOf(t, white), f, "2026-11-23 14:05")
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, marked)
	if r, _, _, _ := img.At(300, 100).RGBA(); r>>8 < 240 {
		t.Error("the picture above the bar changed")
	}
	if r, _, _, _ := img.At(590, 390).RGBA(); r>>8 > 140 {
		t.Error("no dark bar")
	}
	if _, err := lab.Mark(context.Background(), []byte("x"), f, "a"); !fault.Is(err, fault.Invalid) {
		t.Errorf("marking no photo: %v", err)
	}
}

func FuzzStrip(f *testing.F) {
	f.Add(phoneJPEG(f, scene(16, 12), 6))
	f.Add(phonePNG(f, scene(16, 12), 3))
	f.Add(phoneWebP(6))
	f.Add(tinyWebP)
	f.Fuzz(func(t *testing.T, data []byte) {
		clean, err := Strip(data)
		if err != nil {
			return
		}
		m := ReadMeta(clean, time.UTC)
		m.Orientation = 1
		if m != (Meta{Orientation: 1}) {
			t.Fatalf("left %+v", m)
		}
		again, err := Strip(clean)
		if err != nil || !bytes.Equal(again, clean) {
			t.Fatalf("not idempotent: %v", err)
		}
	})
}

func FuzzMeta(f *testing.F) {
	f.Add(phoneJPEG(f, scene(8, 8), 6))
	f.Add(phonePNG(f, scene(8, 8), 3))
	f.Add(phoneWebP(6))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := ReadMeta(data, time.UTC)
		if m.Orientation < 1 || m.Orientation > 8 {
			t.Fatalf("orientation %d", m.Orientation)
		}
		if m.HasPoint && (math.Abs(m.Lat) > 90 || math.Abs(m.Lon) > 180) {
			t.Fatalf("point %v %v", m.Lat, m.Lon)
		}
	})
}
