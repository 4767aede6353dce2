// Package docx writes official documents for word processors: the same blocks
// that pdf sets, as a small Office Open XML file. The page has the measures of
// GB/T 9704; where lines break is the word processor's matter.
package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"xiucheng/internal/platform/document"
)

const (
	declaration  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/footer.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>`
	rootRels = declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	styles    = declaration + `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/><w:lang w:eastAsia="zh-CN"/>` +
		`</w:rPr></w:rPrDefault></w:docDefaults></w:styles>`
	footer = declaration + `<w:ftr ` + wordSpace + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">— </w:t></w:r>` +
		`<w:fldSimple w:instr="PAGE"><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
	section = `<w:sectPr><w:footerReference w:type="default" r:id="rIdF"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="1417" w:gutter="0"/>` +
		`<w:docGrid w:type="linesAndChars" w:linePitch="580" w:charSpace="-842"/></w:sectPr>`
)

// textWidth is 156 mm in twentieths of a point.
const textWidth = 8845

// Bytes is the file; the same documents always give the same bytes.
func Bytes(docs ...document.Document) ([]byte, error) {
	w := &writer{}
	for i, d := range docs {
		if i > 0 {
			w.raw(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		}
		if d.Mark != "" {
			w.para(style{right: true, size: 28, bold: true}, d.Mark)
		}
		for _, b := range d.Blocks {
			if err := w.block(b); err != nil {
				return nil, err
			}
		}
	}
	rels := declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rIdF" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer.xml"/>` +
		w.rels.String() + `</Relationships>`
	body := declaration + `<w:document ` + wordSpace + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + w.out.String() + section + `</w:body></w:document>`
	parts := []part{{"[Content_Types].xml", []byte(contentTypes)}, {"_rels/.rels", []byte(rootRels)}, {"word/document.xml", []byte(body)},
		{"word/styles.xml", []byte(styles)}, {"word/footer.xml", []byte(footer)}, {"word/_rels/document.xml.rels", []byte(rels)}}
	return zipped(append(parts, w.media...))
}

type part struct {
	name string
	data []byte
}

func zipped(parts []part) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(f, bytes.NewReader(p.data)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

type writer struct {
	out, rels strings.Builder
	media     []part
}

type style struct {
	size                             int // half points, 0 for the usual 三号
	bold, red, centre, right, indent bool
}

func (w *writer) raw(s string) { w.out.WriteString(s) }

// para writes each line of words as one paragraph.
func (w *writer) para(st style, words string) {
	for _, s := range strings.Split(words, "\n") {
		w.raw(`<w:p><w:pPr>`)
		if strings.Contains(s, "\t") {
			w.raw(`<w:tabs><w:tab w:val="right" w:pos="8845"/></w:tabs>`)
		}
		if st.indent {
			w.raw(`<w:ind w:firstLineChars="200" w:firstLine="640"/>`)
		}
		switch {
		case st.centre:
			w.raw(`<w:jc w:val="center"/>`)
		case st.right:
			w.raw(`<w:jc w:val="right"/>`)
		}
		w.raw(`</w:pPr>`)
		w.run(st, s)
		w.raw(`</w:p>`)
	}
}

func (w *writer) run(st style, words string) {
	w.raw(`<w:r><w:rPr>`)
	if st.bold {
		w.raw(`<w:b/>`)
	}
	if st.red {
		w.raw(`<w:color w:val="C81414"/>`)
	}
	if st.size > 0 {
		w.raw(fmt.Sprintf(`<w:sz w:val="%d"/>`, st.size))
	}
	w.raw(`</w:rPr><w:t xml:space="preserve">` + strings.ReplaceAll(escape(words), "&#x9;", `</w:t><w:tab/><w:t xml:space="preserve">`) + `</w:t></w:r>`)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

func (w *writer) block(b document.Block) error {
	switch b := b.(type) {
	case document.Head:
		w.para(style{size: 44, bold: true, centre: true, red: b.Red}, b.Agency)
		w.para(style{size: 44, bold: true, centre: true}, b.Title)
		if b.Number != "" {
			w.para(style{centre: true}, b.Number)
		}
	case document.Para:
		w.para(style{bold: b.Strong, right: b.Right, indent: !b.Flush && !b.Right}, b.Text)
	case document.Note:
		w.para(style{size: 21}, b.Text)
	case document.Grid:
		w.grid(b)
	case document.Sign:
		w.para(style{right: true}, b.Agency)
		w.para(style{right: true}, b.Date+"　　　　")
		if b.QR != "" {
			w.para(style{size: 21}, strings.Join(b.Caption, " ")+"："+b.QR)
		}
	case document.Photo:
		return w.photo(b)
	case document.Break:
		w.raw(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
	}
	return nil
}

func (w *writer) grid(g document.Grid) {
	sum := 0.0
	for _, c := range g.Cols {
		sum += c
	}
	wide := func(from, to int) (n int) {
		for _, c := range g.Cols[from:to] {
			n += int(math.Round(c / sum * textWidth))
		}
		return n
	}
	w.raw(`<w:tbl><w:tblPr><w:tblW w:w="8845" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		w.raw(`<w:` + side + ` w:val="single" w:sz="5" w:space="0" w:color="000000"/>`)
	}
	w.raw(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for i := range g.Cols {
		w.raw(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, wide(i, i+1)))
	}
	w.raw(`</w:tblGrid>`)
	for i, row := range g.Rows {
		w.raw(`<w:tr>`)
		if i < g.Head {
			w.raw(`<w:trPr><w:tblHeader/></w:trPr>`)
		}
		n := 0
		for j, c := range row {
			to := min(n+max(1, c.Span), len(g.Cols))
			if j == len(row)-1 {
				to = len(g.Cols)
			}
			w.raw(fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/><w:vAlign w:val="center"/></w:tcPr>`, wide(n, to), to-n))
			w.para(style{size: 24, bold: c.Label, centre: c.Label}, c.Text+strings.Repeat("\n", max(0, c.Lines-2-strings.Count(c.Text, "\n"))))
			if c.Foot != "" {
				w.para(style{size: 24, right: true}, c.Foot)
			}
			w.raw(`</w:tc>`)
			n = to
		}
		w.raw(`</w:tr>`)
	}
	w.raw(`</w:tbl><w:p/>`)
}
