package app

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/face"
	"xiucheng/internal/platform/face/facetest"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/stepform"
)

// passerby is a photo with somebody in it who has no part in anything.
func (w *walker) passerby(field string, at procedure.Point) engine.Upload {
	w.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 800, 600))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{150, 160, 170, 255}), image.Point{}, draw.Src)
	facetest.Draw(img, image.Pt(460, 270), 150)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		w.t.Fatal(err)
	}
	b.WriteString(w.w.Clock.Now().String()) // no two photos are the same bytes
	u := w.photoAt(field, at)
	u.SHA256, u.Body = "", &b
	return u
}

// faces is how many faces an answer shows; 0 where it is no picture.
func faces(t *testing.T, jpg []byte) int {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(jpg))
	if err != nil {
		return 0
	}
	return len(face.Find(img))
}

// veiled holds that no address of the program sends a face of the case's photos
// to the volunteer, the duty lead, another volunteer or the public, and gives the
// file as it was sent only to those who decide.
func (w *walker) veiled(c id.ID) {
	w.t.Helper()
	photos, err := evidence.Of(w.ctx, w.a.db, w.w.Division, c)
	if err != nil || len(photos) == 0 {
		w.t.Fatal(photos, err)
	}
	x := photos[0]
	if jpg, err := w.a.photos.Print(w.ctx, stepform.Plain(x.SHA256), false); err != nil || faces(w.t, jpg) != 1 {
		w.t.Fatalf("the photo as it was sent shows no face: %v", err)
	}
	shown := 0
	for _, route := range w.a.router.Routes() {
		if route.Method != "GET" || !strings.Contains(route.Pattern, "{sha}") {
			continue
		}
		for _, size := range []string{"thumb", "screen"} {
			path := strings.NewReplacer("{sha}", x.SHA256, "{size}", size, "{id}", c.String(), "{case}", c.String(), "{ref}", w.find(c).Number).Replace(route.Pattern)
			for _, login := range []string{w.login, "daiban", "zhiyuan2", ""} {
				r := w.raw(login, "GET", path, "", "", "Accept", "image/*")
				if n := faces(w.t, r.Body.Bytes()); n > 0 {
					w.t.Errorf("%s shows %q %d faces", path, login, n)
				}
				if r.Code == http.StatusOK {
					shown++
				}
			}
		}
	}
	if shown != 4 { // two readers of the record, two sizes, one address
		w.t.Errorf("the photo was shown %d times", shown)
	}
	for login, status := range map[string]int{w.login: 403, "daiban": 403, "zhiban1": 200} {
		if r := w.raw(login, "GET", "/cases/"+c.String()+"/bundle", "", ""); r.Code != status {
			w.t.Errorf("%s takes the files as they were sent: %d, want %d", login, r.Code, status)
		}
	}
}

// hides holds that who leads the duty takes a photo off every page and puts it back.
func (w *walker) hides(c id.ID) {
	w.t.Helper()
	photos, err := evidence.Of(w.ctx, w.a.db, w.w.Division, c)
	if err != nil {
		w.t.Fatal(err)
	}
	path := "/cases/" + c.String()
	picture := path + "/photo/" + photos[0].SHA256 + "/screen"
	hide := func(login, sha, away string, status int) {
		form := url.Values{"sha": {sha}, "away": {away}}.Encode()
		if r := w.raw(login, "POST", path+"/hide", "application/x-www-form-urlencoded", form, "Sec-Fetch-Site", "same-origin"); r.Code != status {
			w.t.Errorf("%s hides: %d, want %d", login, r.Code, status)
		}
	}
	page := func(login string) string { return w.raw(login, "GET", path, "", "").Body.String() }
	if p := page(w.login); !strings.Contains(p, "人脸已自动模糊，可能有遗漏") || strings.Contains(p, path+"/hide") {
		w.t.Error("the page does not say that faces are blurred, or lets a volunteer hide the photo")
	}
	hide(w.login, photos[0].SHA256, "1", http.StatusForbidden)
	hide("daiban", "no such photo", "1", http.StatusNotFound)
	hide("daiban", photos[0].SHA256, "1", http.StatusSeeOther)
	for _, login := range []string{w.login, "daiban", "zhiban1"} {
		if r := w.raw(login, "GET", picture, "", ""); r.Code != http.StatusNotFound || strings.Contains(page(login), picture) {
			w.t.Errorf("%s still sees the hidden photo: %d", login, r.Code)
		}
	}
	if !strings.Contains(page("daiban"), w.who("daiban").Name+" 于 ") {
		w.t.Error("the page does not say who hid the photo")
	}
	hide("daiban", photos[0].SHA256, "0", http.StatusSeeOther)
	if r := w.raw(w.login, "GET", picture, "", ""); r.Code != http.StatusOK {
		w.t.Errorf("the photo does not come back: %d", r.Code)
	}
}
