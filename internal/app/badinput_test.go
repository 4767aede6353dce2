package app

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/id"
)

// bad is one wrong answer to a form: what is sent, what must come back.
type bad struct {
	route  string // its name in the table
	path   string
	login  string // "" is the public
	send   url.Values
	file   string // an upload that is not what it says, in the field of this name
	status int
	kept   string // of what was typed, must stand in the page again
}

const long = "这句话很长。"

// badInputs are wrong answers to every form of the program.
func badInputs(c cases) []bad {
	v := func(kv ...string) url.Values {
		out := url.Values{}
		for i := 0; i+1 < len(kv); i += 2 {
			out.Add(kv[i], kv[i+1])
		}
		return out
	}
	step := func(id, step string) string { return "/cases/" + id + "/steps/" + step }
	return []bad{
		{"account.login", "/login", "", v("login", "nobody", "password", "wrong"), "", 401, "nobody"},
		{"account.password", "/account/password", "shouli2", v("old", "wrong", "new", "short", "again", "other"), "", 422, ""},
		{"account.delegations.create", "/account/delegations", "shouli2", v("reason", "休假一周"), "", 422, "休假一周"},
		{"admin.people.create", "/admin/people/new", "admin", v("login", "坏账号 !", "name", "王某某"), "", 422, "王某某"},
		{"admin.people.change", "/admin/people/" + c.account, "admin", v("name", "", "phone", "abc"), "", 422, ""},
		{"admin.people.password", "/admin/people/" + c.account + "/password", "admin", v("password", "1"), "", 422, ""},
		{"admin.people.post", "/admin/people/" + c.account + "/posts", "admin", v("role", "king"), "", 422, ""},
		{"admin.people.certificate", "/admin/people/" + c.account + "/certificates", "admin", v("kind", "driving", "number", "鲁演示-9"), "", 422, "鲁演示-9"},
		{"admin.delegations.create", "/admin/delegations", "admin", v("reason", "产假"), "", 422, "产假"},
		{"admin.departments.save", "/admin/departments/edit", "admin", v("code", "", "name_zh", "新部门"), "", 422, "新部门"},
		{"admin.keys.create", "/admin/keys", "admin", v("name", ""), "", 422, ""},
		{"desk.bulk.do", "/desk/bulk?act=correct&state=filed", "paiqian1", v("case", c.filed, "reason", "", "class", "06010", "stage", "check"), "", 422, "06010"},
		{"admin.departments.merge.do", "/admin/departments/merge", "admin", v("from", "HW", "into", "HW", "reason", "改革文件"), "", 422, "改革文件"},
		{"admin.messages.try", "/admin/messages", "admin", v("channel", "sms", "to", "13800000001"), "", 422, "13800000001"},
		{"proof.upload", "/verify", "", v(), "bundle", 422, ""},
		{"portal.me.code", "/me/code", "", v("address", "12345x"), "", 422, "12345x"},
		{"admin.webhooks.create", "/admin/webhooks", "admin", v("name", "监督平台", "url", "https://169.254.169.254/x", "types", "case.closed"), "", 422, "监督平台"},
		{"admin.catalogue.save", "/admin/catalogue/06010/06010-1", "admin", v("filing_zh", "散落垃圾一堆", "n", "many", "unit", "moon"), "", 422, "散落垃圾一堆"},
		{"admin.calendar.hours", "/admin/calendar/hours", "admin", v("desk", "9 to 5", "dept", "08:30-12:00"), "", 422, "9 to 5"},
		{"admin.calendar.check", "/admin/calendar/check", "admin", v(), "notice", 422, ""},
		{"admin.import.apply", "/admin/import", "admin", v(), "workbook", 422, ""},
		{"inventory.check", "/components/import", "admin", v("crs", "GCJ-02"), "file", 422, "GCJ-02"},
		{"inventory.save", "/components/37079901037000001/edit", "admin", v("name", "", "state", "gone", "maintainer", "新班组"), "", 422, "新班组"},
		{"enf.rule.confirm", "/enforcement/rules/UM-001-SD218-NV", "admin", v("article", "第三十七条", "min", "x", "max", "2000"), "", 422, "第三十七条"},
		{"enf.permits.near", "/enforcement/permits", "zhongdui.work1", v("place.address", "火星路口"), "", 422, "火星路口"},
		{"enf.board.signal", "/enforcement/board", "ducha1", v("case", "x", "matter", "抽查理由", "seed", "种子"), "", 422, "抽查理由"},
		{"enf.import.do", "/enforcement/import", "admin", v("register", "permit"), "file", 422, ""},
		{"enf.new.send", "/enforcement/leads/new", "zhifa1", v("source", "patrol", "clue", "店外堆放"), "", 422, "店外堆放"},
		{"enf.money.import", "/enforcement/money", "caiwu", v("kind", "bank"), "file", 422, ""},
		{"exhibit.recordings.import", "/enforcement/recordings", "zhifa1", v(), "file", 422, ""},
		{"enf.receipts.add", "/enforcement/receipts", "caiwu", v("series", "演示票据", "digits", "8", "first", "9", "last", "1"), "", 422, "演示票据"},
		{"enf.party.save", "/enforcement/parties/new", "zhongdui.work1", v("kind", "citizen", "name", "张某某", "number", "123"), "", 422, "张某某"},
		{"enf.erase.do", "/enforcement/dossiers/" + c.archived + "/erase", "dangan", v("rule", "保管期限届满"), "", 422, "保管期限届满"},
		{"case.step", step(c.reported, "accept"), "shouli1", v("class", "nonsense", "dup_reason", "是另一堆"), "", 422, "是另一堆"},
		{"case.step", step(c.filed, "dispatch"), "paiqian1", v("dept", "NOWHERE", "override", "改派的理由"), "", 422, "改派的理由"},
		{"case.step", step(c.reported, "note"), "shouli1", v("text", strings.Repeat(long, 1000), "visibility", "internal"), "", 422, long},
		{"case.step", step(c.reported, "attach"), "shouli1", v("kind", "other"), "files", 422, ""},
		{"case.reporter.reveal", "/cases/" + c.reported + "/reporter", "shouli1", v("purpose", "看"), "", 422, "看"},
		{"intake.send", "/intake", "shouli1", v("source", "phone", "desc", "有人打电话", "phone", "not a number", "place.address", "火星路口"), "", 422, "火星路口"},
		{"field.report.send", "/field/report", "caiji3", v("desc", "路边一堆土", "class", "06010", "place.lat", "36.7682", "place.lng", "119.1421"), "photos", 422, "路边一堆土"},
		{"portal.report.send", "/report/garbage", "", v("desc", "垃圾很多", "place.address", "火星路口", "class", "06010"), "", 422, "火星路口"},
		{"portal.report.send", "/report/garbage", "", v("desc", "垃圾很多", "place.lat", "36.7682", "place.lng", "119.1421", "class", "06010", "phone", "12"), "photos", 422, "垃圾很多"},
		{"portal.report.send", "/report/garbage", "", v("desc", "不在这里", "place.lat", "30.1", "place.lng", "110.2", "class", "06010"), "", 422, "不在这里"},
		{"filters.keep", "/filters", "shouli1", v("query", "state=filed", "path", "/desk", "name", strings.Repeat("待派遣", 9)), "", 422, strings.Repeat("待派遣", 9)},
		{"case.links.issue", "/cases/" + c.handling + "/links", "paiqian1", v("recipient", "燃气公司李工", "contact", "0536-1", "days", "3"), "", 422, "燃气公司李工"},
		{"unit.step", c.link + "/steps/ask_delay", "", v("explain", "等配件到货", "unit_person", "李"), "", 422, "等配件到货"},
		{"street.duty.in", "/street/duty/in", "zhiyuan1", v("place", "nowhere"), "", 422, ""},
		{"street.track.file", "/street/track/file", "zhiyuan1", v(), "file", 422, ""},
		{"street.talk.send", "/street/talk", "zhiyuan1", v("class", "nonsense", "words", "请到摊点"), "", 422, "请到摊点"},
		{"street.rosters.plan", "/street/rosters", "daiban", v("person", "x"), "", 422, ""},
		{"street.groups.meet", "/street/groups/DXZ01/meetings", "daiban", v("topic", "分工", "day", "x"), "", 422, "分工"},
		{"volunteer.send", "/volunteer", "", v("name", "演示", "phone", "12"), "", 422, "演示"},
		{"shift.begin", "/shift", "shouli1", v("desk", "nowhere"), "", 422, ""},
		{"stall.cluster.rate", "/stalls/C01/rate", "", v("kinds", "noise"), "", 422, ""},
		{"stall.apply", "/stalls/apply", "", v("name", "演示甲", "id_no", "123"), "", 422, "演示甲"},
		{"street.closing.do", "/street/closing/C01", "tanguan1", v("words", "还有垃圾没运走"), "", 422, "还有垃圾没运走"},
		{"stall.pass", "/stalls/pass", "", v("phone", "12", "goods", "gold", "place.address", "火星路口"), "", 422, "火星路口"},
		{"street.sites.ask", "/street/sites", "tandian2", v("name", "三处方案", "count", "x"), "", 422, "三处方案"},
		{"street.sites.found", "/street/sites/candidates", "tandian1", v("name", "空地一处", "place.address", "火星路口"), "", 422, "空地一处"},
		{"street.sites.import", "/street/sites/import", "tandian1", v(), "file", 422, ""},
		{"street.pass", "/street/pass", "tanguan1", v("phone", "12", "goods", "gold", "place.address", "火星路口"), "", 422, "火星路口"},
		{"frontage.shops.near", "/street/frontage/shops", "xuncha1", v("place.address", "火星路口"), "", 422, "火星路口"},
		{"frontage.inspect.do", "/street/frontage/shops/YS-005/inspect", "xuncha1", v("occasion", "routine", "note", "门前堆物"), "", 422, "门前堆物"},
		{"frontage.licences.do", "/street/frontage/licences", "admin", v(), "file", 422, ""},
		{"frontage.draft", "/street/frontage/pledges", "shequ1", v("codes", "火星-1"), "", 422, "火星-1"},
		{"portal.step", "/r/" + c.receipt + "/add", "", v("text", "  "), "", 422, ""},
	}
}

