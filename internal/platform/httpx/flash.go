package httpx

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// Flash is one sentence shown on the next page, after a form was accepted.
type Flash struct {
	Key  string         `json:"k"`
	Args map[string]any `json:"a,omitempty"`
	// Bad marks a refusal; else it is good news.
	Bad bool `json:"b,omitempty"`
}

const flashCookie = "flash"

// SetFlash leaves a sentence for the next page. It holds nothing secret: the
// visitor could change it, and would only tell himself another sentence.
func SetFlash(w http.ResponseWriter, f Flash) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/",
		MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return nil
}

// TakeFlash returns the sentence left for this page and forgets it; false when
// there is none.
func TakeFlash(w http.ResponseWriter, r *http.Request) (Flash, bool) {
	c, err := r.Cookie(flashCookie)
	if err != nil || c.Value == "" {
		return Flash{}, false
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	var f Flash
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &f) != nil || f.Key == "" {
		return Flash{}, false
	}
	return f, true
}
