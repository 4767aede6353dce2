package httpx_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
)

func words(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load(httpx.Words)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func draw(tag string) func(httpx.Problem) templ.Component {
	return func(p httpx.Problem) templ.Component {
		return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "<"+tag+">"+p.Title+"|"+p.Detail+"|"+p.RequestID+"</"+tag+">")
			return err
		})
	}
}

// gate knows three visitors by a header: nobody, "clerk" and "chief".
func gate(_ http.ResponseWriter, r *http.Request, a httpx.Access) (*http.Request, error) {
	who := r.Header.Get("X-Who")
	switch {
	case a.IsPublic():
	case who == "":
		return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	case len(a.Roles()) > 0 && a.Roles()[0] != who:
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return r, nil
}

func router(t *testing.T, o httpx.Options, routes ...httpx.Route) *httpx.Router {
	t.Helper()
	o.Bundle, o.Gate = words(t), gate
	o.Page, o.Fragment = draw("page"), draw("piece")
	rt, err := httpx.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Handle(routes...); err != nil {
		t.Fatal(err)
	}
	return rt
}

func returns(err error) httpx.Handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func route(method, path string, h httpx.Handler) httpx.Route {
	return httpx.Route{Method: method, Pattern: path, Name: method + path, Access: httpx.Public(), Handler: h}
}

func ask(h http.Handler, method, target string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryKindInThreeForms(t *testing.T) {
	kinds := []fault.Kind{fault.Internal, fault.Invalid, fault.NotFound, fault.Conflict, fault.Stale, fault.Forbidden,
		fault.TooMany, fault.TooLarge, fault.Unavailable}
	for _, k := range kinds {
		rt := router(t, httpx.Options{}, route("GET", "/x", returns(fault.New(k, "fault."+k.String(), "limit", "1 MB"))))
		for form, head := range map[string][]string{
			"page": {"Accept", "text/html"}, "piece": {"HX-Request", "true"}, "problem": {"Accept", "application/json"},
		} {
			w := ask(rt, "GET", "/x", append(head, "Accept-Language", "en")...)
			if w.Code != k.Status() {
				t.Errorf("%s as %s: status %d, want %d", k, form, w.Code, k.Status())
			}
			if strings.ContainsAny(w.Body.String(), "⟨{") && form != "problem" {
				t.Errorf("%s as %s: words missing in %s", k, form, w.Body)
			}
			if form != "problem" && !strings.HasPrefix(w.Body.String(), "<"+form+">") {
				t.Errorf("%s: got %s, want the %s form", k, w.Body, form)
			}
			if again := w.Header().Get("Retry-After"); (again != "") != (k == fault.TooMany || k == fault.Unavailable) {
				t.Errorf("%s: Retry-After %q", k, again)
			}
		}
	}
}

func TestProblemJSON(t *testing.T) {
	err := fault.New(fault.Invalid, "fault.invalid").Field("phone", "fault.too_large", "limit", "3 MB")
	rt := router(t, httpx.Options{}, route("POST", "/api/cases", returns(err)))
	w := ask(rt, "POST", "/api/cases", "Accept-Language", "en")
	var p httpx.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
	want := httpx.Problem{Type: "about:blank", Title: "Please correct your entries", Status: 422, Instance: "/api/cases",
		Detail: "Some entries need correcting. Please see the places marked.", Code: "invalid", Key: "fault.invalid",
		RequestID: w.Header().Get("X-Request-Id"),
		Fields:    []httpx.ProblemField{{Name: "phone", Key: "fault.too_large", Detail: "What you sent is too large. The limit is 3 MB."}}}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
}

func TestCauseStaysPrivate(t *testing.T) {
	var log bytes.Buffer
	rt := router(t, httpx.Options{Log: slog.New(slog.NewTextHandler(&log, nil))},
		route("GET", "/x", returns(errors.New("dial tcp 10.0.0.7: secret"))))
	w := ask(rt, "GET", "/x?phone=13900000000", "Accept", "text/html")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "13900000000") {
		t.Errorf("the log must hold the cause and not the query: %s", log.String())
	}
}

func TestLogHoldsNoPersonalData(t *testing.T) {
	var log bytes.Buffer
	rt := router(t, httpx.Options{Log: slog.New(slog.NewTextHandler(&log, nil))},
		route("GET", "/r/{code}", returns(fault.New(fault.Conflict, "fault.conflict", "name", "Zhang San"))))
	ask(rt, "GET", "/r/K7QP-3M9T?phone=13900000000")
	ask(rt, "GET", "/r/K7QP-3M9T/mistyped")
	ask(rt, "POST", "/r/K7QP-3M9T")
	got := log.String()
	for _, secret := range []string{"K7QP", "Zhang", "13900000000", "192.0.2.1 "} {
		if strings.Contains(got, secret) {
			t.Errorf("%q stands in the log: %s", secret, got)
		}
	}
	for _, want := range []string{"path=/r/{code}", "path=/r/…", "refused=fault.conflict", "status=409", "net=192.0.2.0/24"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing: %s", want, got)
		}
	}
}

