package form

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"xiucheng/internal/platform/fault"
)

// Whatever arrives as a body, it is read or refused as the sender's mistake; no
// answer is longer than allowed and no field has more files than it takes.
func FuzzMultipart(f *testing.F) {
	most := 40
	two := 2
	fields := []Field{{Name: "text", Type: Text, Max: &most}, {Name: "n", Type: Int}, {Name: "at", Type: Place}, {Name: "day", Type: Date},
		{Name: "tags", Type: Text, List: true}, {Name: "photos", Type: Photo, List: true, Max: &two}}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range map[string]string{"text": "井盖", "n": "7", "at.lat": "36.77", "at.lng": "119.1", "day": "2026-11-24", "tags": "a", KeyInput: "k"} {
		if err := w.WriteField(name, v); err != nil {
			f.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("photos", "a.jpg")
	if err != nil {
		f.Fatal(err)
	}
	if _, err := part.Write([]byte{0xff, 0xd8, 0xff}); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), w.FormDataContentType())
	f.Add([]byte("text=%E4%BA%95&n=1&tags=a&tags=b"), "application/x-www-form-urlencoded")
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"..\\\\a\"\r\n\r\n\r\n--x--"), "multipart/form-data; boundary=x")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		in, err := Read(r, fields, time.UTC)
		if r.MultipartForm != nil {
			defer r.MultipartForm.RemoveAll()
		}
		if err != nil {
			if k := fault.As(err); k == nil || k.Kind.Status() >= 500 {
				t.Fatalf("%v", err)
			}
			return
		}
		if s, _ := in.Values["text"].(string); len([]rune(s)) > most {
			t.Errorf("a text of %d", len([]rune(s)))
		}
		if n := len(in.Files["photos"]); n > two {
			t.Errorf("%d files", n)
		}
	})
}
