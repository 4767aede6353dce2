package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/platform/fetch"
)

func TestAnAdministratorSubscribesAProgramFromTheBrowser(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	a.webhooks.Reach(fetch.Options{AllowLoopback: true})
	var mu sync.Mutex
	var came []webhook.Message
	status := http.StatusOK
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var m webhook.Message
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("webhook-signature") == "" {
			t.Error(err)
		}
		came = append(came, m)
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	answer := func(code int) {
		mu.Lock()
		defer mu.Unlock()
		status = code
	}
	pass := func() {
		t.Helper()
		if err := a.webhooks.Pass(context.Background()); err != nil {
			t.Fatal(err)
		}
	}

	admin := person{t, a, signIn(t, a, "admin"), "en"}
	admin.sees("/admin", "Webhooks")
	all := url.Values{"name": {"监督平台"}, "url": {receiver.URL + "/in"}, "types": {"case.opened", "case.closed"}}
	w := admin.send("POST", "/admin/webhooks", "application/x-www-form-urlencoded", []byte(all.Encode()))
	secret, page := regexp.MustCompile(`whsec_[\w+/=]+`), regexp.MustCompile(`/admin/webhooks/[0-9a-f-]{36}`)
	here := page.FindString(w.Body.String())
	if w.Code != http.StatusOK || !secret.MatchString(w.Body.String()) || here == "" {
		t.Fatalf("%d %s", w.Code, mainOf(w))
	}
	if w := admin.send("GET", here, "", nil); secret.MatchString(w.Body.String()) {
		t.Error("the secret is shown twice")
	}
	admin.sees("/admin/webhooks", "监督平台", strings.TrimPrefix(receiver.URL, "http://"), "Case opened、Case closed")

	admin.post(here+"/test", nil, http.StatusSeeOther)
	reported(t, a)
	pass()
	if len(came) != 2 || came[0].Type != "webhook.test" || came[1].Type != webhook.Opened || came[1].Data.Procedure != "incident" || came[1].Division != "weifang-ez" {
		t.Fatalf("%+v", came)
	}
	admin.sees(here, "Taken 200", came[1].ID)

	answer(http.StatusBadGateway)
	reported(t, a)
	pass()
	admin.sees(here, "Failing, trying again", "Not accepted 502", "Next attempt")
	answer(http.StatusOK)
	admin.post(here+"/pause", nil, http.StatusSeeOther)
	admin.sees(here, "Paused")
	admin.post(here+"/resume", nil, http.StatusSeeOther)
	pass()
	if n := len(came); n != 4 || came[3].ID != came[2].ID {
		t.Errorf("%d came", n)
	}

	admin.post(here, url.Values{"name": {"监督平台二"}, "url": {"ftp://example.com"}, "types": {"case.closed"}}, http.StatusUnprocessableEntity, "must begin with https", "监督平台二")
	admin.post(here+"/replay", url.Values{"position": {"999999"}}, http.StatusUnprocessableEntity, "no event to send again", "999999")
	admin.post(here+"/replay", url.Values{"position": {"1"}}, http.StatusSeeOther)
	before := len(came)
	pass()
	if len(came) <= before {
		t.Error("nothing was sent again")
	}
	admin.post(here+"/secret", nil, http.StatusOK, "whsec_")
	all.Set("name", "改名")
	admin.post(here, all, http.StatusSeeOther)
	admin.sees("/admin/audit", "webhook.create", "webhook.replay", "webhook.secret", "改名")
	admin.post(here+"/delete", nil, http.StatusSeeOther)
	if w := admin.send("GET", here, "", nil); w.Code != http.StatusNotFound {
		t.Errorf("deleted: %d", w.Code)
	}
	other := person{t, a, signIn(t, a, "shouli1"), "en"}
	if w := other.send("GET", "/admin/webhooks", "", nil); w.Code != http.StatusForbidden {
		t.Errorf("an acceptor: %d", w.Code)
	}
}
