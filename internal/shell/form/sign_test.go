package form_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/shell/form"
)

// drawing is paper of a size with a stroke of so many pixels on it.
func drawing(t *testing.T, w, h, stroke int, paper color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, paper)
		}
	}
	for i := range stroke {
		img.Set(i%w, h/2+i/w, color.Black)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ink(data []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(data)
}

func TestASignatureIsProvedOnArrival(t *testing.T) {
	good := drawing(t, 640, 200, 300, color.White)
	broken := bytes.Clone(good)
	broken[len(broken)/2] ^= 0x40
	noise := image.NewRGBA(image.Rect(0, 0, 400, 400)) // does not compress
	for i := range noise.Pix {
		noise.Pix[i] = byte(i*i*2654435761>>7) | 1
	}
	var big bytes.Buffer
	if err := png.Encode(&big, noise); err != nil || big.Len() < 128<<10 {
		t.Fatal(err, big.Len())
	}
	for name, c := range map[string]struct {
		sent url.Values
		want string // key of the fault, "" for none
	}{
		"drawn":              {url.Values{"s.ink": {ink(good)}}, ""},
		"drawn on glass":     {url.Values{"s.ink": {ink(drawing(t, 640, 200, 300, color.Transparent))}}, ""},
		"typed":              {url.Values{"s": {"王小明"}, "s.typed": {"1"}}, ""},
		"nothing":            {url.Values{}, "form.sign.missing"},
		"a tick alone":       {url.Values{"s.typed": {"1"}}, "form.sign.missing"},
		"a name alone":       {url.Values{"s": {"王小明"}}, "form.sign.untick"},
		"a long name":        {url.Values{"s": {strings.Repeat("长", 201)}, "s.typed": {"1"}}, "form.bad.long"},
		"blank":              {url.Values{"s.ink": {ink(drawing(t, 640, 200, 0, color.White))}}, "form.sign.blank"},
		"clear glass":        {url.Values{"s.ink": {ink(drawing(t, 640, 200, 0, color.Transparent))}}, "form.sign.blank"},
		"all black":          {url.Values{"s.ink": {ink(drawing(t, 640, 200, 0, color.Black))}}, "form.sign.blank"},
		"a slip":             {url.Values{"s.ink": {ink(drawing(t, 640, 200, 12, color.White))}}, "form.sign.blank"},
		"too many bytes":     {url.Values{"s.ink": {ink(big.Bytes())}}, "form.sign.big"},
		"too wide":           {url.Values{"s.ink": {ink(drawing(t, 2001, 8, 300, color.White))}}, "form.sign.big"},
		"not a picture":      {url.Values{"s.ink": {ink([]byte("GIF89a no"))}}, "form.sign.bad"},
		"changed on the way": {url.Values{"s.ink": {ink(broken)}}, "form.sign.bad"},
		"cut off":            {url.Values{"s.ink": {ink(good[:len(good)-20])}}, "form.sign.bad"},
		"more behind it":     {url.Values{"s.ink": {ink(append(bytes.Clone(good), "<script>"...))}}, "form.sign.bad"},
		"another kind":       {url.Values{"s.ink": {strings.Replace(ink(good), "png", "svg+xml", 1)}}, "form.sign.bad"},
		"no base64":          {url.Values{"s.ink": {"data:image/png;base64,***"}}, "form.sign.bad"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := form.Read(post(c.sent), []form.Field{{Name: "s", Type: form.Sign, Label: label("签名"), Required: true}}, shanghai)
			if c.want != "" {
				e := fault.As(err)
				if e == nil || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Key != c.want {
					t.Errorf("%+v, want %s", e, c.want)
				}
				return
			}
			s, ok := in.Values["s"].(form.Signature)
			if err != nil || !ok || (s.Name == "") == (len(s.PNG) == 0) {
				t.Errorf("%v %+v", err, in.Values)
			}
		})
	}
}
