// Command draw paints the demo's pictures: simple posters of what goes wrong
// on a street, and of the same place put right, each marked 演示. The JPEG
// files it writes are committed; it runs again only when a picture changes:
//
//	go run ./packs/weifang-ez/pictures/draw -font NotoSerifSC-Bold.ttf.gz -out packs/weifang-ez/pictures
//
// The result is the same on every run and machine.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// maxSize keeps a picture small in the binary, in bytes.
const maxSize = 40 << 10

func main() {
	fontFile := flag.String("font", "", "TrueType font with 演示, plain or .gz")
	out := flag.String("out", "packs/weifang-ez/pictures", "folder to write to")
	flag.Parse()
	if err := run(*fontFile, *out); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

func run(fontFile, out string) error {
	face, err := loadFace(fontFile)
	if err != nil {
		return err
	}
	for _, s := range scenes {
		c := newCanvas()
		s.draw(c)
		badge(c, face)
		var b bytes.Buffer
		for quality := 86; b.Len() == 0 || b.Len() > maxSize; quality -= 4 {
			b.Reset()
			if err := jpeg.Encode(&b, c.img, &jpeg.Options{Quality: quality}); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(out, s.name+".jpg"), b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Printf("%-18s %5d bytes\n", s.name, b.Len())
	}
	return nil
}

func loadFace(name string) (font.Face, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	parsed, err := opentype.Parse(raw)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: 32, DPI: 72})
}

// badge sews 演示 onto the lower right corner.
func badge(c canvas, face font.Face) {
	const x, y, w, h = width - 124.0, height - 74.0, 100.0, 50.0
	c.round(veil(0x0D3B78, 225), x, y, w, h, 6)
	for i := range 8 {
		f := float64(i)
		c.rect(veil(0xFFFFFF, 150), x+9+f*10.6, y+5, 6, 1.5)
		c.rect(veil(0xFFFFFF, 150), x+9+f*10.6, y+h-6.5, 6, 1.5)
	}
	pen := font.Drawer{Dst: c.img, Src: image.White, Face: face, Dot: fixed.P(int(x)+18, int(y)+36)}
	pen.DrawString("演示")
}
