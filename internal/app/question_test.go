package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// asked answers a route by its name as somebody of the crew, past the gate.
func (c *crew) asked(name, login, path string, send url.Values) *httptest.ResponseRecorder {
	c.t.Helper()
	for _, route := range c.a.router.Routes() {
		if route.Name != name {
			continue
		}
		mux := http.NewServeMux()
		w := httptest.NewRecorder()
		mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Handler(w, r); err != nil {
				c.t.Errorf("%s: %v", name, err)
			}
		})
		r := httptest.NewRequest(route.Method, path, strings.NewReader(send.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		ctx := visit.With(i18n.With(r.Context(), &i18n.Printer{Bundle: c.a.words, Lang: i18n.EN}), &visit.Visit{Actor: c.who(login), Division: people.Division{ID: c.w.Division}})
		mux.ServeHTTP(w, r.WithContext(ctx))
		return w
	}
	c.t.Fatalf("no route is called %s", name)
	return nil
}

func TestAQuestioningIsReadBackPageByPageAndSigned(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.underway()
	c.surveyed(x)
	path := "/enforcement/cases/" + x.String() + "/question"
	begin := page(t, c.asked("question.ask", "zhifa1", path, nil), 200)
	if !strings.Contains(begin, "What grill and fuel were used") || !strings.Contains(begin, "looked at them") || strings.Contains(begin, "planning permit") {
		t.Error("the standard questions are not those of the violation:", begin)
	}
	form := url.Values{"q.0": {"用什么烧烤？"}, "a.0": {""}, "start_at": {"2026-09-23T09:10"}, "end_at": {"2026-09-23T09:40"}, "person": {"演示当事人"}, "cert_shown": {"1"},
		procedure.SecondOfficer: {c.key("zhifa2")}, "_step": {"read"}, "_key": {"k1"}}
	for _, f := range c.find(x).Proc.Named("inv_question").Form { // what the procedure asks besides
		if len(f.Options) > 0 && !form.Has(f.Name) {
			form.Set(f.Name, f.Options[0].Value)
		}
	}
	send := func(kv ...string) *httptest.ResponseRecorder {
		for i := 0; i+1 < len(kv); i += 2 {
			form.Set(kv[i], kv[i+1])
		}
		return c.asked("question.take", "zhifa1", path, form)
	}
	if said := page(t, send(), 422); !strings.Contains(said, "Question 1 lacks") {
		t.Error(said)
	}
	if said := page(t, send("a.0", "一台炭火烤炉。"), 200); !strings.Contains(said, "Page 1 of 1") || !strings.Contains(said, "一台炭火烤炉。") {
		t.Error(said)
	}
	if said := page(t, send("_step", "sign"), 422); !strings.Contains(said, "Page 1 is not confirmed") {
		t.Error(said)
	}
	if said := page(t, send("page.0", "1"), 422); !strings.Contains(said, "PL 55") {
		t.Error(said)
	}
	if w := send("sign", "演示当事人", "sign.typed", "1"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, page(t, w, w.Code))
	}
	events, err := record.Timeline(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.Step != "inv_question" || !strings.Contains(last.Body, "问：用什么烧烤？") || !strings.Contains(last.Body, `"sign":"演示当事人"`) || !strings.Contains(last.With, c.key("zhifa2")) {
		t.Errorf("%s %s", last.Step, last.Body)
	}
}
