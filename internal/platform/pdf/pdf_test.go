package pdf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
)

var press = NewPress("")

func testRuler(t testing.TB) *ruler {
	f, err := press.load()
	if err != nil {
		t.Fatal(err)
	}
	return newRuler(f)
}

func broken(t testing.TB, words string, cells float64) (out []string) {
	for _, l := range lines(testRuler(t).atoms(words, body, false, cells*cell), 0, cells*cell) {
		s := ""
		for _, a := range l.atoms {
			s += a.text
		}
		out = append(out, s)
	}
	return out
}

func TestLinesBreakAsChineseIsRead(t *testing.T) {
	for _, x := range []struct {
		words string
		cells float64
		want  string
	}{
		{"一二三四五六七八", 4, "一二三四|五六七八"},
		{"一二三四。五六", 4, "一二三|四。五六"},                             // no room to press: the character goes with its mark
		{"一，三四。五六", 4, "一，三四。|五六"},                             // two halves make the room of one
		{"一二三（四五）六", 4, "一二三|（四五）|六"},                          // an opening mark does not end a line
		{"罚款Ab1234五", 4, "罚款|Ab1234|五"},                        // words and numbers stay whole
		{"12345678901234567890", 4, "123456|789012|345|67890"}, // unless they are longer than a line
		{"一二三 四五", 3, "一二三|四五"},
		{"一二三四”。五", 4, "一二三|四”。五"},
		{"一二三。。 。", 4, "一二|三。。 。"}, // a gap does not part marks
		{"约6㎡。", 4, "约6m²。"},
	} {
		if got := strings.Join(broken(t, x.words, x.cells), "|"); got != x.want {
			t.Errorf("%s in %v cells: %s, want %s", x.words, x.cells, got, x.want)
		}
	}
}

func TestEveryLineFitsAndKeepsItsMarks(t *testing.T) {
	r := testRuler(t)
	pieces := []string{"城", "市", "管", "理", "。", "，", "、", "（", "）", "《", "》", "“", "”", "500.00", "Abc", " ", "2026", "年", "￥", "！", "——"}
	rapid.Check(t, func(rt *rapid.T) {
		words := strings.TrimSpace(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 60).Draw(rt, "words"), ""))
		room := float64(rapid.IntRange(6, 28).Draw(rt, "cells")) * cell
		all, before := "", false
		for i, l := range lines(r.atoms(words, body, false, room-2*cell), 2*cell, room) {
			give, breakable := 0.0, false
			for j, a := range l.atoms {
				all += a.text
				give += a.squeeze
				breakable = breakable || j > 0 && breaks(l.atoms, j)
			}
			max := room
			if i == 0 {
				max -= 2 * cell
			}
			if len(l.atoms) > 0 && l.w-give > max+0.1 {
				rt.Fatalf("line %d is %v wide of %v", i, l.w, max)
			}
			if i > 0 && l.atoms[0].noStart && before {
				rt.Fatalf("line %d begins with %s", i, l.atoms[0].text)
			}
			before = breakable
			last := l.atoms[len(l.atoms)-1]
			if !l.end && last.noEnd && breakable {
				rt.Fatalf("line %d ends with %s", i, last.text)
			}
		}
		if strings.ReplaceAll(all, " ", "") != strings.ReplaceAll(words, " ", "") {
			rt.Fatalf("%q became %q", words, all)
		}
	})
}

func sample() document.Document {
	return document.Document{Name: "行政处罚决定书", Blocks: []document.Block{
		document.Head{Agency: "演示市城市管理综合行政执法局", Title: "行政处罚决定书", Number: "演城综罚决字〔2026〕第0097号"},
		document.Para{Text: "当事人：张某某，男，公民身份号码：370702199001010013，住址：演示市城关区中山路57号。"},
		document.Para{Text: "罚款人民币伍佰元整（¥500.00）。", Strong: true},
		document.Grid{Cols: []float64{1, 3}, Head: 1, Rows: [][]document.Cell{
			{{Text: "名称", Label: true}, {Text: "说明", Label: true}}, {{Text: "甲", Label: true}, {Text: strings.Repeat("很长的说明。", 200), Foot: "签名："}}}},
		document.Sign{Agency: "演示市城市管理综合行政执法局", Date: "2026年11月3日", Seal: true, QR: "https://example.org/verify/2F7K", Caption: []string{"扫码核验真伪", "核验码 2F7K"}},
	}}
}

func TestTheSameDocumentIsTheSameFile(t *testing.T) {
	var files [2][]byte
	for i := range files {
		s, err := NewPress("").Set(Options{Title: "决定书", Sample: true, Watermark: "样本"}, sample(), sample())
		if err != nil {
			t.Fatal(err)
		}
		if s.Pages() != 4 {
			t.Errorf("%d pages", s.Pages())
		}
		if files[i], err = s.Bytes(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two files")
	}
	if len(files[0]) > 400<<10 {
		t.Errorf("%d bytes", len(files[0]))
	}
	if dir := os.Getenv("PAPER_OUT"); dir != "" {
		_ = os.WriteFile(dir+"/sample.pdf", files[0], 0o644)
	}
}

func TestAFontInTheFolderLendsItsCharacters(t *testing.T) {
	const rare = "Ж"
	d := document.Document{Blocks: []document.Block{document.Para{Text: "当事人：王" + rare}}}
	if _, err := press.Set(Options{}, d); err == nil {
		t.Fatalf("the program's own fonts have %s", rare)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lend.ttf"), goregular.TTF, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewPress(dir).Set(Options{}, d)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := s.Bytes(); err != nil || len(file) == 0 {
		t.Error(err)
	}
}

func TestOnePressServesMany(t *testing.T) {
	var wg sync.WaitGroup
	files := make([][]byte, 4)
	for i := range files {
		wg.Go(func() {
			if s, err := press.Set(Options{Sample: true}, sample()); err != nil {
				t.Error(err)
			} else if files[i], err = s.Bytes(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, f := range files[1:] {
		if !bytes.Equal(files[0], f) {
			t.Error("two files")
		}
	}
}

func TestACharacterThatNoFontHasIsNamed(t *testing.T) {
	_, err := press.Set(Options{}, document.Document{Blocks: []document.Block{document.Para{Text: "当事人：王𪚥"}}})
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || f.Key != "pdf.glyph" || f.Args["char"] != "𪚥" || f.Args["code"] != "U+2A6A5" {
		t.Errorf("%v", err)
	}
}

func TestADigestBelowAPhotoStaysBetweenTheMargins(t *testing.T) {
	s := &Sheets{ruler: testRuler(t)}
	words := "SHA-256 " + strings.Repeat("0b7e", 32)
	set := s.caption([]string{"照片1", words})
	if len(set) < 3 {
		t.Errorf("%d lines", len(set))
	}
	all := ""
	for _, l := range set {
		if l.w > width {
			t.Errorf("a line is %v wide of %v", l.w, float64(width))
		}
		for _, a := range l.atoms {
			all += a.text
		}
	}
	if strings.ReplaceAll(all, " ", "") != strings.ReplaceAll("照片1"+words, " ", "") {
		t.Errorf("%q", all)
	}
}