// exempt are the routes that take nothing a person could get wrong, and those
// whose refusals have tests of their own.
var exempt = map[string]string{
	"street.duty.out": "no input", "street.sites.drop": "a button", "street.sites.decide": "sites_test.go", "street.rosters.copy": "a button", "street.rosters.drop": "a button", "street.volunteers.decide": "buttons", "street.track": "duty_test.go", "street.track.device": "duty_test.go",
	"account.logout": "no input", "account.session.end": "no input", "account.session.end_all": "no input", "inbox.read": "no input",
	"account.delegations.revoke": "no input", "admin.people.post.end": "no input", "admin.people.certificate.revoke": "no input", "admin.delegations.revoke": "no input", "admin.keys.revoke": "no input",
	"admin.catalogue.revert": "no input", "admin.calendar.apply": "takes what the check page carried", "case.release": "buttons only", "case.hide": "veil_test.go", "intake.earlier": "any text is a number nobody has",
	"account.login.code": "second_test.go", "account.second.begin": "no input", "account.second.confirm": "second_test.go", "account.second.end": "second_test.go",
	"admin.messages.again": "a button only", "portal.me.sign_in": "resident_test.go", "portal.me.sign_out": "a button only", "portal.me.add": "resident_test.go",
	"portal.me.follow": "resident_test.go", "portal.me.unfollow": "a button only", "portal.me.news": "a button only", "portal.me.erase": "resident_test.go",
	"admin.webhooks.change": "webhook_test.go", "admin.webhooks.replay": "webhook_test.go", "admin.webhooks.test": "a button only", "admin.webhooks.pause": "a button only",
	"admin.webhooks.resume": "a button only", "admin.webhooks.secret": "a button only", "admin.webhooks.delete": "a button only",
	"case.links.revoke": "a button only", "hotline.file.upload": "hotline_test.go", "hotline.file.take": "a button only", "hotline.export.make": "a button only", "hotline.return": "hotline_test.go",
	"upload.begin": "its own tests: no page sends it", "exhibit.add": "exhibit_test.go", "exhibit.move": "exhibit_test.go", "exhibit.rule": "exhibit_test.go", "goods.receive": "goods_test.go", "goods.move": "goods_test.go", "question.take": "question_test.go", "sketch.keep": "sketch_test.go",
	"enf.money.settle": "money_test.go", "enf.receipts.change": "money_test.go", "enf.ledger.refund": "money_test.go",
	"enf.paper.print": "a button only", "enf.draft": "what is wrong stays blank", "enf.paper.seal": "paperwork_test.go", "enf.paper.scan.keep": "paperwork_test.go", "enf.seal.answer": "paperwork_test.go",
	"enf.parties.find": "any text finds somebody or nobody", "enf.party.reveal": "enforcement_test.go",
	"stall.vendor.step": "stall_test.go", "stall.vendor.point": "stall_test.go", "street.batch.accept": "stall_test.go", "street.here": "a button only", "street.points": "stall_test.go",
	"shop.step.do": "frontage_test.go", "frontage.code.do": "frontage_test.go",
	"joint.draft": "joint_test.go", "joint.find.send": "joint_test.go",
	"inventory.apply": "component_test.go", "inventory.answer": "buttons only",
	"case.watch": "a button only", "filters.change": "listing_test.go",
	"open311.create.xml": "open311_test.go", "open311.create.json": "open311_test.go", "open311.unknown.post": "open311_test.go",
	"open311.update.xml": "rules_test.go", "open311.update.json": "rules_test.go",
}