func TestPanicIsAPage(t *testing.T) {
	rt := router(t, httpx.Options{}, route("GET", "/x", func(http.ResponseWriter, *http.Request) error { panic("boom") }))
	w := ask(rt, "GET", "/x")
	if w.Code != 500 || !strings.HasPrefix(w.Body.String(), "<page>") || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestUnknownPathAndMethod(t *testing.T) {
	rt := router(t, httpx.Options{}, route("GET", "/x", returns(nil)))
	if w := ask(rt, "GET", "/nowhere"); w.Code != 404 || !strings.HasPrefix(w.Body.String(), "<page>") {
		t.Errorf("unknown path: %d %s", w.Code, w.Body)
	}
	w := ask(rt, "POST", "/x")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || !strings.HasPrefix(w.Body.String(), "<page>") {
		t.Errorf("wrong method: %d allow %q %s", w.Code, w.Header().Get("Allow"), w.Body)
	}
}

func TestSignIn(t *testing.T) {
	in := route("GET", "/desk", returns(nil))
	in.Access = httpx.Only("clerk")
	form := route("POST", "/desk/act", returns(nil))
	form.Access = httpx.SignedIn()
	rt := router(t, httpx.Options{}, in, form)

	w := ask(rt, "GET", "/desk?q=%E8%99%9E%E6%B2%B3")
	if w.Code != 303 || w.Header().Get("Location") != "/login?next=%2Fdesk%3Fq%3D%25E8%2599%259E%25E6%25B2%25B3" {
		t.Errorf("page: %d %q", w.Code, w.Header().Get("Location"))
	}
	w = ask(rt, "POST", "/desk/act", "Referer", "http://example.com/desk?id=7")
	if w.Code != 303 || w.Header().Get("Location") != "/login?next=%2Fdesk%3Fid%3D7" {
		t.Errorf("form: %d %q", w.Code, w.Header().Get("Location"))
	}
	w = ask(rt, "POST", "/desk/act", "HX-Request", "true", "HX-Current-URL", "http://example.com/desk")
	if w.Code != 401 || w.Header().Get("HX-Redirect") != "/login?next=%2Fdesk" {
		t.Errorf("htmx: %d %q", w.Code, w.Header().Get("HX-Redirect"))
	}
	if w = ask(rt, "GET", "/desk", "Accept", "application/json"); w.Code != 401 {
		t.Errorf("json: %d", w.Code)
	}
	if w = ask(rt, "GET", "/desk", "X-Who", "chief"); w.Code != 403 {
		t.Errorf("wrong role: %d", w.Code)
	}
	w = ask(rt, "GET", "/desk", "X-Who", "clerk")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("right role: %d %q", w.Code, w.Header().Get("Cache-Control"))
	}
}

