package docx

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // what evidence is made of
	_ "image/png"
	"math"

	"xiucheng/internal/platform/document"
)

// A picture takes at most the text's width and less than half a page, in
// English metric units.
const (
	photoWidth  = 156 * 36000
	photoHeight = 90 * 36000
)

func (w *writer) photo(p document.Photo) error {
	c, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
	if err != nil {
		return err
	}
	n, kind := len(w.media)+1, "jpeg"
	if p.PNG {
		kind = "png"
	}
	w.media = append(w.media, part{fmt.Sprintf("word/media/image%d.%s", n, kind), p.Data})
	fmt.Fprintf(&w.rels, `<Relationship Id="rIdP%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image%d.%s"/>`, n, n, kind)
	scale := math.Min(photoWidth/float64(c.Width), photoHeight/float64(c.Height))
	cx, cy := int(float64(c.Width)*scale), int(float64(c.Height)*scale)
	w.raw(fmt.Sprintf(`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:drawing><wp:inline><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="photo%d"/>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="photo%d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdP%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		cx, cy, n, n, n, n, n, cx, cy))
	for _, s := range p.Caption {
		w.para(style{size: 24, centre: true}, s)
	}
	return nil
}
