package app

import (
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/platform/dbx"
)

// rules are those of the specification, chapter by chapter. Each chapter has a
// city of its own, in which its rules are tried in this order.
func rules() []norm {
	return slices.Concat(ruleForms(), ruleServices(), ruleCreate(), ruleMedia(), ruleTokens(), ruleQueries(), ruleRecords(), ruleUpdates(), ruleErrors())
}

func ruleForms() []norm {
	const about = "Formats and discovery"
	return []norm{
		{about, "Every resource answers in XML and in JSON, by the suffix of its address", "both are written from one tree, so they say the same", func(c *conformance) {
			c.sent("description", "A bag <torn> & \"open\"")
			for _, path := range []string{"/discovery", "/services", "/services/10002", "/requests", "/servicerequestupdates"} {
				c.both(200, path, "", nil)
			}
		}},
		{about, "UTF-8 with charset; XML begins with its declaration and has no namespace", "`text/xml; charset=utf-8`, `application/json; charset=utf-8`", func(c *conformance) {
			x, j := c.ask("/services.xml", "zh-CN", nil), c.ask("/services.json", "zh-CN", nil)
			if x.Header().Get("Content-Type") != "text/xml; charset=utf-8" || j.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				c.t.Error(x.Header(), j.Header())
			}
			if !strings.HasPrefix(x.Body.String(), `<?xml version="1.0" encoding="utf-8"?>`+"\n<services>") || strings.Contains(x.Body.String(), "xmlns") {
				c.t.Errorf("%.200s", x.Body)
			}
		}},
		{about, "JSON has bare lists: the list's root element is left out", "`[{…}]`, not `{\"service_requests\": [{…}]}`", func(c *conformance) {
			if b := c.ask("/requests.json", "en", nil).Body.String(); !strings.HasPrefix(b, "[{") {
				c.t.Errorf("%.80s", b)
			}
		}},
		{about, "Null is an empty element, and null in JSON", "`<zipcode></zipcode>`, `\"zipcode\":null`", func(c *conformance) {
			if x := c.ask("/requests.xml", "en", nil).Body.String(); !strings.Contains(x, "<zipcode></zipcode>") {
				c.t.Error(x)
			}
			if c.list("/requests", "")[0]["zipcode"] != nil {
				c.t.Error("not null in JSON")
			}
		}},
		{about, "An empty argument is an absent one", "in queries and in bodies", func(c *conformance) {
			if len(c.list("/requests", "?status=&start_date=&page=&service_code=&jurisdiction_id=")) != 1 {
				c.t.Error("empty arguments narrow")
			}
			c.sent("jurisdiction_id", " ", "address_string", "", "attribute[hurt]", "")
		}},
		{about, "Dates are ISO 8601 with a zone", "answers are in UTC+08:00 to the second; questions may use any zone", func(c *conformance) {
			at := fmt.Sprint(c.list("/requests", "")[0]["requested_datetime"])
			if _, err := time.Parse(time.RFC3339, at); err != nil || !strings.HasSuffix(at, "+08:00") {
				c.t.Error(at, err)
			}
			if len(c.list("/requests", "?start_date=2026-11-22T18:00:00-08:00&end_date=2026-11-23T02:00:00Z")) == 0 {
				c.t.Error("another zone is not understood")
			}
		}},
		{about, "Discovery names the endpoint, its formats, whether it is a test, whom to ask, and where keys are given", "`/discovery.{xml,json}`; the demonstration says `test`", func(c *conformance) {
			v := c.both(200, "/discovery", "", nil).(map[string]any)
			end := v["endpoints"].([]any)[0].(map[string]any)
			if end["url"] != "http://example.com/open311/v2" || end["type"] != "production" || len(end["formats"].([]any)) != 2 || v["contact"] == nil || v["key_service"] == nil {
				c.t.Error(v)
			}
		}},
		{about, "jurisdiction_id is needed only where there are several", "absent: the first division; else a division's key or code; an unknown one is 404", func(c *conformance) {
			if len(c.list("/services", "?jurisdiction_id=weifang-ez")) != len(c.list("/services", "")) {
				c.t.Error("the named jurisdiction is not the first")
			}
			c.refused("404 The jurisdiction_id was not found.", "/services", "?jurisdiction_id=elsewhere", nil)
		}},
	}
}

