package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAdministratorsSeeTheProceduresInForce reads the pages of every procedure
// in both languages, and the drawing as a file.
func TestAdministratorsSeeTheProceduresInForce(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	admin := signIn(t, a, "admin")
	list := get(a, "GET", "/admin/procedures", admin)
	for _, p := range a.engine.Library().All() {
		address := "/admin/procedures/" + p.ID
		if !strings.Contains(list.Body.String(), `href="`+address+`"`) {
			t.Errorf("%s is not listed", p.ID)
		}
		for _, lang := range []string{"en", "zh-CN"} {
			r := httptest.NewRequest("GET", address, nil)
			r.Header.Set("Accept-Language", lang)
			r.AddCookie(admin)
			w := httptest.NewRecorder()
			a.router.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, "<svg xmlns") || strings.Contains(body, "⟨") {
				t.Errorf("%s in %s: %d, or a word or the drawing is missing", address, lang, w.Code)
			}
			for _, s := range p.States {
				if name := s.Name.EN; lang == "en" && !strings.Contains(body, "<b>"+name+"</b>") {
					t.Errorf("%s does not show the state %q", address, name)
				}
			}
		}
		file := get(a, "GET", address+"/drawing.svg", admin)
		if file.Code != http.StatusOK || file.Header().Get("Content-Type") != "image/svg+xml; charset=utf-8" || !strings.HasPrefix(file.Body.String(), "<svg ") {
			t.Errorf("the drawing of %s: %d %s", p.ID, file.Code, file.Header())
		}
	}
	if w := get(a, "GET", "/admin/procedures/nothing", admin); w.Code != http.StatusNotFound {
		t.Errorf("an unknown procedure: %d", w.Code)
	}
	if w := get(a, "GET", "/admin/procedures/incident", signIn(t, a, "shouli1")); w.Code != http.StatusForbidden {
		t.Errorf("an acceptor: %d", w.Code)
	}
}
