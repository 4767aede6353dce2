package app

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident"
)

// secret is said by one dossier and nowhere else.
const secret = "玄圃积玉"

// hide opens a dossier in the public division and makes it findable.
func (o *office) hide() string {
	o.t.Helper()
	who := o.actor("zhifa1")
	r, err := o.a.engine.Open(context.Background(), engine.Opening{Procedure: "enf.ordinary", Division: who.Division, Step: "lead_register", Actor: who,
		Party: &engine.NewParty{NoReceipt: true}, Input: procedure.Input{"source": "patrol", "found_at": o.a.clk.Now(), "place": spot,
			"address": secret + "路1号", "violation": "UM-004", "clue": secret + "店外烧烤"}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.index()
	return r.Case.String()
}

// staffWho are the demonstration's people whose lists hold dossiers, or hold none.
func (o *office) staffWho(hidden bool) (out []string) {
	o.t.Helper()
	dir, err := o.a.people.Directory(context.Background(), o.actor("zhifa1").Division)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, acc := range dir.Accounts() {
		a, err := dir.Actor(acc.ID, o.a.clk.Now())
		if err == nil && len(a.Posts) > 0 && (incident.Hidden(a) != "") == hidden {
			out = append(out, acc.Login)
		}
	}
	return out
}

func TestNoListShowsADossierToWhoMayNotOpenIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	key := o.hide()
	q := url.QueryEscape(secret)
	lists := []string{"/desk", "/desk/queue", "/queue", "/desk?view=map", "/desk/points.json?zoom=20", "/desk/points.json?zoom=20&q=" + q,
		"/cases?view_of=all", "/cases?view_of=all&procedure=enf.ordinary", "/cases?q=" + q, "/cases?state=lead", "/cases?watched=1", "/cases/print?view_of=all",
		"/cases.csv?view_of=all", "/cases.csv?q=" + q, "/cases.xlsx?view_of=all", "/field", "/inbox", "/shift", "/hotline", "/desk/bulk?act=close"}
	shown := func(login, path string) bool {
		w := o.ask(login, path, nil)
		body := w.Body.Bytes()
		if f, err := excelize.OpenReader(bytes.NewReader(body)); err == nil {
			rows, err := f.GetRows(f.GetSheetName(0))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				body = append(body, strings.Join(r, " ")...)
			}
		}
		text := strings.ReplaceAll(strings.ReplaceAll(string(body), q, ""), `value="`+secret+`"`, "") // what was asked for is said again
		return w.Code == http.StatusOK && (strings.Contains(text, key) || strings.Contains(text, secret+"店外") || strings.Contains(text, secret+"路"))
	}
	who := o.staffWho(true)
	if len(who) < 5 {
		t.Fatalf("only %v may not open dossiers", who)
	}
	for _, login := range who {
		for _, path := range append(lists, "/cases/"+key) {
			if shown(login, path) {
				t.Errorf("%s meets the dossier at %s", login, path)
			}
		}
		if found := o.ask(login, "/cases?view_of=all&q="+q, nil).Body.String(); strings.Contains(found, "找到 1 件") {
			t.Errorf("%s is told that something was found", login)
		}
	}
	for _, login := range []string{"ducha1", "zhifa1"} {
		if !shown(login, "/cases?view_of=all&q="+q) || !shown(login, "/cases/"+key) || !shown(login, "/desk/points.json?zoom=20&q="+q) {
			t.Errorf("%s does not find the dossier", login)
		}
	}
	for _, path := range []string{"/", "/near?lat=36.7682&lng=119.1421", "/open311/v2/requests.json", "/open311/v2/requests.xml", "/busy"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		w := httptest.NewRecorder()
		o.a.router.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), secret) || strings.Contains(w.Body.String(), key) {
			t.Errorf("everybody meets the dossier at %s", path)
		}
	}
}