func ruleServices() []norm {
	const about = "Services and definitions"
	return []norm{
		{about, "Services have code, name, description, metadata, type, keywords, group", "the choices of the public page and one for what nobody can name; codes are strings, also those with a leading zero", func(c *conformance) {
			for _, s := range c.list("/services", "") {
				if code, ok := s["service_code"].(string); !ok || code == "" || s["service_name"] == nil || s["type"] != "realtime" {
					c.t.Error(s)
				}
			}
		}},
		{about, "metadata is true where the service has a definition with attributes", "the class's questions are its attributes", func(c *conformance) {
			for _, s := range c.list("/services", "") {
				d := c.both(200, "/services/"+s["service_code"].(string), "", nil).(map[string]any)
				if s["metadata"] != (len(d["attributes"].([]any)) > 0) || d["service_code"] != s["service_code"] {
					c.t.Error(s, d)
				}
			}
		}},
		{about, "Attributes have variable, code, datatype, required, datatype_description, order, description", "order counts from 1; what an answer leads to stands in datatype_description", func(c *conformance) {
			d := c.both(200, "/services/10002", "", nil).(map[string]any)
			for i, v := range d["attributes"].([]any) {
				a := v.(map[string]any)
				if fmt.Sprint(a["order"]) != fmt.Sprint(i+1) || a["variable"] != true || a["description"] == nil {
					c.t.Error(a)
				}
			}
		}},
		{about, "Value lists have key and name", "the key is sent, the name is shown in the reader's language", func(c *conformance) {
			lists := 0
			for _, v := range c.both(200, "/services/10002", "", nil).(map[string]any)["attributes"].([]any) {
				a := v.(map[string]any)
				if a["datatype"] == "singlevaluelist" {
					lists++
					for _, x := range a["values"].([]any) {
						if o := x.(map[string]any); o["key"] == nil || o["name"] == nil {
							c.t.Error(o)
						}
					}
				}
			}
			if lists == 0 {
				c.t.Error("no list of values")
			}
		}},
		{about, "An unknown service is 404", "with its code in the sentence", func(c *conformance) {
			c.refused("404 The service_code “99999” was not found.", "/services/99999", "", nil)
		}},
	}
}

