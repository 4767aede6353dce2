package app

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/platform/i18n"
)

// englishPages are the pages of street order by who reads them; "" is anybody. A
// path that ends in a selector is the first link that the page before has there.
var englishPages = []struct {
	login string
	paths []string
}{
	{"", []string{"/", "/stalls", "/stalls/C01", "/stalls/apply", "/stalls/mine", "/stalls/pass", "/shop", "/shop/YS-003", "/volunteer", "/operations"}},
	{"tandian2", []string{"/street", "/street/stalls", `#work a[href^="/cases/"]`, "/street/stalls", `#appeals a[href^="/cases/"]`, `a[href*="/steps/"]`, "/street/stalls/batch", "/street/closing", "/street/sites",
		`#scenarios a`, "/street/effect", `#clusters a`, "/street/watch"}},
	{"tanguan1", []string{"/street", "/street/pass", "/street/closing", `.steps a[href^="/street/closing/"]`, "/street/groups", "/street/watch", `#records a`, `a[href*="/steps/"]`}},
	{"daiban", []string{"/street/duty", "/street/rosters", "/street/watch?cluster=C03", "/street/groups", "/street/volunteers"}},
	{"zhiyuan1", []string{"/street/duty", "/street/talk"}},
	{"shequ1", []string{"/street", "/street/frontage", `#waiting a`, "/street/frontage/shops", `.doors li a`, `#cases a`, `a[href*="/steps/"]`, "/street/frontage/shops/YS-003/code", "/street/frontage/batch"}},
	{"xuncha1", []string{"/street/frontage/shops?show=failed", "/street/frontage/shops/YS-003/inspect"}},
	{"keshi", []string{"/street"}},
	{"admin", []string{"/street/frontage/licences"}},
	{"zhifa2", []string{"/street", "/joint", `main a[href$="/board"]`, `a[href$="/find"]`, `.steps a`, "/joint", `td a`, `a[href*="/steps/"]`, "/joint/new"}},
	{"scjg.link", []string{"/street", "/joint", `main a[href$="/board"]`}},
}

// missing is how a page shows a key that has no words, or one that was never looked up.
var missing = regexp.MustCompile(`⟨[^⟩]*⟩|\b[a-z_]{2,}(\.[a-z_]{2,}){1,}\b`)

// inEnglish reads the pages of street order.
func (o *office) inEnglish(t *testing.T) {
	for _, x := range englishPages {
		var before *goquery.Document
		for _, path := range x.paths {
			if !strings.HasPrefix(path, "/") {
				href, ok := before.Find(path).First().Attr("href")
				if !ok {
					t.Fatalf("%s: no link %s", x.login, path)
				}
				path = href
			}
			if x.login != "" && o.cookies[x.login] == nil {
				o.cookies[x.login] = signIn(t, o.a, x.login)
			}
			before = english(t, o.a, o.cookies[x.login], path)
		}
	}
}

// english reads a page as an English reader does: no word is missing, and what is
// Chinese is a name or was written by people and says so.
func english(t *testing.T, a *App, as *http.Cookie, path string) *goquery.Document {
	t.Helper()
	w := get(a, http.MethodGet, path, as)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %v", path, w.Code, err)
	}
	for _, s := range unEnglish(goquery.CloneDocument(doc).Find("body"), byChinese()) {
		t.Errorf("%s says %q", path, s)
	}
	return doc
}

// byChinese are the keys of the program's words that differ in English.
var byChinese = sync.OnceValue(func() map[string]string {
	words, err := i18n.Load(Words()...)
	if err != nil {
		panic(err)
	}
	out := map[string]string{}
	for _, k := range words.Keys() {
		if w := words.Text(k); w.ZH != w.EN && !strings.Contains(k, ".col.") { // the headings of a file are quoted
			out[w.ZH] = k
		}
	}
	return out
})

// unEnglish is what an English page says otherwise.
func unEnglish(body *goquery.Selection, ours map[string]string) (out []string) {
	body.Find("script").Remove()
	body.Find(`[lang^="zh"]`).Each(func(_ int, s *goquery.Selection) {
		for _, part := range strings.Split(s.Parent().Text(), " · ") {
			if key := ours[strings.TrimSpace(part)]; key != "" && s.Text() == strings.TrimSpace(part) {
				out = append(out, part+" is "+key)
			}
		}
	}).Remove()
	body.Find("*").AddSelection(body).Each(func(_ int, e *goquery.Selection) {
		e.Contents().FilterFunction(func(_ int, n *goquery.Selection) bool { return goquery.NodeName(n) == "#text" }).Each(func(_ int, n *goquery.Selection) {
			if s := strings.TrimSpace(n.Text()); chinese(s) || missing.MatchString(s) {
				out = append(out, s)
			}
		})
		for _, name := range []string{"aria-label", "title", "alt", "placeholder"} {
			if v := e.AttrOr(name, ""); missing.MatchString(v) {
				out = append(out, v)
			}
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