func TestBareRoutesNeedNoGate(t *testing.T) {
	rt, err := httpx.New(httpx.Options{Gate: func(http.ResponseWriter, *http.Request, httpx.Access) (*http.Request, error) {
		return nil, errors.New("the database is gone")
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Handle(append(httpx.Health(), route("GET", "/x", returns(nil)))...); err != nil {
		t.Fatal(err)
	}
	if w := ask(rt, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("the process lives, and says %d", w.Code)
	}
	if w := ask(rt, "GET", "/x"); w.Code != 500 {
		t.Errorf("a page behind a broken gate: %d", w.Code)
	}
}

func TestSafeNext(t *testing.T) {
	for in, want := range map[string]string{"/desk?x=1": "/desk?x=1", "//evil.example": "/", "https://evil.example": "/",
		"/\\evil": "/", "": "/", "/a\r\nb": "/"} {
		if got := httpx.SafeNext(in); got != want {
			t.Errorf("SafeNext(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTableRefusesBadRoutes(t *testing.T) {
	rt, err := httpx.New(httpx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := returns(nil)
	err = rt.Handle(
		httpx.Route{Method: "GET", Pattern: "/a", Name: "a", Handler: h},
		httpx.Route{Method: "get", Pattern: "/b", Name: "b", Handler: h, Access: httpx.Public()},
		httpx.Route{Method: "GET", Pattern: "/c", Handler: h, Access: httpx.Public()},
		httpx.Route{Method: "GET", Pattern: "/d", Name: "d", Handler: h, Access: httpx.Only("clerk", "chief")},
		httpx.Route{Method: "POST", Pattern: "/e", Name: "d", Handler: h, Access: httpx.SignedIn()},
		httpx.Route{Method: "GET", Pattern: "/d", Name: "f", Handler: h, Access: httpx.SignedIn()},
		httpx.Route{Method: "GET", Pattern: "g", Name: "g", Handler: h, Access: httpx.SignedIn()},
		httpx.Route{Method: "GET", Pattern: "/h", Name: "h", Access: httpx.SignedIn()},
		httpx.Route{Method: "GET", Pattern: "/i", Name: "i", Access: httpx.SignedIn(), Handler: h, Bare: true},
	)
	for _, want := range []string{"a does not say who", `"get"`, "has no name", "two routes are named d", "route f:", "must start", "no handler", "i is bare but not public"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
	if got := rt.Routes(); len(got) != 1 || got[0].Access.String() != "clerk|chief" {
		t.Errorf("table: %v", got)
	}
}

func TestLanguageIsKept(t *testing.T) {
	rt := router(t, httpx.Options{}, route("GET", "/x", returns(fault.Missing("case"))))
	w := ask(rt, "GET", "/x?lang=en")
	if c := w.Header().Get("Set-Cookie"); !strings.HasPrefix(c, "lang=en;") || !strings.Contains(w.Body.String(), "Not found") {
		t.Errorf("%q %s", c, w.Body)
	}
	if w = ask(rt, "GET", "/x"); !strings.Contains(w.Body.String(), "没有找到") || w.Header().Get("Content-Language") != "zh-CN" {
		t.Errorf("%s", w.Body)
	}
}

func TestHeaders(t *testing.T) {
	rt := router(t, httpx.Options{TLS: true}, route("GET", "/x", returns(nil)))
	h := ask(rt, "GET", "/x").Header()
	csp := h.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("csp %q", csp)
	}
	for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
		if h.Get(k) != want {
			t.Errorf("%s: %q", k, h.Get(k))
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	rt := router(t, httpx.Options{}, route("POST", "/x", returns(nil)))
	if w := ask(rt, "POST", "/x", "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("cross-site: %d", w.Code)
	}
	if w := ask(rt, "POST", "/x", "Sec-Fetch-Site", "same-origin"); w.Code != 200 {
		t.Errorf("same-origin: %d", w.Code)
	}
	if w := ask(rt, "POST", "/x"); w.Code != 200 {
		t.Errorf("a program: %d", w.Code)
	}
}

func TestBodyLimit(t *testing.T) {
	rt := router(t, httpx.Options{}, httpx.Route{Method: "POST", Pattern: "/x", Name: "x", Access: httpx.Public(), MaxBody: 2048,
		Handler: func(_ http.ResponseWriter, r *http.Request) error { _, err := io.ReadAll(r.Body); return err }})
	for name, body := range map[string]io.Reader{"announced": strings.NewReader(strings.Repeat("x", 3000)),
		"chunked": io.MultiReader(strings.NewReader(strings.Repeat("x", 3000)))} {
		r := httptest.NewRequest("POST", "/x", body)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != 413 || !strings.Contains(w.Body.String(), "2 KB") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestRateLimit(t *testing.T) {
	now := clock.At(time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC))
	x := route("GET", "/x", returns(nil))
	x.Rate = httpx.Rate{Every: 10 * time.Second, Burst: 2}
	rt := router(t, httpx.Options{Clock: now}, x)
	codes := func(n int) (got []int) {
		for range n {
			got = append(got, ask(rt, "GET", "/x").Code)
		}
		return got
	}
	if d := cmp.Diff([]int{200, 200, 429}, codes(3)); d != "" {
		t.Error(d)
	}
	if w := ask(rt, "GET", "/x"); w.Header().Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	now.Advance(10 * time.Second)
	if d := cmp.Diff([]int{200, 429}, codes(2)); d != "" {
		t.Error(d)
	}
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	var got string
	rt := router(t, httpx.Options{Proxies: proxies}, route("GET", "/x", func(_ http.ResponseWriter, r *http.Request) error {
		got = httpx.ClientKey(r)
		return nil
	}))
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:5000", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.2:5000", "6.6.6.6, 198.51.100.1", "198.51.100.1"},
		{"10.0.0.2:5000", "198.51.100.1, 10.1.1.1", "198.51.100.1"},
		{"10.0.0.2:5000", "garbage", "10.0.0.2"},
		{"10.0.0.2:5000", "", "10.0.0.2"},
		{"[2001:db8:1:2:3::4]:5000", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.9]:5000", "", "203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		rt.ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s via %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestCompression(t *testing.T) {
	long := strings.Repeat("虞河路占道经营。", 500)
	rt := router(t, httpx.Options{}, route("GET", "/x", func(w http.ResponseWriter, r *http.Request) error {
		return httpx.JSON(w, 200, long)
	}))
	w := ask(rt, "GET", "/x", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 1000 {
		t.Fatalf("encoding %q, %d bytes", w.Header().Get("Content-Encoding"), w.Body.Len())
	}
	zr, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := json.NewDecoder(zr).Decode(&got); err != nil || got != long {
		t.Errorf("round trip failed: %v", err)
	}
}

func TestFlash(t *testing.T) {
	rt := router(t, httpx.Options{}, route("POST", "/x", func(w http.ResponseWriter, r *http.Request) error {
		if err := httpx.SetFlash(w, httpx.Flash{Key: "case.filed", Args: map[string]any{"number": "0318"}}); err != nil {
			return err
		}
		return httpx.Redirect(w, r, "/y")
	}))
	w := ask(rt, "POST", "/x")
	if w.Code != 303 || w.Header().Get("Location") != "/y" {
		t.Fatalf("%d %q", w.Code, w.Header().Get("Location"))
	}
	r := httptest.NewRequest("GET", "/y", nil)
	r.AddCookie(w.Result().Cookies()[0])
	f, ok := httpx.TakeFlash(httptest.NewRecorder(), r)
	if d := cmp.Diff(httpx.Flash{Key: "case.filed", Args: map[string]any{"number": "0318"}}, f); d != "" || !ok {
		t.Error(ok, d)
	}
}