func ruleCreate() []norm {
	const about = "Creating a request"
	return []norm{
		{about, "An api_key is needed for POST only; missing or wrong is 403", "reading needs none; a key belongs to one division and may be revoked", func(c *conformance) {
			c.refused("403 The api_key is missing.", "/requests", "", c.report("api_key", ""))
			c.refused("403", "/requests", "", c.report("api_key", "xc_wrong"))
			c.refused("403 The api_key is missing.", "/servicerequestupdates", "", url.Values{})
			c.list("/requests", "")
		}},
		{about, "service_code is required; an unknown one is 404", "", func(c *conformance) {
			c.refused("400 service_code: must be given", "/requests", "", c.report("service_code", ""))
			c.refused("404 The service_code “00000”", "/requests", "", c.report("service_code", "00000"))
		}},
		{about, "A place is required: lat and long, or address_string, or address_id", "an address is looked up among roads, crossings and landmarks, or stands as it is beside lat and long; `address_id` is refused with a sentence", func(c *conformance) {
			c.refused("400 lat: a place is needed", "/requests", "", c.report("lat", "", "long", ""))
			c.refused("400 long: lat and long go together", "/requests", "", c.report("long", ""))
			c.refused("400 lat: must be degrees", "/requests", "", c.report("lat", "91"))
			c.refused("400 address_id: addresses have no ids here", "/requests", "", c.report("lat", "", "long", "", "address_id", "7"))
			c.refused("400 address_string: this address was not found", "/requests", "", c.report("lat", "", "long", "", "address_string", "Baker Street"))
			ref, _ := c.sent("lat", "", "long", "", "address_string", "新华路与玉清东街路口")
			if r := c.list("/requests/"+ref, "")[0]; r["lat"] == nil || r["address"] != "新华路与玉清东街路口" {
				c.t.Error(r)
			}
		}},
		{about, "Required attributes are sent as attribute[CODE]=value, lists as attribute[CODE][]=value", "a missing or unknown answer, and an answer to what was not asked, is 400", func(c *conformance) {
			c.refused("400 attribute[live_wire]: ", "/requests", "", c.report("service_code", "10002"))
			c.refused("400 attribute[live_wire]", "/requests", "", c.report("service_code", "10002", "attribute[live_wire]", "perhaps"))
			c.refused("400 attribute[nothing]: this service does not ask that", "/requests", "", c.report("attribute[nothing]", "1"))
			c.sent("service_code", "10002", "attribute[live_wire]", "no")
			c.sent("service_code", "10002", "attribute[live_wire][]", "no")
		}},
		{about, "description has at most 4,000 characters", "longer is 400; control characters are 400", func(c *conformance) {
			c.sent("description", strings.Repeat("字", 4000))
			c.refused("400 description: ", "/requests", "", c.report("description", strings.Repeat("字", 4001)))
		}},
		{about, "email, device_id, account_id, first_name, last_name, phone are optional", "name and phone are kept as personal data and never published; the others are not kept", func(c *conformance) {
			ref, _ := c.sent("email", "me@example.org", "device_id", "d", "account_id", "a", "first_name", "小明", "last_name", "欧阳", "phone", "13900001234")
			if all := fmt.Sprint(c.list("/requests/"+ref, "")); strings.Contains(all, "13900001234") || strings.Contains(all, "欧阳") || strings.Contains(all, "example.org") {
				c.t.Error(all)
			}
		}},
		{about, "The answer has service_request_id, service_notice, account_id", "in a list of one; the notice carries the reporter's receipt code", func(c *conformance) {
			if r := c.one("/requests", c.report()); r["service_request_id"] == nil || r["token"] != nil || !strings.Contains(r["service_notice"].(string), "Receipt code") {
				c.t.Error(r)
			}
		}},
		{about, "Arguments may come as application/x-www-form-urlencoded", "and as multipart/form-data where there are photos", func(c *conformance) {
			c.sent()
			if w := c.multipart("/requests.json", c.report(), 0); w.Code != 200 {
				c.t.Error(w.Code, w.Body)
			}
		}},
		{about, "A repeated request is one report", "where the sender gives an `Idempotency-Key`; another body under the same key is 400", func(c *conformance) {
			post := func(text string) *httptest.ResponseRecorder {
				r := httptest.NewRequest("POST", "/open311/v2/requests.json", strings.NewReader(c.report("description", text).Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Idempotency-Key", "7")
				return c.send(r, "en")
			}
			if first, again := post("one"), post("one"); first.Code != 200 || first.Body.String() != again.Body.String() || post("two").Code != 400 {
				c.t.Error(first, again)
			}
		}},
	}
}

func ruleMedia() []norm {
	const about = "Photos"
	return []norm{
		{about, "Photos may be sent as multipart media", "up to six; each must be a photo; what the camera wrote is kept from the public", func(c *conformance) {
			w := c.multipart("/requests.json", c.report(), 2)
			row := c.rows(w, 200)[0]
			if n := len(c.evidence(receiptIn(row))); n != 2 {
				c.t.Errorf("%d photos", n)
			}
			if w := c.multipart("/requests.json", c.report(), 7); w.Code != 400 {
				c.t.Errorf("seven photos: %d", w.Code)
			}
		}},
		{about, "media_url names a photo elsewhere", "fetched by a job soon after, which is repeated when the other server is away; it joins the request once; words, or a photo that comes along, are needed beside it", func(c *conformance) {
			row := c.one("/requests", c.report("media_url", c.photos.URL+"/a.jpg"))
			if n := len(c.evidence(receiptIn(row))); n != 0 {
				c.t.Errorf("%d photos before the job", n)
			}
			c.work()
			c.work()
			if files := c.evidence(receiptIn(row)); len(files) != 1 || !files[0].Photo() {
				c.t.Errorf("%+v", files)
			}
		}},
		{about, "What is no photo is no evidence", "the request says that the address led to none", func(c *conformance) {
			row := c.one("/requests", c.report("media_url", c.photos.URL+"/page.html"))
			c.work()
			events := c.events(receiptIn(row))
			if last := events[len(events)-1]; last.Step != "add" || !strings.Contains(last.Body, "page.html") || len(c.evidence(receiptIn(row))) != 0 {
				c.t.Errorf("%+v", last)
			}
		}},
		{about, "Addresses never lead into private networks", "by number at once (400), by name and by redirect when fetched", func(c *conformance) {
			strict := &conformance{city: newCity(c.t, ""), described: c.described}
			for _, u := range []string{"http://127.0.0.1/a.jpg", "http://10.0.0.8/a.jpg", "http://[::1]/a.jpg", "http://169.254.169.254/latest"} {
				strict.refused("400 media_url: leads into a private network", "/requests", "", strict.report("media_url", u))
			}
			strict.refused("400 media_url: must be the http or https address", "/requests", "", strict.report("media_url", "file:///etc/passwd"))
			row := strict.one("/requests", strict.report("media_url", "http://localhost/a.jpg"))
			strict.work()
			if events := strict.events(receiptIn(row)); !strings.Contains(events[len(events)-1].Body, "localhost") || len(strict.evidence(receiptIn(row))) != 0 {
				c.t.Errorf("%+v", events)
			}
		}},
		{about, "media_url of a record is a photo that everybody may see", "only once a person has released it; without what the camera wrote, at most 800 pixels wide or high, with the faces blurred that were found", func(c *conformance) {
			row := c.rows(c.multipart("/requests.json", c.report(), 1), 200)[0]
			ref, file := row["service_request_id"].(string), c.evidence(receiptIn(row))[0]
			if c.list("/requests/"+ref, "")[0]["media_url"] != nil {
				c.t.Error("shown before its release")
			}
			err := c.db.Write(context.Background(), func(tx *dbx.Tx) error {
				return evidence.Release(context.Background(), tx, c.division(), file.Case, file.SHA256, true, "clerk", c.clk.Now())
			})
			if err != nil {
				c.t.Fatal(err)
			}
			address := c.list("/requests/"+ref, "")[0]["media_url"].(string)
			if w := c.ask(strings.TrimPrefix(address, "http://example.com/open311/v2"), "en", nil); w.Code != 200 || w.Header().Get("Content-Type") != "image/jpeg" {
				c.t.Error(address, w.Code)
			} else if p, err := jpeg.DecodeConfig(w.Body); err != nil || max(p.Width, p.Height) > 800 {
				c.t.Error(p.Width, p.Height, err)
			}
		}},
	}
}

func ruleTokens() []norm {
	const about = "Tokens"
	return []norm{
		{about, "A batch service answers with a token instead of an id", "classes named in the setting `open311.batch`; their requests are opened by a job", func(c *conformance) {
			c.batch("06010")
			if s, _ := c.offers("06010"); s["type"] != "batch" {
				c.t.Error(s)
			}
			row := c.one("/requests", c.report("media_url", c.photos.URL+"/a.jpg"))
			if token, _ := row["token"].(string); !tokenShape.MatchString(token) || row["service_request_id"] != nil {
				c.t.Error(row)
			}
			if len(c.list("/requests", "")) != 0 {
				c.t.Error("opened at once")
			}
			c.work()
		}},
		{about, "A token leads to the id, once there is one", "null while it waits; the request is opened once, however often the job runs", func(c *conformance) {
			token := c.one("/requests", c.report("description", "second"))["token"].(string)
			if r := c.list("/tokens/"+token, "")[0]; r["token"] != token || r["service_request_id"] != nil {
				c.t.Error(r)
			}
			c.work()
			c.work()
			ref, _ := c.list("/tokens/"+token, "")[0]["service_request_id"].(string)
			if c.list("/requests/"+ref, "")[0]["description"] != "second" || len(c.list("/requests", "")) != 2 {
				c.t.Errorf("%q became %v", ref, c.list("/requests", ""))
			}
		}},
		{about, "An unknown token is 404", "", func(c *conformance) {
			c.refused("404 The token “00112233445566778899aabbccddeeff” was not found.", "/tokens/00112233445566778899aabbccddeeff", "", nil)
			c.refused("404 The token “x” was not found.", "/tokens/x", "", nil)
		}},
		{about, "What is wrong is said before a token is given", "a batch service checks as the others do", func(c *conformance) {
			c.refused("400 long: lat and long go together", "/requests", "", c.report("long", ""))
		}},
	}
}

func ruleQueries() []norm {
	const about = "Asking for requests"
	return []norm{
		{about, "Without dates: the last 90 days or the first 1,000, whichever is less", "the newest first", func(c *conformance) {
			c.sent("description", "old")
			c.clk.Advance(91 * 24 * time.Hour)
			c.sent("description", "new")
			if got := c.list("/requests", ""); len(got) != 1 || got[0]["description"] != "new" {
				c.t.Error(got)
			}
		}},
		{about, "start_date and end_date span at most 90 days", "one alone reaches 90 days from itself; more is 400", func(c *conformance) {
			if got := c.list("/requests", "?start_date=2026-11-22"); len(got) != 1 || got[0]["description"] != "old" {
				c.t.Error(got)
			}
			if got := c.list("/requests", "?end_date=2026-12-01"); len(got) != 1 || got[0]["description"] != "old" {
				c.t.Error(got)
			}
			c.refused("400 end_date: may lie at most 90 days", "/requests", "?start_date=2026-11-22&end_date=2027-02-22", nil)
			c.refused("400 end_date: lies before", "/requests", "?start_date=2026-11-22&end_date=2026-11-21", nil)
			c.refused("400 start_date: must be an ISO 8601", "/requests", "?start_date=yesterday", nil)
		}},
		{about, "service_request_id is a list and overrides everything else", "up to 1,000; ids nobody has are left out", func(c *conformance) {
			all := c.list("/requests", "?start_date=2026-11-22")
			ref := all[0]["service_request_id"].(string)
			if got := c.list("/requests", "?service_request_id="+ref+",X&status=closed&start_date=nonsense"); len(got) != 1 || got[0]["service_request_id"] != ref {
				c.t.Error(got)
			}
		}},
		{about, "service_code and status are lists", "`open`, `closed`; another status is 400; a code nobody has finds nothing", func(c *conformance) {
			c.sent("service_code", "06042")
			if len(c.list("/requests", "?service_code=06042")) != 1 || len(c.list("/requests", "?service_code=06042,06010&status=open,closed")) != 2 || len(c.list("/requests", "?service_code=nothing")) != 0 {
				c.t.Error("filters")
			}
			c.refused("400 status: “new”", "/requests", "?status=new", nil)
		}},
		{about, "page and page_size page through", "pages of 1 to 1,000, up to 1,000 pages; each request stands on one page", func(c *conformance) {
			one, two := c.list("/requests", "?page_size=1&page=1"), c.list("/requests", "?page_size=1&page=2")
			if len(one) != 1 || len(two) != 1 || one[0]["service_request_id"] == two[0]["service_request_id"] || len(c.list("/requests", "?page_size=1&page=3")) != 0 {
				c.t.Error(one, two)
			}
			c.refused("400 page: must be a whole number", "/requests", "?page=0", nil)
			c.refused("400 page_size: must be a whole number", "/requests", "?page_size=1001", nil)
		}},
	}
}

func ruleRecords() []norm {
	const about = "Records"
	return []norm{
		{about, "One request is the same record in a list of one", "with notes", func(c *conformance) {
			ref, _ := c.sent()
			one, list := c.list("/requests/"+ref, ""), c.list("/requests", "?extensions=true")
			if fmt.Sprint(one) != fmt.Sprint(list) || len(one) != 1 {
				c.t.Errorf("%v\n%v", one, list)
			}
		}},
		{about, "All fields of the specification are there", "null where there is nothing", func(c *conformance) {
			fields := strings.Fields("service_request_id status status_notes service_name service_code description agency_responsible service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode lat long media_url")
			row := c.list("/requests", "")[0]
			for _, f := range fields {
				if _, ok := row[f]; !ok {
					c.t.Errorf("%s is missing", f)
				}
			}
			if len(row) != len(fields) {
				c.t.Errorf("%d fields", len(row))
			}
		}},
		{about, "notes[] tell what became of a request", "on one request always, in lists with `extensions=true`; states only, nothing anybody wrote", func(c *conformance) {
			ref, receipt := c.sent()
			c.void(receipt)
			notes := c.list("/requests/"+ref, "")[0]["notes"].([]any)
			if len(notes) != 2 || notes[0].(map[string]any)["datetime"] == nil || notes[0].(map[string]any)["description"] == nil {
				c.t.Error(notes)
			}
		}},
		{about, "Descriptions hold no personal data", "telephone numbers, identity numbers and the like are masked; refused reports are counted and not quoted", func(c *conformance) {
			ref, _ := c.sent("description", "call 13800138000")
			if d := fmt.Sprint(c.list("/requests/"+ref, "")[0]["description"]); strings.Contains(d, "13800138000") || !strings.HasPrefix(d, "call 138") {
				c.t.Error(d)
			}
		}},
		{about, "A request nobody has is 404", "so is one that its reporter took back", func(c *conformance) {
			ref, receipt := c.sent()
			c.withdraw(receipt)
			c.refused("404 The service_request_id “"+ref+"”", "/requests/"+ref, "", nil)
			c.refused("404 The service_request_id “nothing”", "/requests/nothing", "", nil)
		}},
	}
}

func ruleUpdates() []norm {
	const about = "Service request updates"
	return []norm{
		{about, "GET lists updates between start_date and end_date", "update_id, service_request_id, status, updated_datetime, description, media_url; 90 days, 1,000, pages and errors as for requests; also by service_request_id", func(c *conformance) {
			ref, receipt := c.sent()
			if len(c.list("/servicerequestupdates", "")) != 0 {
				c.t.Error("the report itself is no update")
			}
			c.clk.Advance(time.Hour)
			c.void(receipt)
			got := c.list("/servicerequestupdates", "")
			if len(got) != 2 || got[0]["service_request_id"] != ref || got[0]["status"] != "closed" || got[0]["update_id"] != ref+"-3" || got[1]["status"] != "open" || got[0]["updated_datetime"] != "2026-11-23T11:00:00+08:00" {
				c.t.Error(got)
			}
			if len(c.list("/servicerequestupdates", "?start_date=2026-11-24")) != 0 || len(c.list("/servicerequestupdates", "?service_request_id="+ref)) != 2 || c.list("/servicerequestupdates", "?page=2&page_size=1")[0]["update_id"] != ref+"-2" || len(c.list("/servicerequestupdates", "?page=3&page_size=1")) != 0 {
				c.t.Error("filters of updates")
			}
			c.refused("400 end_date: may lie at most 90 days", "/servicerequestupdates", "?start_date=2026-01-01&end_date=2026-06-01", nil)
		}},
		{about, "POST takes an update with api_key, service_request_id, update_id, updated_datetime, status, description", "the words join the open request under the key's name and are told to those who work on it; the status is the sender's opinion, the request keeps its own", func(c *conformance) {
			ref, receipt := c.sent()
			got := c.one("/servicerequestupdates", c.word(ref, "status", "closed", "description", "Swept at noon, call 13800138000."))
			if got["update_id"] != ref+"-2" {
				c.t.Error(got)
			}
			list := c.list("/servicerequestupdates", "?service_request_id="+ref)
			if len(list) != 1 || list[0]["update_id"] != ref+"-2" || list[0]["status"] != "open" || !strings.HasPrefix(fmt.Sprint(list[0]["description"]), "Swept at noon, call 138***") {
				c.t.Error(list)
			}
			if e := c.events(receipt); !strings.Contains(e[1].Body, "another program") {
				c.t.Error(e[1].Body)
			}
		}},
		{about, "An update sent twice is one", "by the sender's `update_id`", func(c *conformance) {
			ref, receipt := c.sent()
			first, again := c.one("/servicerequestupdates", c.word(ref)), c.one("/servicerequestupdates", c.word(ref))
			if first["update_id"] != again["update_id"] || len(c.events(receipt)) != 2 {
				c.t.Error(first, again)
			}
		}},
		{about, "An update may bring photos", "as `media`, or by `media_url`, fetched as for a request", func(c *conformance) {
			ref, receipt := c.sent()
			if w := c.multipart("/servicerequestupdates.json", c.word(ref, "media_url", c.photos.URL+"/a.jpg"), 1); w.Code != 200 {
				c.t.Error(w.Code, w.Body)
			}
			c.work()
			if n := len(c.evidence(receipt)); n != 2 {
				c.t.Errorf("%d photos", n)
			}
		}},
		{about, "What is wrong with an update is said", "403 for the key, 404 for the request, 400 for the rest; an ended request takes no more", func(c *conformance) {
			ref, receipt := c.sent()
			c.refused("403 The api_key is missing.", "/servicerequestupdates", "", c.word(ref, "api_key", ""))
			c.refused("404 The service_request_id “X”", "/servicerequestupdates", "", c.word("X"))
			c.refused("400 status: must be open or closed", "/servicerequestupdates", "", c.word(ref, "status", "done"))
			c.refused("400 description: say what became of it", "/servicerequestupdates", "", c.word(ref, "description", ""))
			c.void(receipt)
			c.refused("400 The request has ended", "/servicerequestupdates", "", c.word(ref, "update_id", "late"))
		}},
	}
}

func ruleErrors() []norm {
	const about = "Errors"
	return []norm{
		{about, "Errors are a list of code and description", "`<errors><error>…`, `[{\"code\":400,…}]`, in the reader's language", func(c *conformance) {
			var zh []map[string]any
			if err := json.Unmarshal(c.ask("/services/1.json", "zh-CN", nil).Body.Bytes(), &zh); err != nil || !strings.Contains(fmt.Sprint(zh), "没有") {
				c.t.Error(zh, err)
			}
			c.refused("404 The service_code", "/services/1", "", nil)
		}},
		{about, "Several errors may be told at once", "everything that is wrong with a request; the first decides the status", func(c *conformance) {
			if got := c.both(400, "/requests", "", c.report("lat", "91", "phone", "?", "service_code", "")).([]any); len(got) != 3 {
				c.t.Error(got)
			}
		}},
		{about, "404 for a resource, jurisdiction, service, request or token that is not there", "also for addresses below the interface that mean nothing", func(c *conformance) {
			c.refused("404 There is no such resource.", "/nothing/here", "", nil)
			c.refused("404 There is no such resource.", "/nothing", "", url.Values{"a": {"b"}})
			if w := c.ask("/services/06010.yaml", "en", nil); w.Code != 404 || !strings.Contains(w.Body.String(), "<errors>") {
				c.t.Error(w.Code, w.Body)
			}
		}},
		{about, "400 for everything else", "except 429 for a key that is too fast, and 5xx when we fail", func(c *conformance) {
			c.refused("400 page: must be", "/requests", "?page=x", nil)
			r := httptest.NewRequest("POST", "/open311/v2/requests.json", strings.NewReader("api_key="+c.key))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.ContentLength = 1 << 40
			if w := c.send(r, "en"); w.Code != 400 {
				c.t.Errorf("a huge body: %d", w.Code)
			}
		}},
	}
}
