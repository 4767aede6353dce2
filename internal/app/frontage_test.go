package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/id"
)

// doors are what happens at the doors of shops, through the pages.
type doors struct {
	*crew
	codes map[string]string // receipt codes by shop
}

// sent posts a form with photos in the named fields; login "" is the public.
func (d *doors) sent(login, path string, form url.Values, photos ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range form {
		for _, v := range list {
			_ = m.WriteField(name, v)
		}
	}
	for i, name := range photos {
		w, _ := m.CreateFormFile(name, "door.jpg") // a buffer takes everything
		_, _ = w.Write(append(picture(d.t), fmt.Sprint(i, d.w.Clock.Now())...))
	}
	_ = m.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if login != "" {
		signed := httptest.NewRecorder()
		if err := d.a.sessions.Create(d.ctx, signed, d.who(login).Account, d.w.Division, "127.0.0.1", "test"); err != nil {
			d.t.Fatal(err)
		}
		r.AddCookie(signed.Result().Cookies()[0])
	}
	w := httptest.NewRecorder()
	d.a.Router().ServeHTTP(w, r)
	return w
}

// latest is the shop's newest case of a procedure.
func (d *doors) latest(code, procedure string) id.ID {
	d.t.Helper()
	list, err := frontage.Of(d.ctx, d.a.db, d.w.Division, code, procedure)
	if err != nil || len(list) == 0 {
		d.t.Fatal(code, procedure, err)
	}
	return list[0].Case
}

