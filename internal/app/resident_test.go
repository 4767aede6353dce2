package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/config"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/message"
)

// phone is a citizen's browser, and the gateway that sends to telephones.
type phone struct {
	*city
	cookie *http.Cookie
	mu     *sync.Mutex
	came   *[]map[string]any
}

func newPhone(t *testing.T, db string) *phone {
	p := &phone{mu: &sync.Mutex{}, came: &[]map[string]any{}}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		*p.came = append(*p.came, m)
	}))
	t.Cleanup(gateway.Close)
	p.city = newCity(t, db, func(c *config.Config) {
		c.Gateway, c.GatewaySecret, c.BaseURL = gateway.URL, "s", "https://city.example.org"
	})
	return p
}

func (p *phone) open(method, path string, values url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	r.Host = "city.example.org"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	w := p.send(r, "en")
	for _, c := range w.Result().Cookies() {
		if strings.HasSuffix(c.Name, "resident") {
			p.cookie = c
		}
	}
	return w
}

func (p *phone) must(status int, method, path string, values url.Values, says ...string) string {
	p.t.Helper()
	w := p.open(method, path, values)
	if w.Code != status {
		p.t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	for _, s := range says {
		if !strings.Contains(w.Body.String(), s) {
			p.t.Errorf("%s %s does not say %q", method, path, s)
		}
	}
	return w.Body.String()
}

// pass has news told and messages sent.
func (p *phone) pass() {
	p.t.Helper()
	for _, do := range []func(context.Context) error{
		p.relay.Pass,
		func(ctx context.Context) error { return p.mine.Pass(ctx, p.division()) },
		func(ctx context.Context) error { _, err := p.jobs.Pass(ctx); return err },
	} {
		if err := do(context.Background()); err != nil {
			p.t.Fatal(err)
		}
	}
}

// texts are what came to an address since the last call.
func (p *phone) texts(to string) (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range *p.came {
		if m["to"] == to {
			out = append(out, m["text"].(string))
		}
	}
	*p.came = nil
	return out
}

func (p *phone) signIn(number string) {
	p.t.Helper()
	p.must(200, "POST", "/me/code", url.Values{"address": {number}}, number)
	p.pass()
	got := slices.DeleteFunc(p.texts(number), func(s string) bool { return !strings.Contains(s, "code is") })
	if len(got) != 1 {
		p.t.Fatalf("codes: %q", got)
	}
	code := regexp.MustCompile(`\d{6}`).FindString(got[0])
	p.must(422, "POST", "/me/sign-in", url.Values{"address": {number}, "code": {"nought"}}, "wrong or too old")
	p.must(303, "POST", "/me/sign-in", url.Values{"address": {number}, "code": {code}})
}

func (p *phone) act(receipt, login, step string, in procedure.Input) {
	p.t.Helper()
	(&conformance{city: p.city}).step(receipt, login, step, in)
}

func TestACitizenWithAnAccountSeesAndIsToldAndIsForgotten(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			const mine, other = "13900001234", "13800005678"
			p := newPhone(t, address(t))
			p.pass() // begins here
			_, first := p.sent("phone", mine, "description", "First, by the gate.")
			ref, theirs := p.city.sent("phone", other, "description", "Somebody else's.")
			p.must(200, "GET", "/me", nil, "no password")
			p.must(422, "POST", "/me/code", url.Values{"address": {"12"}}, "11 digits", `value="12"`)
			p.must(422, "POST", "/me/code", url.Values{"address": {"a@b.cn"}}, "No mail server")
			p.signIn(mine)
			page := p.must(200, "GET", "/me", nil, "First, by the gate.", mine)
			if strings.Contains(page, "Somebody else") {
				t.Error("another's report is shown")
			}
			one := regexp.MustCompile(`/me/reports/[0-9a-f-]{36}`).FindString(page)
			p.must(200, "GET", one, nil, "First, by the gate.")
			p.must(422, "POST", "/me/add", url.Values{"receipt": {"XXXXX"}}, "Add an earlier report")
			p.must(303, "POST", "/me/follow", url.Values{"reference": {ref}})
			p.must(404, "POST", "/me/follow", url.Values{"reference": {"NOTHING-AT0ALL"}})
			p.must(200, "GET", "/me", nil, "What I follow", "Somebody else")
			p.pass()
			p.texts("")

			p.act(first, "shouli1", "ask_reporter", procedure.Input{"question": "Which gate?"})
			p.act(theirs, "shouli1", "ask_reporter", procedure.Input{"question": "What colour?"})
			p.pass()
			p.pass()
			p.mu.Lock()
			all := slices.Clone(*p.came)
			p.mu.Unlock()
			got := p.texts(mine)
			if len(got) != 2 || !strings.Contains(strings.Join(got, "\n"), "Which gate?") || strings.Contains(strings.Join(got, "\n"), "What colour?") || !strings.Contains(strings.Join(got, "\n"), "you follow") {
				t.Errorf("the citizen is told %q", got)
			}
			if !slices.ContainsFunc(all, func(m map[string]any) bool {
				return m["to"] == other && strings.Contains(m["text"].(string), "What colour?")
			}) || len(all) != 3 {
				t.Errorf("all that was sent: %v", all)
			}

			p.must(303, "POST", "/me/news", url.Values{"news": {"off"}})
			p.must(200, "GET", "/me", nil, "Switched off")
			w := p.open("GET", "/me/data.zip", nil)
			z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
			if err != nil || len(z.File) != 2 {
				t.Fatal(err, w.Code)
			}
			f, err := z.Open("data.json")
			if err != nil {
				t.Fatal(err)
			}
			data, _ := io.ReadAll(f)
			if !strings.Contains(string(data), mine) || !strings.Contains(string(data), "First, by the gate.") || strings.Contains(string(data), other) {
				t.Errorf("taken along: %s", data)
			}

			p.must(422, "POST", "/me/erase", url.Values{}, "tick the box")
			_, second := p.city.sent("phone", mine, "description", "Second.")
			p.act(second, "shouli1", "propose_reject", procedure.Input{"kind": "lawful", "reason": "It is lawful."})
			p.act(second, "zhiban1", "confirm_reject", procedure.Input{"reply": "It is lawful."})
			p.must(200, "POST", "/me/erase", url.Values{"sure": {"yes"}}, "Personal data of 1 reports is erased; of 1 open")
			if list, err := p.messages.List(context.Background(), p.division(), "", time.Time{}, 50); err != nil || slices.ContainsFunc(list, func(m message.Message) bool { return m.To == mine }) {
				t.Errorf("messages to the deleted address: %+v %v", list, err)
			}
			p.must(200, "GET", "/me", nil, "no password")
			if p.names(second, mine) || !p.names(first, mine) {
				t.Error("the ended report names its reporter, or the open one does not")
			}
			if _, err := p.citizens.Act(context.Background(), first, "answer", procedure.Input{"text": "The east gate."}, nil, ""); err != nil {
				t.Fatal(err)
			}
			p.act(first, "shouli1", "propose_reject", procedure.Input{"kind": "lawful", "reason": "It is lawful."})
			p.act(first, "zhiban1", "confirm_reject", procedure.Input{"reply": "It is lawful."})
			p.pass()
			if p.names(first, mine) {
				t.Error("the report has ended and still names its reporter")
			}
		})
	}
}

// names reports whether the personal values of a report hold a number.
func (p *phone) names(receipt, number string) bool {
	p.t.Helper()
	f, err := p.citizens.Follow(context.Background(), receipt)
	if err != nil {
		p.t.Fatal(err)
	}
	values, err := record.PersonalOf(context.Background(), p.db, f.Division, f.Case)
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.ContainsFunc(values, func(v record.Personal) bool { return strings.Contains(v.Value, number) })
}
