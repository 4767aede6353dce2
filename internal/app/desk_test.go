package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/mapview"
)

// office is the demonstration with its people signed in.
type office struct {
	t       *testing.T
	a       *App
	cookies map[string]*http.Cookie
}

func newOffice(t *testing.T) *office {
	return &office{t: t, a: demo(t, ""), cookies: map[string]*http.Cookie{}}
}

// ask sends a request as somebody; form values make it a POST.
func (o *office) ask(login, path string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	if o.cookies[login] == nil {
		o.cookies[login] = signIn(o.t, o.a, login)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", "zh-CN")
	r.Header.Set("Accept", "text/html")
	r.AddCookie(o.cookies[login])
	w := httptest.NewRecorder()
	o.a.router.ServeHTTP(w, r)
	return w
}

// index makes what happened so far findable.
func (o *office) index() {
	o.t.Helper()
	if err := errors.Join(o.a.relay.Pass(context.Background()), o.a.index(context.Background())); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) page(login, path string) *goquery.Document {
	o.t.Helper()
	w := o.ask(login, path, nil)
	if w.Code != http.StatusOK {
		o.t.Fatalf("%s for %s: %d", path, login, w.Code)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

// intake takes a call and returns the case.
func (o *office) intake(words, phone string) string {
	o.t.Helper()
	w := o.ask("shouli1", "/intake", url.Values{"_key": {id.New().String()}, "source": {"phone"}, "phone": {phone}, "name": {"赵女士"}, "on_behalf": {"邻居老人"},
		"call_back": {"1"}, "class": {"06010"}, "desc": {words}, "place.address": {"新华路与玉清东街路口"}})
	_, key, ok := strings.Cut(w.Header().Get("Location"), "/cases/")
	if w.Code != http.StatusSeeOther || !ok {
		o.t.Fatalf("intake answered %d: %.400s", w.Code, w.Body)
	}
	return key
}

func TestACallIsTakenDownAndTheNumbersEarlierReportsAreShown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.intake("楼下垃圾没人清", "13900001111")
	w := o.ask("shouli1", "/intake/earlier", url.Values{"phone": {"139 0000 1111"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/cases/"+first) {
		t.Errorf("earlier reports: %d %.300s", w.Code, w.Body)
	}
	if w := o.ask("shouli1", "/intake/earlier", url.Values{"phone": {"13711112222"}}); strings.Contains(w.Body.String(), "/cases/") {
		t.Error("another number has no earlier reports")
	}
	page := o.page("shouli1", "/cases/"+first).Find("main").Text()
	for _, secret := range []string{"13900001111", "赵女士", "邻居老人"} {
		if strings.Contains(page, secret) {
			t.Errorf("the case page shows %q", secret)
		}
	}
}

func TestDangerEndsTheReportWithWhomToCall(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v, err := o.a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	count := func() int {
		page, err := record.List(context.Background(), o.a.db, v.Division.ID, record.Filter{Sort: record.ByOpened, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range page.Rows {
			if r.Title == "电动车在楼道着火" {
				n++
			}
		}
		return n
	}
	send := func(fire string) *httptest.ResponseRecorder {
		form := url.Values{"_key": {id.New().String()}, "class": {"06020"}, "desc": {"电动车在楼道着火"}, "place.lat": {"36.7682"}, "place.lng": {"119.1421"}, "q_fire": {fire}}
		return o.ask("shouli1", "/report/smoke", form)
	}
	if w := send("yes"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "tel:119") || !strings.Contains(w.Body.String(), "请先拨打 119") {
		t.Errorf("a spreading fire: %d", w.Code)
	}
	if n := count(); n != 0 {
		t.Errorf("%d cases were opened", n)
	}
	if w := send("no"); w.Code != http.StatusSeeOther || count() != 1 {
		t.Errorf("a fire that does not spread: %d, %d cases", w.Code, count())
	}
	if w := o.ask("shouli1", "/near?place.address="+url.QueryEscape("新华路与玉清东街路口"), nil); w.Code != http.StatusOK {
		t.Errorf("neighbours of an address: %d", w.Code)
	}
}

func TestWhoReportedIsShownForAPurposeAndEachLookIsLogged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	key := o.intake("井盖响得厉害", "13900002222")
	if w := o.ask("hw.desk", "/cases/"+key+"/reporter", nil); w.Code != http.StatusForbidden {
		t.Errorf("a department asked who reported: %d", w.Code)
	}
	w := o.ask("shouli1", "/cases/"+key+"/reporter", url.Values{"purpose": {"回访办理结果"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "13900002222") || !strings.Contains(w.Body.String(), "邻居老人") {
		t.Fatalf("the reveal: %d", w.Code)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be kept: %q", got)
	}
	if log := o.page("ducha1", "/reveals").Find("tbody").Text(); !strings.Contains(log, "回访办理结果") || !strings.Contains(log, "演示·受理员一") {
		t.Errorf("the log says %q", log)
	}
	if w := o.ask("shouli1", "/reveals", nil); w.Code != http.StatusForbidden {
		t.Errorf("an acceptor read the log: %d", w.Code)
	}
}

func TestTheDeskListsFindsAndHides(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	key := o.intake("渣土堆在消防通道", "13900003333")
	o.index()
	if n := o.page("shouli1", "/desk?q="+url.QueryEscape("消防通道")).Find("#queue li").Length(); n != 1 {
		t.Errorf("%d rows for a word of the title", n)
	}
	if n := o.page("shouli1", "/desk?q="+url.QueryEscape("100%_没有")).Find("#queue li").Length(); n != 0 {
		t.Errorf("%d rows for words nobody wrote", n)
	}
	rows := o.page("paiqian1", "/desk?state=filed").Find("#queue li")
	if rows.Length() == 0 || rows.Length() != o.page("paiqian1", "/desk/queue?state=filed").Find("li").Length() {
		t.Errorf("the page has %d rows, its refresh another number", rows.Length())
	}
	var map1 mapview.Points
	if err := json.Unmarshal(o.ask("paiqian1", "/desk/points.json?state=filed", nil).Body.Bytes(), &map1); err != nil || len(map1.Points) != rows.Length() {
		t.Errorf("%d points for %d rows, %v", len(map1.Points), rows.Length(), err)
	}
	for _, login := range []string{"hw.desk", "yl.work", "caiji1"} { // not theirs: not found
		if w := o.ask(login, "/cases/"+key, nil); login != "caiji1" && w.Code != http.StatusNotFound {
			t.Errorf("%s opened a case of nobody's department: %d", login, w.Code)
		}
	}
	if w := o.ask("shouli1@weifang-ez-practice", "/cases/"+key, nil); w.Code != http.StatusNotFound {
		t.Errorf("the practice division opened it: %d", w.Code)
	}
}

func TestAPhotoIsPublicOnceSomebodyReleasedIt(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	v, err := o.a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	page, err := record.List(ctx, o.a.db, v.Division.ID, record.Filter{States: []string{"filed"}, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		t.Fatal(err)
	}
	list, err := evidence.Of(ctx, o.a.db, v.Division.ID, page.Rows[0].ID)
	if err != nil || len(list) == 0 || list[0].Public() {
		t.Fatalf("photos %+v, %v", list, err)
	}
	path := "/cases/" + page.Rows[0].ID.String()
	if w := o.ask("shouli1", path+"/photo/"+list[0].SHA256+"/thumb", nil); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("the photo: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := o.ask("hw.desk", path+"/release", url.Values{"sha": {list[0].SHA256}, "open": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("a department released a photo: %d", w.Code)
	}
	for _, open := range []string{"1", "0"} {
		o.ask("shouli1", path+"/release", url.Values{"sha": {list[0].SHA256}, "open": {open}})
		list, err := evidence.Of(ctx, o.a.db, v.Division.ID, page.Rows[0].ID)
		if err != nil || list[0].Public() != (open == "1") {
			t.Errorf("open=%s: public %v, %v", open, list[0].Public(), err)
		}
	}
	if w := o.ask("shouli1", path+"/release", url.Values{"sha": {"no such photo"}, "open": {"1"}}); w.Code != http.StatusNotFound {
		t.Errorf("a photo that is not there: %d", w.Code)
	}
}

func TestTheBellRingsUntilTheInboxIsRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.intake("路灯一闪一闪", "13900004444")
	bell := func() string { return o.page("shouli2", "/cases").Find("#bell .badge").Text() }
	if bell() == "" {
		t.Fatal("a new report does not ring")
	}
	if n := o.page("shouli2", "/inbox").Find("li.unread").Length(); n == 0 {
		t.Error("nothing is unread")
	}
	if w := o.ask("shouli2", "/inbox/read", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("marking read: %d", w.Code)
	}
	if got := bell(); got != "" {
		t.Errorf("the bell still says %s", got)
	}
}

func TestEveryFigureOpensItsCases(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	figures := o.page("shouli1", "/desk").Find(".kpi a")
	if figures.Length() != 7 {
		t.Fatalf("%d figures", figures.Length())
	}
	figures.Each(func(_ int, f *goquery.Selection) {
		href, _ := f.Attr("href")
		want := strings.TrimSpace(f.Find("b").Text())
		rows := o.page("shouli1", href).Find("#queue li, .cards tbody tr").Length()
		if got := strconv.Itoa(rows); got != want {
			t.Errorf("%s says %s and opens %s cases at %s", f.Find(".label").Text(), want, got, href)
		}
	})
}

func TestTheDeskFindsCasesByWords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := url.Values{"_key": {id.New().String()}, "class": {"06010"}, "desc": {"三只蓝色垃圾桶倒在路口，挡住了盲道"}, "place.lat": {"36.7682"}, "place.lng": {"119.1421"}}
	if w := o.ask("shouli1", "/report/garbage", form); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	o.index()
	for path, want := range map[string]string{
		"/desk?q=盲道": "蓝色垃圾桶", "/cases?q=蓝色垃圾": "找到 1 件", "/desk/points.json?q=盲道": `"id":"case-`, "/cases?q=桶": "请至少输入两个字", "/cases?q=绝无此事": "没有",
	} {
		if w := o.ask("shouli1", path, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, without %q", path, w.Code, want)
		}
	}
	if w := o.ask("hw.desk", "/desk?q=盲道", nil); strings.Contains(w.Body.String(), "蓝色垃圾桶") {
		t.Error("a department finds what it may not read")
	}
}