// own takes a step on the shop's own page.
func (d *doors) own(code string, caseID id.ID, step string, form url.Values, photos ...string) {
	d.t.Helper()
	page := "/shop/my/" + d.codes[code]
	if w := d.sent("", page+"/"+caseID.String()+"/"+step, form, photos...); w.Code != http.StatusSeeOther || w.Header().Get("Location") != page {
		d.t.Fatalf("%s of %s: %d %.900s", step, code, w.Code, plainText(w.Body.String()))
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

func plainText(html string) string { return tags.ReplaceAllString(html, " ") }

// inspect scores a door on the phone; then is the button.
func (d *doors) inspect(login, code, occasion, then string, scores ...string) id.ID {
	d.t.Helper()
	s, err := shop.Find(d.ctx, d.a.db, d.w.Division, code)
	if err != nil {
		d.t.Fatal(err)
	}
	form := url.Values{"occasion": {occasion}, "then": {then}, "here.lat": {fmt.Sprint(s.At.Lat)}, "here.lng": {fmt.Sprint(s.At.Lng)}, "here.accuracy": {"5"}}
	for i, duty := range []string{"hygiene", "order", "green", "fittings", "front"} {
		form.Set("score_"+duty, scores[i])
	}
	path := "/street/frontage/shops/" + code
	if w := d.sent(login, path+"/inspect", form, "photos"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path {
		d.t.Fatalf("inspecting %s: %d %s %.900s", code, w.Code, w.Header().Get("Location"), plainText(w.Body.String()))
	}
	return d.latest(code, frontage.Inspection)
}

func (d *doors) says(path string, want ...string) string {
	d.t.Helper()
	w := get(d.a, "GET", path, nil)
	body := w.Body.String()
	for _, s := range want {
		if !strings.Contains(body, s) {
			d.t.Errorf("%s does not say %q: %d %.900s", path, s, w.Code, plainText(body))
		}
	}
	return body
}

// One shop signs, fails, corrects and is seen again; another fails three times,
// is listed, objects and is dropped.
func TestShopsSignFailCorrectAndObject(t *testing.T) {
	t.Parallel()
	d := &doors{crew: newCrew(t, ""), codes: map[string]string{}}
	d.at("2026-09-14 09:00")
	const good, bad = "YS-003", "YS-005"
	w := d.sent("shequ1", "/street/frontage/pledges", url.Values{"codes": {good + "\n" + bad + " YS-015"}})
	found := regexp.MustCompile(`/shop/my/([A-Z0-9-]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
	if w.Code != 200 || len(found) != 2 || !strings.Contains(w.Body.String(), "YS-015") {
		t.Fatalf("%d %v %.900s", w.Code, found, plainText(w.Body.String()))
	}
	d.codes[good], d.codes[bad] = found[0][1], found[1][1]
	if w := get(d.a, "GET", "/shop/"+good, nil); w.Code != http.StatusNotFound {
		t.Errorf("a door without a pledge has a page: %d", w.Code)
	}
	wrong := "/shop/my/" + d.codes[good] + "/" + d.latest(good, frontage.Pledge).String() + "/sign"
	if w := d.sent("", wrong, url.Values{"name": {"王某某"}, "phone": {"12"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "王某某") {
		t.Errorf("a pledge without signature: %d %.900s", w.Code, plainText(w.Body.String()))
	}
	for code := range d.codes {
		d.own(code, d.latest(code, frontage.Pledge), "sign", url.Values{"name": {"王某某"}, "phone": {"13800000000"}, "capacity": {"owner"}, "sign.ink": {drawn(t, code)}})
	}
	if body := d.says("/shop/"+good, "2026-09-14", "Hygiene"); strings.Contains(body, "王某某") || strings.Contains(body, "13800000000") {
		t.Error("the page of the door names the person")
	}
	if w := get(d.a, "GET", "/shop/my/"+d.codes[good]+"/pdf", nil); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Errorf("the pledge for the door: %d", w.Code)
	}

	lost, page := d.codes[good], "/street/frontage/shops/"+good+"/code"
	if w := d.sent("shequ1", page, url.Values{"note": {"手机丢了"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "手机丢了") {
		t.Errorf("a new code for nobody: %d %.900s", w.Code, plainText(w.Body.String()))
	}
	w = d.sent("shequ1", page, url.Values{"proof": {"licence"}})
	if found = regexp.MustCompile(`/shop/my/([A-Z0-9-]+)"`).FindAllStringSubmatch(w.Body.String(), -1); w.Code != 200 || len(found) != 1 {
		t.Fatalf("%d %.900s", w.Code, plainText(w.Body.String()))
	}
	d.codes[good] = found[0][1]
	if w := get(d.a, "GET", "/shop/my/"+lost, nil); w.Code != http.StatusNotFound {
		t.Errorf("the lost code still opens: %d", w.Code)
	}

	d.at("2026-09-15 09:00")
	x := d.inspect("xuncha1", good, "routine", "order", "8", "12", "20", "20", "20")
	d.state(x, "to_correct")
	d.says("/shop/my/"+d.codes[good], "Hygiene, Order", "80 points", "I corrected it")
	english(t, d.a, nil, english(t, d.a, nil, "/shop/my/"+d.codes[good]).Find(`a[href$="/claim_fix"]`).AttrOr("href", ""))
	d.own(good, x, "claim_fix", nil, "after")
	d.state(x, "claimed")
	d.do(x, "xuncha2", "recheck", procedure.Input{"ok": true}, d.photo("photos"))
	d.state(x, "closed")
	d.says("/shop/"+good, "80 points", "Corrected")

	for _, day := range []string{"16", "21", "28"} {
		d.at("2026-09-" + day + " 09:00")
		x := d.inspect("zhifa1", bad, "complaint", "order", "0", "8", "20", "20", "20")
		d.w.Clock.Advance(36 * 3600e9)
		if _, err := d.w.Engine.Tick(d.ctx); err != nil {
			t.Fatal(err)
		}
		d.state(x, "failed")
	}
	last := d.latest(bad, frontage.Inspection)
	d.refused(last, "F12", "zhifa1", "pass_on", procedure.Input{"kind": "lead"})
	d.do(last, "zhifa1", "pass_on", procedure.Input{"kind": "incident"})
	if list := d.below(last, "incident"); list.IsZero() {
		t.Error("no incident hangs on the inspection")
	}
	if err := d.a.frontages.duty.Round(d.ctx, d.w.Division); err != nil {
		t.Fatal(err)
	}
	entry := d.latest(bad, frontage.Listing)
	d.do(entry, "jiedao.head", "notify", procedure.Input{"text": "三次未改正，拟列入黑榜。"})
	d.refused(entry, "F21", "jiedao.head", "publish", nil)
	d.own(bad, entry, "object", url.Values{"text": {"其中一次是邻店的货物。"}})
	if body := d.says("/shop", "Black list"); strings.Contains(body, `href="/shop/`+bad) {
		t.Error("shown while it is heard")
	}
	d.do(entry, "keshi", "decide", procedure.Input{"granted": true, "reason": "照片中的货物属邻店。"})
	d.state(entry, "dropped")
	for _, path := range []string{"/street/frontage", "/street/frontage/shops", "/street/frontage/shops?show=unsigned", "/street/frontage/shops/" + bad, "/street/frontage/map.json",
		"/street/frontage/shops/" + good + "/inspect", "/cases/" + entry.String()} {
		if w := d.get("xuncha1", path); w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := d.sent("xuncha1", "/street/frontage/shops", url.Values{"place.lat": {"36.761607"}, "place.lng": {"119.132"}}); w.Code != 200 || !strings.Contains(w.Body.String(), good) {
		t.Errorf("around me: %d", w.Code)
	}
}