// cases are the things the forms are about.
type cases struct{ reported, filed, handling, account, receipt, link, archived string }

func (b bad) request(t *testing.T, lang string, cookie *http.Cookie) *http.Request {
	t.Helper()
	body, kind := strings.NewReader(b.send.Encode()), "application/x-www-form-urlencoded"
	r := httptest.NewRequest(http.MethodPost, b.path, body)
	if b.file != "" {
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		for k, list := range b.send {
			for _, x := range list {
				if err := m.WriteField(k, x); err != nil {
					t.Fatal(err)
				}
			}
		}
		part, err := m.CreateFormFile(b.file, "photo.jpg")
		if err == nil {
			_, err = part.Write([]byte("this is no photo, no table and no notice"))
		}
		if err == nil {
			err = m.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r, kind = httptest.NewRequest(http.MethodPost, b.path, &buf), m.FormDataContentType()
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept-Language", lang)
	r.Header.Set("Accept", "text/html")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return r
}

func TestBadInputOnEveryFormIsAnsweredInWordsAndNothingIsLost(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	v, err := a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	of := func(procedure, state string) string {
		page, err := record.List(ctx, a.db, v.Division.ID, record.Filter{States: []string{state}, Procedures: []string{procedure}, Limit: 1})
		if err != nil || len(page.Rows) == 0 {
			t.Fatalf("no case is %s: %v", state, err)
		}
		return page.Rows[0].ID.String()
	}
	first := func(state string) string { return of("incident", state) }
	dir, err := a.people.Directory(ctx, v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := cases{reported: first("reported"), filed: first("filed"), account: dir.Accounts()[3].ID.String(), receipt: reported(t, a)}
	c.handling, c.archived = first("handling"), of("enf.ordinary", "archived")
	c.link = linkTo(t, a, c.handling)
	cookies := map[string]*http.Cookie{"": nil}
	tried := map[string]bool{}
	for _, b := range badInputs(c) {
		tried[b.route] = true
		if _, ok := cookies[b.login]; !ok {
			cookies[b.login] = signIn(t, a, b.login)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			w := httptest.NewRecorder()
			a.router.ServeHTTP(w, b.request(t, lang, cookies[b.login]))
			b.check(t, lang, w)
		}
	}
	for _, route := range a.router.Routes() {
		if route.Method == http.MethodPost && !tried[route.Name] && exempt[route.Name] == "" {
			t.Errorf("%s %s (%s): nobody tries bad input", route.Method, route.Pattern, route.Name)
		}
	}
}

func (b bad) check(t *testing.T, lang string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != b.status {
		t.Errorf("%s in %s: status %d, want %d", b.path, lang, w.Code, b.status)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.TrimSpace(doc.Find("main [role=alert], main .error").Text())
	if said == "" {
		t.Errorf("%s in %s: nothing is said: %.300s", b.path, lang, doc.Find("main").Text())
	}
	if han := strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }); lang == "zh-CN" && !han {
		t.Errorf("%s: a Chinese reader is told %q", b.path, said)
	} else if lang == "en" && strings.Count(said, " ") < 2 {
		t.Errorf("%s: an English reader is told %q", b.path, said)
	}
	if doc.Find("main form").Length() == 0 {
		t.Errorf("%s in %s: the form is gone", b.path, lang)
	}
	form, err := doc.Find("main").Html()
	if err != nil || !strings.Contains(form, b.kept) {
		t.Errorf("%s in %s: %q is lost", b.path, lang, b.kept)
	}
}

// reported is the receipt of a report just made on the public page.
func reported(t *testing.T, a *App) string {
	t.Helper()
	form := url.Values{"_key": {id.New().String()}, "class": {"06010"}, "desc": {"一堆垃圾"}, "place.lat": {"36.7682"}, "place.lng": {"119.1421"}}
	r := httptest.NewRequest(http.MethodPost, "/report/garbage", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	_, code, _ := strings.Cut(w.Header().Get("Location"), "/r/")
	code, _, _ = strings.Cut(code, "?")
	if code == "" {
		t.Fatalf("the report was not taken: %d", w.Code)
	}
	return code
}
