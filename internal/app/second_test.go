package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// knock sends a form without a session.
func knock(a *App, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "zh-CN")
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	return w
}

func TestASecondFactorIsAskedForAndNoCodeServesTwice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if w := o.ask("ducha1", "/account/second/begin", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	page := o.page("ducha1", "/account/second")
	secret := strings.ReplaceAll(page.Find("#second code").Text(), " ", "")
	if path, _ := page.Find("svg.qr path").Attr("d"); len(secret) < 16 || len(path) < 1000 {
		t.Fatalf("secret %q, picture %d", secret, len(path))
	}
	code := func(at time.Duration) string {
		c, err := totp.GenerateCode(secret, time.Now().Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if w := o.ask("ducha1", "/account/second", url.Values{"code": {"000000"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong first code: %d", w.Code)
	}
	w := o.ask("ducha1", "/account/second", url.Values{"code": {code(0)}})
	codes := regexp.MustCompile(`<li><code>([^<]+)</code>`).FindAllStringSubmatch(w.Body.String(), -1)
	if w.Code != http.StatusOK || len(codes) != 10 {
		t.Fatalf("%d, %d recovery codes", w.Code, len(codes))
	}
	if strings.Contains(o.ask("ducha1", "/account/second", nil).Body.String(), codes[0][1]) {
		t.Error("recovery codes are shown again")
	}
	ticket := func() string {
		w := knock(o.a, "/login", url.Values{"login": {"ducha1"}, "password": {demoPassword}})
		m := regexp.MustCompile(`name="ticket" value="([^"]+)"`).FindStringSubmatch(w.Body.String())
		if w.Code != http.StatusOK || m == nil || len(w.Result().Cookies()) > 0 && strings.Contains(w.Header().Get("Set-Cookie"), "session") {
			t.Fatalf("the password alone: %d %s", w.Code, w.Header())
		}
		return m[1]
	}
	try := func(ticket, code string) int {
		return knock(o.a, "/login/code", url.Values{"ticket": {ticket}, "code": {code}}).Code
	}
	one := ticket()
	next := code(30 * time.Second)
	for i, x := range []struct {
		ticket, code string
		want         int
	}{
		{"unknown", next, http.StatusUnauthorized},
		{one, "", http.StatusUnauthorized},
		{one, next, http.StatusSeeOther},
		{one, next, http.StatusUnauthorized},      // the ticket is spent
		{ticket(), next, http.StatusUnauthorized}, // and so is the code
		{ticket(), codes[3][1], http.StatusSeeOther},
		{ticket(), codes[3][1], http.StatusUnauthorized},
		{ticket(), strings.ToUpper(codes[4][1]), http.StatusSeeOther},
	} {
		if got := try(x.ticket, x.code); got != x.want {
			t.Errorf("try %d: %d, want %d", i, got, x.want)
		}
	}
	if w := o.ask("ducha1", "/account/second/end", url.Values{"code": {"1"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "验证码不对") {
		t.Errorf("ended with a wrong code: %d", w.Code)
	}
	last := ticket()
	for range 5 {
		try(last, "111111")
	}
	if got := try(last, codes[5][1]); got != http.StatusTooManyRequests {
		t.Errorf("after five wrong codes: %d", got)
	}
}

func TestAnAdministratorEndsALostSecondFactor(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	v, err := o.a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o.ask("ducha1", "/account/second/begin", url.Values{})
	secret := strings.ReplaceAll(o.page("ducha1", "/account/second").Find("#second code").Text(), " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.ask("ducha1", "/account/second", url.Values{"code": {code}})
	if err := o.a.EndSecond(ctx, v.Division.Key, "nobody"); err == nil {
		t.Error("nobody's second factor was ended")
	}
	if err := o.a.EndSecond(ctx, v.Division.Key, "ducha1"); err != nil {
		t.Fatal(err)
	}
	if w := knock(o.a, "/login", url.Values{"login": {"ducha1"}, "password": {demoPassword}}); w.Code != http.StatusSeeOther {
		t.Errorf("the password alone: %d", w.Code)
	}
}
