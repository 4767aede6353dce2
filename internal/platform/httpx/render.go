package httpx

import (
	"encoding/json"
	"net/http"

	"github.com/a-h/templ"
)

// Render writes a component as HTML. The whole page is made before the first
// byte leaves, so a failing component still becomes a proper error page.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	send(w, buf.Bytes())
	return nil
}

// JSON writes v.
func JSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	send(w, append(b, '\n'))
	return nil
}

// Redirect answers a form with the page to read next: 303, or for htmx an
// HX-Redirect, which loads a whole page.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// send writes the answer. An error means that the visitor closed the page:
// nobody is left to read another one, so it is dropped.
func send(w http.ResponseWriter, b []byte) { _, _ = w.Write(b) }
