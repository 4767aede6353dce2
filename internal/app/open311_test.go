package app

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/config"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// city is the program with the demonstration's division and no case, its clock
// in the test's hand, and a key for another program.
type city struct {
	*App
	t   *testing.T
	clk *clock.Manual
	key string
}

func newCity(t *testing.T, db string, change ...func(*config.Config)) *city {
	t.Helper()
	ctx := context.Background()
	clk, dir := clock.At(packedAt), t.TempDir()
	packed.copy(t, dir, db)
	cfg := demoConfig(dir, db)
	cfg.Demo = false
	for _, fn := range change {
		fn(cfg)
	}
	a := opened(t, cfg, clk)
	key, err := a.CreateKey(ctx, "", "another program")
	if err != nil {
		t.Fatal(err)
	}
	return &city{a, t, clk, key}
}

// ask sends a request in a language; a body makes it a POST.
func (c *city) ask(path, lang string, body url.Values) *httptest.ResponseRecorder {
	c.t.Helper()
	if body == nil {
		return c.send(httptest.NewRequest("GET", "/open311/v2"+path, nil), lang)
	}
	r := httptest.NewRequest("POST", "/open311/v2"+path, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return c.send(r, lang)
}

func (c *city) send(r *http.Request, lang string) *httptest.ResponseRecorder {
	r.Header.Set("Accept-Language", lang)
	w := httptest.NewRecorder()
	c.router.ServeHTTP(w, r)
	return w
}

// rows is a JSON list of objects that must have come with the status.
func (c *city) rows(w *httptest.ResponseRecorder, status int) (out []map[string]any) {
	c.t.Helper()
	if w.Code != status {
		c.t.Fatalf("%d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		c.t.Fatalf("%v: %s", err, w.Body)
	}
	return out
}

// get lists requests.
func (c *city) get(query string) []map[string]any {
	c.t.Helper()
	return c.rows(c.ask("/requests.json?"+query, "en", nil), 200)
}

// report is a good report with changes: name, value, name, value; an empty value
// takes an argument away.
func (c *city) report(changes ...string) url.Values {
	v := url.Values{"api_key": {c.key}, "service_code": {"06010"}, "lat": {"36.77"}, "long": {"119.11"}, "description": {"Rubbish by the gate."}}
	for i := 0; i < len(changes); i += 2 {
		if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// sent reports and returns the request's id and the reporter's receipt code.
func (c *city) sent(changes ...string) (ref, receipt string) {
	c.t.Helper()
	row := c.rows(c.ask("/requests.json", "en", c.report(changes...)), 200)[0]
	receipt = regexp.MustCompile(`[0-9A-Y]{5}-[0-9A-Y]{5}-[0-9A-Y]{4}`).FindString(row["service_notice"].(string))
	if row["service_request_id"] == "" || receipt == "" || row["token"] != nil {
		c.t.Fatalf("created: %v", row)
	}
	return row["service_request_id"].(string), receipt
}

// refusals asks in JSON and returns what was wrong, one line each, in English.
func (c *city) refusals(path string, body url.Values, status int) []string {
	c.t.Helper()
	var out []string
	for _, row := range c.rows(c.ask(path, "en", body), status) {
		if len(row) != 2 {
			c.t.Errorf("an error has more than code and description: %v", row)
		}
		out = append(out, fmt.Sprint(row["code"], " ", row["description"]))
	}
	return out
}

// element is XML as it stands.
type element struct {
	XMLName xml.Name
	Text    string    `xml:",chardata"`
	Kids    []element `xml:",any"`
}

// differs tells where XML and JSON say different things, "" when nowhere.
func differs(e element, v any) string {
	at := func(why string) string { return e.XMLName.Local + ": " + why }
	switch v := v.(type) {
	case nil:
		if e.Text != "" || len(e.Kids) > 0 {
			return at("null is not an empty element")
		}
	case []any:
		if len(v) != len(e.Kids) {
			return at(fmt.Sprint(len(v), " items, ", len(e.Kids), " elements"))
		}
		for i, k := range e.Kids {
			if d := differs(k, v[i]); d != "" {
				return at(d)
			}
		}
	case map[string]any:
		if len(v) != len(e.Kids) {
			return at("different fields")
		}
		for _, k := range e.Kids {
			x, ok := v[k.XMLName.Local]
			if !ok {
				return at(k.XMLName.Local + " is missing in JSON")
			}
			if d := differs(k, x); d != "" {
				return at(d)
			}
		}
	default:
		if e.Text != fmt.Sprint(v) {
			return at(fmt.Sprintf("%q and %v", e.Text, v))
		}
	}
	return ""
}

func TestOpen311SaysTheSameInXMLAndJSON(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	ref, _ := c.sent("description", "A bag <torn> & \"open\"\nsecond line")
	c.sent("service_code", "other", "lat", "", "long", "", "address_string", "新华路与玉清东街路口")
	for _, q := range []struct {
		path, query, root string
		body              url.Values
		status            int
	}{
		{"/discovery", "", "discovery", nil, 200},
		{"/services", "", "services", nil, 200},
		{"/services/10002", "", "service_definition", nil, 200},
		{"/services/06010", "", "service_definition", nil, 200},
		{"/requests", "", "service_requests", nil, 200},
		{"/requests", "?service_code=06042", "service_requests", nil, 200},
		{"/requests/" + ref, "", "service_requests", nil, 200},
		{"/requests/" + ref, "?jurisdiction_id=nowhere", "errors", nil, 404},
		{"/requests/HOFNU373S0-000000", "", "errors", nil, 404},
		{"/services/99999", "", "errors", nil, 404},
		{"/nothing/here", "", "errors", nil, 404},
		{"/requests", "?start_date=soon&page=0&status=half", "errors", nil, 400},
		{"/requests", "", "errors", c.report("api_key", ""), 403},
		{"/requests", "", "errors", c.report("lat", "", "phone", "?", "service_code", ""), 400},
		{"/nothing", "", "errors", c.report(), 404},
	} {
		said := map[string]string{}
		for _, lang := range []string{"zh-CN", "en"} {
			x, j := c.ask(q.path+".xml"+q.query, lang, q.body), c.ask(q.path+".json"+q.query, lang, q.body)
			if x.Code != q.status || j.Code != q.status {
				t.Errorf("%s%s: %d and %d, want %d: %s", q.path, q.query, x.Code, j.Code, q.status, j.Body)
			}
			if x.Header().Get("Content-Type") != "text/xml; charset=utf-8" || j.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s: types %v %v", q.path, x.Header(), j.Header())
			}
			if !strings.HasPrefix(x.Body.String(), `<?xml version="1.0" encoding="utf-8"?>`) {
				t.Errorf("%s has no declaration: %s", q.path, x.Body)
			}
			var e element
			var v any
			if err := xml.Unmarshal(x.Body.Bytes(), &e); err != nil || e.XMLName.Local != q.root {
				t.Errorf("%s: %v, root %s, want %s", q.path, err, e.XMLName.Local, q.root)
			}
			dec := json.NewDecoder(j.Body)
			dec.UseNumber()
			if err := dec.Decode(&v); err != nil {
				t.Errorf("%s: %v", q.path, err)
			}
			if d := differs(e, v); d != "" {
				t.Errorf("%s%s in %s: %s", q.path, q.query, lang, d)
			}
			said[lang] = x.Body.String()
		}
		if said["en"] == said["zh-CN"] && !strings.Contains(q.query, "service_code") && q.path != "/services/06010" {
			t.Errorf("%s%s says the same in both languages: %s", q.path, q.query, said["en"])
		}
	}
}

func TestOpen311TellsWhatCanBeReported(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	rows := c.rows(c.ask("/services.json", "en", nil), 200)
	with := 0
	for _, s := range rows {
		code := s["service_code"].(string)
		w := c.ask("/services/"+code+".json", "en", nil)
		var def struct {
			Code       string `json:"service_code"`
			Attributes []struct {
				Code, Datatype, Description string
				Variable, Required          bool
				Order                       int
				Values                      []struct{ Key, Name string }
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &def); err != nil || w.Code != 200 || def.Code != code {
			t.Fatalf("%s: %d %v %s", code, w.Code, err, w.Body)
		}
		if s["metadata"] != (len(def.Attributes) > 0) || s["type"] != "realtime" {
			t.Errorf("service %v with %d attributes", s, len(def.Attributes))
		}
		for i, a := range def.Attributes {
			with++
			if a.Order != i+1 || !a.Variable || a.Description == "" || a.Datatype == "singlevaluelist" != (len(a.Values) > 0) {
				t.Errorf("%s: %+v", code, a)
			}
		}
	}
	if len(rows) < 20 || with < 5 {
		t.Errorf("%d services with %d attributes", len(rows), with)
	}
	if got := c.rows(c.ask("/services.json?jurisdiction_id=", "en", nil), 200); len(got) != len(rows) {
		t.Error("an empty jurisdiction_id is not an absent one")
	}
	c.refusals("/services.json?jurisdiction_id=weifang-ez-practice", nil, 404)
}

func TestOpen311TakesAReportAndGivesItBackWithoutThePerson(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, address(t))
			ref, receipt := c.sent("description", "垃圾成堆，联系 13800138000", "first_name", "小明", "last_name", "欧阳", "phone", "13900001234",
				"email", "me@example.org", "address_string", "新华路北段")
			one := c.rows(c.ask("/requests/"+ref+".json", "en", nil), 200)
			list := c.get("extensions=true")
			if len(one) != 1 || len(list) != 1 || fmt.Sprint(one) != fmt.Sprint(list) {
				t.Fatalf("one %v\nlist %v", one, list)
			}
			for field, want := range map[string]any{"service_request_id": ref, "status": "open", "service_code": "06010", "service_name": "Rubbish lying about",
				"description": "垃圾成堆，联系 138********", "address": "新华路北段", "lat": 36.77, "long": 119.11, "media_url": nil, "zipcode": nil,
				"requested_datetime": "2026-11-23T10:00:00+08:00", "updated_datetime": "2026-11-23T10:00:00+08:00"} {
				if one[0][field] != want {
					t.Errorf("%s is %v, want %v", field, one[0][field], want)
				}
			}
			for _, secret := range []string{"欧阳", "小明", "13900001234", "13800138000", "example.org", receipt} {
				if strings.Contains(fmt.Sprint(list), secret) {
					t.Errorf("the list tells %s", secret)
				}
			}
			f, err := c.citizens.Follow(context.Background(), receipt)
			if err != nil || f.Snapshot.Source != "open311" || f.Snapshot.Grid == "" {
				t.Fatalf("%+v %v", f.Snapshot, err)
			}
			values, err := record.PersonalOf(context.Background(), c.db, f.Division, f.Case)
			if err != nil || !strings.Contains(fmt.Sprint(values), "欧阳小明") || !strings.Contains(fmt.Sprint(values), "13900001234") {
				t.Errorf("the reporter is %v, %v", values, err)
			}
			if ref != incident.Reference(f.Case, f.Snapshot.Opened) || strings.Contains(ref, f.Case.String()) {
				t.Errorf("reference %s", ref)
			}
		})
	}
}

