package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/docx"
)

func TestEveryPartIsWellFormedAndTheWordsAreThere(t *testing.T) {
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 6))); err != nil {
		t.Fatal(err)
	}
	d := document.Document{Name: "决定书", Mark: "公开稿", Blocks: []document.Block{
		document.Head{Agency: "演示局", Title: "行政处罚决定书", Number: "演罚决字〔2026〕第1号"},
		document.Para{Text: "当事人：甲 & 乙 <丙>\n第二段"}, document.Para{Text: "签名：\t年　月　日", Flush: true},
		document.Grid{Cols: []float64{1, 2, 1}, Head: 1, Rows: [][]document.Cell{{{Text: "名称", Label: true}, {Text: "数量"}}, {{Text: "一"}, {Text: "二", Span: 2, Foot: "签名"}}}},
		document.Photo{Data: photo.Bytes(), PNG: true, Caption: []string{"照片1"}}, document.Note{Text: "小字"}, document.Break{},
		document.Sign{Agency: "演示局", Date: "2026年11月3日", QR: "https://example.org/v", Caption: []string{"核验"}},
	}}
	first, err := docx.Bytes(d, d)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := docx.Bytes(d, d); err != nil || !bytes.Equal(first, second) {
		t.Errorf("two files of one document (%v)", err)
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			wellFormed(t, f.Name, data)
		}
	}
	words := text(t, parts["word/document.xml"])
	for _, want := range []string{"公开稿", "行政处罚决定书", "演罚决字〔2026〕第1号", "当事人：甲 & 乙 <丙>", "第二段", "签名：", "照片1", "小字", "2026年11月3日"} {
		if !strings.Contains(words, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/media/image1.png", "word/media/image2.png", "word/footer.xml"} {
		if parts[name] == "" {
			t.Errorf("no part %s", name)
		}
	}
	if !strings.Contains(parts["word/_rels/document.xml.rels"], "media/image2.png") {
		t.Error("a picture without a relation")
	}
}

func wellFormed(t *testing.T, name string, data []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func text(t *testing.T, src string) string {
	t.Helper()
	var b strings.Builder
	for d := xml.NewDecoder(strings.NewReader(src)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		} else if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok {
			b.Write(c)
		}
	}
}
