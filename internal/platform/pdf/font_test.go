package pdf

import (
	"slices"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// The characters of GB 2312 are in both fonts; every other one of the block
// U+4E00 to U+9FEA, where nearly all of 通用规范汉字表 and the names of Hong Kong,
// Macau and Taiwan stand, is at least in the regular one, which lends it.
func TestEveryCharacterOfNamesCanBeSet(t *testing.T) {
	r := testRuler(t)
	for c := rune(0x4E00); c <= 0x9FEA; c++ {
		if g := r.find(c, false); g.face != r.regular {
			t.Fatalf("U+%04X %c is lost", c, c)
		}
	}
	n := 0
	for hi := byte(0xB0); hi <= 0xF7; hi++ {
		for lo := byte(0xA1); lo <= 0xFE; lo++ {
			b, err := simplifiedchinese.HZGB2312.NewDecoder().Bytes([]byte{'~', '{', hi & 0x7F, lo & 0x7F})
			c := []rune(string(b))
			if err != nil || len(c) != 1 || c[0] < 0x4E00 || c[0] > 0x9FEA {
				continue
			}
			n++
			if g := r.find(c[0], true); g.face != r.bold {
				t.Errorf("U+%04X %c is not in the bold font", c[0], c[0])
			}
		}
	}
	if n != 6763 {
		t.Errorf("%d characters of GB 2312, want 6,763", n)
	}
}

// A packed outline keeps its place: a character of Chinese fills its cell and
// stays in it.
func TestPackedOutlinesStayInTheirCells(t *testing.T) {
	r := testRuler(t)
	for _, bold := range []bool{false, true} {
		for c := rune(0x4E00); c <= 0x9FEA; c += 7 {
			g := r.find(c, bold)
			b, adv, err := g.face.font.GlyphBounds(&r.buf, g.index, g.face.em, 0)
			if err != nil {
				t.Fatalf("U+%04X: %v", c, err)
			}
			if slack := adv / 8; !g.wide() || b.Min.X < -slack || b.Max.X > adv+slack || b.Max.Y-b.Min.Y > adv+slack || b.Empty() {
				t.Errorf("U+%04X %c stands at %v of %v", c, c, b, adv)
			}
		}
	}
}

func TestABrokenPackIsAnError(t *testing.T) {
	if _, err := unpack([]byte("no font")); err == nil {
		t.Error("words were taken for a font")
	}
}

// A font cut for a document knows its characters as the whole one does, and no others.
func TestACutFontKeepsItsCharacters(t *testing.T) {
	s, err := press.Set(Options{Sample: true, Watermark: "样本"}, sample())
	if err != nil {
		t.Fatal(err)
	}
	chars, of := s.characters(), s.fonts.bold
	raw, err := of.cut(&s.ruler.buf, chars)
	if err != nil || len(raw) != len(of.raw) {
		t.Fatalf("%d bytes of %d, %v", len(raw), len(of.raw), err)
	}
	cut, err := newFace("cut", raw)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for c := rune(1); c < 0xFFFF; c++ {
		whole, err := of.font.GlyphIndex(&s.ruler.buf, c)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(chars, c) {
			whole = 0
		} else if whole != 0 {
			n++
		}
		if got, err := cut.font.GlyphIndex(&s.ruler.buf, c); err != nil || got != whole {
			t.Fatalf("U+%04X %c is %d and was %d: %v", c, c, got, whole, err)
		}
	}
	if n < 100 {
		t.Errorf("only %d characters", n)
	}
}