func TestOpen311WantsAKey(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	for want, body := range map[string]url.Values{
		"403 The api_key is missing.":                                  c.report("api_key", ""),
		"403 This api_key does not belong to the jurisdiction_id.":     nil,
		"404 The jurisdiction_id was not found.":                       c.report("jurisdiction_id", "elsewhere"),
		"403 " + c.words.Text("people.key_wrong").EN:                   c.report("api_key", "xc_0000"),
		"404 The service_code “00000” was not found.":                  c.report("service_code", "00000"),
		"400 service_code: must be given":                              c.report("service_code", "", "api_key", c.key),
		"400 description: a few words are needed, or a photo as media": c.report("description", "  "),
	} {
		if body == nil {
			other, err := c.CreateKey(context.Background(), "weifang-ez-practice", "training")
			if err != nil {
				t.Fatal(err)
			}
			body = c.report("api_key", other, "jurisdiction_id", "weifang-ez")
		}
		var status int
		if _, err := fmt.Sscan(want, &status); err != nil {
			t.Fatal(err)
		}
		if got := c.refusals("/requests.json", body, status); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := c.get(""); len(got) != 0 {
		t.Errorf("refused, but there: %v", got)
	}
	c.sent("jurisdiction_id", "weifang-ez")
}

func TestOpen311TellsEverythingWrongAtOnce(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	got := c.refusals("/requests.json", c.report("lat", "91", "long", "", "phone", "call me", "description", strings.Repeat("字", 4001),
		"first_name", "a\x01b", "attribute[nothing]", "1", "service_code", "10002"), 400)
	for _, field := range []string{"lat", "long", "phone", "description", "first_name", "attribute[nothing]", "attribute[live_wire]"} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "400 "+field+": ") }) {
			t.Errorf("nothing is said of %s: %q", field, got)
		}
	}
	if len(got) != 7 {
		t.Errorf("%d errors: %q", len(got), got)
	}
	got = c.refusals("/requests.json", c.report("service_code", "00000", "lat", "x"), 404)
	if len(got) != 2 || !strings.HasPrefix(got[0], "404") || !strings.HasPrefix(got[1], "400 lat") {
		t.Errorf("the first error decides: %q", got)
	}
	r := httptest.NewRequest("POST", "/open311/v2/requests.xml", strings.NewReader("api_key=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.ContentLength = 1 << 40
	if w := c.send(r, "en"); w.Code != 400 || !strings.Contains(w.Body.String(), "<code>400</code>") {
		t.Errorf("a huge body: %d %s", w.Code, w.Body)
	}
}

func TestOpen311FindsThePlace(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	ref, _ := c.sent("lat", "", "long", "", "address_string", "新华路与玉清东街路口")
	row := c.rows(c.ask("/requests/"+ref+".json", "en", nil), 200)[0]
	if lat, _ := row["lat"].(float64); lat < 36.7 || lat > 36.9 {
		t.Errorf("the crossing is at %v", row)
	}
	c.sent("address_id", "17") // coordinates are there as well
	for want, body := range map[string]url.Values{
		"400 lat: a place is needed":                         c.report("lat", "", "long", " "),
		"400 address_id: addresses have no ids here":         c.report("lat", "", "long", "", "address_id", "17"),
		"400 address_string: this address was not":           c.report("lat", "", "long", "", "address_string", "Baker Street 221b"),
		"400 long: lat and long go together":                 c.report("long", ""),
		"400 This place is outside our area; please contact": c.report("lat", "51.52", "long", "-0.16"),
	} {
		got := c.refusals("/requests.json", body, 400)
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	far := c.report("lat", "51.52", "long", "-0.16")
	if zh, en := c.ask("/requests.json", "zh-CN", far).Body.String(), c.ask("/requests.json", "en", far).Body.String(); zh == en {
		t.Errorf("outside the area is told in one language: %s", en)
	}
}

func TestOpen311AsksTheQuestionsOfThePublicPage(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	wire := func(changes ...string) url.Values {
		return c.report(append([]string{"service_code", "10002"}, changes...)...)
	}
	for want, body := range map[string]url.Values{
		"attribute[live_wire]: ": wire(),
		"attribute[live_wire]":   wire("attribute[live_wire]", "perhaps"),
		"attribute[gas_smell]":   wire("attribute[live_wire]", "no", "attribute[gas_smell]", "yes"),
		"takes one answer only":  wire("attribute[live_wire]", "no", "attribute[live_wire][]", "yes"),
	} {
		if got := c.refusals("/requests.json", body, 400); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	row := c.rows(c.ask("/requests.json", "en", wire("attribute[live_wire][]", "yes", "attribute[hurt]", "")), 200)[0]
	if !strings.Contains(row["service_notice"].(string), "Keep at least 8 metres away") {
		t.Errorf("the warning is not passed on: %v", row)
	}
	page, err := record.List(context.Background(), c.db, c.division(), record.Filter{Limit: 2})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Priority != "P1" {
		t.Errorf("%+v %v", page.Rows, err)
	}
	fire := c.report("service_code", "06020", "attribute[fire]", "yes")
	if _, offered := c.offers("06020"); offered {
		if got := c.refusals("/requests.json", fire, 400); !strings.Contains(got[0], "fire brigade on 119") {
			t.Errorf("a spreading fire: %q", got)
		}
	}
}

func (c *city) offers(code string) (map[string]any, bool) {
	for _, s := range c.rows(c.ask("/services.json", "en", nil), 200) {
		if s["service_code"] == code {
			return s, true
		}
	}
	return nil, false
}

func (c *city) division() id.ID {
	c.t.Helper()
	v, err := c.public(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return v.Division.ID
}

// upload sends a report with files.
func (c *city) upload(files map[string][]byte) *httptest.ResponseRecorder {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range c.report("description", "") {
		if err := w.WriteField(name, values[0]); err != nil {
			c.t.Fatal(err)
		}
	}
	for name, data := range files {
		part, err := w.CreateFormFile("media", name)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/open311/v2/requests.json", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.send(r, "en")
}

func TestOpen311ShowsAPhotoOnlyOnceAPersonReleasedIt(t *testing.T) {
	t.Parallel()
	c, ctx := newCity(t, ""), context.Background()
	if got := c.rows(c.upload(map[string][]byte{"a.jpg": []byte("no photo")}), 400); len(got) != 1 || !strings.HasPrefix(got[0]["description"].(string), "media: ") {
		t.Errorf("no photo: %v", got)
	}
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 90, 60)), nil); err != nil {
		t.Fatal(err)
	}
	ref := c.rows(c.upload(map[string][]byte{"a.jpg": jpg.Bytes()}), 200)[0]["service_request_id"].(string)
	row := c.get("")[0]
	if row["media_url"] != nil || row["description"] == nil {
		t.Errorf("before the release: %v", row)
	}
	page, err := record.List(ctx, c.db, c.division(), record.Filter{Limit: 2})
	if err != nil || len(page.Rows) != 1 {
		t.Fatal(page, err)
	}
	files, err := evidence.Of(ctx, c.db, c.division(), page.Rows[0].ID)
	if err != nil || len(files) != 1 || files[0].Kind != "before" {
		t.Fatalf("%+v %v", files, err)
	}
	path := "/media/" + ref + "/" + files[0].SHA256
	if w := c.ask(path, "en", nil); w.Code != 404 || !strings.Contains(w.Body.String(), "<errors>") {
		t.Errorf("an unreleased photo: %d %s", w.Code, w.Body)
	}
	err = c.db.Write(ctx, func(tx *dbx.Tx) error {
		return evidence.Release(ctx, tx, c.division(), page.Rows[0].ID, files[0].SHA256, true, "clerk", c.clk.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.get("")[0]["media_url"]; got != "http://example.com/open311/v2"+path {
		t.Errorf("media_url is %v", got)
	}
	w := c.ask(path, "en", nil)
	if _, err := jpeg.Decode(w.Body); w.Code != 200 || err != nil || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("the photo: %d %v", w.Code, err)
	}
}

func TestOpen311RepeatedRequestIsOneReport(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	post := func(body url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/open311/v2/requests.json", strings.NewReader(body.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Idempotency-Key", "7")
		return c.send(r, "en")
	}
	first, again := post(c.report()), post(c.report())
	if first.Code != 200 || first.Body.String() != again.Body.String() || len(c.get("")) != 1 {
		t.Errorf("%s\n%s", first.Body, again.Body)
	}
	if w := post(c.report("description", "Something else.")); w.Code != 400 {
		t.Errorf("another report under the same key: %d %s", w.Code, w.Body)
	}
}

func TestOpen311SlowsAProgramGoneWild(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	body := c.report("lat", "")
	for range 200 {
		if w := c.ask("/requests.json", "en", body); w.Code != 400 {
			t.Fatal(w.Code, w.Body)
		}
	}
	w := c.ask("/requests.xml", "en", body)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "<code>429</code>") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := c.ask("/requests.json", "en", nil); w.Code != 200 {
		t.Errorf("reading is slowed too: %d", w.Code)
	}
}

func TestOpen311FiltersAndPages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "")
	var refs []string
	classes := []string{"06010", "06042", "other", "06010"}
	for i, class := range classes { // on days 0, 40, 80, 120
		if i > 0 {
			c.clk.Advance(40 * 24 * time.Hour)
		}
		ref, receipt := c.sent("service_code", class)
		refs = append(refs, ref)
		if i == 1 { // as if it had never been
			if _, err := c.citizens.Act(context.Background(), receipt, "withdraw", nil, nil, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	start := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	day := func(n int) string { return url.QueryEscape(start.AddDate(0, 0, n).Format(time.RFC3339)) }
	for query, want := range map[string][]int{
		"":                            {3, 2},
		"start_date=&end_date=&page=": {3, 2},
		"start_date=" + day(0):        {2, 0},
		"end_date=" + day(80):         {2, 0},
		"end_date=" + day(79):         {0},
		"start_date=2026-11-23":       {2, 0},
		"start_date=2026-11-24":       {2},
		"start_date=2026-11-23T10:00:00+08:00&end_date=2026-11-23T10:00:00%2B08:00": {0},
		"service_code=06010":       {3},
		"service_code=06010,other": {3, 2},
		"service_code=06":          nil,
		"service_code=nothing":     nil,
		"status=open":              {3, 2},
		"status=closed":            nil,
		"status=open,closed":       {3, 2},
		"page_size=1":              {3},
		"page_size=1&page=2":       {2},
		"page_size=1&page=3":       nil,
		"start_date=" + day(-1) + "&end_date=" + day(1) + "&service_code=06010&status=open": {0},
		"service_request_id=" + refs[0]: {0},
		"service_request_id=" + strings.ToLower(refs[3]) + ",X," + refs[0] + "&status=closed&page=9": {3, 0},
		"service_request_id=" + refs[1]: nil,
		"unknown=7":                     {3, 2},
	} {
		var got, expect []string
		for _, row := range c.get(query) {
			got = append(got, row["service_request_id"].(string))
		}
		for _, i := range want {
			expect = append(expect, refs[i])
		}
		if !slices.Equal(got, expect) {
			t.Errorf("%s: %v, want %v", query, got, expect)
		}
	}
	for query, want := range map[string]string{
		"start_date=" + day(0) + "&end_date=" + day(91): "400 end_date: may lie at most 90 days",
		"start_date=" + day(2) + "&end_date=" + day(1):  "400 end_date: lies before",
		"start_date=yesterday":                          "400 start_date: must be an ISO 8601",
		"end_date=2026-02-30":                           "400 end_date: must be",
		"status=new":                                    "400 status: “new”",
		"page=0":                                        "400 page: must be",
		"page_size=1001":                                "400 page_size: must be",
		"service_request_id=" + strings.Repeat("A,", 1000) + "B": "",
		"service_request_id=" + idsUpTo(1001):                    "400 service_request_id: at most 1000",
	} {
		if want == "" {
			if got := c.get(query); len(got) != 0 {
				t.Error(got)
			}
			continue
		}
		if got := c.refusals("/requests.json?"+query, nil, 400); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for _, ref := range []string{refs[1], "nothing", "nothing-at-all", "%00", "..%2f"} {
		c.refusals("/requests/"+ref+".json", nil, 404)
	}
}

func idsUpTo(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint("A", i))
	}
	return strings.Join(out, ",")
}

// TestOpen311ListsEveryCaseOnceAndNobody compares the list with the
// demonstration's cases in every state.
func TestOpen311ListsEveryCaseOnceAndNobody(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	c := &city{App: a, t: t}
	lists := a.clk.Now().AddDate(0, 0, -90) // what the list goes back to unless it is asked for more
	page, err := record.List(ctx, a.db, c.division(), record.Filter{Procedures: []string{incident.Procedure}, OpenedFrom: clock.Micro(lists), Sort: record.ByOpened, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	w := c.ask("/requests.json", "zh-CN", nil)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]any{}
	for _, row := range c.rows(w, 200) {
		rows[row["service_request_id"].(string)] = row
	}
	seen, closed := 0, 0
	for _, r := range page.Rows {
		row := rows[incident.Reference(r.ID, r.Opened)]
		switch {
		case (row == nil) != (r.End == "withdrawn"):
			t.Errorf("a case that is %s: %v", r.State, row)
			continue
		case row == nil:
			continue
		case (row["description"] == nil) != (r.End == "void"):
			t.Errorf("what a case that is %s says: %v", r.State, row["description"])
		case (row["status"] == "closed") != r.Terminal:
			t.Errorf("a case that is %s has the status %v", r.State, row["status"])
		}
		if seen++; r.Terminal {
			closed++
		}
		values, err := record.PersonalOf(ctx, a.db, r.Division, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if plain := strings.Trim(v.Value, `"`); plain != "" && strings.Contains(string(body), plain) {
				t.Errorf("the list tells the %s of a reporter", v.Field)
			}
		}
	}
	if seen != len(rows) || seen < 30 || closed < 5 {
		t.Errorf("%d of %d cases, %d of them closed", len(rows), seen, closed)
	}
}
