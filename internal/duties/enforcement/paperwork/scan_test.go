package paperwork

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
)

func TestPagesOfAScannersFile(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 21, 29)), nil); err != nil {
		t.Fatal(err)
	}
	pdf := func(pages, pictures int) []byte {
		b := bytes.NewBufferString("%PDF-1.4\n1 0 obj\n<< /Type /Pages >>\nendobj\n")
		for range pages {
			b.WriteString("2 0 obj\n<< /Type /Page /Parent 1 0 R >>\nendobj\n")
		}
		for range pictures {
			fmt.Fprintf(b, "3 0 obj\n<< /Type /XObject /Filter /DCTDecode /Length %d >>\nstream\r\n", jpg.Len())
			b.Write(jpg.Bytes())
			b.WriteString("\nendstream\nendobj\n")
		}
		return b.Bytes()
	}
	if got := pictures(jpg.Bytes()); len(got) != 1 {
		t.Errorf("a photo is one page, not %d", len(got))
	}
	if got := pictures(pdf(2, 2)); len(got) != 2 || !bytes.HasPrefix(got[1], []byte("\xff\xd8")) {
		t.Errorf("%d pages of a scanner's file, want 2", len(got))
	}
	if got := pictures(pdf(2, 1)); got != nil {
		t.Errorf("a file with a page of text has no pictures of its pages: %d", len(got))
	}
}
