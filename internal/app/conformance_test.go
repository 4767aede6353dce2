package app

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/config"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
)

var update = flag.Bool("update", false, "write docs/OPEN311.md anew")

// norm is one sentence of the specification, how it is met, and the proof.
type norm struct {
	about, says, how string
	proof            func(*conformance)
}

// conformance is a city whose answers are also checked against the description
// in OpenAPI.
type conformance struct {
	*city
	described validator.Validator
	photos    *httptest.Server // somebody else's server
}

func newConformance(t *testing.T, db string) *conformance {
	t.Helper()
	c := &conformance{city: newCity(t, db, func(cfg *config.Config) { cfg.ReachLoopback = true })}
	w := c.ask("/openapi.json", "en", nil)
	doc, err := libopenapi.NewDocument(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, wrong := v.ValidateDocument(); !ok {
		for _, e := range wrong {
			t.Error(e.Message, e.Reason)
		}
	}
	c.described = v
	c.photos = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a.jpg" {
			http.Error(w, "no photo", http.StatusOK)
			return
		}
		_, _ = w.Write(picture(t))
	}))
	t.Cleanup(c.photos.Close)
	return c
}

// picture is a small photo.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 60)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// both asks in XML and JSON: the status must be the wanted one, the two must say
// the same, and the JSON must be as described. POST bodies are sent in JSON's
// address only, unless they are refused: they would be taken twice.
func (c *conformance) both(status int, path, query string, body url.Values) any {
	c.t.Helper()
	j := c.ask(path+".json"+query, "en", body)
	raw := bytes.Clone(j.Body.Bytes())
	if j.Code != status {
		c.t.Fatalf("%s%s: %d, want %d: %s", path, query, j.Code, status, raw)
	}
	if !strings.HasPrefix(path, "/nothing") { // which is not described
		c.asDescribed(path+".json"+query, body, j)
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		c.t.Fatal(err)
	}
	if body != nil && status == http.StatusOK {
		return v
	}
	x := c.ask(path+".xml"+query, "en", body)
	var e element
	if err := xml.Unmarshal(x.Body.Bytes(), &e); err != nil || x.Code != status {
		c.t.Fatalf("%s%s: %d %v", path, query, x.Code, err)
	}
	if d := differs(e, v); d != "" {
		c.t.Errorf("%s%s: %s", path, query, d)
	}
	return v
}

// asDescribed validates an answer against the OpenAPI description.
func (c *conformance) asDescribed(path string, body url.Values, w *httptest.ResponseRecorder) {
	c.t.Helper()
	r := httptest.NewRequest("GET", "/open311/v2"+path, nil)
	if body != nil {
		r = httptest.NewRequest("POST", "/open311/v2"+path, nil)
	}
	if ok, wrong := c.described.ValidateHttpResponse(r, w.Result()); !ok {
		for _, e := range wrong {
			c.t.Errorf("%s is not as described: %s: %s", path, e.Message, e.Reason)
			for _, s := range e.SchemaValidationErrors {
				c.t.Errorf("  %s at %s", s.Reason, s.KeywordLocation)
			}
		}
	}
}

func (c *conformance) list(path, query string) (out []map[string]any) {
	c.t.Helper()
	for _, v := range c.both(200, path, query, nil).([]any) {
		out = append(out, v.(map[string]any))
	}
	return out
}

func (c *conformance) one(path string, body url.Values) map[string]any {
	c.t.Helper()
	v := c.both(200, path, "", body).([]any)
	if len(v) != 1 {
		c.t.Fatalf("%s: %d records", path, len(v))
	}
	return v[0].(map[string]any)
}

// refused asks and wants the first error to begin like this.
func (c *conformance) refused(want, path, query string, body url.Values) {
	c.t.Helper()
	var status int
	if _, err := fmt.Sscan(want, &status); err != nil {
		c.t.Fatal(err)
	}
	first := c.both(status, path, query, body).([]any)[0].(map[string]any)
	if got := fmt.Sprint(first["code"], " ", first["description"]); !strings.HasPrefix(got, want) {
		c.t.Errorf("%s%s: %q, want %q", path, query, got, want)
	}
}

