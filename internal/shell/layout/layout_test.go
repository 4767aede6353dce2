package layout_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

var pages = []string{"/desk", "/desk?view=map", "/desk?view=case", "/parts", "/form", "/public", "/field", "/paper", "/nowhere", "/busy"}

func get(t testing.TB, h http.Handler, path string, head ...string) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

// What must hold on every page, whatever stands in it.
func TestEveryPage(t *testing.T) {
	h := gallery(t)
	for _, lang := range []string{"zh", "en"} {
		for _, path := range pages {
			join := "?"
			if strings.Contains(path, "?") {
				join = "&"
			}
			_, doc := get(t, h, path+join+"lang="+lang, "Accept", "text/html")
			fail := func(format string, a ...any) { t.Helper(); t.Errorf(path+" in "+lang+": "+format, a...) }
			if text := doc.Text(); strings.Contains(text, "⟨") {
				fail("a word is missing: %.60s", text[strings.Index(text, "⟨"):])
			}
			if n := doc.Find("[style], script:not([src]), [onclick], [hx-on], style").Length(); n > 0 {
				fail("%d inline styles or scripts", n)
			}
			if n := doc.Find("h1").Length(); n != 1 {
				fail("%d first headings", n)
			}
			if l, _ := doc.Find("html").Attr("lang"); !strings.HasPrefix(l, lang) {
				fail("lang %q", l)
			}
			if doc.Find("main#main").Length() != 1 {
				fail("no main part")
			}
			seen := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id, _ := s.Attr("id")
				if seen[id] {
					fail("id %q stands twice", id)
				}
				seen[id] = true
			})
			doc.Find("img").Each(func(_ int, s *goquery.Selection) {
				if _, ok := s.Attr("alt"); !ok {
					fail("a picture without words")
				}
			})
			doc.Find("a, button").Each(func(_ int, s *goquery.Selection) {
				label, _ := s.Attr("aria-label")
				if strings.TrimSpace(s.Text())+label == "" && s.Find("img[alt]").Length() == 0 {
					fail("a link or button without a name")
				}
			})
			doc.Find("link[href^='/static/'], script[src]").Each(func(_ int, s *goquery.Selection) {
				url := s.AttrOr("href", "") + s.AttrOr("src", "")
				if w, _ := get(t, h, url); w.Code != 200 {
					fail("%s answers %d", url, w.Code)
				}
			})
		}
	}
}

func TestHeader(t *testing.T) {
	h := gallery(t)
	_, doc := get(t, h, "/desk?case=7", "Accept-Language", "zh-CN")
	if got := strings.TrimSpace(doc.Find("nav.main a[aria-current=page]").Text()); got != "调度台" {
		t.Errorf("active %q", got)
	}
	if href, _ := doc.Find("a.lang").Attr("href"); href != "/desk?case=7&lang=en" {
		t.Errorf("language switch %q", href)
	}
	if label, _ := doc.Find("#bell").Attr("aria-label"); label != "消息，3 条未读" {
		t.Errorf("bell %q", label)
	}
	if got := doc.Find(".foot .demo").Text(); got != "示意图，非行政界线；演示数据，不代表实际情况" {
		t.Errorf("footer %q", got)
	}
	if got := doc.Find(".tabbar a").Length(); got != 3 {
		t.Errorf("the desk's phone bar has %d views", got)
	}
	_, doc = get(t, h, "/parts")
	if got := doc.Find(".tabbar a").Length(); got != 5 {
		t.Errorf("another page's phone bar has %d links", got)
	}
	if got := doc.Find(".menu .rest a").Length(); got != 1 {
		t.Errorf("%d links in the menu, want the sixth", got)
	}
	if doc.Find("form[action='/logout'] button").Length() != 1 {
		t.Error("nobody can sign out")
	}
	_, doc = get(t, h, "/public")
	if doc.Find("nav.main").Length() != 0 || doc.Find("a[href='/login']").Length() != 1 {
		t.Error("a public page has no navigation and a sign-in link")
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	h := gallery(t)
	cookie := "flash=" + base64.RawURLEncoding.EncodeToString([]byte(`{"k":"form.submit"}`))
	w, doc := get(t, h, "/parts", "Cookie", cookie, "Accept", "text/html")
	if doc.Find("#toast .toast").Length() != 1 || !strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), ";"), "flash=; Path=/; Max-Age=0") {
		t.Errorf("toast %d, cookies %v", doc.Find(".toast").Length(), w.Header().Values("Set-Cookie"))
	}
	w, _ = get(t, h, "/parts", "Cookie", cookie, "Accept", "text/html", "HX-Request", "true")
	if len(w.Header().Values("Set-Cookie")) != 0 {
		t.Error("a fragment must leave the sentence for the next page")
	}
}

func TestProblems(t *testing.T) {
	h := gallery(t)
	w, doc := get(t, h, "/busy", "Accept-Language", "en")
	if w.Code != 503 || w.Header().Get("Retry-After") != "3" || !strings.Contains(doc.Find(".problem").Text(), "try again in 3 seconds") {
		t.Errorf("%d %q %s", w.Code, w.Header().Get("Retry-After"), doc.Find(".problem").Text())
	}
	if href, _ := doc.Find(".problem a.primary").Attr("href"); href != "/busy" {
		t.Errorf("try again leads to %q", href)
	}
	if !strings.Contains(doc.Find(".number").Text(), w.Header().Get("X-Request-Id")) {
		t.Error("the page does not name the request")
	}
	if doc.Find("nav.main").Length() != 1 {
		t.Error("the error page of a signed-in visitor lost the navigation")
	}
	_, doc = get(t, h, "/busy", "HX-Request", "true")
	if doc.Find(".toast.bad[role=alert]").Length() != 1 || doc.Find("main").Length() != 0 {
		t.Error("htmx gets a toast, not a page")
	}
}

func TestRefusedFormOverHTTP(t *testing.T) {
	h := gallery(t)
	r := httptest.NewRequest("POST", "/form", strings.NewReader("words=%E5%8D%A0%E9%81%93&_key=k1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if w.Code != 422 || doc.Find("#report-words").Text() != "占道" || doc.Find(".summary li").Length() != 3 {
		t.Errorf("%d, kept %q, %d faults", w.Code, doc.Find("#report-words").Text(), doc.Find(".summary li").Length())
	}
}

// A page's own weight, so that a first visit stays inside the budget of ADR 0006.
func TestPagesAreLight(t *testing.T) {
	h := gallery(t)
	for _, path := range pages {
		w, _ := get(t, h, path, "Accept-Encoding", "gzip")
		if w.Body.Len() > 12<<10 {
			t.Errorf("%s is %d bytes gzip", path, w.Body.Len())
		}
	}
}