// multipart sends a report with photos and returns its answer.
func (c *conformance) multipart(path string, fields url.Values, photos int) *httptest.ResponseRecorder {
	c.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	for i := range photos {
		f, err := m.CreateFormFile("media", fmt.Sprint(i, ".jpg"))
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := f.Write(append(picture(c.t), byte(i))); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/open311/v2"+path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return c.send(r, "en")
}

// evidence are the files of the only case opened since.
func (c *conformance) evidence(receipt string) []evidence.Exhibit {
	c.t.Helper()
	ctx := context.Background()
	f, err := c.citizens.Follow(ctx, receipt)
	if err != nil {
		c.t.Fatal(err)
	}
	files, err := evidence.Of(ctx, c.db, f.Division, f.Case)
	if err != nil {
		c.t.Fatal(err)
	}
	return files
}

// work does the errands that are due.
func (c *conformance) work() {
	c.t.Helper()
	if _, err := c.jobs.Pass(context.Background()); err != nil {
		c.t.Fatal(err)
	}
}

// batch makes a class answer with tokens.
func (c *conformance) batch(class string) {
	c.t.Helper()
	if err := c.packs.SaveSetting(context.Background(), people.SystemActor(c.division()), "open311.batch", class); err != nil {
		c.t.Fatal(err)
	}
}

// withdraw takes a report back.
func (c *conformance) withdraw(receipt string) {
	c.t.Helper()
	if _, err := c.citizens.Act(context.Background(), receipt, "withdraw", nil, nil, ""); err != nil {
		c.t.Fatal(err)
	}
}

var tokenShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// events is the timeline of a report.
func (c *conformance) events(receipt string) []record.Event {
	c.t.Helper()
	f, err := c.citizens.Follow(context.Background(), receipt)
	if err != nil {
		c.t.Fatal(err)
	}
	list, err := record.Timeline(context.Background(), c.db, f.Division, f.Case)
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

func TestOpen311Conformance(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) { conform(t, address) })
	}
	var doc strings.Builder
	doc.WriteString(reportHead)
	about := ""
	for _, r := range rules() {
		if r.about != about {
			about = r.about
			fmt.Fprintf(&doc, "\n## %s\n\n| rule | how it is met |\n|---|---|\n", about)
		}
		fmt.Fprintf(&doc, "| %s | %s |\n", r.says, r.how)
	}
	const path = "../../docs/OPEN311.md"
	if *update {
		if err := os.WriteFile(path, []byte(doc.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != doc.String() {
		t.Errorf("docs/OPEN311.md is stale (%v): go test ./internal/app -run Open311Conformance -update", err)
	}
}

// conform tries every rule on one engine.
func conform(t *testing.T, address func(*testing.T) string) {
	var c *conformance
	chapter := ""
	for _, r := range rules() {
		if r.about != chapter { // each chapter has a city of its own
			c, chapter = newConformance(t, address(t)), r.about
		}
		t.Run(r.about+": "+r.says, func(t *testing.T) {
			of := *c.city
			of.t = t
			r.proof(&conformance{&of, c.described, c.photos})
		})
	}
}

const reportHead = `# Open311 GeoReport v2: conformance

The interface stands at ` + "`/open311/v2/`" + `; its description in OpenAPI 3.1 is at ` + "`/open311/v2/openapi.json`" + `. Each rule below
is a subtest of ` + "`TestOpen311Conformance`" + ` in ` + "`internal/app`" + `, which also writes this page: it asks the real program in XML and in JSON,
compares the two and validates the JSON against the description. Source: the GeoReport v2 specification with Service Discovery, and
three extensions in real use: paging, multipart photos, and service request updates.

What is not there: the service type ` + "`blackbox`" + ` (every report can be followed) and addresses by ` + "`address_id`" + ` (there is no register of
addresses; the refusal says so). Reporters' e-mail addresses, devices and accounts are not kept.
`

// TestEveryAddressForProgramsIsDescribed holds the OpenAPI description against
// the route table, both ways.
func TestEveryAddressForProgramsIsDescribed(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal(c.ask("/openapi.json", "en", nil).Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatal(doc.OpenAPI, err)
	}
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	forPrograms := func(name, pattern string) bool {
		return strings.HasPrefix(name, "open311.") && !strings.HasPrefix(name, "open311.unknown") || strings.HasPrefix(name, "health.") || strings.HasSuffix(pattern, ".json")
	}
	for _, r := range c.router.Routes() {
		what := r.Method + " " + r.Pattern
		if forPrograms(r.Name, r.Pattern) && !described[what] {
			t.Errorf("%s (%s) is not described", what, r.Name)
		}
		delete(described, what)
	}
	for what := range described {
		t.Errorf("%s is described and has no route", what)
	}
}

// void has staff refuse a report, which takes two of them.
func (c *conformance) void(receipt string) {
	c.t.Helper()
	c.step(receipt, "shouli1", "propose_reject", procedure.Input{"kind": "lawful", "reason": "It is lawful."})
	c.step(receipt, "zhiban1", "confirm_reject", procedure.Input{"reply": "It is lawful."})
}

func (c *conformance) step(receipt, login, step string, in procedure.Input) {
	c.t.Helper()
	ctx := context.Background()
	f, err := c.citizens.Follow(ctx, receipt)
	if err != nil {
		c.t.Fatal(err)
	}
	dir, err := c.people.Directory(ctx, f.Division)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, a := range dir.Accounts() {
		if a.Login != login {
			continue
		}
		actor, err := dir.Actor(a.ID, c.clk.Now())
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.engine.Act(ctx, engine.Act{Case: f.Case, Step: step, Actor: actor, Input: in}); err != nil {
			c.t.Fatal(step, err)
		}
	}
}

// word is a good update with changes, as report is a good report.
func (c *conformance) word(ref string, changes ...string) url.Values {
	v := url.Values{"api_key": {c.key}, "service_request_id": {ref}, "update_id": {"1"}, "updated_datetime": {"2026-11-23T10:00:00+08:00"},
		"status": {"open"}, "description": {"Our crew is on the way."}}
	for i := 0; i < len(changes); i += 2 {
		if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// receiptIn is the receipt code that an answer to a report carries.
func receiptIn(row map[string]any) string {
	notice, _ := row["service_notice"].(string)
	return regexp.MustCompile(`[0-9A-Y]{5}-[0-9A-Y]{5}-[0-9A-Y]{4}`).FindString(notice)
}
